package appwrite

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"rehome/sink"
)

// What shows that an account has been used, although its hash is the one that was
// imported. A sign-in by magic URL, code, token or provider replaces no hash, and
// from 1.9 on leaves accessedAt empty until the first request with the session (our
// recordings, 1.9-account); where the address was verified before, nothing of the
// account itself has changed.
//
//	in the account       accessedAt, MFA switched on, another messaging target,
//	                     the right to impersonate
//	in a list            federated identities: one request for a hundred users
//	one request a user   sessions, memberships of teams, the log of what the person
//	                     did
//
// The scope users.read opens all of them, in 1.5.11 and in 1.9.6.
const (
	usedAccess      = "the person has been there"
	usedMFA         = "multi-factor sign-in is switched on"
	usedImpersonate = "it may act as other users"
	usedTarget      = "it has another messaging target"
	usedIdentity    = "another provider's sign-in is linked to it"
	usedSession     = "it has a session"
	usedTeam        = "it is a member of a team"
	usedLog         = "its log tells of use"
	usedPerhaps     = "its log is full of what an administrator did, and may hold more"
)

// trace is what the account itself shows; "" is nothing.
func (a account) trace() string {
	switch {
	case a.Accessed != "":
		return usedAccess
	case a.MFA:
		return usedMFA
	case a.Impersonator:
		return usedImpersonate
	case a.reachedElsewhere():
		return usedTarget
	}
	return ""
}

// reachedElsewhere reports whether the account has a target that is not its address
// or number. One older than the account was its predecessor's.
func (a account) reachedElsewhere() bool {
	for _, t := range a.Targets {
		own := t.Kind != "push" && (foldEmail(t.Identifier) == a.Email || t.Identifier == a.Phone)
		if t.UserID == a.ID && !own && !t.olderThan(a) {
			return true
		}
	}
	return false
}

// Closely is a reader that also asks for the traces that an account does not show
// itself, with four requests a user where Read needs a hundredth of one. Who is about
// to delete users, or to say that nobody has used them, needs it.
func (s *Sink) Closely() sink.Reader { return witness{s} }

type witness struct{ sink *Sink }

// Read is Sink.Read, which looks more closely.
func (w witness) Read(ctx context.Context, ids []string) ([]sink.Found, error) {
	found, err := w.sink.Read(ctx, ids)
	if err != nil {
		return nil, err
	}
	linked, err := w.sink.linked(ctx, found)
	if err != nil {
		return nil, w.sink.explain(err)
	}
	for i := range found {
		f := &found[i]
		if f.Used = cmp.Or(f.Used, linked[f.TargetID]); f.Used != "" {
			continue
		}
		if f.Used, err = w.sink.hangsOn(ctx, f.TargetID); err != nil {
			return nil, w.sink.explain(err)
		}
	}
	return found, nil
}

// linked says who of these users has a federated identity, made since the account
// was. A full page may not be all: it is asked for in halves.
func (s *Sink) linked(ctx context.Context, users []sink.Found) (map[string]string, error) {
	made := map[string]time.Time{}
	var ids []string
	for _, u := range users {
		ids, made[u.TargetID] = append(ids, u.TargetID), u.Created
	}
	linked := map[string]string{}
	for pages := addressable(ids); len(pages) > 0; {
		page := pages[0]
		pages = pages[1:]
		var l identityList
		err := s.client.do(ctx, http.MethodGet, "/users/identities"+filter(query{"equal", "userId", page}), nil, &l)
		if err != nil {
			return nil, s.unseen(err, "identities")
		}
		if half := len(page) / 2; len(l.Identities) == defaultPage && half > 0 {
			pages = append(pages, page[:half], page[half:])
			continue
		}
		for _, i := range l.Identities {
			if at, err := time.Parse(time.RFC3339, i.Created); err != nil || !at.Before(made[i.UserID]) {
				linked[i.UserID] = usedIdentity
			}
		}
	}
	return linked, nil
}

// hangsOn says what hangs on a user that only a request of its own can tell; sessions
// come last, since they may come at any moment. Who is not there has nothing.
func (s *Sink) hangsOn(ctx context.Context, id string) (string, error) {
	for _, ask := range []func(context.Context, string) (string, error){s.member, s.logged, s.inSession} {
		if shows, err := ask(ctx, id); shows != "" || err != nil {
			return shows, err
		}
	}
	return "", nil
}

func (s *Sink) member(ctx context.Context, id string) (string, error) {
	var l struct{ Memberships []struct{} }
	if err := s.listOf(ctx, id, "memberships", "", &l); err != nil || len(l.Memberships) == 0 {
		return "", err
	}
	return usedTeam, nil
}

func (s *Sink) inSession(ctx context.Context, id string) (string, error) {
	var l struct{ Sessions []struct{} }
	if err := s.listOf(ctx, id, "sessions", "", &l); err != nil || len(l.Sessions) == 0 {
		return "", err
	}
	return usedSession, nil
}

// listOf reads a list of a user's; who is not there has none.
func (s *Sink) listOf(ctx context.Context, id, list, filter string, out any) error {
	err := s.client.do(ctx, http.MethodGet, userPath(id, "/"+list)+filter, nil, out)
	if is(err, typeUserNotFound) {
		return nil
	}
	return s.unseen(err, list)
}

// logged looks for what the person did. What is done with an API key leaves nothing
// there; but 1.9 mixes in what an administrator with the same internal number did
// in the console (our recordings, logs/list). A page of nothing else may hide more.
func (s *Sink) logged(ctx context.Context, id string) (string, error) {
	var l struct {
		Logs []struct {
			Mode string `json:"mode"`
		} `json:"logs"`
	}
	if err := s.listOf(ctx, id, "logs", filter(query{"limit", "", []any{maxPage}}), &l); err != nil {
		return "", err
	}
	for _, entry := range l.Logs {
		if entry.Mode != "admin" {
			return usedLog, nil
		}
	}
	if len(l.Logs) == maxPage {
		return usedPerhaps, nil
	}
	return "", nil
}

// unseen names the list that the key may not see. Without it nobody can be said to
// be unused, so nothing goes on.
func (s *Sink) unseen(err error, list string) error {
	if !is(err, typeNoScope) {
		return err
	}
	return advise("give it the scopes users.read and sessions.read (Appwrite console, the project's API keys)",
		"the API key may not list the %s of users, and without them nobody can tell who has used an account", list)
}
