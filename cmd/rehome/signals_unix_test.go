//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"rehome/sink/rehearsal"
)

// TestSignals sends every signal that would end the program to one that sets standard
// input aside, and to one that moves it: it ends in order, says that it was
// interrupted, and leaves no copy behind; the same command then comes to its end.
func TestSignals(t *testing.T) {
	program := buildProgram(t)
	for _, s := range stopping() {
		name := strings.ReplaceAll(s.String(), " ", "-")
		t.Run("filling/"+name, func(t *testing.T) { t.Parallel(); signalled(t, program, s, false) })
		t.Run("moving/"+name, func(t *testing.T) { t.Parallel(); signalled(t, program, s, true) })
	}
}

func signalled(t *testing.T, program string, s os.Signal, moving bool) {
	p := newPiped(t, program)
	cmd, in := p.start("import", "-", "--to", "appwrite", "--no-proof", "--yes", "--quiet")
	p.feed(in)
	p.await("a copy", func() bool { return p.spooled() > 0 })
	if moving {
		must(t, in.Close())
		p.hold()
	}
	p.sealed()
	must(t, cmd.Process.Signal(s))
	p.faults("slow=100%@5ms")
	_ = cmd.Wait()
	p.ended(cmd, exitInterrupted)
	if moving {
		p.finishes(t)
	}
}

// TestNobodyReads closes standard output, and standard error, under a move: the
// signal that follows (SIGPIPE) ends it as the others do.
func TestNobodyReads(t *testing.T) {
	program := buildProgram(t)
	for _, closed := range []string{"output", "error"} {
		t.Run(closed, func(t *testing.T) {
			t.Parallel()
			p := newPiped(t, program)
			cmd := p.command("import", "-", "--to", "appwrite", "--no-proof", "--yes", "--json")
			r, w, err := os.Pipe()
			must(t, err)
			defer r.Close()
			if closed == "output" {
				cmd.Stdout = w
			} else {
				cmd.Stderr = w
			}
			cmd.Stdin = bytes.NewReader(p.people)
			must(t, cmd.Start())
			must(t, w.Close())
			_, err = bufio.NewReader(r).ReadString('\n')
			must(t, err)
			p.hold()
			must(t, r.Close())
			p.faults("slow=100%@5ms")
			_ = cmd.Wait()
			p.ended(cmd, exitInterrupted)
			p.finishes(t)
		})
	}
}

// TestNohup: whoever asks that a closed terminal ends nothing is obeyed.
func TestNohup(t *testing.T) {
	p := newPiped(t, buildProgram(t))
	cmd := p.command("import", "-", "--to", "appwrite", "--no-proof", "--yes", "--quiet")
	cmd.Path, cmd.Args = "/bin/sh", append([]string{"sh", "-c", `trap "" HUP; exec "$0" "$@"`}, cmd.Args...)
	cmd.Stdin = bytes.NewReader(p.people)
	must(t, cmd.Start())
	p.hold()
	must(t, cmd.Process.Signal(syscall.SIGHUP))
	p.faults("")
	_ = cmd.Wait()
	p.ended(cmd, exitOK)
}

// TestKilledCopies: what nothing can catch leaves a copy that says nothing, and the
// next to come removes it.
func TestKilledCopies(t *testing.T) {
	p := newPiped(t, buildProgram(t))
	cmd, in := p.start("convert", "-", "--out", "out.jsonl")
	p.feed(in)
	p.await("a copy", func() bool { return p.spooled() > 0 })
	must(t, cmd.Process.Kill())
	_ = cmd.Wait()
	p.sealed()
	must(t, p.command("runs").Run())
	if p.spooled() >= 0 {
		t.Error("the copy is still there")
	}
}

// piped is a server and a folder for commands that read people from a pipe.
type piped struct {
	t       *testing.T
	program string
	folder  string
	server  *practiceServer
	people  []byte
}

func newPiped(t *testing.T, program string) *piped {
	t.Helper()
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP) // nohup may have begun us: nobody inherits that
	t.Cleanup(func() { signal.Stop(heard) })
	p := &piped{t, program, t.TempDir(), serveFor(t, rehearsal.Config{Profile: rehearsal.V19}), chaosSource(t, 500)}
	p.faults("slow=100%@5ms")
	return p
}

func (p *piped) faults(spec string) {
	p.t.Helper()
	faults, err := rehearsal.ParseFaults(spec)
	must(p.t, err)
	must(p.t, p.server.SetFaults(faults))
}

// hold waits for the move and keeps it from coming to its end: the server is in
// trouble for as long as nobody says otherwise.
func (p *piped) hold() {
	p.t.Helper()
	p.await("the move", func() bool { return p.server.Users() > 20 })
	p.faults("503=100%")
}

func (p *piped) command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.program, args...)
	cmd.Dir = p.folder
	cmd.Env = append(os.Environ(), "APPWRITE_ENDPOINT="+p.server.endpoint, "APPWRITE_PROJECT_ID="+p.server.project, "APPWRITE_API_KEY="+p.server.key)
	cmd.Stdout, cmd.Stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return cmd
}

func (p *piped) start(args ...string) (*exec.Cmd, io.WriteCloser) {
	p.t.Helper()
	cmd := p.command(args...)
	in, err := cmd.StdinPipe()
	must(p.t, err)
	must(p.t, cmd.Start())
	p.t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, in
}

func (p *piped) feed(in io.Writer) {
	p.t.Helper()
	_, err := in.Write(p.people)
	must(p.t, err)
}

func (p *piped) await(what string, there func() bool) {
	p.t.Helper()
	for began := time.Now(); !there(); time.Sleep(time.Millisecond) {
		if time.Since(began) > time.Minute {
			p.t.Fatal("not there after a minute:", what)
		}
	}
}

// spooled is the size of the copy; -1 if there is none.
func (p *piped) spooled() int64 {
	copies, _ := filepath.Glob(filepath.Join(p.folder, "rehome-runs", ".spool-*"))
	for _, path := range copies {
		if info, err := os.Stat(path); err == nil && !strings.HasSuffix(path, ".lock") {
			return info.Size()
		}
	}
	if len(copies) > 0 {
		return 0
	}
	return -1
}

// sealed checks that the copy says nothing of anybody.
func (p *piped) sealed() {
	p.t.Helper()
	copies, _ := filepath.Glob(filepath.Join(p.folder, "rehome-runs", ".spool-*"))
	for _, path := range copies {
		text, err := os.ReadFile(path)
		if err != nil || bytes.Contains(text, []byte("example.com")) {
			p.t.Errorf("%s can be read, %v", path, err)
		}
	}
}

func (p *piped) ended(cmd *exec.Cmd, code int) {
	p.t.Helper()
	if got := cmd.ProcessState.ExitCode(); got != code {
		p.t.Errorf("%v, want exit %d\n%s%s", cmd.ProcessState, code, cmd.Stdout, cmd.Stderr)
	}
	if p.spooled() >= 0 {
		p.t.Error("the copy is still there")
	}
}

// finishes lets the same command come to its end.
func (p *piped) finishes(t *testing.T) {
	t.Helper()
	p.faults("")
	cmd := p.command("import", "-", "--to", "appwrite", "--no-proof", "--yes", "--quiet")
	cmd.Stdin = bytes.NewReader(p.people)
	_ = cmd.Run()
	p.ended(cmd, exitOK)
	if n := p.server.Users(); n != 500 {
		t.Errorf("%d users are there, of 500", n)
	}
}
