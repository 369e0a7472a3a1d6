package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/migrate"
	"rehome/report"
	"rehome/sink"
	"rehome/sink/appwrite"
	"rehome/verifiers"
)

// target is where a verb would land users.
type target struct {
	sink     sink.Sink
	name     string                                               // for people and events; without secrets
	identity string                                               // what makes it the same target in another run
	origin   []string                                             // the target and where each setting came from, for consent
	real     bool                                                 // writing to it is for good
	rules    string                                               // by what it judges: a proof holds for targets of the same rules
	clock    time.Time                                            // the target's clock when it was opened; zero offline
	batch    int                                                  // users a write; 0: one
	workers  int                                                  // writes that are of use at once
	begin    func(context.Context, *migrate.Ledger, string) error // after consent, before the first write: the run's ledger and name; may be nil
	finish   func(context.Context) error                          // after the last; may be nil
	settle   func(context.Context) error                          // waits until the target has come to rest, where it loses updates; nil: it loses none
	sound    func(context.Context) error                          // after reading back: looks through the whole target for what breaks it; may be nil
	closely  sink.Reader                                          // reads users back and looks for every trace of use; nil: the sink does anyway
	close    func() error
}

// witness reads users back for whoever must know that nobody has used an account.
func (t *target) witness() (sink.Reader, bool) {
	if t.closely != nil {
		return t.closely, true
	}
	r, ok := t.sink.(sink.Reader)
	return r, ok
}

// openTarget finds out what --to means and asks the target who it is. Verbs that
// never write need no target at all: then the rules of an Appwrite profile judge.
func openTarget(ctx context.Context, c *cli.Context, memory *verifiers.Memory) (*target, error) {
	to := c.String("to")
	if isPostgres(to) {
		return openPostgres(ctx, c)
	}
	config, err := landing(c)
	if err != nil {
		return nil, err
	}
	switch {
	case to == "" && (c.Command.Name != "import" || c.Bool("dry-run")):
		return offline(config)
	case to == "" || to == "rehearsal":
		return openRehearsal(ctx, config, memory)
	case to == "appwrite" || strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "http://"):
		return openAppwrite(ctx, c, config)
	}
	return nil, usage("use rehearsal, appwrite, https://host/v1, postgres or postgres://host/db", "--to %s is not a target", report.Visible(to))
}

// crew is how many workers are asked for, or else are of use.
func (t *target) crew(s string) (int, error) {
	n, err := workers(s)
	if n == 0 {
		n = t.workers
	}
	return n, err
}

// landing reads the flags that say what lands.
func landing(c *cli.Context) (appwrite.Config, error) {
	rate := c.Float64("rps")
	n, err := workers(c.String("workers"))
	if err == nil && !(rate >= 0 && rate <= maxRate) {
		err = usage("use a number of requests a second, such as 50", "--rps %v is not a rate", rate)
	}
	return appwrite.Config{
		ID: sink.IDRule(c.String("id")), Roles: appwrite.Place(c.String("roles")), Claims: appwrite.Place(c.String("claims")),
		Dates: appwrite.Place(c.String("dates")), Profile: appwrite.Profile(c.String("profile")), Workers: n, Rate: rate,
		Patience: c.Duration("patience"), AllowUndocumented: c.Bool("allow-undocumented"),
	}, err
}

// offline judges by a profile and can write nothing.
func offline(config appwrite.Config) (*target, error) {
	s, err := appwrite.New(config)
	if err != nil {
		return nil, usage("", "%s", err)
	}
	profile := config.Profile
	if profile == "" {
		profile = appwrite.Profile19
	}
	name := "appwrite " + string(profile) + " (offline)"
	return &target{sink: s, name: name, identity: name, rules: "appwrite " + string(profile), close: s.Close}, nil
}

// openAppwrite reaches a real project and checks that it would let us in.
func openAppwrite(ctx context.Context, c *cli.Context, config appwrite.Config) (*target, error) {
	origin, err := project(c, &config)
	if err != nil {
		return nil, err
	}
	if !writes(c) && (c.String("profile") != "" || config.Endpoint == "" && c.Command.Name != "import") {
		return offline(config)
	}
	if config.Endpoint == "" || config.Project == "" || config.Key == "" {
		return nil, usage(waysOut(c), "the target is not known: %s missing", missing(config))
	}
	s, err := appwrite.New(config)
	if err != nil {
		return nil, usage("", "%s", err)
	}
	info, err := s.Preflight(ctx)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	notes, err := examined(ctx, c, s)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	var settle func(context.Context) error
	if s.LosesUpdates() {
		settle = s.Settle
	}
	name := fmt.Sprintf("appwrite %s at %s, project %s", info.Version, config.Endpoint, config.Project)
	return &target{
		sink: s, name: name, identity: "appwrite " + config.Endpoint + " " + config.Project, rules: "appwrite " + string(info.Profile), real: true, workers: s.Workers(),
		origin: slices.Concat([]string{"target: " + name}, origin, notes), closely: s.Closely(), close: s.Close,
		settle: settle, begin: func(ctx context.Context, l *migrate.Ledger, _ string) error {
			since, err := s.Begin(ctx)
			if err != nil {
				return err
			}
			return l.Begin(since)
		},
	}, nil
}

// waysOut says how a target becomes known, and what can be done without.
func waysOut(c *cli.Context) string {
	hint := "set APPWRITE_ENDPOINT, APPWRITE_PROJECT_ID and APPWRITE_API_KEY"
	if c.Command.Name == "import" && c.Bool("dry-run") {
		hint += "; or be judged by the rules of a server, without asking one: " + command(append(typed(c), "--profile", string(appwrite.Profile19))...)
	}
	return hint
}

// examined is what a person should know of a project that users are about to land
// in. What speaks against it stops an import; a dry run only says it.
func examined(ctx context.Context, c *cli.Context, s *appwrite.Sink) (lines []string, err error) {
	if c.Command.Name != "import" && c.Command.Name != "retry" {
		return nil, nil
	}
	project, err := s.Examine(ctx)
	if err != nil {
		return nil, err
	}
	if err := project.Doubt(); err != nil && !c.Bool("dry-run") {
		return nil, err
	}
	for _, note := range project.Notes() {
		lines = append(lines, "        "+note)
	}
	return lines, nil
}

// writes reports whether the verb will write, so that half a target is no use.
func writes(c *cli.Context) bool {
	return c.Command.Name == "verify" || c.Command.Name == "retry" || c.Command.Name == "undo" || c.Command.Name == "import" && !c.Bool("dry-run")
}

// project reads endpoint, project and key, and notes where each came from.
func project(c *cli.Context, config *appwrite.Config) (origin []string, err error) {
	config.Endpoint, config.Project = c.String("endpoint"), c.String("project")
	endpointFrom := from(c, "endpoint", "APPWRITE_ENDPOINT", "REHOME_ENDPOINT")
	if to := c.String("to"); strings.Contains(to, "://") {
		config.Endpoint, endpointFrom = to, "--to"
	}
	key, keyFrom := os.Getenv("APPWRITE_API_KEY"), "APPWRITE_API_KEY"
	if path := c.String("api-key-file"); path != "" {
		text, err := readSetting(c.Context, "--api-key-file "+path, path)
		if err != nil {
			return nil, err
		}
		key, keyFrom = strings.TrimSpace(string(text)), "--api-key-file "+path
	}
	config.Key = identity.Secret(key)
	return []string{
		"        endpoint from " + endpointFrom,
		"        project from " + from(c, "project", "APPWRITE_PROJECT_ID", "REHOME_PROJECT"),
		"        key from " + keyFrom,
	}, nil
}

// from names where a setting came from: the flag that was typed, else the variable
// that is set.
func from(c *cli.Context, flag string, variables ...string) string {
	if isTyped(c, flag) {
		return "--" + flag
	}
	for _, v := range variables {
		if os.Getenv(v) != "" {
			return v
		}
	}
	return "--" + flag
}

func missing(config appwrite.Config) string {
	var what []string
	for _, m := range []struct{ name, value string }{
		{"endpoint", config.Endpoint}, {"project", config.Project}, {"API key", string(config.Key)},
	} {
		if m.value == "" {
			what = append(what, m.name)
		}
	}
	return strings.Join(what, ", ")
}
