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
	"strings"
)

// The files of a run that hold personal data, and which purge removes.
var Personal = []string{RejectsName, ResetsName, IDsName}

// The names of a run's files.
const (
	RejectsName = "rejects.csv"
	ResetsName  = "resets.csv"
	IDsName     = "ids.csv"
	JSONName    = "report.json"
)

// table is a CSV file that spreadsheets may open: cells that they would take for
// a formula are guarded by an apostrophe.
type table struct {
	file *os.File
	csv  *csv.Writer
	rows int
}

// newTable begins a file anew.
func newTable(folder, name string, header ...string) (*table, error) {
	f, err := os.OpenFile(filepath.Join(folder, name), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	t := &table{file: f, csv: csv.NewWriter(f)}
	return t, t.csv.Write(header)
}

func (t *table) write(cells ...string) error {
	guarded := make([]string, len(cells))
	for i, c := range cells {
		guarded[i] = Guard(c)
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

// Guard puts an apostrophe before a cell that a spreadsheet would take for a
// formula, and before one that already looks guarded, so that taking one
// apostrophe off always gives the cell back.
func Guard(cell string) string {
	if rest := strings.TrimLeft(cell, "'"); rest != "" && strings.ContainsRune("=+-@", rune(rest[0])) {
		return "'" + cell
	}
	return cell
}
