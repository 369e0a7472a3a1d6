package appwrite

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// FuzzAccount: an account reads as encoding/json would read it, by name and type,
// but for two things that no server does: keys in another letter case, and a value
// given twice where the second is null or adds to the first.
func FuzzAccount(f *testing.F) {
	for _, text := range []string{
		`{"$id":"a","$createdAt":"2026-11-21T20:15:36.314+00:00","name":"Zo\u00eb \"Z\"","password":null,"hash":"bcrypt","hashOptions":{"type":"bcrypt","cost":8},"status":true,"labels":["a","b"],"email":"a@example.com","phone":"","emailVerification":false,"phoneVerification":true,"prefs":{"a":[1,{"b":"}"}]},"targets":[{"$id":"t","$createdAt":"2026","userId":"a","identifier":"a@example.com","providerId":null}],"accessedAt":""}`,
		` { "$id" : "a" , "labels" : [ ] , "prefs" : [] , "x" : -1.5e3 , "targets" : [ null , { } ] } `,
		`{"$id":1}`, `{"status":"true"}`, `{"labels":[1]}`, `{"targets":{}}`, `[]`, `null`, `"a"`, `{}`, `{"name":"\ud800","email":"` + "\xff" + `"}`,
	} {
		f.Add([]byte(text))
	}
	type plainTarget target
	type plainAccount account
	f.Fuzz(func(t *testing.T, text []byte) {
		var got account
		if !json.Valid(text) || !once(text) {
			_ = readAnswer(text, &got) // must not panic
			return
		}
		gotErr := readAnswer(text, &got)
		var want struct {
			plainAccount
			Targets []plainTarget `json:"targets"`
		}
		wantErr := json.Unmarshal(text, &want)
		for _, t := range want.Targets {
			want.plainAccount.Targets = append(want.plainAccount.Targets, target(t))
		}
		if want.Targets != nil && len(want.Targets) == 0 {
			want.plainAccount.Targets = []target{}
		}
		if (gotErr == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, encoding/json: %v", text, gotErr, wantErr)
		}
		if gotErr == nil && !reflect.DeepEqual(got, account(want.plainAccount)) {
			t.Fatalf("%q:\n%+v\n%+v", text, got, account(want.plainAccount))
		}
	})
}

// once tells whether every name of an object and of the objects in its targets
// stands there once and is plain, so that both readers mean the same by it.
func once(text []byte) bool {
	seen := map[string]bool{}
	fine := true
	_ = eachMember(trim(text), func(name, value []byte) error {
		fine = fine && plainName(name) && !seen[string(name)]
		seen[string(name)] = true
		var items []json.RawMessage
		if string(name) == `"targets"` && json.Unmarshal(value, &items) == nil {
			for _, item := range items {
				fine = fine && once(item)
			}
		}
		return nil
	})
	return fine
}

func trim(text []byte) []byte { return text[skipSpace(text, 0):] }

// plainName leaves out what encoding/json would fold to one of our names.
func plainName(name []byte) bool {
	for _, known := range []string{"$id", "$createdAt", "name", "password", "hash", "hashOptions", "status", "labels", "email", "phone", "emailVerification", "phoneVerification", "prefs", "targets", "accessedAt", "userId", "identifier"} {
		if string(name) == `"`+known+`"` {
			return true
		}
	}
	for _, c := range name[1 : len(name)-1] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// FuzzEncode: what is written without reflection is what encoding/json writes, byte
// by byte: seals are made of it.
func FuzzEncode(f *testing.F) {
	f.Add("userId", "a", "b", 1, true)
	f.Add("name", "Zoë \"Z\" <z@example.com>", "", -7, false)
	f.Add("\x00", "\x7f\u2028\xff", "$2y$10$abc/.", 0, false)
	f.Fuzz(func(t *testing.T, name, text, other string, number int, truth bool) {
		options := map[string]string{name: text, "z": other}
		if truth {
			options = nil
		}
		for _, body := range []any{
			credential{Hash: text, Password: other, Options: options},
			canonicalProfile{Email: text, Phone: other, Name: name, EmailVerification: truth, Status: !truth},
			canonicalProfile{Labels: []string{name}, Prefs: text},
		} {
			if got, want := written(t, body), reflected(t, body); got != want {
				t.Fatalf("%s, encoding/json: %s", got, want)
			}
		}
		got := written(t, fields{{"a", number}, {"b", text}})
		if want := reflected(t, map[string]any{"a": number, "b": text}); got != want {
			t.Fatalf("%s, encoding/json: %s", got, want)
		}
	})
}

func written(t *testing.T, body any) string {
	text, err := encode(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func reflected(t *testing.T, body any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
