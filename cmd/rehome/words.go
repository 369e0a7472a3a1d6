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
