package report

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// thousands groups digits: 39,812.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// share is a part of a whole in per cent. What is not nothing is never shown as
// 0 %, and what is not everything never as 100 %.
func share(part, whole int) string {
	switch p := 100 * float64(part) / float64(max(whole, 1)); {
	case part == 0:
		return "0 %"
	case part == whole:
		return "100 %"
	case p < 0.1:
		return "< 0.1 %"
	case p > 99.9:
		return "> 99.9 %"
	default:
		return strconv.FormatFloat(p, 'f', 1, 64) + " %"
	}
}

// took spells a length of time: "< 0.1 s", "0.8 s", "11 min 4 s", "2 h 3 min".
func took(seconds float64) string {
	whole := int(math.Round(seconds))
	switch {
	case seconds < 0.05:
		return "< 0.1 s"
	case seconds < 0.95:
		return strconv.FormatFloat(seconds, 'f', 1, 64) + " s"
	case whole < 60:
		return strconv.Itoa(whole) + " s"
	case whole < 3600:
		return strings.TrimSuffix(fmt.Sprintf("%d min %d s", whole/60, whole%60), " 0 s")
	}
	return strings.TrimSuffix(fmt.Sprintf("%s h %d min", thousands(whole/3600), whole%3600/60), " 0 min")
}

// moment spells a time; reports are read in other zones than they are made in.
func moment(t time.Time) string {
	if t.IsZero() {
		return "not known"
	}
	return t.UTC().Format("2 January 2006, 15:04:05 UTC")
}

// The longest pieces of text that are shown, in characters: a name, and a sentence
// of ours that quotes something.
const (
	maxText     = 200
	maxSentence = 1000
)

// clip shortens text that comes from a source: a report must not grow with what
// somebody put into a name.
func clip(s string, to int) string {
	if utf8.RuneCountInString(s) <= to {
		return s
	}
	return string([]rune(s)[:to-1]) + "…"
}

// foreign is text of a source or a person as it may be shown.
func foreign(s string) string { return Visible(clip(s, maxText)) }

// sentence is foreign text that may be longer: an error, a notice, a meaning.
func sentence(s string) string {
	return Visible(clip(s, maxSentence))
}

// mask keeps of an e-mail address what helps somebody who knows it to recognise
// it: "m…@e….com".
func mask(address string) string {
	local, domain, ok := cutLast(address, "@")
	if !ok {
		return ""
	}
	top := ""
	if i := strings.LastIndex(domain, "."); i >= 0 {
		domain, top = domain[:i], domain[i:]
	}
	return initial(local) + "…@" + initial(domain) + "…" + top
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func initial(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}

// maskAll masks every e-mail address within a text.
func maskAll(s string) string {
	return regexp.MustCompile(`[^\s<>"'(),;:/]+@[^\s<>"'(),;:/]+\.[^\s<>"'(),;:/.]+`).ReplaceAllStringFunc(s, mask)
}
