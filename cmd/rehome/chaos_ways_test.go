package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"rehome/sink/postgres/pgtest"
)

// importing is the import of a round. Its source is a file, a FIFO or standard input,
// always the same; done ends whoever feeds it.
func (c *chaos) importing() (cmd *exec.Cmd, done func()) {
	c.t.Helper()
	source := []string{"people.jsonl", "people.fifo", "-"}[c.seed%3]
	cmd = c.command("import", source, "--to", "appwrite", "--no-proof", "--yes", "--claims", "prefs", "--roles", "labels", "--patience", "20s", "--quiet", "--json")
	switch source {
	case "-":
		text, err := os.ReadFile(filepath.Join(c.folder, "people.jsonl"))
		must(c.t, err)
		cmd.Stdin = bytes.NewReader(text)
	case "people.fifo":
		return cmd, c.feed()
	}
	return cmd, func() {}
}

// feed hands the people to whoever opens the FIFO.
func (c *chaos) feed() (done func()) {
	c.t.Helper()
	feeder := exec.Command("sh", "-c", "test -p people.fifo || mkfifo people.fifo; exec cat people.jsonl > people.fifo")
	feeder.Dir = c.folder
	must(c.t, feeder.Start())
	return func() {
		_ = feeder.Process.Kill() // should nobody have opened it
		_ = feeder.Wait()
	}
}

// ending is the signal that ends a try.
func (c *chaos) ending() os.Signal {
	caught := stopping()
	if n := c.dice.IntN(2 * len(caught)); n < len(caught) {
		return caught[n]
	}
	return os.Kill
}

// died reports whether a process ended without a word: by a signal that it could not
// catch, or had not yet come to catch.
func died(cmd *exec.Cmd, by os.Signal) bool {
	crashed := (by == syscall.SIGQUIT || by == syscall.SIGABRT) && cmd.ProcessState.ExitCode() == 2 // Go's own way
	return !cmd.ProcessState.Exited() || crashed && strings.Contains(fmt.Sprint(cmd.Stderr), "goroutine ")
}

// nothingAside checks what a try left of its source: nothing, or what says nothing.
func (c *chaos) nothingAside(killed bool) {
	c.t.Helper()
	left, _ := filepath.Glob(filepath.Join(c.folder, "rehome-runs", ".spool-*"))
	if len(left) > 0 && !killed {
		c.t.Errorf("try %d: left behind: %q", len(c.history), left)
	}
	for _, path := range left {
		if text, err := os.ReadFile(path); err != nil || bytes.Contains(text, []byte("mail.example.com")) {
			c.t.Errorf("try %d: %s can be read, %v", len(c.history), path, err)
		}
	}
}

// The SQLSTATEs that a server under fire answers with. Whoever gets one of the first
// tries again; the others end an import, and the same command goes on.
var (
	passingStates = []string{"40001", "40P01", "55P03", "57014", "53000", "53200", "53300", "25P03", "57P01", "57P03", "08006"}
	lastingStates = []string{"42501", "0A000", "53100", "58030", "XX000"}
)

// raise has one insert in five hundred answered with a SQLSTATE, for a while.
func raise(ctx context.Context, d *pgtest.Database, random *rand.Rand) error {
	states := passingStates
	if random.IntN(4) == 0 {
		states = lastingStates
	}
	for _, statement := range []string{
		fmt.Sprintf(`create or replace function public.chaos() returns trigger language plpgsql as $$
			begin if random() < 0.002 then raise exception 'chaos' using errcode = '%s'; end if; return new; end $$`, states[random.IntN(len(states))]),
		onTables("create or replace trigger chaos before insert on %I.users for each row execute function public.chaos()"),
		fmt.Sprintf("select pg_sleep(%f)", (time.Duration(random.IntN(300)) * time.Millisecond).Seconds()),
	} {
		if _, err := d.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return calm(ctx, d)
}

// calm takes the trigger away.
func calm(ctx context.Context, d *pgtest.Database) error {
	_, err := d.Exec(ctx, onTables("drop trigger if exists chaos on %I.users"))
	return err
}

// onTables does something to the tables of users that are there.
func onTables(what string) string {
	return fmt.Sprintf(`do $$ declare s text; begin
		for s in select schemaname from pg_tables where tablename = 'users' and schemaname in ('rehome', 'auth') loop execute format('%s', s); end loop; end $$`, what)
}

// stoppedByState reports whether an import was ended by a state that no waiting mends.
func stoppedByState(cmd *exec.Cmd) bool {
	for _, state := range lastingStates {
		if cmd.ProcessState.ExitCode() == exitFailed && strings.Contains(fmt.Sprint(cmd.Stderr), "SQLSTATE "+state) {
			return true
		}
	}
	return false
}
