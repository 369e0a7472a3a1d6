package report

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rehome/identity"
	"rehome/migrate"
)

// rows reads a CSV file of a run.
func rows(t *testing.T, folder, name string) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	list, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestResetsAreSorted settles people in any order; the file has them by reason,
// and within a reason as they settled.
func TestResetsAreSorted(t *testing.T) {
	folder := t.TempDir()
	f, err := Create(folder)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		s := settledRecord(i)
		if i == 6 {
			s.Record.User.Name = "=cmd(),\"x\"\nhash-cost"
		}
		f.Event(migrate.Event{Settled: &s})
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	list := rows(t, folder, ResetsName)
	if !slices.Equal(list[0], []string{"id", "email", "name", "reason"}) || len(list) != 202 || f.Resets() != 201 {
		t.Fatalf("%d rows, first %q, %d counted", len(list), list[0], f.Resets())
	}
	if !slices.IsSortedFunc(list[1:], func(a, b []string) int { return strings.Compare(a[3], b[3]) }) {
		t.Error("not sorted by reason")
	}
	if first := list[1]; first[0] != "u6" || first[2] != "'=cmd(),\"x\"\nhash-cost" || first[3] != "hash-unsupported" {
		t.Errorf("the first is %q", first)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "*"+aside)); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// TestCreateForgetsAnEarlierTry: should this try be killed, the report of an
// earlier one would speak for it.
func TestCreateForgetsAnEarlierTry(t *testing.T) {
	folder := t.TempDir()
	if err := Save(folder, fixed()); err != nil {
		t.Fatal(err)
	}
	f, err := Create(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 3 {
		t.Errorf("%v (%v): more than the three lists", entries, err)
	}
}

// TestGuardedCells writes cells that a spreadsheet would compute, and reads them
// back as they were.
func TestGuardedCells(t *testing.T) {
	for _, name := range []string{RejectsName, ResetsName} {
		folder := t.TempDir()
		table, err := newTable(folder, name, "cell")
		if err != nil {
			t.Fatal(err)
		}
		cells := []string{"=1+1", "+49", "-1", "@x", "'=1", "''@", "'plain", "plain", "it's", "=", "'", "\t=1", "00123", "1e5", "12345678901234567890", "1.5", "2026-11-21"}
		for _, c := range cells {
			if err := table.write(c); err != nil {
				t.Fatal(err)
			}
		}
		if err := table.close(); err != nil {
			t.Fatal(err)
		}
		for i, row := range rows(t, folder, name)[1:] {
			if got := identity.Unguard(row[0]); got != cells[i] {
				t.Errorf("%s: %q was written as %q and read as %q", name, cells[i], row[0], got)
			}
			if strings.IndexByte("=+-@", row[0][0]) >= 0 {
				t.Errorf("%s: %q is not guarded", name, row[0])
			}
		}
	}
}
