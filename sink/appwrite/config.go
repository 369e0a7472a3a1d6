package appwrite

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"rehome/identity"
	"rehome/sink"
)

// Config says which project users land in, and how.
type Config struct {
	// Endpoint is the API's address with its path, such as
	// "https://cloud.appwrite.io/v1". http is taken for this machine only.
	// Required; Optional for a sink that only judges.
	Endpoint string
	// Project is the project's id. Required with Endpoint.
	Project string
	// Key is an API key of the project with the scopes users.read and
	// users.write. Required with Endpoint.
	Key identity.Secret

	// Profile is the server's set of rules to judge by; empty: 1.9. Preflight
	// replaces it by what the server says of itself. Optional.
	Profile Profile
	// ID says what id a user has at the target; empty: auto. Optional.
	ID sink.IDRule
	// Roles says where a user's roles and groups go: Drop, or Labels, which are
	// access rights at the target. Optional.
	Roles Place
	// Claims says where custom claims and attributes go: Drop, or Prefs, which
	// the user can read and change. Optional.
	Claims Place
	// Dates says where the dates of sign-up and last sign-in go: Drop or Prefs.
	// Optional.
	Dates Place
	// AllowUndocumented lets crypt(3) strings in through the bcrypt endpoint,
	// where the server verifies them today without promising it. Optional.
	AllowUndocumented bool

	// Workers is how many requests are in flight at most, and so how many
	// connections are kept; 0: as many as the server does most with, which is found
	// out on the way and is 64 at most. Optional.
	Workers int
	// Rate is how many requests are sent in a second at most; 0: as many as the
	// server allows. Optional.
	Rate float64
	// Patience is how long one request is repeated while the target is down,
	// throttles or times out; 0: two minutes. Optional.
	Patience time.Duration
	// Timeout is how long one answer may take; 0: one minute. Optional.
	Timeout time.Duration
}

// Profile is a set of server rules. Between the two, Appwrite moved its hashes
// into utopia-php/auth, which checks parameters that 1.7 stored unseen.
type Profile string

// The profiles.
const (
	Profile15 Profile = "1.5" // Appwrite 1.5 to 1.7
	Profile19 Profile = "1.9" // Appwrite 1.8 and later
)

// Place is where something of a user goes that Appwrite has no field for.
type Place string

// The places. The empty Place is Drop.
const (
	Drop   Place = "drop"   // it is not carried, and counted as a loss
	Labels Place = "labels" // into the user's labels
	Prefs  Place = "prefs"  // into the user's preferences
)

const (
	defaultPatience = 2 * time.Minute
	defaultTimeout  = time.Minute
)

// withDefaults fills in what was left out and refuses what makes no sense.
func (c Config) withDefaults() (Config, error) {
	if c.Profile == "" {
		c.Profile = Profile19
	}
	if c.Profile != Profile15 && c.Profile != Profile19 {
		return c, fmt.Errorf("appwrite: unknown profile %q; use 1.5 or 1.9", string(c.Profile))
	}
	if err := oneOf("roles", &c.Roles, Labels); err != nil {
		return c, err
	}
	if err := oneOf("claims", &c.Claims, Prefs); err != nil {
		return c, err
	}
	if err := oneOf("dates", &c.Dates, Prefs); err != nil {
		return c, err
	}
	if c.Workers < 0 || !(c.Rate >= 0) || c.Patience < 0 || c.Timeout < 0 {
		return c, errors.New("appwrite: workers, rate, patience and timeout must not be negative")
	}
	if c.Patience == 0 {
		c.Patience = defaultPatience
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	return c, nil
}

func oneOf(what string, p *Place, other Place) error {
	if *p == "" {
		*p = Drop
	}
	if *p != Drop && *p != other {
		return fmt.Errorf("appwrite: %s go to %q or %q, not %q", what, other, Drop, *p)
	}
	return nil
}

// base checks the endpoint. What it refuses would send the key and every hash
// where they do not belong.
func (c Config) base() (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(c.Endpoint, "/"))
	if err != nil {
		return nil, errors.New("appwrite: the endpoint is not an address; it looks like https://cloud.appwrite.io/v1")
	}
	switch {
	case u.User != nil:
		return nil, errors.New("appwrite: the endpoint must not hold a user name or password; the API key is given apart")
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("appwrite: the endpoint %q is not an address like https://cloud.appwrite.io/v1", u.Redacted())
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, fmt.Errorf("appwrite: %q would send the API key and every hash in the clear; use https", u.Redacted())
	case u.Path == "":
		return nil, fmt.Errorf("appwrite: the endpoint %q lacks its path, which is mostly /v1", u.Redacted())
	case c.Project == "":
		return nil, errors.New("appwrite: the project's id is missing (Appwrite console, the project's settings)")
	case c.Key == "":
		return nil, errors.New("appwrite: the API key is missing; create one with the scopes users.read and users.write")
	case !headerSafe(c.Project) || !headerSafe(string(c.Key)):
		return nil, errors.New("appwrite: the project's id or the API key holds blanks or control characters; was a line break copied along?")
	}
	return u, nil
}

// loopback tells whether a host is this machine by its name alone: nothing is
// looked up, since an answer could change between the check and the use.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

func headerSafe(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }) < 0
}
