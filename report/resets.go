package report

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"rehome/migrate"
)

// sortResets puts resets.csv in the order of reasons: it is read once for each
// reason, of which there are a handful, so that millions of rows need no memory.
// A kill in the middle leaves the unsorted file, and a part of the sorted one
// aside, which purge knows.
func (f *Files) sortResets() error {
	path := filepath.Join(f.folder, ResetsName)
	file, err := migrate.CreateFile(path + aside)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	out := csv.NewWriter(file)
	err = copyResets(path, out, func(n int, _ string) bool { return n == 0 })
	for _, reason := range slices.Sorted(maps.Keys(f.reasons)) {
		err = errors.Join(err, copyResets(path, out, func(n int, is string) bool { return n > 0 && is == string(reason) }))
	}
	out.Flush()
	if err = errors.Join(err, out.Error(), file.Close()); err == nil {
		err = os.Rename(path+aside, path)
	}
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// copyResets takes over the rows to be taken, by number and reason. They are
// guarded already.
func copyResets(path string, out *csv.Writer, take func(n int, reason string) bool) error {
	file, err := migrate.OpenFile(path, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer file.Close()
	rows := csv.NewReader(file)
	rows.ReuseRecord = true
	for n := 0; ; n++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if take(n, row[len(row)-1]) {
			if err := out.Write(row); err != nil {
				return err
			}
		}
	}
}
