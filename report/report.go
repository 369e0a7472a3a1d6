// Package report turns the event stream of a run into the files that people
// read and hand on: rejects, resets, the map of ids, and the report itself. It
// reads events and writes files; it decides nothing, and it never shows a secret
// except in the rejects, which hand a record back as its source held it.
package report

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"rehome/identity"
	"rehome/migrate"
)

// The files of a run that hold personal data, and which purge removes; the last
// is what a kill may leave of sorting the resets.
var Personal = []string{RejectsName, ResetsName, IDsName, RejectsName + aside, ResetsName + aside, IDsName + aside}

// The names of a run's files.
const (
	RejectsName  = "rejects.csv"
	ResetsName   = "resets.csv"
	IDsName      = "ids.csv"
	JSONName     = "report.json"
	HTMLName     = "report.html"
	MarkdownName = "report.md" // only where somebody asks for it

	// RetryName is the folder of a retry's own lists, which is removed at its end.
	RetryName = "retry"

	aside = ".new" // is added to the name of a file that is written to replace another
)

// table is a CSV file that spreadsheets may open: cells that they would take for
// a formula are guarded by an apostrophe.
type table struct {
	file *os.File
	csv  *csv.Writer
	rows int
	// guard keeps a spreadsheet from computing a cell.
	guard func(string) string
}

// newTable begins a file anew.
func newTable(folder, name string, header ...string) (*table, error) {
	f, err := migrate.CreateFile(filepath.Join(folder, name))
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	t := &table{file: f, csv: csv.NewWriter(f), guard: identity.Guard}
	if name == RejectsName {
		t.guard = identity.GuardNumber // they come back, perhaps through a spreadsheet
	}
	return t, t.csv.Write(header)
}

func (t *table) write(cells ...string) error {
	guarded := make([]string, len(cells))
	for i, c := range cells {
		guarded[i] = t.guard(c)
	}
	t.rows++
	if err := t.csv.Write(guarded); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

func (t *table) close() error {
	t.csv.Flush()
	return errors.Join(t.csv.Error(), t.file.Close())
}
