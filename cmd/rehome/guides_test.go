//go:build !race

package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestGuides replays every transcript of the README and of docs: each console
// block, from above, in a folder of its own. Lines of a block that begin with "$ "
// are run, rehome in process and anything else by bash; what they print must be
// what stands below them. A comment prepares what a reader would have:
//
//	<!-- test: DIRECTIVE -->   a line of a script (fixture, serve, env, replace …)
//	<!-- test: exit CODE -->   how the next command ends; otherwise 0 or 3
//	<!-- test: elsewhere -->   the next block is run by another test
//
// go test ./cmd/rehome -run Guides -update writes what happened.
func TestGuides(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) < 2 {
		t.Fatal("no guides found", err)
	}
	for _, page := range append(pages, "../../README.md") {
		t.Run(strings.TrimSuffix(filepath.Base(page), ".md"), func(t *testing.T) {
			g := &guide{script: script{t: t, path: page, env: map[string]string{}}}
			g.replay()
		})
	}
}

type guide struct {
	script
	block, foreign, mute bool // in a console block; in one that is not run; in the output of a command
	exit                 string
}

func (g *guide) replay() {
	text, err := os.ReadFile(filepath.Join(home, g.path))
	g.must(err)
	g.begin()
	for line := range strings.Lines(string(text)) {
		g.line(strings.TrimSuffix(line, "\n"))
	}
	if got := g.got.String(); got != string(text) {
		if *update {
			g.save(got)
			return
		}
		g.t.Errorf("the transcript reads differently now; go test ./cmd/rehome -run Guides -update writes it\n%s", firstDifference(string(text), got))
	}
}

var directive = regexp.MustCompile(`^<!-- test: (.*) -->$`)

func (g *guide) line(line string) {
	test := directive.FindStringSubmatch(line)
	switch {
	case test != nil:
		g.prepare(test[1])
	case line == "```console" && g.foreign:
	case line == "```console":
		g.block = true
	case line == "```":
		g.block, g.foreign, g.mute = false, false, false
	case g.block && strings.HasPrefix(line, "$ "):
		fmt.Fprintln(&g.got, line)
		g.command(strings.TrimPrefix(line, "$ "))
		g.mute = true
		return
	case g.mute:
		return
	}
	fmt.Fprintln(&g.got, line)
}

func (g *guide) prepare(what string) {
	switch word, rest, _ := strings.Cut(what, " "); word {
	case "exit":
		g.exit = rest
	case "elsewhere":
		g.foreign = true
	default:
		n := g.got.Len()
		g.script.line(what)
		g.got.Truncate(n)
	}
}

func (g *guide) command(line string) {
	for i, run := range g.runs() {
		line = strings.ReplaceAll(line, sampleRuns[i], run)
	}
	var out bytes.Buffer
	code := 0
	line = strings.Replace(line, "go run ./cmd/rehome ", "rehome ", 1)
	if args, err := splitWords(line); err == nil && args[0] == "rehome" {
		code = run(context.Background(), args, strings.NewReader(""), &out, &out)
	} else if err := g.shell(line, &out); err != nil {
		g.t.Fatalf("%s: %v\n%s", line, err, out.String())
	}
	if ends := strconv.Itoa(code); ends != g.exit && (g.exit != "" || code != 0 && code != exitRejected) {
		g.t.Errorf("%s: exit %s\n%s", line, ends, out.String())
	}
	g.exit = ""
	for l := range strings.Lines(g.sample(out.String())) {
		fmt.Fprintln(&g.got, strings.TrimRight(l, " \n"))
	}
}

func (g *guide) shell(line string, out *bytes.Buffer) error {
	cmd := exec.CommandContext(g.t.Context(), "bash", "-c", line)
	cmd.Stdout, cmd.Stderr = out, out
	return cmd.Run()
}

// What guides show for the moving parts of scripts, so that they look real.
var (
	sampleRuns = []string{"20261121-231502-7f3a", "20261122-210340-b21c", "20261124-220917-05de"}
	samples    = map[string]string{
		"127.0.0.1:PORT": "127.0.0.1:8090", "rehearsal PROJECT": "rehearsal " + sampleProject, "proved on DATE": "proved on 2026-11-21 23:15:02",
	}
)

const sampleProject = "6734a1b2c3d4e5f60718"

// runs are the names of the runs so far, oldest first.
func (g *guide) runs() (names []string) {
	folders, err := runsByAge("rehome-runs")
	g.must(err)
	for _, f := range folders {
		names = append(names, f.Name())
	}
	return names
}

func (g *guide) sample(text string) string {
	for i, run := range g.runs() {
		text = strings.ReplaceAll(text, run, sampleRuns[i])
	}
	for _, m := range moving {
		if m.text != "RUN" {
			text = m.pattern.ReplaceAllString(text, cmp.Or(samples[m.text], m.text))
		}
	}
	if g.server != nil {
		text = strings.ReplaceAll(text, g.server.project, sampleProject)
	}
	if g.base != nil {
		text = g.base.settle(text)
	}
	return sortSettled(text)
}
