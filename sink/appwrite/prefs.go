package appwrite

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"rehome/identity"
)

// prefs are preferences: as we send them, and in the canonical form that both
// they and the server's answer come down to. Zero: none.
type prefs struct {
	wire      json.RawMessage
	canonical string
	reshaped  bool // an object comes back as a list
}

// canon writes values in canonical form and measures them as PHP would.
//
// PHP keeps objects as arrays, and several spellings are one value to it:
//
//	{} and []             both empty; 1.5 answers the first with the second
//	{"0":…,"1":…}         a list, once stored
//	1.0 and 1             1.0 comes back as 1
//	12345678901234567890  a float, its last digits lost
//
// Objects are therefore written with sorted keys, empty ones and those with keys
// 0…n-1 as lists, integers as such within 64 bits, and every other number as the
// shortest text of its float64.
type canon struct {
	out      bytes.Buffer
	size     int  // of PHP's spelling
	lossy    bool // something would not come back
	reshaped bool // an object would come back as a list
}

// Bounds of preferences: bytes as PHP's json_encode writes them, and levels.
const (
	maxPrefs = 65535
	maxDepth = 100
)

// The dates' names in the preferences, those of the neutral file.
const (
	createdKey    = "created_at"
	lastSignInKey = "last_sign_in_at"
)

// kept says what of a user has its place in the preferences.
type kept struct{ claims, reshaped, created, lastSignIn bool }

// prefsOf puts claims, as they stand, and dates into preferences. Claims are kept
// whole or not at all: half of a set of rights is another set of rights.
func prefsOf(u identity.User, claims, dates bool) (prefs, kept) {
	var k kept
	values := map[string]any{}
	var out prefs
	if claims && len(u.Attributes) > 0 {
		for name, v := range u.Attributes {
			values[name] = v
		}
		if out, k.claims = canonicalPrefs(values); !k.claims {
			values = map[string]any{}
		}
		k.reshaped = out.reshaped
	}
	if dates {
		out, k.created = withDate(out, values, createdKey, u.Created)
		out, k.lastSignIn = withDate(out, values, lastSignInKey, u.LastSignIn)
	}
	return out, k
}

// withDate adds a date, unless a claim has that name or there is no room.
func withDate(out prefs, values map[string]any, name string, t time.Time) (prefs, bool) {
	if _, taken := values[name]; taken || t.IsZero() {
		return out, false
	}
	values[name] = t.UTC().Format(time.RFC3339Nano)
	if more, ok := canonicalPrefs(values); ok {
		return more, true
	}
	delete(values, name)
	return out, false
}

// canonicalPrefs makes preferences of values, if the server takes them and gives
// them all back. It rejects objects with keys 0…n-1,
// which PHP stores as lists, and names that begin with $, which break the server's
// own reading of preferences.
func canonicalPrefs(values map[string]any) (prefs, bool) {
	for name := range values {
		if strings.HasPrefix(name, "$") {
			return prefs{}, false
		}
	}
	if listLike(values) {
		return prefs{}, false
	}
	var c canon
	c.value(values, 0)
	wire, err := json.Marshal(values)
	if err != nil || c.lossy || c.size > maxPrefs {
		return prefs{}, false
	}
	return prefs{wire, c.out.String(), c.reshaped}, true
}

// canonicalAnswer is the canonical form of preferences as the server sent them.
// What cannot be read is kept as it came, and so differs from anything of ours.
func canonicalAnswer(raw json.RawMessage) string {
	if text := string(raw); text == "{}" || text == "[]" {
		return "" // as most users have it
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return string(raw)
	}
	var c canon
	c.value(v, 0)
	if text := c.out.String(); text != "[]" && text != "null" {
		return text
	}
	return ""
}

func (c *canon) value(v any, depth int) {
	if depth > maxDepth {
		c.lossy = true
		return
	}
	switch v := v.(type) {
	case map[string]any:
		c.object(v, depth+1)
	case []any:
		c.list(v, depth+1)
	case string:
		c.text(v)
	case json.Number:
		c.number(string(v))
	case nil, bool:
		b, _ := json.Marshal(v)
		c.plain(string(b))
	default:
		c.other(v, depth)
	}
}

// other takes every other type in the spelling that JSON gives it, which is the
// one that is sent.
func (c *canon) other(v any, depth int) {
	b, err := json.Marshal(v)
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var plain any
	if err != nil || dec.Decode(&plain) != nil {
		c.lossy = true
		return
	}
	c.value(plain, depth)
}

func (c *canon) plain(s string) {
	c.out.WriteString(s)
	c.size += len(s)
}

func (c *canon) object(m map[string]any, depth int) {
	if listLike(m) {
		items := make([]any, len(m))
		for i := range items {
			items[i] = m[strconv.Itoa(i)]
		}
		c.size += 2 * len(m) * len(`"12":`) // in case PHP keeps it an object
		c.reshaped = c.reshaped || len(m) <= inOrder
		c.list(items, depth)
		return
	}
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	c.plain("{")
	for i, name := range names {
		if i > 0 {
			c.plain(",")
		}
		c.text(name)
		c.plain(":")
		c.value(m[name], depth)
	}
	c.plain("}")
}

func (c *canon) list(items []any, depth int) {
	c.plain("[")
	for i, v := range items {
		if i > 0 {
			c.plain(",")
		}
		c.value(v, depth)
	}
	c.plain("]")
}

// inOrder is how many keys 0, 1, 2 … are still in order when they are sorted as
// texts, which is how they are sent: only then does PHP take them for a list's.
const inOrder = 10

// listLike tells whether PHP would hold an object as a list: no keys, or 0…n-1.
func listLike(m map[string]any) bool {
	for i := range len(m) {
		if _, ok := m[strconv.Itoa(i)]; !ok {
			return false
		}
	}
	return true
}

func (c *canon) number(s string) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		c.plain(strconv.FormatInt(n, 10))
		return
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		c.lossy = true
		return
	}
	if strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '-' }) < 0 {
		c.lossy = true // an integer of more than 64 bits
	}
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		c.plain(strconv.FormatInt(int64(f), 10))
		return
	}
	c.plain(strconv.FormatFloat(f, 'g', -1, 64))
	c.size += len(".0e+") // PHP's spelling of the exponent may be longer
}

func (c *canon) text(s string) {
	if !utf8.ValidString(s) {
		c.lossy = true
	}
	b, _ := json.Marshal(s) // a string always has a JSON form
	c.out.Write(b)
	c.size += phpLength(s)
}

// phpLength is the length of a string as json_encode writes it without flags:
// in quotes, ", \ and / with a backslash, other control characters and
// everything beyond ASCII as \uXXXX, beyond the basic plane twice.
func phpLength(s string) int {
	n := 2
	for _, r := range s {
		switch {
		case r == '"', r == '\\', r == '/', r == '\b', r == '\f', r == '\n', r == '\r', r == '\t':
			n += 2
		case r >= ' ' && r <= '~', r == 0x7f:
			n++
		default:
			n += 6 * utf16.RuneLen(r)
		}
	}
	return n
}

// Bounds of labels.
const (
	maxLabels = 1000
	maxLabel  = 36 // characters
)

// labelsOf are the labels that the server takes of a user's roles, sorted and
// each once, and whether that is all of them.
func labelsOf(roles []string) (labels []string, all bool) {
	all = true
	for _, l := range roles {
		if legalLabel(l) {
			labels = append(labels, l)
		} else {
			all = false
		}
	}
	slices.Sort(labels)
	labels = slices.Compact(labels)
	if len(labels) > maxLabels {
		return labels[:maxLabels], false
	}
	return labels, all
}

func legalLabel(s string) bool {
	for i := range len(s) {
		if !letterOrDigit(s[i]) {
			return false
		}
	}
	return s != "" && len(s) <= maxLabel
}
