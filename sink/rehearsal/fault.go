package rehearsal

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// FaultKind is a way in which a request can go wrong.
type FaultKind string

// The kinds. Each request suffers at most one of them.
const (
	Lost  FaultKind = "lost"  // the work is done, then the connection is closed without an answer
	Reset FaultKind = "reset" // the connection is reset before any work
	Half  FaultKind = "half"  // a create makes the user but not its target, and answers 500; other requests are spared
	E500  FaultKind = "500"   // nothing is done, 500 general_unknown
	E503  FaultKind = "503"   // nothing is done, 503 as a proxy in front answers it
	E429  FaultKind = "429"   // nothing is done, 429; with For, a Retry-After
	Slow  FaultKind = "slow"  // the answer comes For later
	DB    FaultKind = "db"    // the database fails, for that long or this request: see outage
)

// Fault is one kind, how often and how long.
type Fault struct {
	Kind  FaultKind
	Share float64       // of requests, 0 to 1
	For   time.Duration // of E429 the Retry-After, of Slow the delay, of DB until it is back
}

// Faults are all that can go wrong; their shares add up to at most 1.
type Faults []Fault

// ParseFaults reads KIND=SHARE[@DURATION],…, such as "lost=5%,429=2%@2s,slow=1%@50ms".
// SHARE is a percentage, with or without its sign. Empty text is no faults.
func ParseFaults(spec string) (Faults, error) {
	if strings.TrimSpace(spec) == "" {
		return nil, nil
	}
	var faults Faults
	for item := range strings.SplitSeq(spec, ",") {
		f, err := parseFault(strings.TrimSpace(item))
		if err != nil {
			return nil, err
		}
		faults = append(faults, f)
	}
	return faults, faults.check()
}

func parseFault(item string) (Fault, error) {
	kind, rest, ok := strings.Cut(item, "=")
	if !ok {
		return Fault{}, fmt.Errorf("fault %q: write KIND=SHARE, such as lost=5%%", item)
	}
	share, wait, timed := strings.Cut(rest, "@")
	percent, err := strconv.ParseFloat(strings.TrimSuffix(share, "%"), 64)
	if err != nil || !(percent >= 0 && percent <= 100) {
		return Fault{}, fmt.Errorf("fault %q: %q is no share; write a percentage from 0 to 100", item, share)
	}
	f := Fault{Kind: FaultKind(kind), Share: percent / 100}
	if timed {
		if f.For, err = time.ParseDuration(wait); err != nil || f.For < 0 {
			return Fault{}, fmt.Errorf("fault %q: %q is no duration; write one such as 2s or 50ms", item, wait)
		}
	}
	return f, nil
}

func (f Faults) check() error {
	sum := 0.0
	for _, one := range f {
		switch one.Kind {
		case Lost, Reset, Half, E500, E503, E429, Slow, DB:
		default:
			return fmt.Errorf("fault %q: unknown; use lost, reset, half, 500, 503, 429, slow or db", string(one.Kind))
		}
		if one.Kind == Slow && one.For == 0 {
			return errors.New("fault slow: say for how long, such as slow=5%@200ms")
		}
		if !(one.Share >= 0) {
			return fmt.Errorf("fault %s: the share must not be negative", string(one.Kind))
		}
		sum += one.Share
	}
	if sum > 1+1e-9 {
		return errors.New("faults: the shares add up to more than 100%")
	}
	return nil
}

// String writes the faults as ParseFaults reads them.
func (f Faults) String() string {
	items := make([]string, len(f))
	for i, one := range f {
		items[i] = string(one.Kind) + "=" + strconv.FormatFloat(one.Share*100, 'g', -1, 64) + "%"
		if one.For > 0 {
			items[i] += "@" + one.For.String()
		}
	}
	return strings.Join(items, ",")
}

// luck draws each request's fault, the same sequence for the same seed.
type luck struct {
	mu     sync.Mutex
	dice   *rand.Rand
	faults Faults
	struck map[FaultKind]int64
}

func newLuck(f Faults, seed uint64) *luck {
	return &luck{dice: rand.New(rand.NewPCG(seed, 0)), faults: f, struck: map[FaultKind]int64{}}
}

func (l *luck) draw() Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.faults) == 0 {
		return Fault{}
	}
	at := l.dice.Float64()
	for _, f := range l.faults {
		if at < f.Share {
			l.struck[f.Kind]++
			return f
		}
		at -= f.Share
	}
	return Fault{}
}

func (l *luck) counts() map[FaultKind]int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.struck)
}

func (l *luck) now() Faults {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.faults
}

func (l *luck) set(f Faults) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = f
}

// instead is the answer that replaces the work; ok is false where the work is done.
func (f Fault) instead(version string) (answer, bool) {
	switch f.Kind {
	case E500:
		return refused(refuse(serverError), version), true
	case E503:
		return answer{status: http.StatusServiceUnavailable, kind: "text/plain; charset=utf-8", body: []byte("Service Unavailable")}, true
	case E429:
		a := refused(refuse(rateLimitExceeded), version)
		if f.For > 0 {
			seconds := int64((f.For + time.Second - 1) / time.Second)
			a.header = append(a.header, [2]string{"Retry-After", strconv.FormatInt(seconds, 10)})
		}
		return a, true
	}
	return answer{}, false
}

// hangUp ends the connection without an answer: with a reset where the work was
// not even begun.
func hangUp(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // net/http's own way to drop a connection that cannot be taken over
	}
	if tcp, ok := conn.(interface{ SetLinger(int) error }); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
