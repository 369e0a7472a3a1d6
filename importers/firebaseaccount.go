package importers

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"rehome/identity"
)

// accountScan reads one account of any of Firebase's JSON shapes: the CLI's and
// the API's, and users as the Admin SDKs for Node, Java (through Gson) and Go
// (through encoding/json) print them. The shapes name the same things differently
// and never use a name for two things, so one table of names reads them all. Of a
// name that is there twice the last one
// counts, as in JavaScript; null is absent.
type accountScan struct {
	jsonScan
	account
	problem *identity.Problem // the first
	texts   strings.Builder   // of the account: one piece of memory for all of them
}

// textsSize is a guess at the bytes of an account's texts.
const textsSize = 256

// record consumes a value of the list of accounts. It answers false as the
// methods of jsonScan do; an account that is wrong in itself has a problem.
func (s *accountScan) record() bool {
	if c := s.token(); c != '{' {
		s.note(identity.RecordUnreadable, "the record is "+kindOf(c)+", not an object")
		return !s.short && s.skip()
	}
	if !s.members(s.field) {
		return false
	}
	if s.deep {
		s.note(identity.RecordUnreadable, "the record is nested deeper than "+strconv.Itoa(maxDepth)+" levels")
	}
	return true
}

// note keeps the first problem.
func (s *accountScan) note(code identity.Code, detail string) {
	if s.problem == nil {
		s.problem = &identity.Problem{Code: code, Detail: detail}
	}
}

func (s *accountScan) field(name []byte) bool {
	u := &s.user
	switch string(name) {
	case "localId", "uid", "rawId":
		return s.text("localId", &u.ID)
	case "email":
		return s.text("email", &u.Email)
	case "emailVerified", "EmailVerified":
		return s.flag("emailVerified", &u.EmailVerified)
	case "passwordHash", "PasswordHash":
		return s.text("passwordHash", &s.hash)
	case "salt", "passwordSalt", "PasswordSalt":
		return s.text("salt", &s.salt)
	case "displayName":
		return s.text("displayName", &u.Name)
	case "photoUrl", "photoURL":
		return s.text("photoUrl", &u.Photo)
	case "phoneNumber":
		return s.text("phoneNumber", &u.Phone)
	case "disabled", "Disabled":
		return s.flag("disabled", &u.Disabled)
	case "createdAt":
		return s.date("createdAt", &u.Created)
	case "lastSignedInAt", "lastLoginAt":
		return s.date("lastLoginAt", &u.LastSignIn)
	case "metadata", "userMetadata", "UserMetadata":
		return s.object("metadata", s.metadata)
	case "customAttributes":
		return s.claims("customAttributes")
	case "customClaims", "CustomClaims":
		return s.claims("customClaims")
	case "providerUserInfo", "providerData", "providers", "ProviderUserInfo":
		s.logins = nil
		return s.list("providerUserInfo", s.provider)
	case "mfaInfo", "enrolledFactors":
		u.Factors = nil
		return s.list("mfaInfo", s.factor)
	case "multiFactor", "MultiFactor":
		return s.object("multiFactor", s.multiFactor)
	}
	return s.skip()
}

// metadata is where the Admin SDKs put dates: in words, or in milliseconds.
func (s *accountScan) metadata(name []byte) bool {
	switch string(name) {
	case "creationTime", "creationTimestamp", "CreationTimestamp":
		return s.date("creationTime", &s.user.Created)
	case "lastSignInTime", "lastSignInTimestamp", "LastLogInTimestamp":
		return s.date("lastSignInTime", &s.user.LastSignIn)
	}
	return s.skip()
}

func (s *accountScan) multiFactor(name []byte) bool {
	if string(name) == "enrolledFactors" || string(name) == "EnrolledFactors" {
		s.user.Factors = nil
		return s.list("enrolledFactors", s.factor)
	}
	return s.skip()
}

// provider reads one federated identity. Its subject is rawId, which the Admin
// SDK calls uid; federatedId is an older spelling, a URL for some providers.
func (s *accountScan) provider() bool {
	var l identity.Login
	var federated string
	ok := s.object("providerUserInfo", func(name []byte) bool {
		switch string(name) {
		case "providerId":
			return s.text("providerId", &l.Provider)
		case "rawId", "uid":
			return s.text("rawId", &l.Subject)
		case "federatedId":
			return s.text("federatedId", &federated)
		case "email":
			return s.text("the provider's email", &l.Email)
		}
		return s.skip()
	})
	if l.Subject == "" {
		l.Subject = federated
	}
	if l != (identity.Login{}) {
		s.logins = append(s.logins, l)
	}
	return ok
}

// factor reads one enrolled second factor, of which only the kind matters.
func (s *accountScan) factor() bool {
	kind := "unknown"
	ok := s.object("mfaInfo", func(name []byte) bool {
		switch string(name) {
		case "phoneInfo":
			kind = "phone"
		case "totpInfo":
			kind = "totp"
		case "emailInfo":
			kind = "email"
		case "factorId", "FactorID":
			return s.text("factorId", &kind)
		}
		return s.skip()
	})
	if kind == "" {
		kind = "unknown"
	}
	if ok && !slices.Contains(s.user.Factors, kind) {
		s.user.Factors = append(s.user.Factors, kind)
	}
	return ok
}

// expect reports whether the value at hand begins with want. If it does not,
// the value is passed over; if it is not null either, that is noted.
func (s *accountScan) expect(field string, want byte) (is, ok bool) {
	c := s.token()
	if c == want || s.short {
		return !s.short, !s.short
	}
	if ok = s.skip(); ok && c != 'n' {
		s.note(identity.RecordUnreadable, field+" is "+kindOf(c)+", not "+kindOf(want))
	}
	return false, ok
}

// text reads a string.
func (s *accountScan) text(field string, to *string) bool {
	*to = ""
	is, ok := s.expect(field, '"')
	if !is {
		return ok
	}
	raw, m, ok := s.str()
	if !ok {
		return false
	}
	if m == 0 {
		*to = s.keep(raw)
		return true
	}
	text, fault := decodeText(raw, m)
	if fault != "" && s.problem == nil {
		s.problem = fault.problem(field)
	}
	*to = text
	return true
}

// keep copies a text out of the window.
func (s *accountScan) keep(raw []byte) string {
	if s.texts.Len() == 0 {
		s.texts.Grow(textsSize)
	}
	from := s.texts.Len()
	s.texts.Write(raw)
	return s.texts.String()[from:]
}

// flag reads true or false.
func (s *accountScan) flag(field string, to *bool) bool {
	*to = false
	c := s.token()
	from := s.i
	if s.short || !s.skip() {
		return false
	}
	switch {
	case c == 't':
		*to = true
	case c != 'f' && c != 'n':
		s.note(identity.RecordUnreadable, field+" is "+kindOf(s.b[from])+", not true or false")
	}
	return true
}

// date reads a time: milliseconds since 1970 as text or as a number, or a date
// of HTTP (RFC 1123), as the Admin SDK writes it.
func (s *accountScan) date(field string, to *time.Time) bool {
	*to = time.Time{}
	if c := s.token(); c == '-' || c >= '0' && c <= '9' {
		from := s.i
		if !s.word() {
			return false
		}
		*to = parseDate(s.b[from:s.i])
		return true
	}
	is, ok := s.expect(field, '"')
	if !is {
		return ok
	}
	raw, _, ok := s.str()
	if ok {
		*to = parseDate(raw)
	}
	return ok
}

// parseDate reads a time; zero when there is none ("0"), or none that can be
// told: a missing date is better than a made-up one.
func parseDate(text []byte) time.Time {
	const year10000 = 253402300800000 // in ms; RFC 3339 ends before it
	var ms int64
	for _, c := range text {
		if c < '0' || c > '9' || ms > year10000 {
			return parseNamedDate(text)
		}
		ms = 10*ms + int64(c-'0')
	}
	if ms == 0 || ms >= year10000 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func parseNamedDate(text []byte) time.Time {
	if len(text) > 40 {
		return time.Time{}
	}
	for _, layout := range []string{httpDate, time.RFC3339} {
		if t, err := time.Parse(layout, string(text)); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// httpDate is RFC 1123 with the one zone whose name says what it means.
const httpDate = "Mon, 02 Jan 2006 15:04:05 GMT"

// object reads an object's members.
func (s *accountScan) object(field string, each func(name []byte) bool) bool {
	is, ok := s.expect(field, '{')
	if !is {
		return ok
	}
	return s.members(each)
}

// list reads a list's elements.
func (s *accountScan) list(field string, each func() bool) bool {
	is, ok := s.expect(field, '[')
	if !is {
		return ok
	}
	return s.elements(each)
}

// claims reads the claims: a string that holds JSON, or the object itself.
func (s *accountScan) claims(field string) bool {
	s.user.Attributes = nil
	if s.token() == '{' {
		from := s.i
		if !s.skip() {
			return false
		}
		text := bytes.Clone(s.b[from:s.i])
		switch {
		case !utf8.Valid(text):
			s.note(identity.TextInvalid, field+" "+string(notUTF8))
		case bytes.IndexByte(text, 0) >= 0: // what is no JSON is kept as text, and no text holds one
			s.note(identity.TextInvalid, field+" "+string(holdsNUL))
		default:
			s.user.Attributes = claims(field, text)
		}
		return true
	}
	var text string
	if !s.text(field, &text) {
		return false
	}
	if text != "" {
		s.user.Attributes = claims(field, []byte(text))
	}
	return true
}
