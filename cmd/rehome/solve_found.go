package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"rehome/migrate"
	"rehome/verifiers"
)

// solved is the event of a search that has ended.
type solved struct {
	Found    bool        `json:"found"`
	Recipe   string      `json:"recipe,omitempty"`   // in words
	Name     string      `json:"name,omitempty"`     // in the words of --hash-algo
	Flags    []string    `json:"flags,omitempty"`    // that make the proof pass; none where no flag can say it
	Written  string      `json:"written,omitempty"`  // the file that the flags name
	Instead  string      `json:"instead,omitempty"`  // what to do where no flag can say it
	Explains int         `json:"explains,omitempty"` // known accounts that did not match and do now
	Of       int         `json:"of,omitempty"`       // those that did not match
	Tried    []triedKind `json:"tried,omitempty"`    // when nothing was found
}

type triedKind struct {
	What  string `json:"what"`
	Count int    `json:"count"`
}

func (j *job) solvedEvent(e solved) {
	if j.json {
		_ = j.encoder.Encode(struct {
			Solved solved `json:"solved"`
		}{e})
	}
}

// found proves all known accounts with the recipe, and prints the flags that say it.
func (s *solving) found(ctx context.Context, r verifiers.Recipe, proved []migrate.Proved, doubtful []int, account int) error {
	event := solved{Found: true, Recipe: r.Words, Name: r.Name, Of: len(doubtful)}
	s.result("found: %s", r.Words)
	flags, instead, err := s.flags(r, proved[account].User)
	if err != nil {
		return err
	}
	lost := 0
	if flags == nil {
		s.likewise(&event, r, proved, doubtful, account)
	} else if lost, err = s.proveWith(ctx, flags, &event, doubtful); err != nil {
		return err
	}
	s.result("it explains %d of %s that did not match", event.Explains, plural(event.Of, "known password", "known passwords"))
	if flags != nil && event.Explains > 0 {
		err = s.print(&event, flags, explained(event, lost) == nil)
	} else {
		event.Instead = instead
		s.say("%s", instead)
	}
	s.solvedEvent(event)
	return errors.Join(err, explained(event, lost))
}

// print prints the flags; Firebase's parameters go into a file.
func (s *solving) print(event *solved, f *newFlags, all bool) (err error) {
	event.Flags = f.csvWords()
	if f.csv == nil {
		if event.Written, err = writeHashConfig(f.config); err != nil {
			return err
		}
		event.Flags = []string{"--hash-config", event.Written}
		s.say("%s holds the project's signer key; only you can read it", event.Written)
	}
	s.result("flags: %s", shellWords(event.Flags))
	if all {
		s.say("next: %s", command(s.proveCommand(event.Flags)...))
	}
	return nil
}

// proveWith proves all known accounts with the new flags. Where a column of the
// table wins over --hash-algo, the flag is made the stronger one.
func (s *solving) proveWith(ctx context.Context, f *newFlags, event *solved, doubtful []int) (lost int, err error) {
	lost, err = s.proveAgain(ctx, event, doubtful)
	if err != nil || event.Explains > 0 || f.csv == nil {
		return lost, err
	}
	f.csv.HashAlgo += " everywhere"
	s.source.reading.csv = *f.csv
	return s.proveAgain(ctx, event, doubtful)
}

// proveAgain reads the source as the new flags say, and proves all known accounts.
// It counts those that matched before and do not any more.
func (s *solving) proveAgain(ctx context.Context, event *solved, doubtful []int) (lost int, err error) {
	plan, err := s.plan()
	if err != nil {
		return 0, err
	}
	findings, err := migrate.Survey(ctx, plan)
	if err != nil {
		return 0, err
	}
	s.summary = findings.Summary
	for i, p := range findings.Proved {
		right := p.Outcome != migrate.Absent && s.right(p.User.Hash, i)
		switch was := slices.Contains(doubtful, i); {
		case was && right:
			event.Explains++
		case !was && !right && p.Outcome != migrate.Absent:
			lost++
		}
	}
	return lost, nil
}

// likewise tries the recipe on the other accounts, where no flag can say it.
func (s *solving) likewise(event *solved, r verifiers.Recipe, proved []migrate.Proved, doubtful []int, account int) {
	given := proved[account].User.Hash
	for _, i := range doubtful {
		h := proved[i].User.Hash
		h.Algorithm, h.Params.Variant = r.Hash.Algorithm, r.Hash.Params.Variant
		for _, n := range []struct{ of, given, right *int }{
			{&h.Params.N, &given.Params.N, &r.Hash.Params.N}, {&h.Params.R, &given.Params.R, &r.Hash.Params.R}, {&h.Params.P, &given.Params.P, &r.Hash.Params.P},
		} {
			if *n.given != *n.right {
				*n.of = *n.right
			}
		}
		if i == account || s.right(h, i) {
			event.Explains++
		}
	}
}

// explained is the failure of a recipe that does not hold for all.
func explained(event solved, lost int) error {
	hint := "there may be several kinds of hashes in the file, or a known password may be wrong: solve for one account at a time"
	switch {
	case lost > 0:
		return failed(exitProof, hint, fmt.Errorf("with this recipe %s that matched before", plural(lost, "known password fails", "known passwords fail")))
	case event.Explains < event.Of:
		return failed(exitProof, hint, fmt.Errorf("the recipe explains %d of %s", event.Explains, plural(event.Of, "known password", "known passwords")))
	}
	return nil
}
