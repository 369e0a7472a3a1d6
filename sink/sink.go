// Package sink is where users land: the contract between the engine that moves
// users and the targets that take them, and the dry run that stands around any
// target.
//
// A sink says beforehand, offline and for every user, what would become of that
// user at its target (Judge), and lands users one after another (Write). It
// decides nothing about order, resuming or duplicates: that is migrate's work.
package sink

import (
	"context"
	"time"

	"rehome/identity"
)

// Sink is a target. Judge may be called from several goroutines at once, and so
// may Write.
type Sink interface {
	// Judge says, without any I/O, what would become of a user here. Pure: the
	// same answer every time.
	Judge(identity.User) Judgement

	// Write settles users in order, one Result each. Fewer results than users
	// means that err says why the rest is unsettled: a transient error (see
	// Transient) has outlasted the sink's own patience, any other is final.
	// Landing a user twice is harmless. Cancelling ctx stops Write between two
	// users, never inside one.
	Write(ctx context.Context, users []Landing) ([]Result, error)

	Close() error
}

// Verdict is what would become of a user's password at the target.
type Verdict string

// The verdicts, from best to worst.
const (
	Ready        Verdict = "ready"        // lands, and the target's own verifier accepts the old password
	Converted    Verdict = "converted"    // the same, after a lossless change of encoding
	Passwordless Verdict = "passwordless" // has no password at the source
	NeedsReset   Verdict = "needs-reset"  // has a hash which this target can never verify
	Blocked      Verdict = "blocked"      // cannot land as it is
)

// Lands reports whether a user with this verdict can be landed as it stands.
func (v Verdict) Lands() bool { return v == Ready || v == Converted || v == Passwordless }

// Works reports whether the old password will work at the target.
func (v Verdict) Works() bool { return v == Ready || v == Converted }

// Judgement is a sink's word on one user.
type Judgement struct {
	Verdict  Verdict
	TargetID string // the id the user has there
	// Endpoint is where the user would be sent: "argon2", "bcrypt", "md5",
	// "phpass", "sha", "scrypt", "scrypt-modified", or "users" (no hash). Empty
	// for targets without endpoints.
	Endpoint string
	Problem  *identity.Problem // why not; set for NeedsReset and Blocked
	Losses   []identity.Code   // what the user loses by landing
	Labels   []string          // what the user would be given rights by there, each once
	// PhoneLoss is the one of Losses that goes with the phone number, should the user
	// land without it; "" where none does.
	PhoneLoss identity.Code
	Keys      Keys // what must be unique at the target
	// Made is what the sink has worked out of the user, for its own Write to find
	// again; nobody else looks at it. Optional.
	Made any
}

// Keys are the values that no two users of the target may share, folded as the
// target folds them. An empty one occupies nothing.
type Keys struct{ ID, Email, Phone string }

// Landing is a user to be written.
type Landing struct {
	User      identity.User
	Judgement Judgement // the sink's own word on this user
	// Taken says that an earlier try of ours may have begun this user; only then
	// may a user found at the target be completed.
	Taken bool
	// Since is when the run began, on the clock by which the target dates users:
	// what is older there is not ours. Zero: not known.
	Since time.Time
	// Created is when the target made the account, by the ledger; zero: not known.
	// An account of another time is not the one that landed.
	Created time.Time
	// Claimed names another run that says that it landed the account which the
	// target made under the user's id at that time; "" where none does. Nil: nobody
	// keeps count.
	Claimed func(created time.Time) (run string)
}

// Outcome is what became of a record.
type Outcome string

// The outcomes. Skipped is given by the engine, never by a sink.
const (
	Created   Outcome = "created"   // landed now
	Existing  Outcome = "existing"  // was there before us, untouched
	Recovered Outcome = "recovered" // Taken, and found there as ours: complete now
	Skipped   Outcome = "skipped"   // landed by an earlier try, or left out on request
	Planned   Outcome = "planned"   // would be written (dry run)
	Rejected  Outcome = "rejected"  // did not land; the problem says why
)

// Result is what became of one Landing.
type Result struct {
	Outcome  Outcome
	TargetID string
	Problem  *identity.Problem // set for Rejected
	State    State             // what the target should now hold; set for Created and Recovered
	// Created is when the target made the account, on its own clock. Zero: it does
	// not say.
	Created time.Time
	// Left is set for Rejected when an account is there that may be this run's.
	Left bool
	// Losses are those of the Judgement as the target has it: a phone number may turn
	// out to be somebody else's there. Nil: as judged.
	Losses []identity.Code
}

// State is a user as a target holds it, in the target's own terms, cut in the
// two parts that must be told apart later: a changed credential means that the
// person signed in or set a password, a changed profile that somebody edited it.
//
// Both are canonical texts, equal exactly if what they describe is equal. They
// hold secrets; the engine seals them (HMAC) and never stores them.
type State struct{ Credential, Profile identity.Secret }

// Reader is a sink that can read users back.
type Reader interface {
	// Read looks users up by the ids they have at the target and returns what is
	// there, in any order; ids that are not there are left out. At most 100 ids.
	Read(ctx context.Context, ids []string) ([]Found, error)
}

// Found is a user read back.
type Found struct {
	TargetID string
	State    State
	// SignedIn is set when the target's data show that the person has signed in
	// since landing (Appwrite: the hash was replaced).
	SignedIn bool
	// Used says in words what else shows that the account has been used since it
	// landed, such as "it has a session"; "" where nothing does.
	Used string
	// Created is when the target made the account, on its own clock. Zero: it does
	// not say, or not so that it could be believed.
	Created time.Time
}

// Scout is a sink that can find out beforehand whom Write would meet.
type Scout interface {
	// Look says of each user, in order, what Write would make of it as the target
	// stands now: Planned, Existing, or Rejected with the problem that Write would
	// give. It changes nothing there. Users are judged already, and land. At most
	// 100 users.
	Look(ctx context.Context, users []Landing) ([]Result, error)
}

// Mender is a sink that can complete users who have landed before.
type Mender interface {
	// Mend gives users what they still lack at the target: Recovered, or Rejected
	// with the problem that stands against it. It makes nobody, sets no password,
	// and replaces no value by another: only what is as the target makes it is
	// filled, and an address counts as verified only if it is the one that was
	// verified. At most 100 users.
	Mend(ctx context.Context, users []Landing) ([]Result, error)
}

// Remover is a sink that can take users back.
type Remover interface {
	// Remove deletes those of the users that are still exactly as they were
	// found, and answers with those it spared and why. All others are gone, those
	// who were not there any more among them. After an error it is not known who
	// is gone; the same call does no harm twice. At most 100 users.
	Remove(ctx context.Context, users []Found) (spared []Result, err error)
}

// Sparer is a Remover at whose target other rows may hang on a user.
type Sparer interface {
	// Spares says whom of the users Remove would spare, and why, and what hangs on
	// any of them. It changes nothing. At most 100 users.
	Spares(ctx context.Context, users []Found) (spared []Result, hung []Hung, err error)
}

// Hung are rows of one table that hang on a user: neither the user's own nor those
// of the users beside.
type Hung struct {
	TargetID string
	Table    string // with its schema
	Rows     int    // Uncounted: there may be some
	Fate     Fate
}

// Uncounted is the number of rows that we have no right to see.
const Uncounted = -1

// Fate is what becomes of rows that hang on a user who is deleted.
type Fate string

// The fates.
const (
	Goes    Fate = "deleted"  // they go with the user
	Holds   Fate = "refused"  // they stay, and keep the user there
	Loosens Fate = "unlinked" // they stay, and no longer refer to the user
)

// Paced is a sink that finds its own pace.
type Paced interface {
	// Pace says how the target is being asked at this moment.
	Pace() Pace
}

// Pace is how a target is being asked.
type Pace struct {
	InFlight  int  `json:"in_flight"`           // requests that wait for an answer
	Limit     int  `json:"limit"`               // requests that may; grows and shrinks with what the target bears
	Throttled int  `json:"throttled,omitempty"` // answers so far that asked to slow down (429)
	Failed    int  `json:"failed,omitempty"`    // answers so far that were failures of the target (5xx) or lost
	Down      bool `json:"down,omitempty"`      // the target gives no answers at all: asked only now and then
}

// Foreteller is a sink that knows beforehand what its target will hold of a user.
type Foreteller interface {
	// Foretell answers, without any I/O, the State that Write would give of a user
	// who lands; false where the target adds something of its own, such as the date
	// or the hash of a plain password.
	Foretell(identity.User) (State, bool)
}

// Prover is a sink whose login bounds what may be typed.
type Prover interface {
	// Accepts says why a password, right at the source, could not be used at the
	// target's login with this hash; nil if it can.
	Accepts(h identity.Hash, password string) *identity.Problem
}

// Authenticator is a sink whose target can be asked to log a person in. That
// leaves traces at the target: practice only.
type Authenticator interface {
	// Login reports whether the target accepts the password.
	Login(ctx context.Context, email, password string) (bool, error)
}

// Transient is the behaviour of an error that may pass: the target was down,
// throttled or timed out, and the sink's patience has ended.
type Transient interface {
	error
	Transient() bool
}
