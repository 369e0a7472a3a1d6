package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"rehome/migrate"
)

func identifyCommand(t terminal) *cli.Command {
	return &cli.Command{
		Name:      "identify",
		Usage:     "name the format of hash strings, one a line on standard input, and say which target takes each",
		UsageText: "rehome identify < hashes.txt",
		Flags:     outputFlags(),
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usage("give them one a line: rehome identify < hashes.txt", "identify takes no arguments: hashes would show in the process list")
			}
			in, err := hashInput(c.Context, t)
			if err != nil {
				return err
			}
			j := &job{voice: newVoice(t, c), cli: c, verb: "identify"}
			j.event(migrate.Event{Started: &migrate.Started{Schema: migrate.Schema, Verb: j.verb}})
			return j.end(j.identify(in))
		},
	}
}

// hashInput is standard input, or one hash typed without echo.
func hashInput(ctx context.Context, t terminal) (io.Reader, error) {
	in, ok := t.in.(*os.File)
	if !ok || !isTerminal(in) {
		return t.in, nil
	}
	fmt.Fprint(t.err, "hash (not shown): ")
	text, err := askHidden(ctx, in)
	fmt.Fprintln(t.err)
	if err != nil {
		return nil, errInterrupted
	}
	return strings.NewReader(text), nil
}

// maxHashLine bounds a line; the longest hash that any target stores is 256 bytes.
const maxHashLine = 1 << 20

func (j *job) identify(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxHashLine)
	for lines.Scan() {
		j.summary.Records++
		found, err := identifyText(j.summary.Records, strings.TrimSuffix(lines.Text(), "\r"))
		if err != nil {
			return err
		}
		if j.json {
			_ = j.encoder.Encode(map[string]identified{"identified": found})
		}
		for _, c := range found.Candidates {
			j.result("%d: %s", found.Line, c)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("standard input: line %d: %w", j.summary.Records+1, err)
	}
	j.say("the verb inspect counts the formats of a whole source")
	return nil
}
