package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/sink/rehearsal"
	"rehome/verifiers"
)

func rehearseCommand(t terminal) *cli.Command {
	return &cli.Command{
		Name:      "rehearse",
		Usage:     "serve the rehearsal server: an Appwrite Users service in memory, on loopback, to practise against",
		UsageText: "rehome rehearse\n   rehome rehearse --faults lost=5%,503=5%,429=2%@1s --seed 7",
		Flags: []cli.Flag{
			textDefault("listen", "127.0.0.1:8090", "loopback `ADDRESS`; port 0 picks one"),
			textDefault("profile", "1.9", "which Appwrite to play: 1.5 or 1.9"),
			text("project", "project id; a new one when left out"),
			text("api-key-file", "`FILE` with the API key to accept; a new one when left out"),
			text("faults", "`KIND=SHARE[@DURATION],…`: lost, reset, half, 500, 503, 429, slow, db"),
			number("seed", 1, "makes the faults repeatable"),
			toggle("abuse", "limit logins as Appwrite does"),
			text("control", "loopback `ADDRESS` of a second door for tests; off when left out"),
			hashMemoryFlag(),
		},
		Action: func(c *cli.Context) error { return rehearse(c.Context, t, c) },
	}
}

// rehearse serves until the person stops it, which is its normal end.
func rehearse(ctx context.Context, t terminal, c *cli.Context) error {
	memory, err := hashMemory(c, newVoice(t, c).warn)
	if err != nil {
		return err
	}
	server, err := rehearsalServer(c, memory)
	if err != nil {
		return err
	}
	listener, err := rehearsal.Listen(c.String("listen"), server)
	if err != nil {
		return usage("use a loopback address that is free, such as 127.0.0.1:0", "%s", err)
	}
	if c.String("control") != "" {
		control, err := rehearsal.Listen(c.String("control"), server.Control())
		if err != nil {
			return errors.Join(usage("use a loopback address that is free, such as 127.0.0.1:0", "%s", err), listener.Close())
		}
		defer control.Close()
	}
	fmt.Fprintf(t.err, "%s\nIt plays Appwrite %s and listens at %s. Stop it with Ctrl-C.\n", rehearsal.Banner, server.Version(), listener.Endpoint())
	fmt.Fprintf(t.out, "export APPWRITE_ENDPOINT=%s\nexport APPWRITE_PROJECT_ID=%s\nexport APPWRITE_API_KEY=%s\n",
		listener.Endpoint(), server.Project(), string(server.Key()))
	if err := ended(t.out); err != nil {
		return errors.Join(err, listener.Close())
	}
	<-ctx.Done()
	return listener.Close()
}

// ended closes standard output: whoever waits for its end, as eval "$(cat target)"
// does, has all of it, and the server listens.
func ended(out io.Writer) error {
	if c, ok := out.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

func rehearsalServer(c *cli.Context, memory *verifiers.Memory) (*rehearsal.Server, error) {
	faults, err := rehearsal.ParseFaults(c.String("faults"))
	if err != nil {
		return nil, usage("such as lost=5%,503=5%,429=2%@1s", "--faults: %s", err)
	}
	config := rehearsal.Config{
		Verify: memory.Verify, Hold: memory.Hold, Project: c.String("project"), Profile: rehearsal.Profile(c.String("profile")),
		Faults: faults, Seed: uint64(c.Int("seed")), Abuse: c.Bool("abuse"),
		LostUpdates: rehearsal.Profile(c.String("profile")) == rehearsal.V15, // as the real one does
	}
	if path := c.String("api-key-file"); path != "" {
		key, err := readSetting(c.Context, "--api-key-file "+path, path)
		if err != nil {
			return nil, err
		}
		config.Keys = []rehearsal.Key{{Secret: identity.Secret(strings.TrimSpace(string(key)))}}
	}
	server, err := rehearsal.New(config)
	if err != nil {
		return nil, usage("", "%s", err)
	}
	return server, nil
}
