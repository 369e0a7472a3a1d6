package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/importers"
	"rehome/migrate"
	"rehome/report"
	"rehome/sink"
)

func retryCommand(t terminal) *cli.Command {
	return &cli.Command{
		Name:      "retry",
		Usage:     "feed a mended rejects file into the run that rejected it: same target, same settings, same ledger",
		ArgsUsage: "RUN FILE",
		UsageText: "rehome retry 20261121-231502-7f3a rejects.csv\n   rehome retry 20261121-231502-7f3a rejects.csv --hash-config hash-config.txt",
		Flags:     join(firebaseFlags(), retryLandingFlags(), targetFlags(), proofFlags(), retryFlags(), outputFlags()),
		Action: func(c *cli.Context) error {
			if c.NArg() != 2 {
				return usage("run: rehome retry --help", "retry needs the RUN and the mended FILE, not %s", plural(c.NArg(), "argument", "arguments"))
			}
			return retry(c.Context, t, c)
		},
	}
}

// firebaseFlags are asked for again where Firebase's hashes are among the mended
// rows: a run folder never holds the project's key.
func firebaseFlags() []cli.Flag { return pickFlags(sourceFlags(), firebaseNames) }

var firebaseNames = []string{"hash-config", "rounds", "mem-cost", "hash-key", "salt-separator"}

// keptSettings are the flags that a retry takes from its run, and refuses to have
// changed.
var keptSettings = []string{"id", "roles", "claims", "dates", "layout", "schema", "confirm-emails"}

// addedSettings are the run's too, and may be decided for the mended rows anew.
var addedSettings = []string{"without-password", "allow-undocumented"}

func retryLandingFlags() []cli.Flag {
	return pickFlags(landingFlags(), append(append([]string{}, keptSettings...), addedSettings...))
}

func retryFlags() []cli.Flag {
	return []cli.Flag{
		decision("yes", "do not ask for consent"),
		textDefault("workers", "auto", "users in flight at the target: `N` or auto"),
		rateFlag(),
		text("max-errors", "stop when `N` records, or P% of them, were rejected"),
		runsFlag(),
		hashMemoryFlag(),
	}
}

// pickFlags are those of the flags that have one of the names.
func pickFlags(flags []cli.Flag, names []string) (picked []cli.Flag) {
	for _, f := range flags {
		for _, name := range names {
			if f.Names()[0] == name {
				picked = append(picked, f)
			}
		}
	}
	return picked
}

// retrial is a retry under way.
type retrial struct {
	*move
	fed    report.Fed
	file   string          // the mended file, as it was named
	added  int             // rows that were in no rejects before
	lists  string          // the folder of the retry's own lists
	landed map[string]bool // ids at the target
}

// retry opens the run, the mended file and the target, in this order: what can be
// refused is refused before anything is read.
func retry(ctx context.Context, t terminal, c *cli.Context) (err error) {
	again := typed(c)
	r := &retrial{fed: report.Fed{Positions: map[string]bool{}, IDs: map[string]bool{}}, landed: map[string]bool{}}
	r.move = &move{job: newJob(t, c), endpoints: map[string]int{}}
	if r.folder, err = migrate.OpenFolder(c.String("runs"), c.Args().First()); err != nil {
		return usage(listing(c.String("runs")), "%s", err)
	}
	r.run = r.folder.Name()
	if err := r.folder.Lock(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.folder.Unlock()) }()
	if r.ledger, err = migrate.OpenLedger(r.folder.Path); err != nil {
		return fmt.Errorf("%s: %w", r.run, err)
	}
	defer func() { err = errors.Join(err, r.ledger.Close()) }()
	r.unsealed(r.ledger)
	if err := r.ready(c); err != nil {
		return err
	}
	if r.known, err = knownAccounts(c, t); err != nil {
		return err
	}
	if err := r.openFile(t); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.source.close()) }()
	if r.memory, err = hashMemory(c, r.warn); err != nil {
		return err
	}
	if r.target, err = sameTarget(ctx, c, r.memory, r.ledger.Move); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.target.close()) }()
	return r.end(r.work(ctx, again))
}

// ready refuses a run that cannot be fed, and takes its settings over.
func (r *retrial) ready(c *cli.Context) error {
	begun := r.ledger.Move
	r.header = begun
	takenBack, _ := r.ledger.TakenBack()
	switch {
	case begun.DryRun:
		return usage("run the import without --dry-run first", "run %s was a dry run: it landed nobody, and there is nothing to go on with", r.run)
	case takenBack:
		return usage("import again, as a new run: "+goingOn(begun.Command), "run %s was taken back", r.run)
	case !r.ledger.Finished():
		return usage("let it end first: "+goingOn(begun.Command), "run %s is unfinished", r.run)
	}
	return takeSettings(c, begun.Settings)
}

// takeSettings makes the run's settings those of the retry.
func takeSettings(c *cli.Context, was map[string]string) error {
	for _, name := range keptSettings {
		is := fmt.Sprint(c.Value(name))
		switch {
		case was[name] == "" || was[name] == is:
		case c.IsSet(name):
			return usage("leave it out: a retry goes by the settings of its run", "--%s was %q, is %q", name, was[name], is)
		default:
			if err := c.Set(name, was[name]); err != nil {
				return err
			}
		}
	}
	for _, name := range addedSettings {
		if was[name] == "true" && !c.Bool(name) {
			if err := c.Set(name, "true"); err != nil {
				return err
			}
		}
	}
	return nil
}

// openFile opens the mended file. A bare name that is not here is looked for in the
// run's folder, where the rejects were left.
func (r *retrial) openFile(t terminal) (err error) {
	r.file = r.cli.Args().Get(1)
	if _, err := os.Stat(r.file); err != nil && r.file != "-" && filepath.Base(r.file) == r.file {
		if _, err := os.Stat(r.folder.File(r.file)); err == nil {
			r.file = r.folder.File(r.file)
		}
	}
	r.source = &source{format: importers.FormatNeutral}
	if r.source.reading, err = newReading(r.cli, false); err != nil {
		return err
	}
	if err := r.sameKey(); err != nil {
		return err
	}
	if err := r.source.add(r.cli.Context, r.file, t, r.cli.String("runs")); err != nil {
		return errors.Join(err, r.source.close())
	}
	r.source.reading.hear(r.say)
	if r.fed.Whole = isSameFile(r.file, r.folder.File(report.RejectsName)); r.fed.Whole {
		return nil
	}
	if err := report.Mendable(r.folder.Path); err != nil {
		return usage("if that is the file you mended, name it: "+r.onRun("retry", r.folder.File(report.RejectsName)), "%s", err)
	}
	return nil
}

func isSameFile(a, b string) bool {
	infoA, err1 := os.Stat(a)
	infoB, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(infoA, infoB)
}

// sameKey refuses Firebase parameters that are not those of the run.
func (r *retrial) sameKey() error {
	was, is := r.header.Settings["hash-config"], settings(r.job)["hash-config"]
	if was != "" && is != "" && was != is {
		return usage("give the one of the project that was exported", "the hash parameters are not those of run %s", r.run)
	}
	return nil
}

// signed gives Firebase's hashes the project's parameters back, which the rejects
// leave out.
func (r *retrial) signed(records identity.Records) identity.Records {
	config := r.source.reading.firebase.Hash
	return func(yield func(identity.Record, error) bool) {
		for rec, err := range records {
			if err == nil && rec.Problem == nil && rec.Reject == nil {
				yield(identity.Record{}, usage("keep the columns whose names begin with _: they say which record a row mends", "%s is no rejects file", rec.Pos.File))
				return
			}
			h := &rec.User.Hash
			if err == nil && rec.Problem == nil && h.Algorithm == identity.ScryptFirebase && h.Params.SignerKey == "" {
				if config.SignerKey == "" {
					yield(identity.Record{}, usage("add --hash-config FILE, the one of the import", "%s: a Firebase hash needs the project's key, which a rejects file never holds", rec.Pos))
					return
				}
				h.Params = withConfig(h.Params, config)
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}

func withConfig(p identity.Params, c importers.HashConfig) identity.Params {
	return identity.Params{
		Salt: p.Salt, SaltSeparator: c.SaltSeparator, SignerKey: c.SignerKey,
		N: 1 << c.MemCost, R: c.Rounds, P: 1, KeyLen: p.KeyLen, Variant: p.Variant,
	}
}

// work is the retry: survey, consent, move.
func (r *retrial) work(ctx context.Context, again []string) error {
	plan, err := r.retryPlan()
	if err != nil {
		return err
	}
	r.started()
	if r.findings, err = r.survey(ctx, plan); err != nil {
		return err
	}
	if !r.quiet && len(r.findings.Proved) > 0 {
		r.proofs(r.findings.Proved)
	}
	if err := r.proofError(r.findings.Summary.Proof); err != nil {
		return err
	}
	if len(r.findings.Proved) == 0 {
		r.say("%s", r.noProof())
	}
	if err := r.consent(r.findings, r.run); err != nil {
		return err
	}
	if err := r.ledger.Retry(r.findings.Digest, again); err != nil {
		return err
	}
	return r.finish(r.feed(ctx, plan))
}

// noProof says why a retry asks for none: what the proof was about, the source's
// parameters and the target's rules, is the run's and has not changed.
func (r *retrial) noProof() string {
	if slices.Contains(r.header.Command, "--no-proof") {
		return "no proof is asked for: run " + r.run + " began without one, and its settings are kept"
	}
	return "no proof is asked for: the one of run " + r.run + " stands, for its settings are kept"
}

// retryPlan is the shared plan with the run's own past.
func (r *retrial) retryPlan() (plan migrate.Plan, err error) {
	if plan, err = r.plan(); err != nil {
		return plan, err
	}
	plan.Source = func() (migrate.Pass, error) {
		pass, err := r.source.pass()
		pass.Records = r.signed(pass.Records)
		return pass, err
	}
	if plan.Workers, err = r.target.crew(r.cli.String("workers")); err != nil {
		return plan, err
	}
	if plan.MaxRejected, err = maxRejected(r.cli.String("max-errors")); err != nil {
		return plan, err
	}
	plan.Batch, plan.Ledger, plan.Own = r.target.batch, r.ledger, newPast(r.target)
	return plan, plan.Own.Add(r.ledger, r.run, true)
}

// feed lands the mended users, and reads those back that landed.
func (r *retrial) feed(ctx context.Context, plan migrate.Plan) (err error) {
	r.lists = r.folder.File(report.RetryName)
	if err := migrate.MakeFolder(r.lists); err != nil {
		return fmt.Errorf("cannot make the lists of the retry: %w", plain(err))
	}
	if r.files, err = report.Create(r.lists); err != nil {
		return err
	}
	plan.TempDir = r.lists
	r.listener = append(r.listener, r.files.Event, r.see)
	proof := r.summary.Proof
	err = r.land(ctx, plan)
	r.summary.Proof, r.summary.Endpoints = proof, r.endpoints
	if err != nil {
		return err
	}
	reader, ok := r.target.sink.(sink.Reader)
	if !ok || len(r.landed) == 0 {
		return nil
	}
	counts, differences, err := migrate.VerifySome(ctx, r.ledger, reader, r.landed)
	r.summary.ReadBack(counts)
	if err != nil {
		return err
	}
	return r.differences(counts, differences)
}

// see notes which rows were fed in and who landed now.
func (r *retrial) see(e migrate.Event) {
	s := e.Settled
	if s == nil {
		return
	}
	if s.Outcome == sink.Created || s.Outcome == sink.Recovered {
		r.landed[s.TargetID] = true
		r.countEndpoint(s)
	}
	back := s.Record.Reject
	switch {
	case back != nil && back.Position != "":
		r.fed.Positions[back.Position] = true
		return
	case s.ID != "":
		r.fed.IDs[s.ID] = true
	}
	if s.Outcome != sink.Skipped {
		r.added++
	}
}

// newJob is a verb at work before it has opened anything.
func newJob(t terminal, c *cli.Context) *job {
	j := &job{voice: newVoice(t, c), cli: c, verb: c.Command.Name, begun: time.Now()}
	j.watch = report.NewWatch(time.Now, c.Bool("report-details"))
	j.listener = append(j.listener, j.watch.Event)
	return j
}
