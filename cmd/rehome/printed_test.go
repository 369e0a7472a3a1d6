//go:build !race

package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rehome/fixtures"
	"rehome/report"
)

// TestPrintedCommands runs every command that a script sees printed: as "next:", "to
// go on:", in a hint, anywhere. For each line of a script that prints some, the script
// is begun anew up to there, and the commands follow in their order, as a person would
// type them: read by a shell, in the same folder, with the target up and reachable.
// What a report says to do next is run as well. A command must be taken, and end well;
// one that asks for consent says which command gives it, and that one is run then.
func TestPrintedCommands(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no scripts found", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			seen := map[string]bool{}
			for _, at := range printing(t, path) {
				fresh := slices.ContainsFunc(at.commands, func(c string) bool { return !seen[c] })
				for _, c := range at.commands {
					seen[c] = true
				}
				if fresh {
					t.Run(fmt.Sprint(at.command), func(t *testing.T) { follow(t, path, at.command) })
				}
			}
		})
	}
}

// printed finds the commands of a text: from a colon to the end of a line.
var printed = regexp.MustCompile(`(?m)(?:^(?:[12]> )?|: )rehome ([a-z]+(?: .*)?)$`)

func commandsIn(text string) (list []string) {
	for _, m := range printed.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(list, m[1]) {
			list = append(list, m[1])
		}
	}
	return list
}

// printing are the lines of a script that print commands, by what stands in it.
type printsCommands struct {
	command  int // which of the script's own
	commands []string
}

func printing(t *testing.T, path string) (all []printsCommands) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(text), "\n-- ")
	for i, block := range strings.Split(head, "\n$ ")[1:] {
		_, output, _ := strings.Cut(block, "\n")
		if list := commandsIn(output); len(list) > 0 {
			all = append(all, printsCommands{i, list})
		}
	}
	return all
}

// follow replays a script up to one of its commands and runs what that one printed.
func follow(t *testing.T, path string, upTo int) {
	s := &script{t: t, path: path, env: map[string]string{}}
	s.replay(upTo)
	s.ready()
	for _, c := range append(commandsIn(s.last), s.steps()...) {
		s.obey(c, 3)
	}
}

// replay runs a script up to one of its commands.
func (s *script) replay(upTo int) {
	text, err := os.ReadFile(filepath.Join(home, s.path))
	s.must(err)
	s.begin()
	head, files, _ := strings.Cut(string(text), "\n-- ")
	s.writeFiles(files)
	for line := range strings.Lines(head) {
		s.line(strings.TrimSuffix(line, "\n"))
		if strings.HasPrefix(line, "$ ") {
			if upTo--; upTo < 0 {
				return
			}
		}
	}
}

// ready makes true what a person is told to see to: the target is up, the variables are
// set, a few known passwords stand in known.csv.
func (s *script) ready() {
	if s.server == nil {
		s.serve(nil)
	}
	s.again()
	for _, p := range s.servers {
		p.up(s.t)
		s.must(p.SetFaults(nil))
	}
	for name, text := range map[string][]byte{
		"known.csv": knownPasswords(s.t), "hashes.txt": []byte("$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy\n"),
		"hash-config.txt": fixtures.Read("exports/firebase/firebase-default.hash-config.txt"),
	} {
		if _, err := os.Stat(name); err != nil {
			s.stranger = s.stranger || name == "known.csv"
			s.write(name, text)
		}
	}
}

// knownPasswords are some of the fixtures'. People who stand in a script alone are not
// among them.
func knownPasswords(t *testing.T) []byte {
	known := []byte("email,password\n")
	for _, export := range []string{"firebase/firebase-default", "wordpress/wp67"} {
		rows, err := csv.NewReader(bytes.NewReader(fixtures.Read("exports/" + export + ".passwords.csv"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		email, password := slices.Index(rows[0], "email"), slices.Index(rows[0], "password")
		for _, row := range rows[1:6] {
			known = fmt.Appendf(known, "%s,%q\n", row[email], row[password])
		}
	}
	return known
}

// steps are what the report says to do next that the last command wrote.
func (s *script) steps() (list []string) {
	if !strings.Contains(s.last, "report: "+filepath.Join(defaultRuns, s.latestRun())) {
		return nil
	}
	d, err := report.Read(filepath.Join(defaultRuns, s.latestRun()))
	if err != nil {
		return nil // a run that wrote none
	}
	for _, step := range d.Next {
		if c, ok := strings.CutPrefix(step.Command, "rehome "); ok && !slices.Contains(commandsIn(s.last), c) {
			list = append(list, c)
		}
	}
	return list
}

// obey runs a printed command, and then the one that gives it the consent it asks for.
func (s *script) obey(words string, depth int) {
	s.t.Helper()
	if layout := regexp.MustCompile(`--layout (\S+)`).FindStringSubmatch(words); layout != nil && s.base == nil && strings.Contains(s.last, "Set DATABASE_URL") {
		s.base = newScriptBase(s.t, layout[1])
	}
	for _, p := range s.servers { // a command names the project; the key is the person's to set
		if strings.Contains(words, "--endpoint "+p.endpoint) {
			s.point(p)
		}
	}
	code, text := s.enter(words)
	switch {
	case code == exitOK || code == exitRejected || code == s.astray && code != 0:
	case code == exitProof && s.stranger && strings.Contains(text, "none of the known accounts was found"): // it looked
	case code == exitUsage && strings.Contains(text, "needs consent") && depth > 0:
		consent := commandsIn(text)
		s.obey(consent[len(consent)-1], depth-1)
	default:
		s.t.Errorf("printed: rehome %s\nexit %d\n%s", words, code, text)
	}
}

// enter reads a command line as a shell does and runs it in process.
func (s *script) enter(line string) (int, string) {
	words, err := exec.CommandContext(s.t.Context(), "bash", "-c", "set -f; args() { printf '%s\\0' \"$@\"; cat; }; args "+line).Output()
	if err != nil {
		s.t.Fatalf("no shell reads: rehome %s: %v", line, err)
	}
	fields := strings.Split(string(words), "\x00")
	args, in := fields[:len(fields)-1], fields[len(fields)-1]
	if in == "" {
		in = s.input
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	if args[0] == "solve" { // which may search for a minute and a half: it is enough that it searches
		stop := time.AfterFunc(searched, cancel)
		defer stop.Stop()
	}
	out := &untilServing{cancel: cancel}
	code := run(ctx, append([]string{"rehome"}, args...), strings.NewReader(in), out, out)
	if out.served || args[0] == "solve" && errors.Is(ctx.Err(), context.Canceled) {
		code = exitOK
	}
	return code, out.String()
}

// searched is how long a search is watched.
const searched = 2 * time.Second

// untilServing is the output of a command; one that serves is stopped when it does.
type untilServing struct {
	bytes.Buffer
	cancel func()
	served bool
}

func (u *untilServing) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("export APPWRITE_API_KEY")) {
		u.served = true
		u.cancel()
	}
	return u.Buffer.Write(p)
}
