package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// fifo puts a FIFO in the place of a file. Whoever opens it first reads what the
// file held; a second one would wait for ever.
func (s *script) fifo(name string) {
	text, err := os.ReadFile(name)
	s.must(err)
	s.must(os.Remove(name))
	s.once = append(s.once, onceFile{name, text})
	s.must(exec.Command("mkfifo", name).Run())
	fed := make(chan error, 1)
	go func() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err == nil {
			_, err = f.Write(text)
			_ = f.Close()
		}
		fed <- err
	}()
	path, err := os.Getwd()
	s.must(err)
	s.t.Cleanup(func() {
		s.must(os.Chdir(path))
		reader, err := os.OpenFile(name, os.O_RDWR, 0) // should nobody have read it
		s.must(err)
		_ = reader.Close()
		s.must(<-fed)
	})
}

// onceFile is a FIFO and what it says.
type onceFile struct {
	name string
	text []byte
}

// again makes files of the FIFOs: whoever is told to run a command gives it the same
// once more.
func (s *script) again() {
	for _, f := range s.once {
		reader, err := os.OpenFile(f.name, os.O_RDWR, 0) // should nobody have read it
		s.must(err)
		_ = reader.Close()
		s.must(os.Remove(f.name))
		s.write(f.name, f.text)
	}
}

// TestShellPipe reads what a shell makes of <(cat users.jsonl), more than any buffer
// holds, alone and among others.
func TestShellPipe(t *testing.T) {
	t.Chdir(t.TempDir())
	var text bytes.Buffer
	for i := range 20_000 {
		fmt.Fprintf(&text, "{\"id\":\"u%d\",\"email\":\"u%d@example.com\",\"name\":\"%s\"}\n", i, i, strings.Repeat("x", 90))
	}
	if err := os.WriteFile("users.jsonl", text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := run(context.Background(), strings.Fields("rehome convert users.jsonl --out whole.jsonl --quiet"), nil, io.Discard, io.Discard); code != exitOK {
		t.Fatal("exit", code)
	}
	whole, err := os.ReadFile("whole.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string]func() []string{
		"alone": func() []string { return []string{shellPipe(t, text.Bytes())} },
		"first": func() []string { return []string{shellPipe(t, text.Bytes()), "users.jsonl"} },
		"last":  func() []string { return []string{"users.jsonl", shellPipe(t, text.Bytes())} },
		"both":  func() []string { return []string{shellPipe(t, text.Bytes()), shellPipe(t, text.Bytes())} },
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"rehome", "convert", "--out", name + ".jsonl"}, files()...)
			var out bytes.Buffer
			if code := run(context.Background(), args, nil, &out, &out); code != exitOK {
				t.Fatalf("exit %d\n%s", code, out.String())
			}
			got, err := os.ReadFile(name + ".jsonl")
			if want := bytes.Repeat(whole, len(args)-4); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes of %d came through, %v", len(got), len(want), err)
			}
		})
	}
	if left, err := os.ReadDir("rehome-runs"); len(left) != 1 || err != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// shellPipe is a pipe that holds a text, by the name that a shell gives it.
func shellPipe(t *testing.T, text []byte) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		_, _ = io.Copy(w, bytes.NewReader(text))
		_ = w.Close()
	}()
	t.Cleanup(func() { _ = r.Close(); <-fed })
	return fmt.Sprintf("/dev/fd/%d", r.Fd())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
