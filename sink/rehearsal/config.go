package rehearsal

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"time"

	"rehome/identity"
)

// Config says what the server is. The zero value of every Optional field is
// what a person rehearsing a migration wants: kind, open-handed, and strict
// only where Appwrite is.
type Config struct {
	// Verify tells whether a password made a hash. The server decides by its own
	// reading of Appwrite which stored text can be verified at all and in which
	// form, and asks only then. It must accept concurrent calls. Required.
	Verify func(identity.Hash, string) (bool, error)

	// Hold takes memory for a plain password to be hashed in, and waits for it; nil:
	// a few at a time are hashed, without asking. Optional.
	Hold func(bytes uint64) (release func())

	// Project is the project's id; empty: a new one. Optional.
	Project string
	// Keys are the API keys; none: one new key with every scope. Optional.
	Keys []Key
	// Profile is the Appwrite version to play; empty: V19. Optional.
	Profile Profile

	// Database stands under the server; empty: MariaDB, the one recorded. Optional.
	Database Database

	// Faults are what goes wrong on purpose; none: nothing. Optional.
	Faults Faults
	// Seed makes the choice of faulty requests repeatable. Optional.
	Seed uint64
	// Capacity bounds how fast the server answers; zero: as fast as it can. Optional.
	Capacity Capacity

	// Abuse switches the limits of logins and sign-ups on. Optional.
	Abuse bool
	// Policies are the project's settings. Optional.
	Policies Policies
	// LostUpdates loses parallel updates of one user as Appwrite 1.5 does: each, and
	// a sign-in that replaces the hash, writes the whole user back as it was read.
	// Optional.
	LostUpdates bool
	// CleanUp is how long the worker of profile 1.5 takes to remove what belonged
	// to a deleted user; zero: one second. Profile 1.9 removes it at once. Optional.
	CleanUp time.Duration

	// Now is the clock; nil: the real one. Optional.
	Now func() time.Time
	// Date is what the Date of an answer says at a time, as a proxy in front with a
	// clock of its own has it; nil: the same. Optional.
	Date func(now time.Time) time.Time
}

// Key is an API key of the project.
type Key struct {
	Secret  identity.Secret // Required.
	Scopes  []string        // such as "users.read"; nil: every scope. Optional.
	Expires time.Time       // zero: never. Optional.
}

// Policies are settings of an Appwrite project that change what it accepts.
type Policies struct {
	// PersonalData refuses passwords that contain the user's own id, address,
	// name or number. Appwrite runs it over hashes too. Optional.
	PersonalData bool
	// Dictionary refuses these plain passwords; nil: the policy is off. Optional.
	Dictionary []string
	// Strength refuses weak plain passwords; profile 1.9 only. Optional.
	Strength *Strength
	// History is how many former passwords a person may not take again. Optional.
	History int
	// SessionLimit is how many sessions a user keeps; zero: 10 in profile 1.5,
	// no limit in 1.9. Optional.
	SessionLimit int
	// UserLimit is how many users may sign up; zero: no limit. API keys are not
	// bound by it. Optional.
	UserLimit int
	// NoEmailPassword switches the login with e-mail and password off. Optional.
	NoEmailPassword bool
	// NoREST switches the REST protocol off, for everybody but API keys. Optional.
	NoREST bool
	// NoAccount switches the account service off, for everybody but API keys. Optional.
	NoAccount bool
	// KeepSessions leaves sessions alive when a key sets a password; profile 1.9,
	// which ends them by default. Optional.
	KeepSessions bool
}

// Strength is Appwrite's password-strength policy.
type Strength struct {
	Min                          int // characters; below 8 means 8
	Upper, Lower, Number, Symbol bool
}

// Capacity models a server that serves Slots requests at a time, each for
// Service. More waiting requests than Slots slow everyone down, as the recorded
// servers do: their throughput falls from 107 a second with 8 clients to 27 with 128.
type Capacity struct {
	Slots   int           // requests served at once; zero: no limit. Optional.
	Service time.Duration // how long one takes. Optional.
	Droop   float64       // share of speed lost for each Slots requests that wait, such as 0.1. Optional.
}

// check fills in what was left out and refuses what makes no sense.
func (c Config) check() (Config, error) {
	if c.Verify == nil {
		return c, errors.New("rehearsal server: Verify is required")
	}
	if c.Profile == "" {
		c.Profile = V19
	}
	if c.Profile != V15 && c.Profile != V19 {
		return c, fmt.Errorf("rehearsal server: unknown profile %q; use 1.5 or 1.9", string(c.Profile))
	}
	if c.Database == "" {
		c.Database = MariaDB
	}
	if c.Database != MariaDB && (c.Profile == V15 || c.Database != Postgres && c.Database != MongoDB) {
		return c, fmt.Errorf("rehearsal server: no database %q under profile %s; use mariadb, or for 1.9 postgres or mongodb", string(c.Database), string(c.Profile))
	}
	if c.Capacity.Slots < 0 || c.Capacity.Service < 0 || c.Capacity.Droop < 0 {
		return c, errors.New("rehearsal server: capacity must not be negative")
	}
	if c.Project == "" {
		c.Project = fresh(10)
	}
	if len(c.Keys) == 0 {
		c.Keys = []Key{{Secret: identity.Secret("standard_" + fresh(64))}}
	}
	for _, k := range c.Keys {
		if k.Secret == "" {
			return c, errors.New("rehearsal server: an API key is empty")
		}
	}
	if c.CleanUp == 0 {
		c.CleanUp = time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Date == nil {
		c.Date = func(now time.Time) time.Time { return now }
	}
	return c, nil
}

// fresh is n random bytes in hex.
func fresh(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return hex.EncodeToString(b)
}

// hashers is how many argon2id computations of 64 MiB may run at once: plain
// passwords are hashed for real, and memory must stay bounded.
func hashers() int { return min(max(runtime.GOMAXPROCS(0), 1), 4) }
