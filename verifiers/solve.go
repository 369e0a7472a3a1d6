package verifiers

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"

	"rehome/identity"
	"rehome/identity/forms"
)

// Question is a hash that a password is known to have made, nobody knows how.
type Question struct {
	// Hash is what is known of the hash; any part of it may be wrong or stand in
	// the place of another, the tag too. Required.
	Hash identity.Hash
	// Password is the right one, as it is typed. Required.
	Password string
	// Salts are other texts that stand beside the hash, one of which may be its
	// salt: a name, an id, a column nobody knows. At most 32 are tried. Optional.
	Salts []identity.Secret
	// Work bounds the search, in blocks (see cost.go: 2^24 are one to four seconds
	// of a core). Optional: 0 is 3·2^27, less than a minute of two cores.
	Work uint64
	// Memory is the budget for trials that take much of it; those that exceed it are
	// left out. Optional: nil is one of 1 GiB.
	Memory *Memory
	// Progress hears how much of the work is done, in thousands of blocks. It is
	// never called by two goroutines at once. Optional.
	Progress func(done, total int)
}

const (
	maxSalts     = 32
	searchWork   = 3 << 27
	searchMemory = 1 << 30
)

// Recipe is how a hash was made.
type Recipe struct {
	// Hash is the hash as it should have been given: Verify (or, where the variant
	// has a word password=…, one of the Spellings) finds that the password made it.
	Hash identity.Hash
	// Name is the tag and what else has to be said for all hashes alike, such as
	// "salted-sha256 salt+password salt=hex" or "scrypt n=2^n": words of the
	// variant, and numbers of Params where those given are not the right ones.
	Name string
	// Words says it to a person. It holds no secret.
	Words string
}

// Tried counts what was tried.
type Tried struct {
	What  string // a kind of recipe, in the plural
	Count int
}

// ErrUnsolved says that the search has ended and found nothing.
var ErrUnsolved = errors.New("no known recipe makes this hash of this password")

// Solve searches the ways in which hashes are made, and the ways in which they
// are mistaken, for one that makes this hash of this password: first those that
// cost nothing, then the others by likelihood and cost. It uses all cores.
//
// The answer is the first in that order, so that it is the same every time. When
// there is none, the error is ErrUnsolved, or the cause of ctx when that ended the
// search; what was tried is told in either case. No error, and nothing in words,
// holds a secret.
func Solve(ctx context.Context, q Question) (Recipe, []Tried, error) {
	if len(q.Password) > maxPassword {
		return Recipe{}, nil, errPassword
	}
	if p := forms.CheckSize(q.Hash); p != nil {
		return Recipe{}, nil, p
	}
	s := newSearch(q)
	for _, stage := range []struct {
		trials iter.Seq[trial]
		batch  int
	}{{s.given, 1}, {s.cheap, 256}, {s.dear, 1}} {
		found, ok, err := s.run(ctx, stage.trials, stage.batch)
		switch {
		case ok:
			return s.recipe(found), s.counts(), nil
		case err != nil:
			return Recipe{}, s.counts(), err
		}
	}
	return Recipe{}, s.counts(), ErrUnsolved
}

// search is one search.
type search struct {
	Question
	spelt []spelt         // the password in every spelling, as typed first
	bases []identity.Hash // the hash in every reading of its texts, as given first

	mu    sync.Mutex // guards what follows
	tried [kinds]int
	spent uint64 // work done
	total uint64 // work of the dear trials; 0: not known yet
}

// spelt is the password in a spelling; the name is empty as it was typed.
type spelt struct{ name, text string }

func newSearch(q Question) *search {
	s := &search{Question: q, spelt: []spelt{{"", q.Password}}}
	if s.Work == 0 {
		s.Work = searchWork
	}
	if s.Memory == nil {
		s.Memory = NewMemory(searchMemory)
	}
	for _, other := range spellings {
		text := other.of(q.Password)
		if !slices.ContainsFunc(s.spelt, func(had spelt) bool { return had.text == text }) {
			s.spelt = append(s.spelt, spelt{other.name, text})
		}
	}
	s.read()
	return s
}

// read lists the readings of the texts: as given; hash and salt in each other's
// place; without the marks that databases put before hex; with other salts.
func (s *search) read() {
	given := s.Hash
	given.Algorithm, given.Params.Variant = identity.None, ""
	s.bases = append(s.bases, given)
	if bare := forms.Unprefixed(given); bare != given {
		s.bases = append(s.bases, bare)
	}
	if given.Params.Salt != "" {
		other := given
		other.Encoded, other.Params.Salt = given.Params.Salt, given.Encoded
		s.bases = append(s.bases, other)
	}
	for _, salt := range s.Salts[:min(len(s.Salts), maxSalts)] {
		other := given
		other.Params.Salt = salt
		if salt != "" && len(salt) <= forms.MaxText && !slices.Contains(s.bases, other) {
			s.bases = append(s.bases, other)
		}
	}
}

// recipe is the answer that a trial found.
func (s *search) recipe(t trial) Recipe {
	h := t.hash
	if h.Algorithm == forms.PBKDF2 || h.Algorithm == identity.Scrypt {
		switch length := s.Hash.Params.KeyLen; length {
		case 0, len(t.recipe.want()):
			h.Params.KeyLen = length
		default:
			t.numbers = strings.TrimSpace(t.numbers + " key_length=0")
		}
	}
	if t.spelt.name != "" {
		h.Params.Variant = strings.TrimSpace(h.Params.Variant + " " + forms.PasswordWord + t.spelt.name)
	}
	name := string(h.Algorithm) + " " + h.Params.Variant
	if h.Algorithm == identity.SHA {
		name = h.Params.Variant // the digests are names too
	}
	return Recipe{Hash: h, Name: strings.TrimSpace(strings.TrimSpace(name) + " " + t.numbers), Words: s.describe(t)}
}
