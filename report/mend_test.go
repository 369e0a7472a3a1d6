package report_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rehome/identity"
	"rehome/migrate"
	"rehome/report"
	"rehome/sink"
)

// TestMend feeds three of four rejects back: one lands, one is rejected for
// another reason, one comes without the column that says where it stood, and
// lands. The fourth stays as it is.
func TestMend(t *testing.T) {
	run, retried := t.TempDir(), t.TempDir()
	write(t, run,
		settled("0001", 1, sink.Created, nil),
		settled("-b", 2, sink.Rejected, nil),
		settled("c", 3, sink.Rejected, nil),
		settled("d", 4, sink.Rejected, nil),
		settled("e\r\nf", 5, sink.Rejected, nil),
	)
	if err := report.Mendable(run); err != nil {
		t.Fatal(err)
	}
	before := rows(t, run, report.RejectsName)
	write(t, retried,
		settled("-b", 1, sink.Created, &identity.Reject{Position: "users.csv: record 2"}),
		settled("c", 2, sink.Rejected, &identity.Reject{Position: "users.csv: record 3", Cells: cells("c", "as it was typed")}),
		settled("d", 3, sink.Recovered, nil),
	)
	fed := report.Fed{Positions: map[string]bool{"users.csv: record 2": true, "users.csv: record 3": true}, IDs: map[string]bool{"d": true}}
	got, err := report.Mend(run, retried, fed)
	if err != nil || got.Rejected != 2 || got.Apart != 1 || got.Taken != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	after := rows(t, run, report.RejectsName)
	if len(after) != 3 || !slices.Equal(after[0], before[0]) || !slices.Equal(after[1], before[4]) {
		t.Fatalf("rejects %q", after)
	}
	n := len(identity.NeutralFields)
	if r := after[2]; r[0] != "c" || r[2] != "as it was typed" || r[n+2] != "users.csv: record 3" {
		t.Errorf("handed back as %q", r)
	}
	if raw, err := os.ReadFile(filepath.Join(run, report.RejectsName)); err != nil || !strings.Contains(string(raw), "e\r\nf") {
		t.Error("a row that was left alone was spelt anew")
	}
	if ids := rows(t, run, report.IDsName); len(ids) != 4 || ids[1][0] != "0001" || ids[2][0] != "'-b" || ids[3][0] != "d" {
		t.Errorf("ids %q", ids)
	}

	d := report.Document{Finished: migrate.Summary{Records: 5, Created: 1, Rejected: 4}}
	d.Retried(report.Retry{Finished: migrate.Summary{Records: 3, Created: 1, Recovered: 1, Rejected: 1}}, got)
	if f := d.Finished; f.Records != 5 || f.Created != 2 || f.Recovered != 1 || f.Rejected != 2 || len(d.Retries) != 1 {
		t.Errorf("the report says %+v", f)
	}
}

// TestMendInPlace: rejects that were mended in their place are replaced, whatever
// a spreadsheet has made of them.
func TestMendInPlace(t *testing.T) {
	run, retried := t.TempDir(), t.TempDir()
	write(t, run, settled("a", 1, sink.Created, nil), settled("b", 2, sink.Rejected, nil))
	if err := os.WriteFile(filepath.Join(run, report.RejectsName), []byte("\ufeffid;_position\nb;users.csv: record 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := report.Mendable(run); err == nil {
		t.Error("a file of other columns passes for ours")
	}
	write(t, retried, settled("b", 1, sink.Created, &identity.Reject{Position: "users.csv: record 2"}))
	got, err := report.Mend(run, retried, report.Fed{Positions: map[string]bool{"users.csv: record 2": true}, Whole: true})
	if err != nil || got.Rejected != 0 || got.Apart != 0 || got.Taken != 1 || report.Mendable(run) != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if left := rows(t, run, report.RejectsName); len(left) != 1 {
		t.Errorf("rejects %q", left)
	}
}

func settled(id string, record int, o sink.Outcome, back *identity.Reject) migrate.Settled {
	rec := identity.Record{Pos: identity.Pos{File: "users.csv", Record: record}, User: identity.User{ID: id}, Reject: back}
	return migrate.Settled{ID: id, TargetID: id, Position: rec.Pos, Outcome: o, Verdict: sink.Blocked, Record: &rec}
}

func cells(id, email string) []identity.Secret {
	c := make([]identity.Secret, len(identity.NeutralFields))
	c[0], c[2] = identity.Secret(id), identity.Secret(email)
	return c
}

func write(t *testing.T, folder string, events ...migrate.Settled) {
	t.Helper()
	f, err := report.Create(folder)
	if err != nil {
		t.Fatal(err)
	}
	for i := range events {
		f.Event(migrate.Event{Settled: &events[i]})
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func rows(t *testing.T, folder, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}
