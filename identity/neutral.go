package identity

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// NeutralFields are the field names of the neutral file, in the order of its
// CSV columns.
//
// The neutral file holds one user a line: JSON Lines, or CSV with these names,
// where nested values are JSON in a cell. Absent is absent, never "" or null;
// dates are RFC 3339 in UTC:
//
//	id username email email_verified phone phone_verified name disabled
//	created_at last_sign_in_at
//	labels          ["editor", …]
//	attributes      {"tier": "gold", …}
//	logins          [{"provider", "subject", "email"}, …]
//	second_factors  ["totp", …]
//	photo_url
//	hash_algorithm  an Algorithm
//	password_hash   as the source stored it
//	hash_params     {"salt", "salt_separator", "signer_key", "n", "r", "p", "key_length", "variant"}
var NeutralFields = []string{
	"id", "username", "email", "email_verified", "phone", "phone_verified", "name", "disabled",
	"created_at", "last_sign_in_at", "labels", "attributes", "logins", "second_factors", "photo_url",
	"hash_algorithm", "password_hash", "hash_params",
}

// neutral is a User as the neutral file spells it.
type neutral struct {
	ID            string         `json:"id,omitempty"`
	Username      string         `json:"username,omitempty"`
	Email         string         `json:"email,omitempty"`
	EmailVerified *bool          `json:"email_verified,omitempty"`
	Phone         string         `json:"phone,omitempty"`
	PhoneVerified *bool          `json:"phone_verified,omitempty"`
	Name          string         `json:"name,omitempty"`
	Disabled      *bool          `json:"disabled,omitempty"`
	Created       *time.Time     `json:"created_at,omitempty"`
	LastSignIn    *time.Time     `json:"last_sign_in_at,omitempty"`
	Labels        []string       `json:"labels,omitempty"`
	Attributes    map[string]any `json:"attributes,omitempty"`
	Logins        []Login        `json:"logins,omitempty"`
	Factors       []string       `json:"second_factors,omitempty"`
	Photo         string         `json:"photo_url,omitempty"`
	Algorithm     string         `json:"hash_algorithm,omitempty"`
	Encoded       string         `json:"password_hash,omitempty"`
	Params        *neutralParams `json:"hash_params,omitempty"`
}

type neutralParams struct {
	Salt          string `json:"salt,omitempty"`
	SaltSeparator string `json:"salt_separator,omitempty"`
	SignerKey     string `json:"signer_key,omitempty"`
	N             int    `json:"n,omitempty"`
	R             int    `json:"r,omitempty"`
	P             int    `json:"p,omitempty"`
	KeyLen        int    `json:"key_length,omitempty"`
	Variant       string `json:"variant,omitempty"`
}

// EncodeNeutral writes u as a line of the neutral file, without the newline.
// The line holds the hash: it belongs in a file that only its owner can read.
func EncodeNeutral(u User) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(toNeutral(u)); err != nil {
		return nil, fmt.Errorf("neutral file: %v", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// DecodeNeutral reads a line of the neutral file. Names it does not know are
// refused: they would be dropped in silence.
func DecodeNeutral(line []byte) (User, error) {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	var n neutral
	if err := dec.Decode(&n); err != nil {
		return User{}, err
	}
	if dec.More() {
		return User{}, fmt.Errorf("text after the end of the object")
	}
	return fromNeutral(n), nil
}

// NeutralCells writes u as the cells of a CSV row, in the order of NeutralFields.
func NeutralCells(u User) ([]string, error) {
	line, err := EncodeNeutral(u)
	if err != nil {
		return nil, err
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(line, &values); err != nil {
		return nil, fmt.Errorf("neutral file: %v", err)
	}
	cells := make([]string, len(NeutralFields))
	for i, name := range NeutralFields {
		cells[i] = cell(values[name])
	}
	return cells, nil
}

// cell is a JSON value as a CSV cell: a string without its quotes, anything else as JSON.
func cell(v json.RawMessage) string {
	var s string
	if !bytes.HasPrefix(v, []byte(`"`)) {
		return string(v)
	}
	_ = json.Unmarshal(v, &s) // a string of our own making
	return s
}

// FromNeutralCells reads a CSV row: get answers the cell of a field, "" where
// the row has none.
func FromNeutralCells(get func(field string) string) (User, error) {
	line := []byte{'{'}
	for _, name := range NeutralFields {
		text := get(name)
		if text == "" {
			continue
		}
		if len(line) > 1 {
			line = append(line, ',')
		}
		value, err := cellValue(name, text)
		if err != nil {
			return User{}, err
		}
		line = append(strconv.AppendQuote(line, name), ':')
		line = append(line, value...)
	}
	return DecodeNeutral(append(line, '}'))
}

// cellValue is the inverse of cell. A cell of JSON has to be one whole value: it
// must not smuggle other fields in.
func cellValue(field, text string) ([]byte, error) {
	switch field {
	case "email_verified", "phone_verified", "disabled", "labels", "attributes", "logins", "second_factors", "hash_params":
		if !json.Valid([]byte(text)) {
			return nil, fmt.Errorf("%s is not JSON", field)
		}
		return []byte(text), nil
	}
	return json.Marshal(text)
}

func toNeutral(u User) neutral {
	n := neutral{
		ID: u.ID, Username: u.Username, Email: u.Email, Phone: u.Phone, Name: u.Name,
		Disabled: &u.Disabled, Created: date(u.Created), LastSignIn: date(u.LastSignIn),
		Labels: u.Labels, Attributes: u.Attributes, Logins: u.Logins, Factors: u.Factors, Photo: u.Photo,
		Algorithm: string(u.Hash.Algorithm), Encoded: string(u.Hash.Encoded),
	}
	if u.Email != "" {
		n.EmailVerified = &u.EmailVerified
	}
	if u.Phone != "" {
		n.PhoneVerified = &u.PhoneVerified
	}
	if p := u.Hash.Params; p != (Params{}) {
		n.Params = &neutralParams{string(p.Salt), string(p.SaltSeparator), string(p.SignerKey), p.N, p.R, p.P, p.KeyLen, p.Variant}
	}
	return n
}

func fromNeutral(n neutral) User {
	u := User{
		ID: n.ID, Username: n.Username, Email: n.Email, Phone: n.Phone, Name: n.Name,
		EmailVerified: isTrue(n.EmailVerified), PhoneVerified: isTrue(n.PhoneVerified), Disabled: isTrue(n.Disabled),
		Labels: n.Labels, Attributes: n.Attributes, Logins: n.Logins, Factors: n.Factors, Photo: n.Photo,
		Hash: Hash{Algorithm: Algorithm(n.Algorithm), Encoded: Secret(n.Encoded)},
	}
	if n.Created != nil {
		u.Created = n.Created.UTC()
	}
	if n.LastSignIn != nil {
		u.LastSignIn = n.LastSignIn.UTC()
	}
	if p := n.Params; p != nil {
		u.Hash.Params = Params{Secret(p.Salt), Secret(p.SaltSeparator), Secret(p.SignerKey), p.N, p.R, p.P, p.KeyLen, p.Variant}
	}
	return u
}

func date(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func isTrue(b *bool) bool { return b != nil && *b }
