package rehearsal

import "strings"

// fold is how the database compares texts (utf8mb4_general_ci with PAD SPACE):
// without letter case and accents, and without blanks at the end.
func fold(s string) string {
	return collate(strings.TrimRight(s, " "))
}

// collate is fold for parts of texts. Plain lower-case ASCII, which nearly all
// ids and addresses are, comes back as it is.
func collate(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= 'A' && c <= 'Z' || c >= 0x80 {
			return strings.Map(plainLetter, strings.ToLower(s))
		}
	}
	return s
}

// plainLetter takes the accents off the Latin letters that general_ci compares
// as their base letters.
func plainLetter(r rune) rune {
	if r < 0xC0 || r > 0x17F {
		return r
	}
	return bases[r-0xC0]
}

// bases are the base letters of U+00C0 to U+017F, or the letter itself.
var bases = []rune("aaaaaaæceeeeiiiiðnooooo×øuuuuyþsaaaaaaæceeeeiiiiðnooooo÷øuuuuyþyaaaaaaccccccccddđđeeeeeeeeeegggggggghhħħiiiiiiiiiıĳĳjjkkĸllllllŀŀłłnnnnnnŉŋŋooooooœœrrrrrrssssssssttttŧŧuuuuuuuuuuuuwwyyyzzzzzzs")
