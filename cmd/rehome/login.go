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
func (m *move) readBack(ctx context.Context, plan migrate.Plan) error {
	reader, ok := m.target.sink.(sink.Reader)
	if !ok {
		return nil
	}
	var counts migrate.VerifyCounts
	var differences []migrate.Difference
	var err error
	progress := func(p migrate.Progress) { m.event(migrate.Event{Progress: &p}) }
	if mender, mends := m.target.sink.(sink.Mender); mends && m.target.settle != nil {
		again := migrate.RepairPlan{Plan: plan, Reader: reader, Mender: mender}
		counts, differences, err = m.completed(ctx, again, progress)
	} else {
		counts, differences, err = migrate.Verify(ctx, m.ledger, reader, m.cli.Int("sample"), progress)
	}
	m.summary.ReadBack(counts)
	if err != nil {
		return err
	}
	return errors.Join(m.differences(counts, differences), m.sound(ctx))
}

// completions is how often users are completed who were found incomplete.
const completions = 3

// completed reads everybody back, whatever sample was asked for, from a target that
// loses what is changed while people sign in, and has it fill what it has lost.
func (m *move) completed(ctx context.Context, p migrate.RepairPlan, progress func(migrate.Progress)) (counts migrate.VerifyCounts, differences []migrate.Difference, err error) {
	p.Report = nil
	for n := 0; ; n++ {
		if err := m.target.settle(ctx); err != nil {
			return counts, differences, err
		}
		if p.Lacking, counts, differences, err = migrate.FindLacking(ctx, m.ledger, p.Reader, progress); err != nil {
			return counts, differences, err
		}
		if p.Lacking.Count() == 0 || n == completions {
			return counts, differences, nil
		}
		repaired, err := migrate.Repair(ctx, p, m.findings)
		if err != nil || repaired.Whole+repaired.Partly == 0 {
			return counts, differences, err
		}
		m.say("the target had lost changes of %s over sign-ins at the same time; they were made again", plural(repaired.Whole+repaired.Partly, "user", "users"))
	}
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
			errors.New(plural(bad, "user is", "users are")+" not as landed"))
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
