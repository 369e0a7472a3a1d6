package appwrite

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
)

// encode writes a body. What cannot be written is not repeated in the error. What
// every user needs is written without reflection, in the same bytes.
func encode(body any) ([]byte, error) {
	o := object{plain: true}
	switch v := body.(type) {
	case fields:
		v.write(&o)
	case credential:
		v.write(&o)
	case canonicalProfile:
		v.write(&o)
	default:
		o.plain = false
	}
	if o.plain {
		return o.end(), nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(body) != nil {
		return nil, errors.New("appwrite: a request could not be written as JSON: a bug in rehome, please report it")
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// fields are the members of an object, in order.
type fields []field

type field struct {
	name  string
	value any // a string or an int
}

// MarshalJSON is for values that need an escape.
func (f fields) MarshalJSON() ([]byte, error) {
	members := make(map[string]any, len(f))
	for _, field := range f {
		members[field.name] = field.value
	}
	return encode(members)
}

func (f fields) write(o *object) {
	for _, field := range f {
		switch v := field.value.(type) {
		case string:
			o.text(field.name, v)
		case int:
			o.name(field.name)
			o.out = strconv.AppendInt(o.out, int64(v), 10)
		default:
			o.plain = false
		}
	}
}

func (c credential) write(o *object) {
	if c.Hash != "" {
		o.text("hash", c.Hash)
	}
	if c.Password != "" {
		o.text("password", c.Password)
	}
	if len(c.Options) == 0 {
		return
	}
	o.name("options")
	options := object{plain: true}
	for _, name := range slices.Sorted(maps.Keys(c.Options)) {
		options.text(name, c.Options[name])
	}
	o.plain = o.plain && options.plain
	o.out = append(o.out, options.end()...)
}

func (p canonicalProfile) write(o *object) {
	o.text("email", p.Email)
	o.text("phone", p.Phone)
	o.text("name", p.Name)
	o.flag("emailVerification", p.EmailVerification)
	o.flag("phoneVerification", p.PhoneVerification)
	o.flag("status", p.Status)
	o.plain = o.plain && len(p.Labels) == 0 && p.Prefs == ""
}

// object is a JSON object that is being written; plain is lost when a text does not
// stand for itself.
type object struct {
	out   []byte
	plain bool
}

func (o *object) name(name string) {
	if o.out == nil {
		o.out = append(make([]byte, 0, 256), '{')
	} else {
		o.out = append(o.out, ',')
	}
	o.plain = o.plain && plainASCII(name)
	o.out = append(append(append(o.out, '"'), name...), '"', ':')
}

func (o *object) text(name, value string) {
	o.name(name)
	o.plain = o.plain && plainASCII(value)
	o.out = append(append(append(o.out, '"'), value...), '"')
}

func (o *object) flag(name string, value bool) {
	o.name(name)
	o.out = strconv.AppendBool(o.out, value)
}

func (o *object) end() []byte {
	if o.out == nil {
		return []byte("{}")
	}
	return append(o.out, '}')
}

// plainASCII tells whether a text stands for itself in JSON.
func plainASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
