package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"rehome/migrate"
	"rehome/report"
	"rehome/sink"
)

// move is an import that has consent and a run folder.
type move struct {
	*job
	findings  *migrate.Findings
	folder    migrate.Folder
	ledger    *migrate.Ledger
	past      *migrate.Past // what earlier runs landed there; nil: it was not asked
	files     *report.Files
	header    migrate.Move
	matched   map[string]bool // source ids of known accounts that matched
	accounts  []account       // those of them that landed
	sentence  string          // what matters most
	reported  bool            // the report is written
	endpoints map[string]int  // where passwords landed
}

// begin finds the unfinished run of this move or makes a new one, asks for
// consent, and opens ledger and files.
func (j *job) begin(f *migrate.Findings) (m *move, err error) {
	m = &move{job: j, findings: f, header: j.header(f), matched: map[string]bool{}, endpoints: map[string]int{}}
	for _, p := range f.Proved {
		m.matched[p.ID] = p.Outcome == migrate.Matched
	}
	open, err := migrate.Gate(j.cli.String("runs"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, open()) }()
	found, resumed, err := m.find()
	if err != nil {
		return nil, err
	}
	if err := j.consent(f, resumed); err != nil {
		return nil, errors.Join(err, found.Unlock())
	}
	if err := m.open(found, resumed != ""); err != nil {
		return nil, err
	}
	j.run = m.folder.Name()
	return m, nil
}

// find looks for an unfinished run of the same move and locks it.
func (m *move) find() (folder migrate.Folder, resumed string, err error) {
	if m.cli.Bool("new-run") {
		return folder, "", nil
	}
	folder, begun, found, err := migrate.Unfinished(m.cli.String("runs"), m.header)
	if m.cli.Bool("dry-run") {
		if err == nil && found && m.target.real {
			m.say("run %s of this move has not come to its end: the import will continue it; the users it has landed or begun count as existing here", folder.Name())
		}
		return migrate.Folder{}, "", nil
	}
	if err != nil || !found {
		return migrate.Folder{}, "", err
	}
	if what := difference(begun.Settings, m.header.Settings); what != "" {
		return folder, "", usage("to continue it, with its settings: "+goingOn(begun.Command)+"\nto begin anew, with these: "+command(append(typed(m.cli), "--new-run")...),
			"run %s of this move is unfinished and was begun with other settings: %s", folder.Name(), what)
	}
	return folder, folder.Name(), folder.Lock()
}

// open opens or makes the run folder.
func (m *move) open(folder migrate.Folder, resumed bool) (err error) {
	if resumed {
		m.folder = folder
		if m.ledger, err = migrate.OpenLedger(folder.Path); err != nil {
			return fmt.Errorf("%s: %w", folder.Name(), err)
		}
		m.say("continuing run %s", folder.Name())
		m.unsealed(m.ledger)
	} else {
		if m.folder, err = migrate.NewFolder(m.cli.String("runs")); err != nil {
			return err
		}
		if m.ledger, err = migrate.CreateLedger(m.folder.Path, m.header); err != nil {
			return err
		}
	}
	m.files, err = report.Create(m.folder.Path)
	return err
}

// header says what is moved where, and with which settings.
func (j *job) header(f *migrate.Findings) migrate.Move {
	return migrate.Move{
		Source: f.Digest, Files: j.source.names(), From: string(j.source.format), Target: j.target.identity,
		Settings: settings(j), Started: time.Now().UTC(), Since: j.target.clock, Command: resuming(j.cli), DryRun: j.cli.Bool("dry-run"),
	}
}

// landingSettings are the flags that change what lands.
var landingSettings = []string{
	"id", "roles", "claims", "dates", "without-password", "allow-undocumented", "limit", "layout", "schema", "confirm-emails",
	"accept-truncated", "table-prefix", "site", "meta", "map", "columns", "delimiter", "encoding", "region", "hash-algo", "plaintext",
}

func settings(j *job) map[string]string {
	s := map[string]string{}
	for _, name := range landingSettings {
		s[name] = fmt.Sprint(j.cli.Value(name))
	}
	if j.picks != nil && j.picks.only != nil {
		s["only"] = j.picks.only.print
	}
	if j.picks != nil && j.picks.except != nil {
		s["except"] = j.picks.except.print
	}
	if h := j.source.reading.firebase.Hash; h.SignerKey != "" {
		s["hash-config"] = fingerprint(fmt.Sprintf("%s|%s|%d|%d", string(h.SignerKey), string(h.SaltSeparator), h.Rounds, h.MemCost))
	}
	return s
}

// fingerprint tells settings apart without holding them: 8 bytes of SHA-256.
func fingerprint(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// difference names the settings that are not the same.
func difference(was, is map[string]string) string {
	var what []string
	for name := range is {
		if was[name] != is[name] {
			what = append(what, fmt.Sprintf("--%s was %s, is %s", name, strconv.Quote(was[name]), strconv.Quote(is[name])))
		}
	}
	for name := range was {
		if _, there := is[name]; !there {
			what = append(what, fmt.Sprintf("--%s was %s, is not given", name, strconv.Quote(was[name])))
		}
	}
	slices.Sort(what)
	return strings.Join(what, "; ")
}

// move lands the users, reads them back, and logs known accounts in where that
// is practice.
func (m *move) move(ctx context.Context, plan migrate.Plan) error {
	plan.TempDir = m.folder.Path
	if !m.cli.Bool("dry-run") {
		plan.Ledger = m.ledger
	}
	var met collisions
	m.listener = append(m.listener, m.files.Event, m.note, met.Event)
	proof := m.summary.Proof
	err := m.land(ctx, plan)
	m.summary.Proof, m.summary.Endpoints = proof, m.endpoints
	if m.cli.Bool("dry-run") {
		met.tell(m.voice)
	}
	if err != nil || m.cli.Bool("dry-run") {
		return err
	}
	if err := m.readBack(ctx, plan); err != nil {
		return err
	}
	if err := m.logIn(ctx); err != nil {
		return err
	}
	return m.letFly(ctx)
}

// land is the move itself, with what the target wants done before and after.
func (m *move) land(ctx context.Context, plan migrate.Plan) (err error) {
	if m.target.begin != nil && !m.cli.Bool("dry-run") {
		plan.Claimed = m.claims()
		if err := m.target.begin(ctx, m.ledger, m.folder.Name()); err != nil {
			m.summary.People = &migrate.People{Of: m.summary.Records} // what the survey foretold has not come about
			return err
		}
	}
	m.summary, err = migrate.Run(ctx, plan, m.findings)
	if err == nil && m.target.finish != nil {
		err = m.target.finish(ctx)
	}
	return err
}

// note remembers which known accounts landed.
func (m *move) note(e migrate.Event) {
	m.countEndpoint(e.Settled)
	if e.Settled == nil || !m.matched[e.Settled.ID] || e.Settled.Record.User.Disabled {
		return
	}
	if o := e.Settled.Outcome; o == sink.Created || o == sink.Recovered || o == sink.Skipped {
		u := e.Settled.Record.User
		m.accounts = append(m.accounts, account{u.ID, u.Email, u.Hash.Algorithm})
	}
}

// conclude writes the report, and then notes in the ledger that the run has come to its
// end: a run without its report has not, and the same command goes on with it.
func (m *move) conclude(code int, err error) error {
	if missing := m.document(err); missing != nil {
		return failed(max(exitFailed, resumableCode(err)), "mend that; the same command then writes the report: "+command(resuming(m.cli)...), errors.Join(missing, err))
	}
	if code == exitOK || code == exitRejected || code == exitProof {
		err = errors.Join(err, m.ledger.Finish(code))
	}
	return err
}

// finish writes the report, whatever happened, and lets the run go.
func (m *move) finish(err error) error {
	err = errors.Join(err, m.files.Close())
	if err == nil && m.summary.Rejected > 0 {
		err = failed(exitRejected, "", fmt.Errorf("%s rejected", plural(m.summary.Rejected, "record was", "records were")))
	}
	code := exitCode(err)
	m.summary.Verb, m.summary.Run, m.summary.Exit = m.verb, m.run, code
	err = errors.Join(m.conclude(code, err), m.ledger.Close(), m.folder.Unlock())
	if isDiskFull(err) {
		err = failed(max(exitFailed, resumableCode(err)), "make room there; the same command then goes on: "+command(resuming(m.cli)...), diskFull(m.folder.Path))
	}
	m.epilogue(err)
	return m.resumable(err)
}
