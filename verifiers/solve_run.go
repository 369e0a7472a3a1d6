package verifiers

import (
	"context"
	"iter"
	"runtime"
	"sync"

	"rehome/identity"
)

// trial is one way in which the hash may have been made.
type trial struct {
	kind     kind
	hash     identity.Hash // the password's spelling is not among its words
	spelt    spelt
	numbers  string // words for the numbers of hash that are not those given
	scan     bool   // any number of iterations up to N will do
	unlikely int    // mistakes that it takes
	recipe   recipe // for dear trials
}

// kind is what a trial is counted under.
type kind int

const (
	asGiven kind = iota
	otherForm
	digests
	saltedDigests
	hmacs
	prehashes
	pbkdf2s
	scrypts
	firebases
	kinds
)

var kindWords = [kinds]string{
	asGiven:       "spellings of the password, with everything else as given",
	otherForm:     "other forms that the text of the hash could be of",
	digests:       "digests of the password: plain, of digests, upper-case, UTF-16",
	saltedDigests: "digests of the password and a salt",
	hmacs:         "HMACs",
	prehashes:     "hashes of a digest of the password",
	pbkdf2s:       "settings of PBKDF2, each with every number of iterations up to 1,500,000",
	scrypts:       "settings of scrypt",
	firebases:     "arrangements of Firebase's parameters",
}

// counts is what was tried so far.
func (s *search) counts() (all []Tried) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, n := range s.tried {
		if n > 0 {
			all = append(all, Tried{kindWords[k], n})
		}
	}
	return all
}

// batch is some trials in a row.
type batch struct {
	first  int // place of the first among all trials
	trials []trial
}

// race is the search for the first trial that fits.
type race struct {
	mu    sync.Mutex
	won   bool
	place int
	trial trial
}

func (r *race) offer(place int, t trial) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.won || place < r.place {
		r.won, r.place, r.trial = true, place, t
	}
}

// over reports whether whoever tries the trial at place can stop.
func (r *race) over(place int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.won && r.place < place
}

// run tries the trials on all cores, and answers the first that fits. Everything
// it starts has ended when it returns.
func (s *search) run(ctx context.Context, trials iter.Seq[trial], size int) (trial, bool, error) {
	r, batches := &race{}, make(chan batch)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for b := range batches {
				s.try(ctx, r, b)
			}
		})
	}
	feed(ctx, r, trials, size, batches)
	close(batches)
	workers.Wait()
	if !r.won && ctx.Err() != nil {
		return trial{}, false, context.Cause(ctx)
	}
	return r.trial, r.won, nil
}

// feed hands batches to the workers until there are no more, or no need.
func feed(ctx context.Context, r *race, trials iter.Seq[trial], size int, batches chan<- batch) {
	var b batch
	hand := func() bool {
		if r.over(b.first) {
			return false
		}
		select {
		case batches <- b:
			b = batch{first: b.first + len(b.trials)}
			return true
		case <-ctx.Done():
			return false
		}
	}
	for t := range trials {
		if b.trials = append(b.trials, t); len(b.trials) == size && !hand() {
			return
		}
	}
	if len(b.trials) > 0 {
		hand()
	}
}

// try tries a batch.
func (s *search) try(ctx context.Context, r *race, b batch) {
	var tried [kinds]int
	var work uint64
	for i, t := range b.trials {
		stop := func() bool { return ctx.Err() != nil || r.over(b.first+i) }
		if stop() {
			break
		}
		if t.recipe.derive == nil && !t.price() {
			continue
		}
		if !t.scan || t.hash.Params.N == maxScan {
			tried[t.kind]++
		}
		work += t.recipe.work
		if s.fits(&t, stop) {
			r.offer(b.first+i, t)
		}
	}
	s.note(tried, work)
}

// price reads the hash of a trial; false where it cannot be one.
func (t *trial) price() bool {
	var p *identity.Problem
	t.recipe, p = recipeOf(t.hash, nil)
	return p == nil
}

// fits reports whether the trial makes the hash.
func (s *search) fits(t *trial, stop func() bool) bool {
	if t.scan {
		return scanIterations(t, s.Hash.Params.N, stop)
	}
	ok, err := t.recipe.matches([]byte(t.spelt.text), s.Memory)
	return ok && err == nil
}

// note counts what was tried, and tells how far the dear part is.
func (s *search) note(tried [kinds]int, work uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, n := range tried {
		s.tried[k] += n
	}
	if s.total == 0 {
		return
	}
	s.spent += work
	if s.Progress != nil {
		s.Progress(int(s.spent>>10), int(s.total>>10))
	}
}
