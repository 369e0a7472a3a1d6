package main

import (
	"bufio"
	"errors"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"rehome/identity"
)

// picker makes --only, --except and --limit into one question, asked anew in
// each pass. Nil: everything is wanted.
func picker(c *cli.Context) (func() func(identity.User) bool, error) {
	only, err1 := idList(c, "only")
	except, err2 := idList(c, "except")
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	limit := c.Int("limit")
	if only == nil && except == nil && limit <= 0 {
		return nil, nil
	}
	return func() func(identity.User) bool {
		picked := 0
		return func(u identity.User) bool {
			if only != nil && !only[u.ID] || except[u.ID] || limit > 0 && picked >= limit {
				return false
			}
			picked++
			return true
		}
	}, nil
}

// idList reads a file of ids, one a line.
func idList(c *cli.Context, flag string) (map[string]bool, error) {
	path := c.String(flag)
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, usage("", "--%s %s: %s", flag, path, plain(err))
	}
	defer f.Close()
	ids := map[string]bool{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if id := strings.TrimSuffix(lines.Text(), "\r"); id != "" {
			ids[id] = true
		}
	}
	if err := lines.Err(); err != nil {
		return nil, usage("", "--%s %s: %s", flag, path, plain(err))
	}
	return ids, nil
}
