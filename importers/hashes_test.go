package importers

import (
	"reflect"
	"testing"

	"rehome/identity"
	"rehome/identity/forms"
)

// withoutForm takes the form off a record, after a look that it is that of its hash:
// a record's hash is read when the record is, and no later.
func withoutForm(t testing.TB, rec identity.Record) identity.Record {
	t.Helper()
	want, _ := forms.Read(rec.User.Hash)
	if rec.Problem == nil && !reflect.DeepEqual(rec.User.Form, want) {
		t.Fatalf("%v: the form of the hash is %v, want %v", rec.Pos, rec.User.Form, want)
	}
	rec.User.Form = nil
	return rec
}
