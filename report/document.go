package report

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rehome/identity"
	"rehome/migrate"
)

// Document is report.json: what a run was, what became of it, and what each
// code in it means. docs/report.schema.json is its published form. It holds no
// personal data, but for the Details that somebody asked for.
type Document struct {
	Schema   int               `json:"schema"`
	Program  string            `json:"program"` // rehome and its version
	Run      string            `json:"run,omitempty"`
	Kind     Kind              `json:"kind,omitempty"`
	State    State             `json:"state,omitempty"`
	Begun    time.Time         `json:"begun"`
	Ended    time.Time         `json:"ended,omitzero"` // zero: nobody knows
	Source   Source            `json:"source"`
	Target   string            `json:"target"`
	Settings map[string]string `json:"settings,omitempty"`
	Finished migrate.Summary   `json:"finished"`
	Retries  []Retry           `json:"retries,omitempty"`        // mended rejects fed in since
	Sentence string            `json:"sentence,omitempty"`       // what matters most; made when the document is written
	Earlier  *Earlier          `json:"proved_earlier,omitempty"` // what the run relies on where it tried no password itself
	People   *migrate.People   `json:"people,omitempty"`
	Resets   []Entry           `json:"resets,omitempty"`  // why people need a new password
	Notices  []string          `json:"notices,omitempty"` // what was assumed of the source, and what may concern people
	Problems []Entry           `json:"problems,omitempty"`
	Losses   []Entry           `json:"losses,omitempty"`
	Timeline *Timeline         `json:"timeline,omitempty"`
	Ledger   *Ledger           `json:"ledger,omitempty"`
	Next     []Step            `json:"next,omitempty"`
	Details  *Details          `json:"details,omitempty"`
}

// Kind is what a run was for.
type Kind string

// The kinds of runs.
const (
	Import   Kind = "import"   // into a real target
	Practice Kind = "practice" // into the rehearsal server
	DryRun   Kind = "dry-run"  // into nothing
)

// State is how far a run has come.
type State string

// The states of runs.
const (
	Done       State = "finished"   // every record was settled
	Stopped    State = "stopped"    // the same command goes on
	Failed     State = "failed"     // something has to be mended first
	Unfinished State = "unfinished" // killed: it wrote no report, and this one is made from its ledger
	Running    State = "running"    // another process is at it; made from its ledger
)

// Source says what was read.
type Source struct {
	Files  []string `json:"files"`
	From   string   `json:"from"`
	Digest string   `json:"digest"` // "sha256:…"
}

// Entry is a code with its count and its meaning.
type Entry struct {
	Code  identity.Code `json:"code"`
	Count int           `json:"count"`
	Means string        `json:"means"`
	Fix   string        `json:"fix"`
}

// Ledger is all that is known of a run which wrote no report.
type Ledger struct {
	Landed int `json:"landed"` // users that are known to have landed
}

// Step is something to do next.
type Step struct {
	Words   string `json:"words"`             // why, as a sentence
	Command string `json:"command,omitempty"` // what to type; "": nothing
}

// maxDocument bounds the report.json that Read takes in. Ours stay far below a
// mebibyte.
const maxDocument = 16 << 20

// Render is a way to write a document.
type Render func(io.Writer, Document) error

// RenderFor finds the format that the ending of a file's name asks for.
func RenderFor(name string) (Render, bool) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".html", ".htm":
		return HTML, true
	case ".json":
		return JSON, true
	case ".md":
		return Markdown, true
	}
	return nil, false
}

// Save completes the document and writes it into a run's folder as report.json
// and report.html. Each file is replaced as a whole, so that a reader never sees
// half of one.
func Save(folder string, d Document) error {
	d = complete(d)
	return errors.Join(Replace(filepath.Join(folder, JSONName), JSON, d), Replace(filepath.Join(folder, HTMLName), HTML, d))
}

// complete explains the counted codes, and masks addresses where a text of the
// run may quote the source.
func complete(d Document) Document {
	d.Schema = migrate.Schema
	d.Problems, d.Losses = entries(d.Finished.Problems), entries(d.Finished.Losses)
	d.Finished.Error = maskAll(d.Finished.Error)
	d.Finished.SignIns, d.Finished.Algorithms = clipNames(d.Finished.SignIns), clipNames(d.Finished.Algorithms)
	d.Notices = slices.Clone(d.Notices)
	for i := range d.Notices {
		d.Notices[i] = maskAll(d.Notices[i])
	}
	return d
}

// clipNames shortens names that come from a source: what somebody wrote there must
// not decide how large a report is.
func clipNames[K ~string](counts map[K]int) map[K]int {
	clipped := maps.Clone(counts)
	for name, n := range counts {
		if short := K(clip(string(name), maxText)); short != name {
			delete(clipped, name)
			clipped[short] += n
		}
	}
	return clipped
}

// Replace writes a file aside and puts it in place of an old one.
func Replace(path string, render Render, d Document) error {
	next, err := migrate.CreateFile(path + aside)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	err = errors.Join(render(next, d), next.Close())
	if err == nil {
		err = os.Rename(path+aside, path)
	}
	if err != nil {
		_ = os.Remove(path + aside) // a part of it is of no use, and takes room
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// Write begins a file that must not be there yet.
func Write(path string, render Render, d Document) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(render(file, d), file.Close())
}

// JSON writes the document itself.
func JSON(w io.Writer, d Document) error {
	d.Sentence = Sentence(d)
	e := json.NewEncoder(VisibleJSON(w))
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(d)
}

// ErrNone is the failure to read the report of a run that wrote none.
var ErrNone = errors.New("the run wrote no report")

// Read takes the report.json of a run's folder in. A run that was killed has
// none (ErrNone).
func Read(folder string) (Document, error) {
	file, err := migrate.OpenFile(filepath.Join(folder, JSONName), os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return Document{}, ErrNone
	}
	if err != nil {
		return Document{}, fmt.Errorf("report: %w", err)
	}
	defer file.Close()
	var d Document
	if err := json.NewDecoder(io.LimitReader(file, maxDocument)).Decode(&d); err != nil {
		return Document{}, fmt.Errorf("%s cannot be read: %v", JSONName, err)
	}
	if d.Schema != migrate.Schema {
		return Document{}, fmt.Errorf("%s was written by another version of rehome (schema %d, this one reads %d)", JSONName, d.Schema, migrate.Schema)
	}
	return d, nil
}

// Anonymous writes the report of a run again without the details that concern
// single people. A run without a report, or without details, is left as it is.
func Anonymous(folder string) (changed bool, err error) {
	d, err := Read(folder)
	if errors.Is(err, ErrNone) || err == nil && d.Details == nil {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	d.Details = nil
	err = Save(folder, d)
	if text := filepath.Join(folder, MarkdownName); err == nil && there(text) {
		err = Replace(text, Markdown, d)
	}
	return true, err
}

func there(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// entries explains counted codes, the most frequent first.
func entries(counts map[identity.Code]int) []Entry {
	var list []Entry
	for code, n := range counts {
		info, _ := identity.Lookup(code)
		list = append(list, Entry{code, n, info.Means, info.Fix})
	}
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code))
	})
	return list
}
