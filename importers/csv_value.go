package importers

import (
	"strings"
	"time"
)

// isNull reports whether a cell of a column that cannot hold such a word says
// that there is no value. Names are no such column: people are called Null.
func isNull(s string) bool {
	switch s {
	case "", "NULL", "null", `\N`:
		return true
	}
	return false
}

// readBool takes the words in which exports say yes and no.
func readBool(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "true", "t", "1", "yes", "y", "on", "ja", "wahr", "oui", "vrai", "sí", "si", "sì", "verdadero", "vero", "sim", "verdadeiro":
		return true, true
	case "false", "f", "0", "no", "n", "off", "nein", "falsch", "non", "faux", "falso", "não", "nao":
		return false, true
	}
	return false, false
}

// dateLayouts are the unambiguous ways of writing a date; a time without zone is UTC.
var dateLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999Z07",
	"2006-01-02 15:04:05.999999999 Z07:00",
	"2006-01-02 15:04:05.999999999 Z0700",
	"2006-01-02 15:04:05.999999999 UTC",
	"2006-01-02 15:04:05.999999999 -0700 UTC",
	"2006-01-02 15:04",
	"2006-01-02",
	"2.1.2006 15:04:05", // with dots the day comes first, wherever they are written
	"2.1.2006 15:04",
	"2.1.2006",
	time.RFC1123Z,
	"Mon, 02 Jan 2006 15:04:05 GMT",
}

// readDate reads a date. ok is false where the text can be read in two ways
// (01/02/03), or not at all; a zero time with ok says that there is no date.
func readDate(s string) (date time.Time, ok bool) {
	if isNull(s) || strings.HasPrefix(s, "0000-00-00") || s == "0" {
		return time.Time{}, true
	}
	if t, ok := quickDate(s); ok {
		return t, true
	}
	if t, ok := epoch(s); ok {
		return t, true
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil && inRange(t) {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// inRange leaves years that RFC 3339 can write.
func inRange(t time.Time) bool { return t.UTC().Year() >= 1 && t.UTC().Year() <= 9999 }

// quickDate reads "2006-01-02 15:04:05", with T and Z if need be: what nearly
// every database writes.
func quickDate(s string) (time.Time, bool) {
	if len(s) == 20 && s[19] == 'Z' {
		s = s[:19]
	}
	if len(s) != 19 || s[4] != '-' || s[7] != '-' || s[10] != ' ' && s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, false
	}
	var n [6]int
	for i, at := range [...]int{0, 5, 8, 11, 14, 17} {
		width := 2
		if i == 0 {
			width = 4
		}
		for _, c := range []byte(s[at : at+width]) {
			if c < '0' || c > '9' {
				return time.Time{}, false
			}
			n[i] = n[i]*10 + int(c-'0')
		}
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC)
	_, month, day := t.Date() // of the 30th of February, the 1st or 2nd of March
	exact := n[0] > 0 && int(month) == n[1] && day == n[2] && n[3] < 24 && n[4] < 60 && n[5] < 60
	return t, exact
}

// epoch reads Unix time: nine or ten digits are seconds (1973 to 2286), twelve or
// thirteen milliseconds of the same years.
func epoch(s string) (time.Time, bool) {
	var n int64
	for _, c := range []byte(s) {
		if c < '0' || c > '9' || len(s) > 13 {
			return time.Time{}, false
		}
		n = n*10 + int64(c-'0')
	}
	switch len(s) {
	case 9, 10:
		return time.Unix(n, 0).UTC(), true
	case 12, 13:
		return time.UnixMilli(n).UTC(), true
	}
	return time.Time{}, false
}

// isScientific recognises what spreadsheets make of long numbers: 1.55501E+11.
// The digits that are gone cannot be had back.
func isScientific(s string) bool {
	i, digits := 0, 0
	for ; i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.' || s[i] == ','); i++ {
		digits++
	}
	if digits == 0 || i+2 >= len(s) || s[i]|0x20 != 'e' || s[i+1] != '+' {
		return false
	}
	return strings.Trim(s[i+2:], "0123456789") == ""
}
