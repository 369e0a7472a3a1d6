package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

func helpOf(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if code := run(t.Context(), append([]string{"rehome"}, args...), nil, &out, io.Discard); code != 0 {
		t.Fatalf("%v: exit %d", args, code)
	}
	return out.String()
}

// Every verb has its help, with an example where it takes anything; every flag
// stands there with its variable, unless it is a decision; lines fit.
func TestHelp(t *testing.T) {
	app := newApp(terminal{nil, io.Discard, io.Discard})
	whole := helpOf(t, "--help")
	for _, c := range app.Commands {
		if !strings.Contains(whole, "\n  "+c.Name+" ") {
			t.Errorf("the program's help does not name %s", c.Name)
		}
		text := helpOf(t, c.Name, "--help")
		if c.ArgsUsage != "" && !strings.Contains(text, "\nexamples:\n") {
			t.Errorf("%s has no example", c.Name)
		}
		for _, f := range c.Flags {
			name := f.Names()[0]
			if !strings.Contains(text, "\n  --"+name) {
				t.Errorf("%s: the help lacks --%s", c.Name, name)
			}
			if v := f.(cli.DocGenerationFlag).GetEnvVars(); len(v) > 0 && !strings.Contains(text, "$"+v[0]+"]") {
				t.Errorf("%s: the help of --%s lacks its variable", c.Name, name)
			}
		}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, strings.Repeat(" ", helpIndent)) && len([]rune(line)) > helpWidth+1 {
				t.Errorf("%s: too long: %s", c.Name, line)
			}
		}
	}
}

// A real bash completes verbs, flags, values and runs.
func TestBashCompletion(t *testing.T) {
	runs := t.TempDir()
	if err := os.Mkdir(filepath.Join(runs, "20261121-231502-7f3a"), 0o700); err != nil {
		t.Fatal(err)
	}
	script := helpOf(t, "completion", "bash")
	for typed, want := range map[string]string{
		"rehome im":                  "import",
		"rehome import --dry":        "--dry-run",
		"rehome import x --from w":   "wordpress",
		"rehome import x --layout s": "supabase",
		"rehome verify 2026":         "20261121-231502-7f3a",
		"rehome import users":        "", // bash's own: files
		"rehome runs --js":           "--json",
	} {
		words := strings.Fields(typed)
		cmd := exec.CommandContext(t.Context(), "bash", "-c", script+`
			COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rehome; echo "${COMPREPLY[*]}"`, "bash")
		cmd.Args = append(cmd.Args, words...)
		cmd.Env = append(os.Environ(), "REHOME_RUNS="+runs)
		got, err := cmd.CombinedOutput()
		if err != nil || strings.TrimSpace(string(got)) != want {
			t.Errorf("%s: %s, not %q (%v)", typed, got, want, err)
		}
	}
}

// Both scripts know every verb and flag.
func TestCompletionIsWhole(t *testing.T) {
	for _, shell := range []string{"bash", "zsh"} {
		script := helpOf(t, "completion", shell)
		for _, c := range newApp(terminal{nil, io.Discard, io.Discard}).Commands {
			if !strings.Contains(script, c.Name) {
				t.Errorf("%s does not complete %s", shell, c.Name)
			}
			for _, f := range c.Flags {
				if !strings.Contains(script, "--"+f.Names()[0]) {
					t.Errorf("%s: %s lacks --%s", shell, c.Name, f.Names()[0])
				}
			}
		}
	}
}
