package main

import (
	"context"
	"errors"
	"time"

	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/migrate"
	"rehome/report"
	"rehome/verifiers"
)

// job is one verb at work on a source: what it reads, where it would land, and
// how it speaks.
type job struct {
	*voice
	cli     *cli.Context
	verb    string
	begun   time.Time
	source  *source
	target  *target
	memory  *verifiers.Memory // for passwords that are tried
	known   []migrate.Known
	picks   *picks // nil until a plan is made
	summary migrate.Summary
	run     string // name of the run folder
	watch   *report.Watch

	earlierProof *report.Earlier // of the same source, settings and rules, where none was given now
}

// surveyed runs a verb that reads a source: it opens everything, does the work,
// and ends with the finished event and one exit code. A usage error ends it
// before anything is read, without events.
func surveyed(t terminal, c *cli.Context, needHash bool, work func(context.Context, *job) error) (err error) {
	j := &job{voice: newVoice(t, c), cli: c, verb: c.Command.Name, begun: time.Now()}
	j.watch = report.NewWatch(time.Now, c.Bool("report-details"))
	j.listener = append(j.listener, j.watch.Event)
	if j.known, err = knownAccounts(c, t); err != nil {
		return err
	}
	if j.source, err = openSource(c, t, needHash && !c.Bool("without-password")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.source.close()) }()
	j.source.reading.hear(j.say)
	if j.memory, err = hashMemory(c, j.warn); err != nil {
		return err
	}
	if j.target, err = openTarget(c.Context, c, j.memory); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.target.close()) }()
	return j.end(work(c.Context, j))
}

// started opens the event stream.
func (j *job) started() {
	j.event(migrate.Event{Started: &migrate.Started{
		Schema: migrate.Schema, Verb: j.verb, Source: j.source.names(), From: string(j.source.format), Target: j.target.name, Run: j.run,
	}})
}

// end closes the event stream, unless nothing was started.
func (j *job) end(err error) error {
	j.clear()
	code := exitCode(err)
	if code == exitUsage {
		return err
	}
	j.summary.Verb, j.summary.Run, j.summary.Exit = j.verb, j.run, code
	if err != nil && code != exitRejected {
		j.summary.Error = printable(err.Error())
	}
	j.event(migrate.Event{Finished: &j.summary})
	return err
}

// plan is the part of a plan that every verb shares.
func (j *job) plan() (migrate.Plan, error) {
	if j.picks == nil {
		picks, err := newPicks(j.cli)
		if err != nil {
			return migrate.Plan{}, err
		}
		j.picks = picks
	}
	return migrate.Plan{
		Source: j.source.pass, Check: verifiers.CheckUser, Match: j.match, Known: j.known, Pick: j.picks.picker(),
		Sink: j.target.sink, Report: j.event, Bytes: j.source.bytes,
		WithoutPassword: j.cli.Bool("without-password"),
	}, nil
}

// survey reads the source and proves the known accounts.
func (j *job) survey(ctx context.Context, plan migrate.Plan) (*migrate.Findings, error) {
	findings, err := migrate.Survey(ctx, plan)
	j.summary = findings.Summary
	if err != nil {
		return findings, err
	}
	for i := range findings.Proved {
		j.event(migrate.Event{Proved: &findings.Proved[i]})
	}
	if len(j.known) == 0 && j.verb != "retry" { // whose source is not that of its run
		j.earlierProof, err = j.recall(findings)
	}
	return findings, err
}

// match tries a password in every spelling that the source may have hashed.
func (j *job) match(h identity.Hash, password string) (migrate.Match, error) {
	for i, spelling := range verifiers.Spellings(h, password) {
		right, err := j.memory.Verify(h, spelling)
		if err != nil || right {
			return migrate.Match{Right: right, Respelt: right && i > 0}, err
		}
	}
	return migrate.Match{}, nil
}

// proofError is the failure of a proof; nil when it holds.
func (j *job) proofError(p *migrate.ProofCounts) error {
	switch {
	case p == nil:
		return nil
	case p.Mismatched > 0:
		hint := "compare the parameters with the source (for Firebase: the hash_config block of the same project)"
		if j.verb == "import" || j.verb == "prove" {
			hint += ", or find out how the hashes were made: " + command(typedFor(j.cli, "solve")...)
		}
		return failed(exitProof, hint,
			errors.New(plural(p.Mismatched, "known password does", "known passwords do")+" not match the hash"))
	case p.Absent == p.Known:
		return failed(exitProof, "each row must name an account of this file that has a password hash", errors.New("none of the known accounts was found with a password hash"))
	case p.Right() == 0:
		hint := "the lines above say why of each account; where the source does not name its hashes, --hash-algo does"
		if j.verb == "import" || j.verb == "prove" {
			hint += "; to find out how they were made: " + command(typedFor(j.cli, "solve")...)
		}
		return failed(exitProof, hint,
			errors.New("no known password was found right, so nothing is proved"))
	}
	return nil
}
