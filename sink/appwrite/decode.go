package appwrite

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"unicode/utf8"
)

// readAnswer reads an answer.
func readAnswer(text []byte, out any) error {
	if a, ok := out.(*account); ok {
		return a.UnmarshalJSON(bytes.TrimSpace(text))
	}
	return json.Unmarshal(text, out)
}

// UnmarshalJSON reads an account in one pass. A move reads one for every user, and
// encoding/json needs a fifth of all the processor time of a create to look for the
// fields by reflection. Whatever is not plain goes back to it, value by value;
// values that we do not read are skipped and not looked at.
func (a *account) UnmarshalJSON(text []byte) error {
	return eachMember(text, func(name, value []byte) error {
		switch string(name) {
		case `"$id"`:
			return readText(value, &a.ID)
		case `"$createdAt"`:
			return readText(value, &a.Created)
		case `"name"`:
			return readText(value, &a.Name)
		case `"password"`:
			return readText(value, (*string)(&a.Password))
		case `"hash"`:
			return readText(value, &a.Hash)
		case `"hashOptions"`:
			a.HashOptions = slices.Clone(value)
		case `"status"`:
			return readBool(value, &a.Status)
		case `"labels"`:
			return readList(value, &a.Labels)
		case `"email"`:
			return readText(value, &a.Email)
		case `"phone"`:
			return readText(value, &a.Phone)
		case `"emailVerification"`:
			return readBool(value, &a.EmailVerification)
		case `"phoneVerification"`:
			return readBool(value, &a.PhoneVerification)
		case `"prefs"`:
			a.Prefs = slices.Clone(value)
		case `"targets"`:
			return readTargets(value, &a.Targets)
		case `"accessedAt"`:
			return readText(value, &a.Accessed)
		case `"mfa"`:
			return readBool(value, &a.MFA)
		case `"impersonator"`:
			return readBool(value, &a.Impersonator)
		}
		return nil
	})
}

// UnmarshalJSON is account's, for a target.
func (t *target) UnmarshalJSON(text []byte) error {
	return eachMember(text, func(name, value []byte) error {
		switch string(name) {
		case `"$id"`:
			return readText(value, &t.ID)
		case `"userId"`:
			return readText(value, &t.UserID)
		case `"$createdAt"`:
			return readText(value, &t.Created)
		case `"identifier"`:
			return readText(value, &t.Identifier)
		case `"providerType"`:
			return readText(value, &t.Kind)
		}
		return nil
	})
}

// eachMember walks through an object; names come with their quotes. null has no
// members. What stands between the values is checked; what is in a value, by whoever
// reads it.
func eachMember(text []byte, member func(name, value []byte) error) error {
	if string(text) == "null" {
		return nil
	}
	if len(text) == 0 || text[0] != '{' {
		return errNoObject
	}
	for at := skipSpace(text, 1); at < len(text); {
		if text[at] == '}' {
			if at == len(text)-1 {
				return nil
			}
			return errNoObject
		}
		name := text[at:skipValue(text, at)]
		colon := skipSpace(text, at+len(name))
		if len(name) == 0 || name[0] != '"' || colon == len(text) || text[colon] != ':' {
			return errNoObject
		}
		at = skipSpace(text, colon+1)
		value := text[at:skipValue(text, at)]
		if len(value) == 0 {
			return errNoObject
		}
		if err := member(name, value); err != nil {
			return err
		}
		at = skipSpace(text, at+len(value))
		if at < len(text) && text[at] == ',' {
			if at = skipSpace(text, at+1); at < len(text) && text[at] == '}' {
				return errNoObject
			}
		} else if at == len(text) || text[at] != '}' {
			return errNoObject
		}
	}
	return errNoObject
}

var errNoObject = errors.New("this is no JSON object")

func skipSpace(text []byte, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t') {
		at++
	}
	return at
}

// skipValue is where the value ends that begins at at.
func skipValue(text []byte, at int) int {
	for depth := 0; at < len(text); {
		switch text[at] {
		case '"':
			at = skipString(text, at)
			if depth == 0 {
				return at
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return at
			}
			if depth == 0 {
				return at + 1
			}
		case ',', ' ', '\n', '\r', '\t':
			if depth == 0 {
				return at
			}
		}
		at++
	}
	return len(text)
}

func skipString(text []byte, at int) int {
	for at++; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return len(text)
}

func readText(value []byte, to *string) error {
	if len(value) < 2 || value[0] != '"' || bytes.IndexByte(value, '\\') >= 0 || !utf8.Valid(value) {
		return json.Unmarshal(value, to)
	}
	*to = string(value[1 : len(value)-1])
	return nil
}

func readBool(value []byte, to *bool) error {
	switch string(value) {
	case "true":
		*to = true
	case "false":
		*to = false
	default:
		return json.Unmarshal(value, to)
	}
	return nil
}

func readList[T any](value []byte, to *[]T) error {
	if string(value) == "[]" {
		*to = []T{}
		return nil
	}
	return json.Unmarshal(value, to)
}

// readTargets reads the one target that most accounts have.
func readTargets(value []byte, to *[]target) error {
	at := skipSpace(value, min(1, len(value)))
	end := skipValue(value, at)
	if len(value) == 0 || value[0] != '[' || skipSpace(value, end) != len(value)-1 || end == at || value[at] != '{' {
		return readList(value, to)
	}
	*to = make([]target, 1)
	return (*to)[0].UnmarshalJSON(value[at:end])
}
