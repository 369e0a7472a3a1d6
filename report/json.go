package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"rehome/identity"
	"rehome/migrate"
)

// Document is report.json: what a run was, what became of it, and what each
// code in it means. It holds no personal data.
type Document struct {
	Schema   int               `json:"schema"`
	Program  string            `json:"program"` // rehome and its version
	Begun    time.Time         `json:"begun"`
	Ended    time.Time         `json:"ended"`
	Source   Source            `json:"source"`
	Target   string            `json:"target"`
	Settings map[string]string `json:"settings,omitempty"`
	Finished migrate.Summary   `json:"finished"`
	Notices  []string          `json:"notices,omitempty"` // what was assumed of the source, and what may concern people
	Problems []Entry           `json:"problems,omitempty"`
	Losses   []Entry           `json:"losses,omitempty"`
}

// Source says what was read.
type Source struct {
	Files  []string `json:"files"`
	From   string   `json:"from"`
	Digest string   `json:"digest"` // "sha256:…"
}

// Entry is a problem or a loss with its count and its meaning.
type Entry struct {
	Code  identity.Code `json:"code"`
	Count int           `json:"count"`
	Means string        `json:"means"`
	Fix   string        `json:"fix"`
}

// WriteJSON completes the document from its summary and writes it into a run's
// folder. It replaces the file as a whole, so that a reader never sees half.
func WriteJSON(folder string, d Document) error {
	d.Schema = migrate.Schema
	d.Problems, d.Losses = entries(d.Finished.Problems), entries(d.Finished.Losses)
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	path := filepath.Join(folder, JSONName)
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
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
