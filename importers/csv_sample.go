package importers

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"rehome/identity/forms"
)

// hashSample is what the first texts of a hash column are.
type hashSample struct {
	column string // its header
	named  bool   // the algorithm is named beside it
	kinds  map[string]int
	plain  int // texts that are no hash
	hashes int
	masks  int            // rows of asterisks, which an export shows instead of what it keeps back
	often  map[string]int // texts that are no hash, with how often
	all    int            // texts that are not empty, and no mark of a locked account
}

func (h *hashSample) add(text string) {
	text = strings.TrimSpace(text)
	claim := forms.ClaimOf(text)
	kind := ""
	switch claim.Kind {
	case forms.Nothing, forms.Locked, forms.Withheld:
		return
	case forms.Known:
		kind = string(claim.Tag())
		h.hashes++
	default:
		switch {
		case claim.Kind == forms.Bare || looksDigest(text):
			kind = fmt.Sprintf("%d bare characters", len(text))
			h.hashes++
		case masked(text):
			kind = "masked"
			h.masks++
		default:
			kind = "no known form"
			h.plain++
			h.repeated(text)
		}
	}
	if h.kinds == nil {
		h.kinds = map[string]int{}
	}
	h.kinds[kind]++
	h.all++
}

// repeated counts a text that is no hash.
func (h *hashSample) repeated(text string) {
	if h.often == nil {
		h.often = map[string]int{}
	}
	h.often[text]++
}

// shared is for how many people one text stands.
func (h *hashSample) shared() (most int) {
	for _, n := range h.often {
		most = max(most, n)
	}
	return most
}

// looksDigest reports whether a text is hex digits, too many for a password.
func looksDigest(text string) bool { return forms.HexDigits(text) >= 32 }

// masked reports whether a text only shows that there is one, as Directus does.
func masked(text string) bool { return len(text) >= 3 && strings.Trim(text, "*•●") == "" }

// refusePlaintext refuses to take for passwords what is none: a column of which half
// are hashes or masks, or one text for three people.
func (s *tableReading) refusePlaintext(h hashSample) error {
	const leave = "leave --plaintext out, or name another column with --map password_hash=…"
	switch {
	case (h.hashes+h.masks)*2 >= h.all:
		return s.refuse(Unclear, fmt.Sprintf("the column %.40q does not hold plain passwords: %d of its first %d texts are hashes, or masks such as ****", h.column, h.hashes+h.masks, h.all), leave)
	case h.shared() >= 3:
		return s.refuse(Unclear, fmt.Sprintf("the column %.40q does not hold plain passwords: the same text stands there for %d people", h.column, h.shared()), leave)
	}
	return nil
}

// judgeHashes refuses a column of plain passwords, and tells of one that holds
// several kinds of hashes: fewer than nine in ten alike.
func (s *tableReading) judgeHashes(h hashSample) error {
	if h.all == 0 {
		return nil
	}
	unnamed := !h.named && s.c.HashAlgo == ""
	switch {
	case s.c.Plaintext:
		return s.refusePlaintext(h)
	case h.masks*2 >= h.all && unnamed:
		return s.refuse(Unclear, fmt.Sprintf("the column %.40q holds masks such as ****: the program that wrote the file does not export the hashes", h.column),
			"take the hashes from its database, or leave the column with --ignore "+h.column)
	case h.plain*2 > h.all && unnamed && (h.hashes > 0 || h.shared() >= 3):
		return s.refuse(Unclear, fmt.Sprintf("the column %.40q holds texts of no known form of hash (%d of its first %d), and they are no passwords either", h.column, h.plain, h.all),
			"name the algorithm with --hash-algo, or leave the column with --ignore "+h.column)
	case h.plain*2 > h.all && unnamed:
		return s.refuse(PlainPasswords, fmt.Sprintf("the column %.40q seems to hold plain passwords: %d of its first %d texts have no form of a hash that is known", h.column, h.plain, h.all),
			"take them as passwords with --plaintext, or name the algorithm with --hash-algo if they are hashes")
	}
	most := 0
	for _, n := range h.kinds {
		most = max(most, n)
	}
	if most*10 < h.all*9 && !h.named {
		s.notice(fmt.Sprintf("the column %.40q holds several kinds of hashes; of the first %d: %s", h.column, h.all, h.list()))
	}
	return nil
}

// list names the kinds, the most frequent first.
func (h *hashSample) list() string {
	kinds := slices.SortedFunc(maps.Keys(h.kinds), func(a, b string) int {
		if d := h.kinds[b] - h.kinds[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%s (%d)", kind, h.kinds[kind])
	}
	return strings.Join(kinds, ", ")
}

// tell says what was taken for granted about hashes.
func (h *hashRule) tell(notice Notice) {
	if h.own > 0 {
		notice(fmt.Sprintf("hashes that do not have the length of --hash-algo, and were taken for what their own length says (md5 or sha1): %d", h.own))
	}
	if h.locked > 0 {
		notice(fmt.Sprintf("users with a mark instead of a hash, such as * or !, with which nobody can sign in; they come without a password: %d", h.locked))
	}
}
