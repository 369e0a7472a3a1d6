package identity_test

import (
	"strings"
	"testing"

	"rehome/identity"
)

func TestGuard(t *testing.T) {
	for _, c := range []struct{ cell, guard, number string }{
		{"", "", ""},
		{"Ann", "Ann", "Ann"},
		{"=1+1", "'=1+1", "'=1+1"},
		{"+4915112345678", "'+4915112345678", "'+4915112345678"},
		{"-Mxyz_12", "'-Mxyz_12", "'-Mxyz_12"},
		{"@ann", "'@ann", "'@ann"},
		{"\tx", "'\tx", "'\tx"},
		{"'=x", "''=x", "''=x"},
		{"''=x", "'''=x", "'''=x"},
		{"'quoted", "'quoted", "'quoted"},
		{"'", "'", "'"},
		{"0", "0", "0"},
		{"42", "42", "42"},
		{"123456789012345", "123456789012345", "123456789012345"},
		{"1234567890123456", "1234567890123456", "'1234567890123456"},
		{"00123", "00123", "'00123"},
		{"'00123", "'00123", "''00123"},
		{"1e5", "1e5", "'1e5"},
		{"1.50", "1.50", "'1.50"},
		{".5", ".5", "'.5"},
		{"1/2", "1/2", "'1/2"},
		{"12:30", "12:30", "'12:30"},
		{"2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z", "'2024-01-02T03:04:05Z"},
		{"true", "true", "'true"},
		{"5f4dcc3b5aa765d61d8327deb882cf99", "5f4dcc3b5aa765d61d8327deb882cf99", "5f4dcc3b5aa765d61d8327deb882cf99"},
		{"e", "e", "e"},
	} {
		if got := identity.Guard(c.cell); got != c.guard {
			t.Errorf("Guard(%q) = %q, want %q", c.cell, got, c.guard)
		}
		if got := identity.GuardNumber(c.cell); got != c.number {
			t.Errorf("GuardNumber(%q) = %q, want %q", c.cell, got, c.number)
		}
	}
}

// FuzzGuard: whatever a cell holds, it comes back, and it comes back from a
// spreadsheet that hides the apostrophe.
func FuzzGuard(f *testing.F) {
	for _, s := range []string{"", "'", "''=x", "0012", "-1", "a", "'true", "' 1e5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		if got := identity.Unguard(identity.GuardNumber(cell)); got != cell {
			t.Errorf("%q comes back as %q", cell, got)
		}
		if bare := strings.TrimPrefix(identity.GuardNumber(cell), "'"); !strings.HasPrefix(cell, "'") && identity.Unguard(bare) != cell {
			t.Errorf("%q, shown without its apostrophe, comes back as %q", cell, identity.Unguard(bare))
		}
	})
}
