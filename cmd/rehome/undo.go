package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"rehome/migrate"
	"rehome/sink"
)

func undoCommand(t terminal) *cli.Command {
	return &cli.Command{
		Name:      "undo",
		Usage:     "take a run back: delete exactly the users that it created, but for those that show any trace of use or change since",
		ArgsUsage: "RUN",
		UsageText: "rehome undo 20261121-231502-7f3a --dry-run\n   rehome undo 20261121-231502-7f3a",
		Flags: join(targetFlags(), []cli.Flag{
			decision("yes", "do not ask for consent"),
			decision("cascade", "Postgres: delete rows of other tables with the users whom they hang on (on delete cascade); without it those users are spared"),
			toggle("dry-run", "say who would be deleted and who spared; delete nobody"),
			textDefault("workers", "auto", "users in flight at the target: `N` or auto"),
			rateFlag(),
			runsFlag(),
		}, outputFlags()),
		Action: func(c *cli.Context) error {
			name, err := oneArgument(c, "RUN")
			if err != nil {
				return err
			}
			return undo(c.Context, t, c, name)
		},
	}
}

// takeBack is a run that is being taken back.
type takeBack struct {
	*job
	folder migrate.Folder
	ledger *migrate.Ledger
	landed int
	dry    bool

	hung     hanging            // on the run's users
	foreseen migrate.UndoCounts // where the target was looked at beforehand
}

// undo finds the run, holds it, and opens the target it went to.
func undo(ctx context.Context, t terminal, c *cli.Context, name string) (err error) {
	folder, err := migrate.OpenFolder(c.String("runs"), name)
	if err != nil {
		return usage(listing(c.String("runs")), "%s", err)
	}
	u := &takeBack{folder: folder, dry: c.Bool("dry-run")}
	u.job = &job{voice: newVoice(t, c), cli: c, verb: "undo", begun: time.Now(), run: folder.Name()}
	if err := u.folder.Lock(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, u.folder.Unlock()) }()
	if u.ledger, err = migrate.OpenLedger(folder.Path); err != nil {
		return fmt.Errorf("%s: %w", folder.Name(), err)
	}
	defer func() { err = errors.Join(err, u.ledger.Close()) }()
	u.unsealed(u.ledger)
	if u.ledger.Move.DryRun {
		return usage(listing(c.String("runs")), "run %s was a dry run: it landed nobody, and there is nothing to take back", u.run)
	}
	if u.landed, err = u.ledger.Landed(); err != nil {
		return err
	}
	if u.target, err = sameTarget(ctx, c, nil, u.ledger.Move); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, u.target.close()) }()
	if err := u.foresee(ctx); err != nil {
		return err
	}
	if err := u.consent(ctx); err != nil {
		return err
	}
	u.event(migrate.Event{Started: &migrate.Started{Schema: migrate.Schema, Verb: u.verb, Target: u.target.name, Run: u.run}})
	return u.end(u.work(ctx))
}

// consent says what is about to happen, and asks.
func (u *takeBack) consent(ctx context.Context) error {
	if u.landed == 0 {
		return nil
	}
	triggers, err := u.triggers(ctx)
	if err != nil {
		return err
	}
	begun, _ := u.ledger.TakenBack()
	what := fmt.Sprintf("run:    %s, which landed %s of %s there", u.run, plural(u.landed, "user", "users"), strings.Join(u.ledger.Move.Files, ", "))
	if begun {
		what = fmt.Sprintf("run:    %s, taken back in part; %s left of it there", u.run, plural(u.landed, "user is", "users are"))
	}
	lines := append(slices.Clone(u.target.origin), what,
		"        those who are as they were landed are deleted; whoever has signed in or changed since is spared and listed")
	if !begun && !u.ledger.Finished() {
		lines = append(lines,
			"        the run has not come to its end: users who were in flight when it stopped may be there half made, and are left alone;",
			"        to take them back as well, first let it end: "+goingOn(u.ledger.Move.Command))
	}
	lines = slices.Concat(lines, u.hangs(), triggers)
	if u.hung != nil {
		lines = append(lines, fmt.Sprintf("        so %s deleted, and %s spared", wouldBe(u.foreseen.Planned), thousands(u.foreseen.Spared())))
	}
	if u.dry {
		for _, line := range lines {
			u.say("%s", line)
		}
		return nil
	}
	return u.agree("delete these users? type yes: ", lines)
}

// work takes the users back and says how it ended.
func (u *takeBack) work(ctx context.Context) error {
	if u.landed == 0 {
		u.result("there is nobody to take back: %s", u.nobody())
		if begun, done := u.ledger.TakenBack(); begun && !done && !u.dry {
			return u.ledger.FinishUndo(exitOK) // which a kill had kept from being noted
		}
		return nil
	}
	plan, err := u.plan()
	if err != nil {
		return err
	}
	u.listener = append(u.listener, u.name)
	counts, err := migrate.Undo(ctx, plan)
	u.summary.Records, u.summary.Undone, u.summary.Hanging = u.landed, &counts, u.hung
	if err != nil {
		return u.resumable(err)
	}
	u.tell(counts)
	if counts.Spared() > 0 {
		err = failed(exitRejected, "", errors.New(plural(counts.Spared(), "user was", "users were")+" spared"))
	}
	if u.dry {
		return err
	}
	return errors.Join(err, u.ledger.FinishUndo(exitCode(err)), noteUndo(u.folder, counts))
}

// nobody says why there is nobody.
func (u *takeBack) nobody() string {
	if begun, _ := u.ledger.TakenBack(); begun {
		return "all users of this run were taken back before"
	}
	return "this run landed no users"
}

func (u *takeBack) plan() (p migrate.UndoPlan, err error) {
	p = migrate.UndoPlan{Ledger: u.ledger, DryRun: u.dry, Report: u.event, Hung: u.hung.add}
	p.Sparer, _ = u.target.sink.(sink.Sparer)
	var reads, removes bool
	p.Remover, removes = u.target.sink.(sink.Remover)
	if p.Reader, reads = u.target.sink.(sink.Reader); u.dry { // a remover looks closely itself, right before it deletes
		p.Reader, reads = u.target.witness()
	}
	if !reads || !removes {
		return p, errors.New("users of this target cannot be taken back")
	}
	if p.Workers, err = u.target.crew(u.cli.String("workers")); err != nil {
		return p, err
	}
	p.Claimed, err = u.claimed()
	return p, err
}

// claimed looks for later runs that went to the same place: where users of this
// one had been deleted, they may have landed them again, with the same ids and
// the same hashes. Those are theirs.
func (u *takeBack) claimed() (func(string) string, error) {
	folders, err := migrate.Folders(u.cli.String("runs"))
	if err != nil {
		return nil, err
	}
	landed := map[string]func(string) bool{}
	for _, f := range folders {
		m, _, err := f.Peek()
		if err != nil {
			return nil, fmt.Errorf("whom run %s has landed again cannot be told: %w", f.Name(), err)
		}
		if m.DryRun || m.Target != u.target.identity || !m.Started.After(u.ledger.Move.Started) || m.Settings["id"] != u.ledger.Move.Settings["id"] {
			continue
		}
		later, err := migrate.ReadLedger(f.Path)
		if err == nil {
			landed[f.Name()], err = later.Landings()
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
	}
	return func(id string) string {
		for run, has := range landed {
			if has(id) {
				return run
			}
		}
		return ""
	}, nil
}

// name prints a user who was spared, and why.
func (u *takeBack) name(e migrate.Event) {
	if s := e.Spared; s != nil {
		u.result("%s: %s", s.TargetID, reasonOf(*s))
	}
}

func reasonOf(s migrate.Spared) string {
	switch s.Why {
	case migrate.WhySignedIn:
		if s.Detail != "" {
			return "is in use: " + s.Detail
		}
		return "has signed in since"
	case migrate.WhyChanged:
		return cmp.Or(changeWords(s.Part, s.SignedIn), "was changed since")
	}
	return "kept: " + s.Detail
}

// tell says what was done.
func (u *takeBack) tell(c migrate.UndoCounts) {
	if u.dry {
		u.result("would delete %s of %s; %s not there any more", thousands(c.Planned), plural(u.landed, "user", "users"), were(c.Gone))
		u.result("would spare %s", sparedWords(c))
		for _, line := range u.hangs() {
			u.result("%s", strings.TrimSpace(line))
		}
		u.say("Nothing was deleted. The same without --dry-run does it; it asks before it deletes.")
		u.say("next: %s", command(typedFor(u.cli, "undo", "dry-run")...))
		return
	}
	u.result("deleted %s of %s; %s not there any more", thousands(c.Removed), plural(u.landed, "user", "users"), were(c.Gone))
	u.result("spared %s", sparedWords(c))
	if c.Spared() == 0 {
		u.say("land them again, as a new run: %s", goingOn(u.ledger.Move.Command))
	} else {
		u.say("whoever was spared is still there; delete by hand those who have to go, or run undo again once they are as they were landed")
	}
	if u.target.rules == "appwrite 1.5" && c.Removed > 0 {
		u.say("Appwrite 1.6 and earlier remove in the background what hung on deleted users (messaging targets, identities): wait for that, some minutes after thousands, before the same users are imported again")
	}
}

func wouldBe(n int) string { return plural(n, "user would be", "users would be") }

func were(n int) string {
	if n == 1 {
		return "1 was"
	}
	return thousands(n) + " were"
}

func sparedWords(c migrate.UndoCounts) string {
	if c.Spared() == 0 {
		return "nobody"
	}
	return fmt.Sprintf("%s: %s signed in or used since, %s changed since, %s kept for another reason",
		thousands(c.Spared()), thousands(c.SignedIn), thousands(c.Changed), thousands(c.Kept))
}

// resumable adds the command that goes on.
func (u *takeBack) resumable(err error) error {
	if code := exitCode(err); code == exitInterrupted || code == exitTarget {
		return failed(code, "to go on: "+command(typed(u.cli)...), err)
	}
	return err
}
