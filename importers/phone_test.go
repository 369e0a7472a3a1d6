package importers

import (
	"errors"
	"strconv"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"rehome/identity"
)

func TestNormalisePhone(t *testing.T) {
	for _, c := range []struct {
		raw, region, want string
		ok                bool
	}{
		{"+15550100", "", "+15550100", true},
		{"+155501010000", "", "+155501010000", true},
		{"+123456", "", "+123456", false},
		{"+1234567", "", "+1234567", true},
		{"+123456789012345", "", "+123456789012345", true},
		{"+1234567890123456", "", "+1234567890123456", false},
		{"+0123456789", "", "+0123456789", false},
		{" +49 (30) 901820-0 ", "", "+49309018200", true},
		{"+49 30/90.18-20", "US", "+4930901820", true},
		{"+44 (0)20 7946 0958", "", "+442079460958", true},
		{"030 901820", "DE", "+4930901820", true},
		{"030 901820", "de", "+4930901820", true},
		{"030 901820", "", "030 901820", false},
		{"155501010001", "", "155501010001", false},
		{"202-456-1414", "US", "+12024561414", true},
		{"0049 30 901820", "DE", "+4930901820", true},
		{"202-456-1414 ext. 5", "US", "202-456-1414 ext. 5", false},
		{"1-800-FLOWERS", "US", "1-800-FLOWERS", false},
		{"+1-800-FLOWERS", "US", "+1-800-FLOWERS", false},
		{"1.56E+11", "US", "1.56E+11", false},
		{"4915112345678", "DE", "+4915112345678", true},
		{"49 170 1234567", "DE", "+491701234567", true},
		{"0151 12345678", "DE", "+4915112345678", true},
		{"04915112345", "DE", "+494915112345", true},
		{"12125550123", "US", "+12125550123", true},
		{"393331234567", "IT", "+393331234567", true},
		{"3933312345", "IT", "+393933312345", true},
		{"436641234567", "AT", "+436641234567", true},
		{"447911123456", "GB", "+447911123456", true},
		{"447911123456", "US", "447911123456", false},
		{"495112345678", "DE", "", false}, // +49 511 … or +49 4951 …
		{"12", "DE", "12", false},
		{"0000000000", "US", "0000000000", false},
		{"", "US", "", false},
		{"+", "", "+", false},
		{"٠٣٠ ٩٠١٨٢٠", "DE", "٠٣٠ ٩٠١٨٢٠", false},
	} {
		if got, ok := normalisePhone(c.raw, c.region); got != c.want || ok != c.ok {
			t.Errorf("%q in %q: %q, %t; want %q, %t", c.raw, c.region, got, ok, c.want, c.ok)
		}
	}
}

// FuzzNormalisePhone: what comes out is E.164 or what went in.
func FuzzNormalisePhone(f *testing.F) {
	for _, seed := range []string{"+49 30 901820", "030/901820", "1.56E+11", "+44 (0)20 7946 0958", "12024561414x5"} {
		f.Add(seed, "DE")
		f.Add(seed, "")
	}
	f.Fuzz(func(t *testing.T, raw, region string) {
		defer frugal(t, allocationBound)()
		got, ok := normalisePhone(raw, region)
		if ok != isE164(got) && got != raw {
			t.Errorf("%q in %q: %q, %t", raw, region, got, ok)
		}
	})
}

// TestCallingCodes holds the table of calling codes against the library that
// Appwrite's own check comes from, for every beginning of a number.
func TestCallingCodes(t *testing.T) {
	unassigned := 0
	for n := 100; n < 1000; n++ {
		number := "+" + strconv.Itoa(n) + "5551234"
		_, err := phonenumbers.Parse(number, "")
		if has := identity.HasCallingCode(number); has == errors.Is(err, phonenumbers.ErrInvalidCountryCode) {
			t.Errorf("%s: %v, the library says %v", number, has, err)
		}
		if !identity.HasCallingCode(number) {
			unassigned++
		}
	}
	if unassigned != 91 { // as counted on a real Appwrite 1.9.6
		t.Errorf("%d beginnings are nobody's, not 91", unassigned)
	}
}
