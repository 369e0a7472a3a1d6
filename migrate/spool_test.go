package migrate_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"rehome/migrate"
)

// TestSpool: a copy of standard input lives as long as its owner, and whoever opens
// the folder of runs next removes what a killed one left.
func TestSpool(t *testing.T) {
	runs := filepath.Join(t.TempDir(), "runs")
	mine, err := migrate.NewSpool(runs)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mine.WriteString("hashes"); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(runs, ".spool-1") // as a kill leaves it: nobody holds its lock
	for _, path := range []string{left, left + ".lock"} {
		if err := os.WriteFile(path, []byte("hashes"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := migrate.Folders(runs); err != nil {
		t.Fatal(err)
	}
	if got, want := spools(t, runs), []string{filepath.Base(mine.Name()), filepath.Base(mine.Name()) + ".lock"}; !slices.Equal(got, want) {
		t.Errorf("there are %v, want %v", got, want)
	}
	if info, err := mine.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := mine.Remove(); err != nil || len(spools(t, runs)) != 0 {
		t.Errorf("left behind: %v, %v", spools(t, runs), err)
	}
}

// TestSpoolsAmongSweepers makes spools while others sweep: none is taken away from
// its owner.
func TestSpoolsAmongSweepers(t *testing.T) {
	runs := t.TempDir()
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				migrate.Sweep(runs)
			}
		}
	}()
	for range 200 {
		s, err := migrate.NewSpool(runs)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(s.Name()); err != nil {
			t.Fatal(err)
		}
		if err := s.Remove(); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	<-done
	if left := spools(t, runs); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func spools(t *testing.T, runs string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(runs)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != ".gitignore" {
			names = append(names, e.Name())
		}
	}
	return names
}
