package main

import (
	"strconv"
	"strings"
)

// plural counts a thing: "1 user", "2 users".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// thousands groups digits: 39,812.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// names are the files of a job, for a sentence.
func (j *job) names() string { return strings.Join(j.source.names(), ", ") }

// again is the part of the command line that names the source and what is known of
// it, for a hint.
func (j *job) again() string {
	words := j.cli.Args().Slice()
	for _, flag := range []string{"from", "hash-config", "known"} {
		if j.cli.IsSet(flag) && j.cli.String(flag) != "" {
			words = append(words, "--"+flag, j.cli.String(flag))
		}
	}
	return shellWords(words)
}

// shellWords quotes arguments for a POSIX shell.
func shellWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = w
		if w == "" || strings.ContainsFunc(w, func(r rune) bool {
			return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,", r)
		}) {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
