package main

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"rehome/identity"
)

func convertCommand(t terminal) *cli.Command {
	return &cli.Command{
		Name:      "convert",
		Usage:     "write the normalised users: the neutral file, which every verb reads back",
		ArgsUsage: "FILE …",
		UsageText: "rehome convert users.json --hash-config hash-config.txt --out users.jsonl",
		Flags: join([]cli.Flag{
			&cli.StringFlag{Name: "out", Usage: "`FILE` to write, .jsonl or .csv; never overwritten", Required: true, EnvVars: variable("out")},
		}, sourceFlags(), []cli.Flag{runsFlag()}, outputFlags()),
		Action: func(c *cli.Context) error {
			j := &job{voice: newVoice(t, c), cli: c, verb: "convert", begun: time.Now(), target: &target{}}
			source, err := openSource(c, t, true)
			if err != nil {
				return err
			}
			j.source = source
			source.reading.hear(j.say)
			defer func() { _ = source.close() }()
			return convert(c.Context, j, c.String("out"))
		},
	}
}

func convert(ctx context.Context, j *job, out string) error {
	write, err := neutralWriter(out)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return usage("name a file that does not exist yet", "--out %s: %s", out, plain(err))
	}
	j.started()
	err = j.convertInto(ctx, write(f))
	if err = errors.Join(err, f.Close()); err != nil && exitCode(err) != exitRejected {
		err = errors.Join(err, os.Remove(out)) // half a file would be taken for a whole one
	}
	if err == nil || exitCode(err) == exitRejected {
		j.say("%s holds the password hashes; only you can read it. It is a source for every verb.", out)
	}
	return j.end(err)
}

// userWriter writes users one by one; nil flushes.
type userWriter func(*identity.User) error

func neutralWriter(out string) (func(io.Writer) userWriter, error) {
	switch {
	case strings.HasSuffix(out, ".jsonl"):
		return jsonLines, nil
	case strings.HasSuffix(out, ".csv"):
		return csvRows, nil
	}
	return nil, usage("name it users.jsonl or users.csv", "--out %s: the ending says the format", out)
}

func jsonLines(w io.Writer) userWriter {
	return func(u *identity.User) error {
		if u == nil {
			return nil
		}
		line, err := identity.EncodeNeutral(*u)
		if err != nil {
			return err
		}
		_, err = w.Write(append(line, '\n'))
		return err
	}
}

func csvRows(w io.Writer) userWriter {
	rows := csv.NewWriter(w)
	_ = rows.Write(identity.NeutralFields) // buffered: fails at Flush
	return func(u *identity.User) error {
		if u == nil {
			rows.Flush()
			return rows.Error()
		}
		cells, err := identity.NeutralCells(*u)
		if err != nil {
			return err
		}
		return rows.Write(cells)
	}
}

// convertInto writes every user that can be read and counts the others.
func (j *job) convertInto(ctx context.Context, write userWriter) error {
	pass, err := j.source.pass()
	if err != nil {
		return err
	}
	for rec, err := range pass.Records {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		j.summary.Records++
		if rec.Problem != nil {
			j.summary.Rejected++
			j.warn("%s: %s", rec.Pos, rec.Problem.Detail)
			continue
		}
		j.summary.Created++
		if err := write(&rec.User); err != nil {
			return err
		}
	}
	if err := write(nil); err != nil {
		return err
	}
	j.result("%s written, %s not readable", plural(j.summary.Created, "user", "users"), thousands(j.summary.Rejected))
	if j.summary.Rejected > 0 {
		return failed(exitRejected, "", errors.New("some records could not be read"))
	}
	return nil
}
