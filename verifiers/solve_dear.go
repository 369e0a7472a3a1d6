package verifiers

import (
	"cmp"
	"crypto/hmac"
	"crypto/subtle"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"rehome/identity"
	"rehome/identity/forms"
)

// What takes milliseconds to seconds a trial. These are listed first, then tried
// in the order of their work, where each mistake that a trial takes counts as
// much as 64 times the work.

// shift is log2 of that 64.
const shift = 6

// maxScan is the number of iterations of forms.PBKDF2 that are looked through; the most
// that is recommended anywhere is 1,300,000 (OWASP, Password Storage Cheat Sheet).
const maxScan = 1_500_000

// shortScan is looked through for all settings before that.
const shortScan = 1 << 16

// dear is everything that is dear, as far as the bound of the work goes.
func (s *search) dear(yield func(trial) bool) {
	l := &dearList{search: s, had: map[dearKey]bool{}}
	l.forms()
	l.prehashes()
	for i, base := range s.bases {
		if !l.worthwhile(i, base) {
			continue
		}
		l.pbkdf2(base)
		l.scrypt(base)
	}
	l.firebase()
	for _, t := range l.affordable() {
		if !yield(t) {
			return
		}
	}
}

// dearList collects dear trials.
type dearList struct {
	*search
	trials []trial
	had    map[dearKey]bool
}

// dearKey is what makes two trials the same.
type dearKey struct {
	hash     identity.Hash
	password string
}

// add adds a trial, if its hash can be one and is not there yet.
func (l *dearList) add(t trial) {
	key := dearKey{t.hash, t.spelt.text}
	if l.had[key] || !t.price() {
		return
	}
	l.had[key] = true
	if t.spelt.name != "" {
		t.unlikely++
	}
	if tag := l.Hash.Algorithm; tag != identity.None && tag != t.hash.Algorithm {
		t.unlikely++
	}
	l.trials = append(l.trials, t)
}

// affordable sorts the trials, cuts off what is beyond the bound, and sets the
// total of the work.
func (l *dearList) affordable() []trial {
	weight := func(t trial) uint64 { return times(t.recipe.work, 1<<(shift*t.unlikely)) }
	slices.SortStableFunc(l.trials, func(a, b trial) int { return cmp.Compare(weight(a), weight(b)) })
	var total uint64
	kept := l.trials[:0]
	for _, t := range l.trials {
		if total+t.recipe.work <= l.Work {
			total += t.recipe.work
			kept = append(kept, t)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total = total
	return kept
}

// forms are all tags that can read the text.
func (l *dearList) forms() {
	for _, tag := range Algorithms() {
		for _, variant := range []string{"", withoutSpelling(l.Hash.Params.Variant)} {
			for _, base := range l.bases[:min(2, len(l.bases))] {
				for _, spelt := range l.spelt {
					h := base
					h.Algorithm, h.Params.Variant = tag, variant
					if h == l.Hash {
						continue // tried as it was given
					}
					l.add(trial{kind: otherForm, hash: h, spelt: spelt, unlikely: 1})
				}
			}
		}
	}
}

// prehashes are slow hashes of a digest.
func (l *dearList) prehashes() {
	for _, spelt := range l.spelt {
		for i, text := range prehashTexts {
			l.prehash(l.bases[0], spelt, text, 1+i/8)
		}
		for _, salt := range saltWords(l.bases[0].Params) {
			for _, text := range saltedPrehashTexts {
				l.prehash(l.bases[0], spelt, text+" "+salt, 2)
			}
		}
	}
}

func (l *dearList) prehash(base identity.Hash, spelt spelt, variant string, unlikely int) {
	base.Algorithm, base.Params.Variant = forms.Prehashed, strings.TrimSpace(variant)
	l.add(trial{kind: prehashes, hash: base, spelt: spelt, unlikely: unlikely})
}

// worthwhile leaves out readings that are too far-fetched for dear trials. Other
// salts count where none was given, and only the first few; nobody derives a key
// as short as an MD5.
func (l *dearList) worthwhile(i int, base identity.Hash) bool {
	switch {
	case base.Params.Salt == "":
		return false
	case base.Params.Salt == l.Hash.Params.Salt || base.Encoded != l.Hash.Encoded:
		return true
	}
	want, p := forms.ReadRaw(string(base.Encoded), 0)
	return l.Hash.Params.Salt == "" && i < 6 && p == nil && len(want) >= 20
}

// strange counts what is unlikely about a reading.
func (l *dearList) strange(base identity.Hash) int {
	if base.Encoded != l.Hash.Encoded || base.Params.Salt != l.Hash.Params.Salt {
		return 1
	}
	return 0
}

// pbkdf2 tries the digests, and for each every number of iterations.
func (l *dearList) pbkdf2(base identity.Hash) {
	base.Algorithm, base.Params.KeyLen = forms.PBKDF2, 0
	for _, spelt := range l.spelt {
		for _, salt := range saltWords(base.Params) {
			for i, digest := range []string{"sha256", "sha1", "sha512", "md5", "sha384", "sha224"} {
				t := trial{kind: pbkdf2s, hash: base, spelt: spelt, unlikely: l.strange(base) + i/3}
				t.hash.Params.Variant = strings.TrimSpace(digest + " " + salt)
				if base.Params.N > maxScan {
					l.add(t)
				}
				t.scan = true
				for _, t.hash.Params.N = range []int{shortScan, maxScan} {
					l.add(t)
				}
			}
		}
	}
}

// scanIterations computes forms.PBKDF2 (RFC 8018 §5.2) and compares after every
// iteration: the key of n iterations is the sum of the first n blocks. The number
// that fits is put into the trial; given is the one that was given.
func scanIterations(t *trial, given int, stop func() bool) bool {
	w := forms.WordsOf(t.hash.Params.Variant)
	salt, p := forms.Salt(t.hash.Params)
	if p != nil || len(w.Rest) != 1 {
		return false
	}
	mac := hmac.New(newDigest(w.Rest[0]), []byte(t.spelt.text))
	mac.Write(salt)
	mac.Write([]byte{0, 0, 0, 1})
	block := mac.Sum(nil)
	key := slices.Clone(block)
	want := t.recipe.want()
	want = want[:min(len(key), len(want))]
	for n := 1; n <= t.hash.Params.N; n++ {
		if subtle.ConstantTimeCompare(key[:len(want)], want) == 1 {
			return t.settle(n, given)
		}
		if n&(1<<12-1) == 0 && stop() {
			return false
		}
		mac.Reset()
		mac.Write(block)
		block = mac.Sum(block[:0])
		subtle.XORBytes(key, key, block)
	}
	return false
}

// settle takes n for the iterations and computes the key once more, whole.
func (t *trial) settle(n, given int) bool {
	t.hash.Params.N, t.numbers = n, strings.TrimSpace(differing("n", n, given))
	ok, err := Verify(t.hash, t.spelt.text)
	return ok && err == nil
}

// scryptGuess is a cost and how it follows from the numbers given.
type scryptGuess struct {
	n, r, p  int
	words    string
	unlikely int
}

// usualScrypt are the costs that libraries take by themselves: N, r, p.
var usualScrypt = [][3]int{
	{16384, 8, 1}, {32768, 8, 1}, {65536, 8, 1}, {131072, 8, 1}, {1024, 8, 1}, {2048, 8, 1}, {4096, 8, 1}, {8192, 8, 1}, {16384, 16, 1},
	{1024, 8, 16}, {16384, 8, 5}, {32768, 8, 3}, {65536, 8, 2}, {8192, 8, 10}, {262144, 8, 1}, {1 << 19, 8, 1}, {1 << 20, 8, 1}, {16384, 1, 1}, {16384, 8, 2}, {16384, 8, 8},
}

// scrypt tries the numbers given in every order, N as its logarithm, and what is
// usual.
func (l *dearList) scrypt(base identity.Hash) {
	base.Algorithm, base.Params.KeyLen = identity.Scrypt, 0
	for _, g := range scryptGuesses(base.Params) {
		for _, spelt := range l.spelt {
			for _, salt := range saltWords(base.Params) {
				t := trial{kind: scrypts, hash: base, spelt: spelt, numbers: g.words, unlikely: l.strange(base) + g.unlikely}
				t.hash.Params.N, t.hash.Params.R, t.hash.Params.P, t.hash.Params.Variant = g.n, g.r, g.p, salt
				l.add(t)
			}
		}
	}
}

func scryptGuesses(given identity.Params) []scryptGuess {
	numbers := []struct {
		name  string
		value int
	}{{"n", given.N}, {"r", given.R}, {"p", given.P}}
	var all []scryptGuess
	for _, order := range [][3]int{{0, 1, 2}, {1, 0, 2}, {0, 2, 1}, {2, 1, 0}, {1, 2, 0}, {2, 0, 1}} {
		n, r, p := numbers[order[0]], numbers[order[1]], numbers[order[2]]
		mistakes := 0
		if order != [3]int{0, 1, 2} {
			mistakes = 1
		}
		all = append(all, complete(scryptGuess{n.value, r.value, p.value, moved("n", n.name) + moved("r", r.name) + moved("p", p.name), mistakes}))
		if n.value > 0 && n.value < 31 {
			all = append(all, complete(scryptGuess{1 << n.value, r.value, p.value, "n=2^" + n.name + " " + moved("r", r.name) + moved("p", p.name), mistakes + 1}))
		}
	}
	mistakes := 2
	if given.N == 0 {
		mistakes = 0
	}
	for _, u := range usualScrypt {
		all = append(all, scryptGuess{u[0], u[1], u[2], differing("n", u[0], given.N) + differing("r", u[1], given.R) + differing("p", u[2], given.P), mistakes})
	}
	for i := range all {
		all[i].words = strings.TrimSpace(all[i].words)
	}
	return all
}

// complete takes the usual r and p where none are given.
func complete(g scryptGuess) scryptGuess {
	if g.r == 0 {
		g.r, g.words = 8, g.words+"r=8 "
	}
	if g.p == 0 {
		g.p, g.words = 1, g.words+"p=1 "
	}
	return g
}

func moved(name, from string) string {
	if name == from {
		return ""
	}
	return name + "=" + from + " "
}

func differing(name string, value, given int) string {
	if value == given {
		return ""
	}
	return fmt.Sprintf("%s=%d ", name, value)
}

// log2 is the logarithm of a power of two.
func log2(n int) (int, bool) {
	return bits.Len(uint(max(n, 0))) - 1, n > 0 && bits.OnesCount(uint(n)) == 1
}
