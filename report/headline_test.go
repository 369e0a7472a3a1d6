package report

import (
	"testing"

	"rehome/migrate"
)

// TestHeadline holds the sentence against every basis, number and group.
func TestHeadline(t *testing.T) {
	proved := Basis{Proof: &migrate.ProofCounts{Known: 3, Matched: 2, Absent: 1}}
	one := Basis{Proof: &migrate.ProofCounts{Known: 2, Matched: 1, Unusable: 1}}
	for want, h := range map[string]Headline{
		"39,812 of 40,003 people keep their password, proved with 2 known accounts; 170 must reset it; 21 could not be moved.": {
			People: migrate.People{Keep: 39812, Reset: 170, NotMoved: 21}, Basis: proved},
		"39,812 of 40,003 people would keep their password, unproven; 170 would have to reset it; 21 could not be moved.": {
			People: migrate.People{Keep: 39812, Reset: 170, NotMoved: 21, LeftOut: 9}, Foretold: true},
		"All 3 people keep their password, unproven.":                              {People: migrate.People{Keep: 3}},
		"All 3 people keep their password, proved with 1 known account.":           {People: migrate.People{Keep: 3}, Basis: one},
		"1 of 1 person keeps their password, proved earlier with 1 known account.": {People: migrate.People{Keep: 1}, Basis: Basis{Earlier: &Earlier{Matched: 1}}},
		"1 of 3 people keeps their password, unproven; 1 has none; 1 was there already.": {
			People: migrate.People{Keep: 1, Bare: 1, Untouched: 1}},
		"0 of 2 people keep their password, unproven; 2 must reset it.":       {People: migrate.People{Reset: 2}},
		"0 of 1 person keeps their password, unproven; 1 could not be moved.": {People: migrate.People{NotMoved: 1}},
		"All 224 people keep their password, unproven (110 can sign in, 114 must confirm an address first).": {
			People: migrate.People{Keep: 224, Confirm: 114}},
		"3 of 4 people keep their password, proved with 2 known accounts (1 can sign in, 1 must confirm an address first, 1 is disabled); 1 has none.": {
			People: migrate.People{Keep: 3, Confirm: 1, Disabled: 1, Bare: 1}, Basis: proved},
		"All 2 people keep their password, unproven (0 can sign in, 2 are disabled).": {People: migrate.People{Keep: 2, Disabled: 2}},
		"0 of 40 people keep their password, unproven; 40 are not as landed.":         {People: migrate.People{Differ: 40}},
		"2 of 4 people keep their password, unproven (of these and of those not as landed, 1 must confirm an address first, 1 is disabled); 2 are not as landed.": {
			People: migrate.People{Keep: 2, Differ: 2, Confirm: 1, Disabled: 1}},
		"There was nobody to move.": {People: migrate.People{LeftOut: 3}},
		"All 3 people keep their password, unproven: 1 of 2 known accounts could not sign in there.": {
			People: migrate.People{Keep: 3}, Basis: Basis{Proof: proved.Proof, Logins: &migrate.LoginCounts{Tried: 2, OK: 1}}},
		"All 3 people keep their password, unproven: 1 of 1 canary could not sign in there.": {
			People: migrate.People{Keep: 3}, Basis: Basis{Proof: proved.Proof, Canaries: &migrate.LoginCounts{Tried: 1}}},
		"All 5 people keep their password, unproven.": {
			People: migrate.People{Keep: 5}, Basis: Basis{Proof: &migrate.ProofCounts{Known: 1, Unusable: 1}}},
		"All 6 people keep their password, unproven.": {
			People: migrate.People{Keep: 6}, Basis: Basis{Proof: &migrate.ProofCounts{Known: 2, Matched: 1, Mismatched: 1}}},
	} {
		if got := h.String(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
