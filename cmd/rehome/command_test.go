package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// TestShellWords has a shell read what is printed.
func TestShellWords(t *testing.T) {
	words := []string{
		"users.json", "a b", "it's", `say "hi"`, "$HOME", "`id`", "a;b", "a&b", "a|b", "*", "?", "[a]", "{a,b}", "~", "~root", "=ls", "#x", "!x", "a\\b", "",
		"-", "--x=y", "ünï", "a\nb", "tab\there", "\x1b[31m", "\u009b", "\u202egpj.exe", "'\x07'", "\\\x07", "\x07123", "(", ">", "<", "%d", "日本 語",
	}
	out, err := exec.Command("bash", "-c", `args() { printf '%s\0' "$@"; }; args `+shellWords(words)).Output()
	if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); err != nil || !slices.Equal(got, words) {
		t.Errorf("%v: %q, want %q", err, got, words)
	}
	if strings.ContainsFunc(strings.ReplaceAll(shellWords(words), "\n", ""), steers) {
		t.Errorf("a printed command steers: %q", shellWords(words))
	}
}

// steers reports whether a character steers a terminal or turns text.
func steers(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}
