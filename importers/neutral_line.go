package importers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"rehome/identity"
)

// neutralLine is the record in a line.
func neutralLine(text []byte, long bool) identity.Record {
	if long {
		return problemRecord(identity.RecordTooLarge, fmt.Sprintf("the line is longer than %d MiB", maxRecord>>20), text)
	}
	if problem := lineProblem(text); problem != nil {
		return identity.Record{Problem: problem, Raw: identity.Secret(rawText(text))}
	}
	user, err := identity.DecodeNeutral(text)
	if err != nil {
		if quoted := quotedID(text); quoted != nil {
			user, err = identity.DecodeNeutral(quoted)
		}
	}
	if err != nil {
		return problemRecord(identity.RecordUnreadable, neutralFault(err), text)
	}
	return neutralRecord(user)
}

// quotedID is a line whose id, a whole number, is put in quotes: databases number
// people, and a CSV's cells say nothing of numbers either. It is nil where the id
// is none.
func quotedID(text []byte) []byte {
	s := jsonScan{b: text}
	s.token()
	var quoted []byte
	s.members(func(name []byte) bool {
		s.token()
		from := s.i
		ok := s.skip()
		if string(name) == "id" && isDigits(s.b[from:s.i]) {
			quoted = slices.Concat(text[:from], []byte{'"'}, text[from:s.i], []byte{'"'}, text[s.i:])
		}
		return ok && quoted == nil
	})
	return quoted
}

// neutralRecord is the record of a user as the file has him.
func neutralRecord(user identity.User) identity.Record {
	rec := identity.Record{User: user}
	if rec.Problem = settleHash(&rec.User); rec.Problem == nil {
		takeApart(&rec.User)
	}
	return rec
}

// lineProblem says why the text is not to be decoded. A decoder would replace
// bytes that are no text, and follow any depth.
func lineProblem(text []byte) *identity.Problem {
	s := jsonScan{b: text}
	if s.token() != '{' {
		return &identity.Problem{Code: identity.RecordUnreadable, Detail: "the line is not a JSON object"}
	}
	plain := utf8.Valid(text) && !bytes.ContainsAny(text, "\\\x00")
	var problem *identity.Problem
	ok := s.members(func(name []byte) bool {
		s.token()
		from := s.i
		if !s.skip() {
			return false
		}
		if !plain && problem == nil {
			problem = valueProblem(name, s.b[from:s.i])
		}
		return true
	})
	switch {
	case !ok || s.i < len(bytes.TrimRight(text, " \t\r")):
		return &identity.Problem{Code: identity.RecordUnreadable, Detail: "the line is not a whole JSON object"}
	case s.deep:
		return &identity.Problem{Code: identity.RecordUnreadable, Detail: fmt.Sprintf("the line is nested deeper than %d levels", maxDepth)}
	}
	return problem
}

// valueProblem says why a value holds what is no text.
func valueProblem(name, value []byte) *identity.Problem {
	_, fault := decodeText(value, markHigh|markEscape|markControl)
	switch {
	case fault == "":
		return nil
	case slices.Contains(identity.NeutralFields, string(name)):
		return fault.problem(string(name))
	}
	return fault.problem("a field")
}

// neutralFault says what was wrong with a line, without showing any of it: what
// stands in the wrong place may be a hash.
func neutralFault(err error) string {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if field, _, _ := strings.Cut(wrong.Field, "."); slices.Contains(identity.NeutralFields, field) {
			return field + " is of the wrong kind: " + wrong.Value[:min(len(wrong.Value), 6)]
		}
	}
	if strings.HasPrefix(err.Error(), "json: unknown field") {
		return "the line has a field that the neutral file does not have"
	}
	return "a value is not of the form that the neutral file has for its field"
}
