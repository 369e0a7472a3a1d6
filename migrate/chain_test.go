package migrate_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// stopped is a run that stopped in the middle: the target died inside a user.
type stopped struct {
	runs, folder string
	users        []identity.User
	target       *memory
	ledger, key  []byte
}

// stop begins a run of so many users, of whom all but ten are landed when it stops.
func stop(t *testing.T, n int) *stopped {
	t.Helper()
	s := &stopped{runs: t.TempDir(), users: people(n), target: newMemory()}
	s.folder = filepath.Join(s.runs, "20261121-231502-7f3a")
	if err := os.Mkdir(s.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	died := 0
	s.target.fail = func(_ string, half bool) error {
		if died++; died > 2*(n-10) && half {
			return errors.New("the target died")
		}
		return nil
	}
	p := plan(s.target, s.users...)
	p.Workers, p.Ledger = 3, ledger(t, s.folder)
	if _, err := migrate.Run(t.Context(), p, mustSurvey(t, p)); err == nil {
		t.Fatal("the target's death went unnoticed")
	}
	if err := p.Ledger.Close(); err != nil {
		t.Fatal(err)
	}
	var err1, err2 error
	s.ledger, err1 = os.ReadFile(filepath.Join(s.folder, "ledger.jsonl"))
	s.key, err2 = os.ReadFile(filepath.Join(s.folder, "run.key"))
	if err := errors.Join(err1, err2); err != nil || len(s.target.half) == 0 {
		t.Fatal(err, len(s.target.half), "half made")
	}
	return s
}

// write puts a ledger and a key into the run's folder.
func (s *stopped) write(t *testing.T, ledger, key []byte) {
	t.Helper()
	if err := errors.Join(os.WriteFile(filepath.Join(s.folder, "ledger.jsonl"), ledger, 0o600), os.WriteFile(filepath.Join(s.folder, "run.key"), key, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// goOn runs the same import again, as the program does: it finds the unfinished run
// and continues it. What it comes to must be refused, or whole.
func (s *stopped) goOn(t *testing.T, what string) (refused bool) {
	t.Helper()
	_, _, found, err := migrate.Unfinished(s.runs, migrate.Move{Source: "sha256:x", Target: "memory"})
	if err != nil {
		return true
	}
	if !found {
		t.Fatalf("%s: the run is not found any more, without a word", what)
	}
	l, err := migrate.OpenLedger(s.folder)
	if err != nil {
		return true
	}
	defer l.Close()
	target := newMemory()
	target.users, target.half = maps.Clone(s.target.users), maps.Clone(s.target.half)
	p := plan(target, s.users...)
	p.Workers, p.Ledger = 1, l
	got, err := migrate.Run(t.Context(), p, mustSurvey(t, p))
	if err != nil || len(target.users) != len(s.users) || len(target.half) > 0 || got.Existing > 0 {
		t.Fatalf("%s: %v; %d of %d there, %d half made, %d said to have been there before", what, err, len(target.users), len(s.users), len(target.half), got.Existing)
	}
	return false
}

// flip turns a bit of a byte over, in place.
func flip(t *testing.T, folder, name string, i int) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(folder, name), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	var b [1]byte
	_, err1 := f.ReadAt(b[:], int64(i))
	b[0] ^= 1 << (i % 8)
	_, err2 := f.WriteAt(b[:], int64(i))
	if err := errors.Join(err1, err2, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestMovedLines leaves out, doubles and swaps every line of a ledger.
func TestMovedLines(t *testing.T) {
	s := stop(t, 30)
	lines := slices.Collect(bytes.Lines(s.ledger))
	for i := range lines {
		missing := slices.Delete(slices.Clone(lines), i, i+1)
		doubled := slices.Insert(slices.Clone(lines), i, lines[i])
		swapped := slices.Clone(lines)
		if i > 0 {
			swapped[i-1], swapped[i] = lines[i], lines[i-1]
		}
		for what, is := range map[string][][]byte{"missing": missing, "doubled": doubled, "swapped": swapped} {
			if i == 0 && what == "swapped" {
				continue
			}
			s.write(t, bytes.Join(is, nil), s.key)
			l, err := migrate.OpenLedger(s.folder)
			if err == nil {
				err = l.Close()
			}
			if last := i == len(lines)-1 && what == "missing"; (err == nil) != last { // the last one missing is a power cut
				t.Errorf("line %d %s: %v", i+1, what, err)
			}
		}
	}
}

// TestDamageNames says who is in doubt, and what is damaged: a line, the first one, or
// the key.
func TestDamageNames(t *testing.T) {
	s := stop(t, 60)
	lines := slices.Collect(bytes.Lines(s.ledger))
	at := len(lines) - 5
	for !bytes.HasPrefix(lines[at], []byte(`{"settle"`)) {
		at--
	}
	id := lines[at][len(`{"settle":{"id":"`):][:5]
	lines[at] = bytes.Replace(lines[at], id, []byte("u9999"), 1)
	for name, c := range map[string]struct {
		ledger, key []byte
		line        int
		says        []string
		mendable    bool
	}{
		"late":  {bytes.Join(lines, nil), s.key, at + 1, []string{"its seal does not fit", "in flight before: u00", string(id), "u9999"}, true},
		"early": {bytes.Replace(s.ledger, []byte(`{"take"`), []byte(`{"tale"`), 1), s.key, 2, []string{"in flight before: u00", "and 3"}, true},
		"first": {bytes.Replace(s.ledger, []byte(`sha256:x`), []byte(`sha256:y`), 1), s.key, 1, []string{"does not say any more what was moved"}, false},
		"key":   {s.ledger, bytes.Repeat([]byte("k"), 32), 0, []string{"run.key is not the key of this ledger", "in flight before: u00"}, false},
		"short": {s.ledger, s.key[:31], 0, []string{"run.key is damaged", "in flight before: u00"}, false},
		"long":  {s.ledger, append(s.key[:32:32], 'x'), 0, []string{"run.key is damaged"}, false},
		"empty": {nil, s.key, 1, []string{"it is not whole", "nobody is named"}, false},
		"torn":  {s.ledger[:20], s.key, 1, []string{"it is not whole"}, false},
		"alone": {bytes.Replace(slices.Clone(s.ledger[:bytes.IndexByte(s.ledger, '\n')+1]), []byte(`sha256:x`), []byte(`sha256:y`), 1), s.key, 1, []string{"one of the two"}, false},
	} {
		s.write(t, c.ledger, c.key)
		_, err := migrate.OpenLedger(s.folder)
		d, is := errors.AsType[*migrate.Damage](err)
		if !is || d.Line != c.line || len(d.Named) > 20 || d.Mendable() != c.mendable {
			t.Errorf("%s: %+v", name, err)
			continue
		}
		for _, text := range c.says {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("%s: %q does not say %q", name, err, text)
			}
		}
		read, err := migrate.ReadLedger(s.folder)
		if err == nil {
			_, err = read.Landed()
		}
		if again, is := errors.AsType[*migrate.Damage](err); !is || again.Error() != d.Error() {
			t.Errorf("%s: read only: %v, want %v", name, err, d)
		}
	}
}

// TestMend damages a ledger in every line, mends it, and goes on: everybody lands once
// and nobody stays half made.
func TestMend(t *testing.T) {
	s := stop(t, 30)
	for i := range bytes.Count(s.ledger, []byte("\n")) - 1 {
		lines := slices.Collect(bytes.Lines(bytes.Clone(s.ledger)))
		line := lines[i+1]
		line[len(line)/2] ^= 1 << (i % 7)
		s.write(t, bytes.Join(lines, nil), s.key)
		m, err := migrate.MendLedger(s.folder)
		if err != nil || m.Damage == nil || m.Damage.Line != i+2 || m.Left < 1 || m.Left > 2 || m.Kept+m.Left < len(lines) {
			t.Fatalf("line %d: %+v, %v", i+2, m, err)
		}
		if was, err := os.ReadFile(m.Aside); err != nil || !bytes.Equal(was, bytes.Join(lines, nil)) {
			t.Fatalf("line %d: what was there is not kept: %v", i+2, err)
		}
		if s.goOn(t, fmt.Sprintf("line %d, mended", i+2)) {
			t.Fatalf("line %d: refused when mended", i+2)
		}
		if again, err := migrate.MendLedger(s.folder); err != nil || again.Damage != nil {
			t.Fatalf("line %d: %+v, %v when mended again", i+2, again, err)
		}
	}
}

// TestMendOfTheEnd: what a finished run lost is looked up by an import that goes on,
// and a run that is being taken back stays so.
func TestMendOfTheEnd(t *testing.T) {
	for _, undo := range []bool{false, true} {
		folder := t.TempDir()
		target := imported(t, folder, 12)
		if undo {
			l := ledger(t, folder)
			if _, err := migrate.Undo(t.Context(), migrate.UndoPlan{Ledger: l, Reader: target, Remover: target}); err != nil || l.Close() != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(folder, "ledger.jsonl")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		damaged := bytes.Replace(text, []byte(`"id":"u0007"`), []byte(`"id":"u0017"`), 1)
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := migrate.MendLedger(folder); err != nil {
			t.Fatal(err)
		}
		l := ledger(t, folder)
		if begun, _ := l.TakenBack(); l.Finished() != undo || begun != undo {
			t.Errorf("undo %v: finished %v, taken back %v", undo, l.Finished(), begun)
		}
		if state := l.State("u0007"); !undo && state != migrate.Taken {
			t.Errorf("who was lost has state %v", state)
		}
		if state := l.State("u9999"); !undo && state != migrate.Taken {
			t.Errorf("who may have been lost has state %v", state)
		}
		if err := errors.Join(l.Finish(0), l.Close()); err != nil {
			t.Fatal(err)
		}
		if l = ledger(t, folder); l.State("u9999") != migrate.Unknown {
			t.Error("the doubt outlives the end of the run")
		}
	}
}

// TestVersionOne opens a ledger of the first version as ever, and seals what is
// appended and what stood there before.
func TestVersionOne(t *testing.T) {
	s := versionOne(t)
	l := ledger(t, s.folder)
	if !l.Unsealed() || l.State("u0007") != migrate.Landed || l.State("müller <3>") != migrate.Landed || l.State("u0008") != migrate.Taken || l.State("u0009") != migrate.Unknown {
		t.Errorf("unsealed %v, states %v %v %v %v", l.Unsealed(), l.State("u0007"), l.State("müller <3>"), l.State("u0008"), l.State("u0009"))
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if now, err := os.ReadFile(filepath.Join(s.folder, "ledger.jsonl")); err != nil || !bytes.Equal(now, s.ledger) {
		t.Errorf("opening it has changed it: %v", err)
	}
	if s.goOn(t, "version 1") {
		t.Fatal("refused")
	}
	l = ledger(t, s.folder)
	if n, err := l.Landed(); err != nil || n != len(s.users) || l.Unsealed() {
		t.Errorf("%d landed, %v; unsealed %v", n, err, l.Unsealed())
	}
	if read, err := migrate.ReadLedger(s.folder); err != nil || read.Unsealed() {
		t.Errorf("unsealed %v, %v when read only", read.Unsealed(), err)
	}
	counts, _, err := migrate.Verify(t.Context(), l, s.target, 0, nil)
	if err != nil || counts.Equal != 9 { // goOn lands into a copy
		t.Errorf("%+v, %v", counts, err)
	}
	now, err := os.ReadFile(filepath.Join(s.folder, "ledger.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range now {
		flip(t, s.folder, "ledger.jsonl", i)
		if _, err := migrate.OpenLedger(s.folder); err == nil {
			t.Fatalf("byte %d of an upgraded ledger was let through", i)
		}
		flip(t, s.folder, "ledger.jsonl", i)
	}
}

// TestMendVersionOne: of the lines of version 1 none is trusted once their seal fails.
func TestMendVersionOne(t *testing.T) {
	s := versionOne(t)
	if s.goOn(t, "version 1") {
		t.Fatal("refused")
	}
	for _, u := range s.users {
		s.target.users["t-"+u.ID] = u
	}
	s.target.half = map[string]bool{}
	now, err := os.ReadFile(filepath.Join(s.folder, "ledger.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, bytes.Replace(now, []byte(`{"id":"u0002"`), []byte(`{"id":"u0011"`), 1), s.key)
	m, err := migrate.MendLedger(s.folder)
	if err != nil || m.Left != 18 || !slices.Contains(m.Damage.Named, "u0001") {
		t.Fatalf("%+v, %v", m, err)
	}
	if s.goOn(t, "version 1, mended") {
		t.Fatal("refused when mended")
	}
}

// versionOne is the run of testdata/version-1, which an earlier rehome made of people(12)
// with two ids of other kinds: nine landed, u0008 is half made, three were not begun.
func versionOne(t *testing.T) *stopped {
	t.Helper()
	s := &stopped{runs: t.TempDir(), users: people(12), target: newMemory()}
	s.users[3].ID, s.users[4].ID = "müller <3>", "a@example.com"
	for _, u := range s.users[:9] {
		s.target.users["t-"+u.ID] = u
	}
	s.target.half["t-u0008"] = true
	s.folder = filepath.Join(s.runs, "run")
	if err := os.CopyFS(s.folder, os.DirFS("testdata/version-1")); err != nil {
		t.Fatal(err)
	}
	var err1, err2 error
	s.ledger, err1 = os.ReadFile(filepath.Join(s.folder, "ledger.jsonl"))
	s.key, err2 = os.ReadFile(filepath.Join(s.folder, "run.key"))
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestAppendsKeepTheirOrder: lines of many workers are sealed in the order in which
// they stand, and those of a second process, which no lock held back, show.
func TestAppendsKeepTheirOrder(t *testing.T) {
	folder := t.TempDir()
	l := ledger(t, folder)
	var workers sync.WaitGroup
	for w := range 8 {
		workers.Go(func() {
			for n := range 200 {
				id := fmt.Sprintf("w%d-%d", w, n)
				if err := errors.Join(l.Take([]string{id}), l.Settle(id, sink.Result{Outcome: sink.Created, TargetID: id})); err != nil {
					t.Error(err)
				}
			}
		})
	}
	workers.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = ledger(t, folder)
	if n, err := l.Landed(); err != nil || n != 1600 || l.State("w7-199") != migrate.Landed {
		t.Errorf("%d landed, %v", n, err)
	}
	other := ledger(t, folder)
	if err := errors.Join(l.Take([]string{"a"}), other.Take([]string{"b"}), l.Close(), other.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := migrate.OpenLedger(folder); err == nil {
		t.Error("lines of two processes were taken for those of one")
	}
}
