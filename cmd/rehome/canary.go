package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/migrate"
	"rehome/report"
	"rehome/sink"
)

func canariesFlag() cli.Flag {
	return toggle("canaries", "for each algorithm that landed, create a throw-away user with a known password, log in, and delete it: the proof that the server's own verifier works")
}

// canaryTarget is a target where throw-away users can log in.
type canaryTarget interface {
	// Canary lands a user with this hash, logs in, and deletes the user in any
	// case. The problem says why the login did not come about.
	Canary(ctx context.Context, h identity.Hash, password string) (*identity.Problem, error)
}

// canaryKinds are the algorithms that canaries are made of, by the endpoint at
// which a user with such a hash lands.
func canaryKinds() map[string]identity.Algorithm {
	return map[string]identity.Algorithm{
		"argon2": identity.Argon2, "bcrypt": identity.Bcrypt, "md5": identity.MD5, "phpass": identity.PHPass, "sha": identity.SHA,
		"scrypt": identity.Scrypt, "scrypt-modified": identity.ScryptFirebase, "users": identity.Plaintext,
	}
}

// landedAt says at which endpoints a run has landed passwords; nil: its report does
// not say.
func landedAt(folder migrate.Folder) map[string]int {
	d, err := report.Read(folder.Path)
	if err != nil {
		return nil // killed, or by an older version: all are tried
	}
	return d.Finished.Endpoints
}

// canaries are the algorithms to try, if that was asked for: those of the
// endpoints, or all when these are not known.
func (j *job) canaries(endpoints map[string]int) ([]identity.Algorithm, error) {
	if !j.cli.Bool("canaries") {
		return nil, nil
	}
	if _, can := j.target.sink.(canaryTarget); !can {
		return nil, usage("leave --canaries out; for passwords known to you, the verb prove does the same without a login", "canaries need a login to try, and %s has none", j.target.name)
	}
	var kinds []identity.Algorithm
	for endpoint, algorithm := range canaryKinds() {
		if endpoints == nil && algorithm != identity.Plaintext || endpoints[endpoint] > 0 {
			kinds = append(kinds, algorithm)
		}
	}
	slices.Sort(kinds)
	return kinds, nil
}

// canaryWords says what canaries do, for consent.
func canaryWords(kinds []identity.Algorithm) []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	what := "canaries: a throw-away user for each algorithm that lands"
	if len(kinds) > 0 {
		what = "canaries: a throw-away user for each of " + strings.Join(names, ", ")
	}
	return []string{what, "        is created with a fresh password, logged in, and deleted; functions and webhooks on users' events see that"}
}

// askForCanaries asks before a verb that otherwise writes nothing.
func (j *job) askForCanaries(kinds []identity.Algorithm) error {
	if len(kinds) == 0 || !j.target.real {
		return nil
	}
	return j.agree("create and delete them? type yes: ", slices.Concat(j.target.origin, canaryWords(kinds)))
}

// tryCanaries has each log in, and says how it went.
func (j *job) tryCanaries(ctx context.Context, kinds []identity.Algorithm) error {
	if !j.cli.Bool("canaries") {
		return nil
	}
	counts := &migrate.LoginCounts{}
	j.summary.Canaries = counts
	for _, kind := range kinds {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		bad, err := j.tryCanary(ctx, kind)
		if err != nil {
			return fmt.Errorf("canary %s: %w", kind, err)
		}
		counts.Tried++
		if bad != nil {
			j.result("canary %s: not let in: %s", kind, bad.Detail)
			continue
		}
		counts.OK++
		j.result("canary %s: let in", kind)
	}
	if len(kinds) == 0 {
		j.say("no password landed, so there is nothing that a canary could try")
	}
	if bad := counts.Tried - counts.OK; bad > 0 {
		return failed(exitProof, "the people whose hashes are of that kind cannot sign in: look at the project's settings before anybody tries",
			errors.New(plural(bad, "canary was", "canaries were")+" not let in"))
	}
	return nil
}

func (j *job) tryCanary(ctx context.Context, kind identity.Algorithm) (*identity.Problem, error) {
	password := freshPassword()
	h, err := j.memory.Make(kind, password)
	if err != nil {
		return nil, err
	}
	return j.target.sink.(canaryTarget).Canary(ctx, h, password)
}

// freshPassword is random, and has what rules for new passwords ask for: letters of
// either case, a digit and a sign.
func freshPassword() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails (crypto/rand, Go 1.24)
	return "Canary-1" + hex.EncodeToString(random[:])
}

// countEndpoint remembers where a user with a password landed.
func (m *move) countEndpoint(s *migrate.Settled) {
	if s == nil || s.Algorithm == identity.None || s.Endpoint == "" || s.Endpoint == "users" && s.Algorithm != identity.Plaintext {
		return // no password, or one that could not come along
	}
	landed := s.Outcome == sink.Created || s.Outcome == sink.Recovered || s.Outcome == sink.Skipped
	if leftOut := s.Problem != nil && s.Problem.Code == identity.Excluded; landed && !leftOut {
		m.endpoints[s.Endpoint]++
	}
}

// letFly tries canaries after a move, for which the consent to the move stands.
func (m *move) letFly(ctx context.Context) error {
	kinds, err := m.canaries(m.endpoints)
	if err != nil {
		return err
	}
	return m.tryCanaries(ctx, kinds)
}
