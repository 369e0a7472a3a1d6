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
	all    int // texts that are not empty, and no mark of a locked account
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
	case forms.Bare:
		kind = fmt.Sprintf("%d bare characters", len(text))
	default:
		kind = "no known form"
		h.plain++
	}
	if h.kinds == nil {
		h.kinds = map[string]int{}
	}
	h.kinds[kind]++
	h.all++
}

// judgeHashes refuses a column of plain passwords, and tells of one that holds
// several kinds of hashes: fewer than nine in ten alike.
func (s *tableReading) judgeHashes(h hashSample) error {
	if h.all == 0 {
		return nil
	}
	if h.plain*2 > h.all && !h.named && !s.c.Plaintext && s.c.HashAlgo == "" {
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
