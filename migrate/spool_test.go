package migrate_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

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
	if err := mine.Fill(strings.NewReader("hashes")); err != nil {
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
	if info, err := os.Stat(mine.Name()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := mine.Remove(); err != nil || len(spools(t, runs)) != 0 {
		t.Errorf("left behind: %v, %v", spools(t, runs), err)
	}
}

// TestSpoolReads: what was set aside is read back as it was, from anywhere, whatever
// its size, and no part of it stands on the disk.
func TestSpoolReads(t *testing.T) {
	const block = 16 << 10
	for _, size := range []int{0, 1, block - 1, block, block + 1, 3 * block, 3*block + 7} {
		s, text := filled(t, size)
		if got, err := io.ReadAll(io.NewSectionReader(s, 0, 1<<40)); err != nil || !bytes.Equal(got, text) || s.Size() != int64(size) {
			t.Errorf("%d bytes: %d came back, %v", size, len(got), err)
		}
		for _, from := range []int{0, 1, block - 1, block, 2*block + 5, size - 1, size} {
			if from < 0 || from > size {
				continue
			}
			got, want := make([]byte, min(100, size-from)), text[from:min(from+100, size)]
			if n, err := s.ReadAt(got, int64(from)); err != nil && n < len(want) || !bytes.Equal(got, want) {
				t.Errorf("%d bytes: from %d: %d came back, %v", size, from, n, err)
			}
		}
		disk, err := os.ReadFile(s.Name())
		if err != nil || size > 16 && bytes.Contains(disk, text[:16]) {
			t.Errorf("%d bytes: the text stands on the disk, %v", size, err)
		}
	}
}

// TestSpoolChanged: a copy that was tampered with, cut or stirred is not read.
func TestSpoolChanged(t *testing.T) {
	const sealed = 16<<10 + 16
	for name, harm := range map[string]func(disk []byte) []byte{
		"a bit":          func(d []byte) []byte { d[100] ^= 1; return d },
		"cut":            func(d []byte) []byte { return d[:len(d)-1] },
		"a block less":   func(d []byte) []byte { return d[:sealed] },
		"blocks swapped": func(d []byte) []byte { return slices.Concat(d[sealed:2*sealed], d[:sealed], d[2*sealed:]) },
	} {
		s, text := filled(t, 3*16<<10)
		disk, err := os.ReadFile(s.Name())
		if err == nil {
			err = os.WriteFile(s.Name(), harm(disk), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(io.NewSectionReader(s, 0, s.Size())); err == nil {
			t.Errorf("%s: %d bytes came back, the same: %t", name, len(got), bytes.Equal(got, text))
		}
	}
}

// filled is a spool that holds so many bytes.
func filled(t *testing.T, size int) (*migrate.Spool, []byte) {
	t.Helper()
	text := make([]byte, size)
	for i := range text {
		text[i] = byte(i * i >> 3)
	}
	s, err := migrate.NewSpool(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, s.Remove()) })
	must(t, s.Fill(iotest.HalfReader(bytes.NewReader(text))))
	return s, text
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
