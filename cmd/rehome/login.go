package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

// account is a matched known account that landed and may log in.
type account struct {
	id, email string
	algorithm identity.Algorithm
}

// readBack compares what landed with what the target holds now.
func (m *move) readBack(ctx context.Context) error {
	reader, ok := m.target.sink.(sink.Reader)
	if !ok {
		return nil
	}
	counts, differences, err := migrate.Verify(ctx, m.ledger, reader, m.cli.Int("sample"), func(p migrate.Progress) { m.event(migrate.Event{Progress: &p}) })
	m.summary.ReadBack(counts)
	if err != nil {
		return err
	}
	return errors.Join(m.differences(counts, differences), m.sound(ctx))
}

// differences names users that are not as they were landed.
func (j *job) differences(counts migrate.VerifyCounts, differences []migrate.Difference) error {
	const shown = 20
	for i, d := range differences {
		if i == shown {
			j.say("… and %s more", thousands(len(differences)-shown))
			break
		}
		j.say("%s: %s", d.TargetID, differenceWords(d))
	}
	if bad := counts.Missing + counts.Changed; bad > 0 {
		return failed(exitProof, "look at the users named above; somebody may have edited or deleted them",
			errors.New(plural(bad, "user is", "users are")+" not as they were landed"))
	}
	return nil
}

// logIn logs matched known accounts in, on the rehearsal server only: a login
// leaves traces. A sample covers every algorithm first.
func (m *move) logIn(ctx context.Context) error {
	door, ok := m.target.sink.(sink.Authenticator)
	n, err := logins(m.cli.String("logins"))
	if err != nil || !ok || m.target.real || len(m.accounts) == 0 || n == 0 {
		return err
	}
	chosen := sample(m.accounts, n)
	passwords := m.passwords()
	var in atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, a := range chosen {
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			ok, err := door.Login(ctx, a.email, string(passwords[a.id]))
			if ok {
				in.Add(1)
			}
			return err
		})
	}
	err = group.Wait()
	m.summary.Logins = &migrate.LoginCounts{Tried: len(chosen), OK: int(in.Load())}
	if err == nil && m.summary.Logins.OK < m.summary.Logins.Tried {
		err = failed(exitProof, "", fmt.Errorf("%d of %d known accounts could not log in after the move", m.summary.Logins.Tried-m.summary.Logins.OK, m.summary.Logins.Tried))
	}
	return err
}

// passwords are the known passwords by source id.
func (m *move) passwords() map[string]identity.Secret {
	byID := map[string]identity.Secret{}
	for i, p := range m.findings.Proved {
		byID[p.ID] = m.known[i].Password
	}
	return byID
}

// sample takes n accounts: one of each algorithm first, then in order.
func sample(all []account, n int) []account {
	var first, rest []account
	seen := map[identity.Algorithm]bool{}
	for _, a := range all {
		if seen[a.algorithm] {
			rest = append(rest, a)
			continue
		}
		seen[a.algorithm] = true
		first = append(first, a)
	}
	all = append(first, rest...)
	return all[:min(n, len(all))]
}
