package identity

import "strings"

// Guard puts an apostrophe before a cell that a spreadsheet would take for a
// formula.
//
// Like GuardNumber it does the same to a cell that looks guarded already, so that
// taking one apostrophe off always gives the cell back.
func Guard(cell string) string { return guard(cell, isFormula) }

// GuardNumber also guards what a spreadsheet would compute with and spell anew
// when it writes the file: numbers with leading zeros, of more than 15 digits,
// with a point or an exponent, dates, and truth values, which come back in the
// language of the person. LibreOffice 7.4 makes 123 of 00123,
// 100000 of 1e5, and 1.23456789012346E+019 of an id of twenty digits (our own
// recording).
func GuardNumber(cell string) string {
	return guard(cell, func(s string) bool { return isFormula(s) || isComputed(s) })
}

// Unguard takes the apostrophe of Guard or GuardNumber off.
func Unguard(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && GuardNumber(rest) == cell {
		return rest
	}
	return cell
}

func guard(cell string, risky func(string) bool) string {
	if risky(strings.TrimLeft(cell, "'")) {
		return "'" + cell
	}
	return cell
}

func isFormula(s string) bool { return s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0 }

// safeDigits is how many digits of a number every spreadsheet keeps.
const safeDigits = 15

// isComputed reports whether a text is made of what numbers, dates and times are
// made of, and is not a plain number that every spreadsheet keeps as it is.
func isComputed(s string) bool {
	s = strings.TrimSpace(s)
	if strings.EqualFold(s, "true") || strings.EqualFold(s, "false") {
		return true
	}
	if s == "" || strings.Trim(s, "0123456789.,:/-+eETZ% ") != "" || !strings.ContainsAny(s, "0123456789") {
		return false
	}
	plain := strings.Trim(s, "0123456789") == "" && len(s) <= safeDigits && (s[0] != '0' || s == "0")
	return !plain
}
