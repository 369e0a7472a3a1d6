package importers

import "fmt"

// remark is something about many records that is no problem of any of them, and
// must be said once.
type remark int

const (
	remarkBlank remark = iota
	remarkGuardedName
	remarkTwiceEncoded
	remarkPhoneDamaged
	remarkPhoneRegion
	remarkPhoneTwoWays
	remarkVerified
	remarkDate
	remarkCount
)

var remarkWords = [remarkCount]string{
	remarkBlank:        "blank rows, passed over: %d",
	remarkGuardedName:  "names that begin with an apostrophe before = + - or @, a guard against formulas, and are kept so: %d",
	remarkTwiceEncoded: "names that look as if they were encoded twice, which --encoding " + TwiceEncoded + " mends: %d",
	remarkPhoneDamaged: "phone numbers that a spreadsheet has shortened, so that their digits are lost (export the column as text): %d",
	remarkPhoneRegion:  "phone numbers that are not in international form (--region names the country they are written for): %d",
	remarkPhoneTwoWays: "phone numbers that are two, depending on whether their first digits are the country's code or the number's own, and are left out: %d",
	remarkVerified:     "flags of verification that are neither yes, no nor a date, and verify nothing: %d",
	remarkDate:         "dates that can be read in more than one way, or in none, and are left out: %d",
}

// remarks counts them.
type remarks [remarkCount]struct {
	n, line int    // how many, and the line of the first
	example string // of the first; never a secret, and nothing about a person
}

func (r *remarks) note(what remark, line int, example string) {
	if r[what].n++; r[what].n == 1 {
		r[what].line, r[what].example = line, example
	}
}

// tell says what was counted.
func (r *remarks) tell(notice Notice) {
	for what, of := range r {
		if of.n == 0 {
			continue
		}
		says := fmt.Sprintf(remarkWords[what], of.n)
		switch first := fmt.Sprintf(" (the first in line %d", of.line); {
		case of.example != "" && of.line > 0:
			says += first + fmt.Sprintf(": %q)", clip(of.example))
		case of.example != "":
			says += fmt.Sprintf(" (the first: %q)", clip(of.example))
		case of.line > 0:
			says += first + ")"
		}
		notice(says)
	}
}
