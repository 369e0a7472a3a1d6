package report

import (
	"testing"

	"rehome/identity"
	"rehome/migrate"
)

// TestRetried feeds three of 100 rejects back: one keeps the password, one needs a
// new one, one is rejected again.
func TestRetried(t *testing.T) {
	d := fixed()
	d.Retries = nil
	resets := map[identity.Code]int{identity.HashUnsupported: 101, identity.LossPasswordGone: 100, identity.PasswordLength: 1}
	d.Retried(Retry{Finished: migrate.Summary{Records: 3, Created: 2, Rejected: 1}, People: &migrate.People{Keep: 1, Reset: 1, NotMoved: 1}}, Mended{Rejected: 98, Apart: 97, Taken: 3, Resets: resets})
	if want := (migrate.People{Keep: 500, Bare: 100, Reset: 202, Untouched: 100, NotMoved: 98, Confirm: 40, Disabled: 1}); *d.People != want {
		t.Errorf("%+v, want %+v", *d.People, want)
	}
	if f := d.Finished; f.Created != 802 || f.Rejected != 98 || f.Records != 1000 {
		t.Errorf("%d created, %d rejected of %d", f.Created, f.Rejected, f.Records)
	}
	if d.Resets[0].Count != 101 {
		t.Errorf("%+v", d.Resets)
	}
	d.Retried(Retry{People: &migrate.People{}}, Mended{Resets: map[identity.Code]int{identity.HashUnsupported: 1}}) // the lists were purged
	if d.People.Reset != 202 {
		t.Errorf("%d resets after a purge", d.People.Reset)
	}
}
