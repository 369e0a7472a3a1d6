package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"rehome/identity"
)

// picks are --only, --except and --limit, read once: a list may come through a pipe.
type picks struct {
	only, except *idList // nil: not given
	limit        int
}

// idList is a file of ids, one a line.
type idList struct {
	ids   map[string]bool
	print string // the file's fingerprint
}

func newPicks(c *cli.Context) (*picks, error) {
	only, err1 := readIDs(c, "only")
	except, err2 := readIDs(c, "except")
	return &picks{only, except, c.Int("limit")}, errors.Join(err1, err2)
}

// picker makes one question of them, asked anew in each pass. Nil: everything is
// wanted.
func (p *picks) picker() func() func(identity.User) bool {
	if p.only == nil && p.except == nil && p.limit <= 0 {
		return nil
	}
	return func() func(identity.User) bool {
		picked := 0
		return func(u identity.User) bool {
			if p.only != nil && !p.only.ids[u.ID] || p.except != nil && p.except.ids[u.ID] || p.limit > 0 && picked >= p.limit {
				return false
			}
			picked++
			return true
		}
	}
}

// readIDs reads the list that a flag names.
func readIDs(c *cli.Context, flag string) (*idList, error) {
	path := c.String(flag)
	if path == "" {
		return nil, nil
	}
	in, err := openInput(c.Context, path)
	if err != nil {
		return nil, usage("", "--%s %s: %s", flag, path, plain(err))
	}
	defer in.Close()
	list, sum := &idList{ids: map[string]bool{}}, sha256.New()
	lines := bufio.NewScanner(io.TeeReader(in, sum))
	for lines.Scan() {
		if id := strings.TrimSuffix(lines.Text(), "\r"); id != "" {
			list.ids[id] = true
		}
	}
	if c.Context.Err() != nil {
		return nil, context.Cause(c.Context)
	}
	if err := lines.Err(); err != nil {
		return nil, usage("", "--%s %s: %s", flag, path, plain(err))
	}
	list.print = hex.EncodeToString(sum.Sum(nil)[:8])
	return list, nil
}
