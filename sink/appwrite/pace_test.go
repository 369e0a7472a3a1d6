package appwrite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rehome/identity"
	"rehome/sink"
	"rehome/sink/rehearsal"
)

// A server is played in fake time: it takes as long as its answer says, and
// nothing else takes any.
type played interface{ serve() *http.Response }

// shop serves so many at once, each for as long as said; a crowd of as many who
// wait slows everyone down by droop.
type shop struct {
	slots         int
	service       time.Duration
	droop, jitter float64

	mu           sync.Mutex
	inside, busy int
	queue        []chan token
	dice         *rand.Rand
}

func (s *shop) serve() *http.Response {
	s.mu.Lock()
	s.inside++
	if s.busy++; s.busy > s.slots {
		turn := make(chan token)
		s.queue = append(s.queue, turn)
		s.mu.Unlock()
		<-turn
		s.mu.Lock()
	}
	took := s.takes()
	s.mu.Unlock()
	time.Sleep(took)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inside--
	if s.busy--; len(s.queue) > 0 {
		close(s.queue[0])
		s.queue = s.queue[1:]
	}
	return answerOf(http.StatusCreated)
}

func (s *shop) takes() time.Duration {
	crowd := float64(max(s.inside-s.slots, 0)) / float64(s.slots)
	factor := 1 + s.droop*crowd
	if s.jitter > 0 {
		if s.dice == nil {
			s.dice = rand.New(rand.NewPCG(1, 2))
		}
		factor *= 1 - s.jitter + s.jitter*s.dice.ExpFloat64()
	}
	return time.Duration(float64(s.service) * factor)
}

func answerOf(status int, headers ...string) *http.Response {
	res := &http.Response{StatusCode: status, Header: http.Header{}}
	res.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	for i := 0; i < len(headers); i += 2 {
		res.Header.Set(headers[i], headers[i+1])
	}
	return res
}

// turnedAway is a 429, which is quick.
func turnedAway(headers ...string) *http.Response {
	time.Sleep(time.Millisecond)
	return answerOf(http.StatusTooManyRequests, headers...)
}

// bucket lets rate requests a second through, and as many as burst at once.
type bucket struct {
	played
	rate, burst float64
	headers     []string

	mu     sync.Mutex
	tokens float64
	filled time.Time
}

func (b *bucket) serve() *http.Response {
	b.mu.Lock()
	b.tokens = min(b.burst, b.tokens+time.Since(b.filled).Seconds()*b.rate)
	b.filled = time.Now()
	through := b.tokens >= 1
	if through {
		b.tokens--
	}
	b.mu.Unlock()
	if !through {
		return turnedAway(b.headers...)
	}
	return b.played.serve()
}

// windows lets so many through in each window of time, and says so or not.
type windows struct {
	played
	most    int
	every   time.Duration
	says    bool
	headers []string

	mu     sync.Mutex
	window int64
	n      int
}

func (w *windows) serve() *http.Response {
	w.mu.Lock()
	if now := time.Now().UnixNano() / int64(w.every); now != w.window {
		w.window, w.n = now, 0
	}
	w.n++
	n, ends := w.n, (w.window+1)*int64(w.every)/int64(time.Second)
	w.mu.Unlock()
	headers := w.headers
	if w.says {
		headers = []string{"X-RateLimit-Remaining", fmt.Sprint(max(0, w.most-n)), "X-RateLimit-Reset", fmt.Sprint(ends)}
	}
	if n > w.most {
		return turnedAway(headers...)
	}
	w.played.serve()
	return answerOf(http.StatusCreated, headers...)
}

// unlucky answers a share of requests with a status, whatever the pace.
type unlucky struct {
	played
	share  float64
	status int
}

func (u *unlucky) serve() *http.Response {
	if rand.Float64() < u.share {
		return answerOf(u.status)
	}
	return u.played.serve()
}

// changing is another server after half a minute.
type changing struct {
	began       time.Time
	first, then played
}

func (c *changing) serve() *http.Response {
	if time.Since(c.began) < 30*time.Second {
		return c.first.serve()
	}
	return c.then.serve()
}

// drive sends with so many workers for a minute.
func drive(t *testing.T, p *pace, server played, workers int) (done, throttled int) {
	t.Helper()
	patient := patience{total: 2 * time.Minute, first: firstWait}
	end := time.Now().Add(time.Minute)
	var good, away atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for try := 0; time.Now().Before(end); {
				ticket, err := p.enter(t.Context(), toCreate, patient)
				if err != nil {
					t.Error(err)
					return
				}
				res := server.serve()
				p.leave(ticket, res, nil, patient)
				if res.StatusCode == http.StatusCreated {
					good.Add(1)
					try = 0
					continue
				}
				if res.StatusCode == http.StatusTooManyRequests {
					away.Add(1)
				}
				try++
				time.Sleep(max(patient.wait(try), askedWait(res)))
			}
		})
	}
	wg.Wait()
	return int(good.Load()), int(away.Load())
}

// TestPaceFindsTheBest: a minute without a setting, against a minute with the best
// of all settings, which is known of these servers.
func TestPaceFindsTheBest(t *testing.T) {
	quick := func() *shop { return &shop{slots: 8, service: 20 * time.Millisecond} }
	for _, c := range []struct {
		name  string
		make  func() played
		best  float64 // a second
		least float64 // of it
		away  float64 // answers of 429, at most
	}{
		{"8 slots of 20 ms", func() played { return quick() }, 400, 0.95, 0},
		{"less beyond 8, as recorded", func() played { return &shop{slots: 8, service: 75 * time.Millisecond, droop: 0.2} }, 106.7, 0.95, 0},
		{"the same, with noise", func() played { return &shop{slots: 8, service: 75 * time.Millisecond, droop: 0.2, jitter: 0.8} }, 106.7, 0.88, 0},
		{"one slot", func() played { return &shop{slots: 1, service: 20 * time.Millisecond, droop: 0.1} }, 50, 0.9, 0},
		{"32 slots of 100 ms", func() played { return &shop{slots: 32, service: 100 * time.Millisecond} }, 320, 0.9, 0},
		{"half the speed half way", func() played {
			return &changing{time.Now(), quick(), &shop{slots: 8, service: 40 * time.Millisecond}}
		}, 300, 0.95, 0},
		{"half the slots half way", func() played {
			return &changing{time.Now(), quick(), &shop{slots: 4, service: 20 * time.Millisecond, droop: 0.2}}
		}, 300, 0.93, 0},
		{"twice the slots half way", func() played {
			return &changing{time.Now(), &shop{slots: 4, service: 20 * time.Millisecond}, quick()}
		}, 300, 0.88, 0},
		{"50 a second, said in headers", func() played { return &windows{played: quick(), most: 50, every: time.Second, says: true} }, 50, 0.98, 0},
		{"3000 a minute, said in headers", func() played { return &windows{played: quick(), most: 3000, every: time.Minute, says: true} }, 50, 0.98, 0},
		{"50 a second and 50 saved, Retry-After", func() played {
			return &bucket{played: quick(), rate: 50, burst: 50, headers: []string{"Retry-After", "1"}}
		}, 50, 0.95, 0.01},
		{"50 a second and 10 saved, Retry-After", func() played {
			return &bucket{played: quick(), rate: 50, burst: 10, headers: []string{"Retry-After", "1"}}
		}, 50, 0.95, 0.01},
		{"50 in each second, Retry-After", func() played {
			return &windows{played: quick(), most: 50, every: time.Second, headers: []string{"Retry-After", "1"}}
		}, 50, 0.93, 0.01},
		{"50 in each second, nothing said", func() played { return &windows{played: quick(), most: 50, every: time.Second} }, 50, 0.93, 0.012},
		{"2 % answers of 429 that mean nothing", func() played { return &unlucky{quick(), 0.02, http.StatusTooManyRequests} }, 400, 0.95, 0.03},
		{"10 % answers of 503 that mean nothing", func() played { return &unlucky{quick(), 0.1, http.StatusServiceUnavailable} }, 400, 0.9, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			done, away := drive(t, newPace(0, 64, 0), c.make(), 64)
			share, turned := float64(done)/60/c.best, float64(away)/float64(done+away)
			t.Logf("%s: %.3f of the best, %.2f %% answers of 429", c.name, share, 100*turned)
			if share < c.least || turned > c.away {
				t.Errorf("%s: %.3f of the best, want %.2f; %.2f %% answers of 429, want %.1f", c.name, share, c.least, 100*turned, 100*c.away)
			}
		})
	}
}

// TestPaceMixture: of a server whose requests cost it differently, in a mixture that
// changes along the way, hardly anything is left unused.
func TestPaceMixture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(0, 64, 0)
		slots := make(chan token, 8)
		patient := patience{total: time.Minute, first: firstWait}
		began := time.Now()
		var busy atomic.Int64
		var wg sync.WaitGroup
		for worker := range 64 {
			wg.Go(func() {
				for n := worker; time.Since(began) < time.Minute; n++ {
					k, cost := toChange, 5*time.Millisecond
					if n%10 < 2+int(time.Since(began)/(10*time.Second)) { // ever more creates
						k, cost = toCreate, 50*time.Millisecond
					}
					ticket, err := p.enter(t.Context(), k, patient)
					if err != nil {
						t.Error(err)
						return
					}
					slots <- token{}
					time.Sleep(cost)
					<-slots
					p.leave(ticket, answerOf(http.StatusOK), nil, patient)
					busy.Add(int64(cost))
				}
			})
		}
		wg.Wait()
		if used := float64(busy.Load()) / float64(8*time.Minute); used < 0.9 {
			t.Errorf("%.2f of the server was used", used)
		} else {
			t.Logf("%.3f of the server was used", used)
		}
	})
}

// TestPaceDown: a target that is down is asked now and then, by one; when it is
// back, everybody goes on.
func TestPaceDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(0, 64, 0)
		server := &shop{slots: 8, service: 20 * time.Millisecond}
		began := time.Now()
		patient := patience{total: 2 * time.Minute, first: firstWait}
		var refused, done atomic.Int64
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				for time.Since(began) < time.Minute {
					ticket, err := p.enter(t.Context(), toCreate, patient)
					if err != nil {
						t.Error(err)
						return
					}
					if at := time.Since(began); at > 10*time.Second && at < 15*time.Second {
						refused.Add(1)
						p.leave(ticket, nil, errors.New("connection refused"), patient)
						continue
					}
					p.leave(ticket, server.serve(), nil, patient)
					done.Add(1)
				}
			})
		}
		time.Sleep(13 * time.Second)
		if !p.state().Down {
			t.Error("after three seconds without an answer it is not down")
		}
		wg.Wait()
		if s := p.state(); s.Down || s.InFlight != 0 || s.Failed != int(refused.Load()) {
			t.Errorf("at last %+v", s)
		}
		if n := refused.Load(); n > 25 {
			t.Errorf("%d requests in five seconds to a target that is down", n)
		}
		if least := int64(400 * (60 - 5 - 6) * 9 / 10); done.Load() < least {
			t.Errorf("%d done, want %d", done.Load(), least)
		}
	})
}

// TestPaceGivesOut: when nothing was answered for as long as patience lasts,
// everyone who waits is told at once.
func TestPaceGivesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(0, 64, 0)
		patient := patience{total: 30 * time.Second, first: firstWait}
		began := time.Now()
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				for {
					ticket, err := p.enter(t.Context(), toCreate, patient)
					if tired, ok := errors.AsType[*weary](err); ok {
						if tired.last != "last error: connection refused" || !tired.Transient() {
							t.Error(err)
						}
						return
					}
					p.leave(ticket, nil, errors.New("connection refused"), patient)
				}
			})
		}
		wg.Wait()
		if took := time.Since(began); took < 30*time.Second || took > 31*time.Second {
			t.Errorf("they gave up after %v", took)
		}
	})
}

// TestPaceComesBack: a request that is made long after everybody gave up on the
// target is tried, and is not refused for an outage that may be over.
func TestPaceComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(0, 64, 0)
		patient := patience{total: 30 * time.Second, first: firstWait}
		for range maxDead {
			ticket, err := p.enter(t.Context(), toCreate, patient)
			if err != nil {
				t.Fatal(err)
			}
			p.leave(ticket, nil, errors.New("connection refused"), patient)
		}
		time.Sleep(time.Hour)
		patient.began = time.Now()
		for _, down := range []bool{true, false} {
			if got := p.dead >= maxDead; got != down {
				t.Fatalf("down: %v, want %v", got, down)
			}
			ticket, err := p.enter(t.Context(), toCreate, patient)
			if err != nil {
				t.Fatal(err)
			}
			p.leave(ticket, &http.Response{StatusCode: http.StatusCreated}, nil, patient)
		}
	})
}

// TestPaceAsksForTooMuch: nobody waits longer than patience lasts.
func TestPaceAsksForTooMuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(0, 64, 0)
		patient := patience{total: 30 * time.Second, first: firstWait}
		for range inRow {
			ticket, err := p.enter(t.Context(), toRead, patient)
			if err != nil {
				t.Fatal(err)
			}
			p.leave(ticket, answerOf(http.StatusTooManyRequests, "Retry-After", "3600"), nil, patient)
		}
		if _, err := p.enter(t.Context(), toRead, patient); err == nil || err.Error() != "the target is unavailable: it asks to retry after 1h0m0s" {
			t.Error(err)
		}
		if s := p.state(); s.Throttled != inRow || s.Down {
			t.Errorf("%+v", s)
		}
	})
}

// TestPaceOrder: what concerns a user who exists goes before creates, and a request
// whose context ends leaves the queue.
func TestPaceOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1, 1, 0)
		patient := patience{total: time.Minute, first: firstWait}
		first, err := p.enter(t.Context(), toCreate, patient)
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var order []kind
		var wg sync.WaitGroup
		queue := func(ctx context.Context, k kind) {
			wg.Go(func() {
				ticket, err := p.enter(ctx, k, patient)
				if err != nil {
					return
				}
				mu.Lock()
				order = append(order, k)
				mu.Unlock()
				p.leave(ticket, answerOf(http.StatusOK), nil, patient)
			})
			synctest.Wait()
		}
		leaving, leave := context.WithCancel(t.Context())
		queue(leaving, toChange)
		queue(t.Context(), toCreate)
		queue(t.Context(), toRead)
		queue(t.Context(), toChange)
		leave()
		synctest.Wait()
		p.leave(first, answerOf(http.StatusCreated), nil, patient)
		wg.Wait()
		if got := fmt.Sprint(order); got != fmt.Sprint([]kind{toRead, toChange, toCreate}) {
			t.Error(got)
		}
		if s := p.state(); s.InFlight != 0 || p.taken != 0 {
			t.Errorf("%+v, %d places taken", s, p.taken)
		}
	})
}

// TestPaceRate: --rps is a bound on requests, whatever the target could do.
func TestPaceRate(t *testing.T) {
	for _, rate := range []float64{0.5, 20, 300} {
		synctest.Test(t, func(t *testing.T) {
			done, _ := drive(t, newPace(0, 64, rate), &shop{slots: 8, service: 20 * time.Millisecond}, 64)
			if per := float64(done) / 60; per > rate*1.02+64.0/60 || per < rate*0.98 {
				t.Errorf("%.2f a second, asked for %v", per, rate)
			}
		})
	}
}

// inMemory is a connection to a server in this process: no network, so that a test
// in fake time can have a whole sink in it.
type inMemory struct {
	server  http.Handler
	down    func() bool
	storm   bool
	refused atomic.Int64
}

func (m *inMemory) RoundTrip(req *http.Request) (res *http.Response, err error) {
	if m.down != nil && m.down() {
		m.refused.Add(1)
		if m.storm {
			return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{}, Body: http.NoBody}, nil
		}
		return nil, errors.New("connection refused")
	}
	defer func() {
		if recover() != nil { // net/http's way to drop a connection
			res, err = nil, io.ErrUnexpectedEOF
		}
	}()
	answer := httptest.NewRecorder()
	if req.Body == nil {
		req.Body = http.NoBody
	}
	m.server.ServeHTTP(answer, req)
	res = answer.Result()
	res.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	return res, nil
}

// TestFaultsInFakeTime lands users with every worker that auto starts, through
// what a night can bring. Nobody is lost, and a target that is down is left alone.
func TestFaultsInFakeTime(t *testing.T) {
	for _, c := range []struct {
		name, faults string
		down         bool // for five seconds: nobody answers
		storm        bool // the same, but a proxy answers
	}{
		{"nothing", "", false, false},
		{"429 with a wait", "429=3%@2s", false, false},
		{"429 without", "429=3%", false, false},
		{"503 now and then", "503=30%", false, false},
		{"everything", "lost=5%,reset=5%,503=10%,500=2%,half=3%,429=2%@1s,slow=2%@3s", false, false},
		{"down", "", true, false},
		{"a storm of 503", "", false, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			faults, err := rehearsal.ParseFaults(c.faults)
			if err != nil {
				t.Fatal(err)
			}
			server, err := rehearsal.New(rehearsal.Config{
				Verify: func(identity.Hash, string) (bool, error) { return false, nil }, Faults: faults, Seed: 5,
				Capacity: rehearsal.Capacity{Slots: 8, Service: 20 * time.Millisecond, Droop: 0.2},
			})
			if err != nil {
				t.Fatal(err)
			}
			s, err := New(Config{Endpoint: "http://localhost/v1", Project: server.Project(), Key: server.Key()})
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			line := &inMemory{server: server, storm: c.storm}
			if c.down || c.storm {
				line.down = func() bool { at := time.Since(start); return at > time.Second && at < 6*time.Second }
			}
			s.client.transport.next = line
			if _, err := s.Preflight(t.Context()); err != nil {
				t.Fatal(err)
			}
			landCrowd(t, s, 1000)
			if n := server.Users(); n != 1000 {
				t.Errorf("%s: %d users", c.name, n)
			}
			if n := line.refused.Load(); n > 25 {
				t.Errorf("%s: %d requests to a target that is down", c.name, n)
			}
			t.Logf("%s: %v, %+v, %d refused", c.name, time.Since(start), s.Pace(), line.refused.Load())
		})
	}
}

// landCrowd lands users with as many workers as the sink can use.
func landCrowd(t *testing.T, s *Sink, users int) {
	t.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	since := began(t, s)
	for range s.Workers() {
		wg.Go(func() {
			for n := next.Add(1); n <= int64(users); n = next.Add(1) {
				results, err := s.Write(t.Context(), []sink.Landing{{User: someone(int(n)), Since: since}})
				if err != nil || len(results) != 1 || results[0].Outcome != sink.Created {
					t.Errorf("user %d: %v %v", n, results, err)
					return
				}
			}
		})
	}
	wg.Wait()
}
