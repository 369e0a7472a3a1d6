package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/importers"
	"rehome/migrate"
	"rehome/verifiers"
)

// searchTime is how long solve searches at most; it gives up within two minutes.
const searchTime = 100 * time.Second

// maxSearched is how many accounts are searched with: when the first is not
// solved, its password may be the wrong one.
const maxSearched = 3

var errSearchTime = errors.New("the time for the search is over")

func solveCommand(t terminal) *cli.Command {
	return &cli.Command{
		Name:      "solve",
		Usage:     "when the proof fails: find out how the hashes were made, and print the flags that make it pass",
		ArgsUsage: "FILE …",
		UsageText: "rehome solve users.json --hash-config hash-config.txt --known known.csv\n   rehome solve users.csv --known known.csv",
		Flags:     join(sourceFlags(), landingFlags(), targetFlags(), proofFlags(), outputFlags(), []cli.Flag{runsFlag(), hashMemoryFlag()}),
		Action: func(c *cli.Context) error {
			if c.String("known") == "" && !c.Bool("ask") {
				return usage("a CSV with the columns email and password will do", "solve needs --known FILE or --ask")
			}
			given, err := givenHashConfig(c)
			if err != nil {
				return err
			}
			return surveyed(t, c, false, func(ctx context.Context, j *job) error {
				return (&solving{job: j, given: given, at: map[string]identity.Pos{}}).run(ctx)
			})
		},
	}
}

// solving is one search for how hashes were made.
type solving struct {
	*job
	given importers.HashConfig    // Firebase's parameters as given, right or wrong
	at    map[string]identity.Pos // where accounts stand that may be known, by id
	shown time.Time               // of the last progress
}

func (s *solving) run(ctx context.Context) error {
	if s.source.format == importers.FormatFirebase && s.given == (importers.HashConfig{}) {
		return usage("paste the block of the Firebase console into a file: Authentication, Users, ⋮, Password hash parameters; and name it with --hash-config",
			"the project's password hash parameters are not given, and its signer key cannot be guessed")
	}
	plan, err := s.plan()
	if err != nil {
		return err
	}
	plan.Source = s.asGiven
	s.started()
	findings, err := s.survey(ctx, plan)
	if err != nil {
		return err
	}
	doubtful := s.doubtful(findings.Proved)
	proof := s.summary.Proof
	switch {
	case proof.Known == proof.Absent:
		return s.proofError(proof)
	case len(doubtful) == 0:
		s.result("nothing to solve: the hashes match %s as they are", plural(proof.Known-proof.Absent, "known password", "known passwords"))
		return nil
	}
	recipe, solved, tried, err := s.search(ctx, findings.Proved, doubtful)
	switch {
	case errors.Is(err, verifiers.ErrUnsolved) || errors.Is(err, errSearchTime):
		return s.unsolved(tried, err)
	case err != nil:
		return err
	}
	return s.found(ctx, recipe, findings.Proved, doubtful, solved)
}

// asGiven reads the source with the parameters as they were given, even if they
// make no sense, and with the hashes of records that are blocked for want of them.
func (s *solving) asGiven() (migrate.Pass, error) {
	pass, err := s.source.pass()
	wanted := s.wanted()
	records := pass.Records
	pass.Records = func(yield func(identity.Record, error) bool) {
		for rec, err := range records {
			if !rec.User.Hash.IsZero() {
				s.fill(&rec)
			}
			if wanted(rec.User) {
				s.at[rec.User.ID] = rec.Pos
			}
			if !yield(rec, err) {
				return
			}
		}
	}
	return pass, err
}

func (s *solving) fill(rec *identity.Record) {
	if rec.Problem != nil && rec.Problem.Code == identity.HashParams {
		rec.Problem = nil
	}
	if s.source.format != importers.FormatFirebase {
		return
	}
	rec.User.Form = nil // of other parameters
	p := &rec.User.Hash.Params
	p.SignerKey, p.SaltSeparator, p.R, p.P = s.given.SignerKey, s.given.SaltSeparator, s.given.Rounds, 1
	if p.N = s.given.MemCost; p.N > 0 && p.N < 31 {
		p.N = 1 << p.N
	}
}

// wanted recognises users who may be one of the known accounts.
func (s *solving) wanted() func(identity.User) bool {
	keys := map[string]bool{}
	for _, k := range s.known {
		for _, key := range []string{k.ID, k.Username, k.Email, k.Phone} {
			keys[strings.ToLower(key)] = true
		}
	}
	delete(keys, "")
	return func(u identity.User) bool {
		return keys[strings.ToLower(u.ID)] || keys[strings.ToLower(u.Username)] || keys[strings.ToLower(u.Email)] || keys[u.Phone]
	}
}

// doubtful lists the known accounts whose password does not match their hash as
// it was given.
func (s *solving) doubtful(proved []migrate.Proved) (list []int) {
	for i, p := range proved {
		if p.Outcome != migrate.Absent && !s.right(p.User.Hash, i) {
			list = append(list, i)
		}
	}
	return list
}

// right reports whether the password of a known account made a hash.
func (s *solving) right(h identity.Hash, known int) bool {
	m, err := s.match(h, string(s.known[known].Password))
	return err == nil && m.Right
}

// search asks for the first of the doubtful accounts, and where that is not
// solved, for the next. It answers which one was solved.
func (s *solving) search(ctx context.Context, proved []migrate.Proved, doubtful []int) (recipe verifiers.Recipe, solved int, tried []verifiers.Tried, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, searchTime, errSearchTime)
	defer cancel()
	for _, i := range doubtful[:min(len(doubtful), maxSearched)] {
		var salts []identity.Secret
		if salts, err = s.otherSalts(proved[i].User); err != nil {
			return recipe, i, tried, err
		}
		var these []verifiers.Tried
		recipe, these, err = verifiers.Solve(ctx, verifiers.Question{
			Hash: proved[i].User.Hash, Password: string(s.known[i].Password), Salts: salts, Memory: s.memory, Progress: s.progress,
		})
		tried = addTried(tried, these)
		switch {
		case err == nil:
			return recipe, i, tried, nil
		case errors.Is(err, errSearchTime) && i != doubtful[0]:
			return recipe, 0, tried, verifiers.ErrUnsolved // the search with the first has ended
		case !errors.Is(err, verifiers.ErrUnsolved):
			return recipe, i, tried, err
		}
	}
	return recipe, 0, tried, err
}

func addTried(all, more []verifiers.Tried) []verifiers.Tried {
next:
	for _, m := range more {
		for i := range all {
			if all[i].What == m.What {
				all[i].Count += m.Count
				continue next
			}
		}
		all = append(all, m)
	}
	return all
}

// progress is told at most ten times a second.
func (s *solving) progress(done, total int) {
	if now := time.Now(); now.Sub(s.shown) >= 100*time.Millisecond {
		s.shown = now
		s.event(migrate.Event{Progress: &migrate.Progress{Stage: "solve", Records: done, Of: total}})
	}
}

// unsolved says what was tried.
func (s *solving) unsolved(tried []verifiers.Tried, cause error) error {
	event := solved{Tried: []triedKind{}}
	s.result("not found; tried:")
	for _, t := range tried {
		s.result("  %s: %s", t.What, thousands(t.Count))
		event.Tried = append(event.Tried, triedKind{t.What, t.Count})
	}
	s.solvedEvent(event)
	return failed(exitProof, "check that the password is the right one, that the hash is whole, and whether the program added a secret of its own (a pepper); what nobody can prove, --without-password lands for a reset", cause)
}
