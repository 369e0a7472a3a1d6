package appwrite

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
	"rehome/sink/rehearsal"
)

// paceTime is how long a run without a setting takes: 16 seconds, or
// REHOME_PACE_SECONDS. A run with a fixed number of workers takes a quarter of it.
func paceTime(b *testing.B) time.Duration {
	seconds := 16
	if s := os.Getenv("REHOME_PACE_SECONDS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 4 {
			b.Fatalf("REHOME_PACE_SECONDS=%s is no number of seconds, at least 4", s)
		}
		seconds = n
	}
	return time.Duration(seconds) * time.Second
}

// BenchmarkPace lands users on servers of several shapes: with every fixed number of
// workers from 1 to 64, to find the best, then without a setting. It prints the
// share of the best that was reached, its own climb from the start included, the
// share of answers that were 429, and the connections opened beside the highest
// limit. Fixed numbers get the same treatment of 429.
//
// REHOME_PACE_SECONDS=60 go test -run '^$' -bench Pace ./sink/appwrite
func BenchmarkPace(b *testing.B) {
	eight := rehearsal.Capacity{Slots: 8, Service: 20 * time.Millisecond}
	slower := rehearsal.Capacity{Slots: 8, Service: 40 * time.Millisecond}
	recorded := rehearsal.Capacity{Slots: 8, Service: 75 * time.Millisecond, Droop: 0.2} // 107 a second with 8 clients, 27 with 128
	for _, shape := range []struct {
		name string
		make func(testing.TB, time.Duration) *stage
	}{
		{"8-slots-of-20ms", func(b testing.TB, _ time.Duration) *stage { return staged(b, eight, nil) }},
		{"falling-beyond-8", func(b testing.TB, _ time.Duration) *stage { return staged(b, recorded, nil) }},
		{"50-a-second-X-RateLimit", func(b testing.TB, _ time.Duration) *stage { return staged(b, eight, limited(50, true)) }},
		{"50-a-second-Retry-After", func(b testing.TB, _ time.Duration) *stage { return staged(b, eight, limited(50, false)) }},
		{"half-speed-half-way", func(b testing.TB, d time.Duration) *stage {
			s, half, ends := staged(b, eight, nil), staged(b, slower, nil), time.Now().Add(d/2)
			s.stand(func(w http.ResponseWriter, r *http.Request, inner http.Handler) {
				if time.Now().After(ends) {
					inner = half.server
					r.Header.Set("X-Appwrite-Project", half.server.Project())
					r.Header.Set("X-Appwrite-Key", string(half.server.Key()))
				}
				inner.ServeHTTP(w, r)
			})
			return s
		}},
	} {
		b.Run(shape.name, func(b *testing.B) {
			for b.Loop() {
				contest(b, shape.make)
			}
		})
	}
}

func contest(b *testing.B, start func(testing.TB, time.Duration) *stage) {
	full := paceTime(b)
	best, at := 0.0, 0
	for _, workers := range []int{1, 2, 4, 8, 16, 32, 64} {
		s := start(b, full/4)
		if rate := s.run(b, workers, full/4).rate; rate > best {
			best, at = rate, workers
		}
		s.close()
	}
	s := start(b, full)
	r := s.run(b, 0, full)
	s.close()
	b.ReportMetric(best, "best/s")
	b.ReportMetric(float64(at), "best-workers")
	b.ReportMetric(r.rate, "auto/s")
	b.ReportMetric(r.rate/best, "×best")
	b.ReportMetric(100*r.throttled, "%429")
	b.ReportMetric(float64(r.connections), "connections")
	b.ReportMetric(float64(r.highest), "highest-limit")
}

// stage is a server for one run.
type stage struct {
	server  *rehearsal.Server
	http    *httptest.Server
	opened  *atomic.Int64
	answers func(http.ResponseWriter, *http.Request, http.Handler)
}

// staged starts a server that takes as long as its capacity says, behind whatever
// stands in front.
func staged(b testing.TB, c rehearsal.Capacity, front func(http.ResponseWriter, *http.Request, http.Handler)) *stage {
	server, err := rehearsal.New(rehearsal.Config{Verify: func(identity.Hash, string) (bool, error) { return false, nil }, Capacity: c})
	if err != nil {
		b.Fatal(err)
	}
	s := &stage{server: server, opened: &atomic.Int64{}}
	s.stand(front)
	s.http = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.answers(w, r, server) }))
	s.http.Config.ConnState = countNew(s.opened)
	s.http.Start()
	return s
}

func (s *stage) stand(front func(http.ResponseWriter, *http.Request, http.Handler)) {
	if front == nil {
		front = func(w http.ResponseWriter, r *http.Request, inner http.Handler) { inner.ServeHTTP(w, r) }
	}
	s.answers = front
}

func (s *stage) close() { s.http.Close() }

// limited lets so many requests through in each second of the clock. It says how
// many are left in Appwrite's headers, or only to wait a second when none is.
func limited(most int, says bool) func(http.ResponseWriter, *http.Request, http.Handler) {
	var mu sync.Mutex
	var second int64
	n := 0
	return func(w http.ResponseWriter, r *http.Request, inner http.Handler) {
		mu.Lock()
		now := time.Now().Unix()
		if now != second {
			second, n = now, 0
		}
		n++
		mine := n
		mu.Unlock()
		if says {
			w.Header()["X-RateLimit-Limit"] = []string{strconv.Itoa(most)}
			w.Header()["X-RateLimit-Remaining"] = []string{strconv.Itoa(max(most-mine, 0))}
			w.Header()["X-RateLimit-Reset"] = []string{strconv.FormatInt(now+1, 10)}
		}
		if mine <= most {
			inner.ServeHTTP(w, r)
			return
		}
		if !says {
			w.Header().Set("Retry-After", "1")
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, `{"message":"Rate limit for the current endpoint has been exceeded. Please try again after some time.","code":429,"type":"general_rate_limit_exceeded","version":"1.9.6"}`)
	}
}

type runResult struct {
	rate, throttled      float64
	connections, highest int
}

// run lands users for a while; workers 0: as many as the sink finds best. The first
// second of a run with a fixed number does not count: what a limiter had saved
// makes short runs look good.
func (s *stage) run(b testing.TB, workers int, d time.Duration) (r runResult) {
	sk, err := New(Config{Endpoint: s.http.URL + "/v1", Project: s.server.Project(), Key: s.server.Key(), Workers: workers})
	if err != nil {
		b.Fatal(err)
	}
	defer sk.Close()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	var landed, highest atomic.Int64
	var crew sync.WaitGroup
	for worker := range sk.Workers() {
		crew.Go(func() {
			for n := worker; ctx.Err() == nil; n += sk.Workers() {
				u := withHash(identity.User{ID: fmt.Sprint("u", n), Email: fmt.Sprint("u", n, "@example.com")})
				results, err := sk.Write(ctx, []sink.Landing{{User: u}})
				if err == nil && results[0].Outcome == sink.Created {
					landed.Add(1)
				}
				for now := int64(sk.Pace().Limit); ; {
					if old := highest.Load(); old >= now || highest.CompareAndSwap(old, now) {
						break
					}
				}
			}
		})
	}
	before := int64(0)
	began, ticks := time.Now(), time.NewTicker(50*time.Millisecond)
	defer ticks.Stop()
	ends := began.Add(d)
	for now := range ticks.C {
		if workers > 0 && before == 0 && now.Sub(began) >= time.Second {
			before, began = landed.Load(), now
		}
		if !now.Before(ends) {
			break
		}
	}
	done := landed.Load()
	r.rate = float64(done-before) / time.Since(began).Seconds()
	r.throttled = float64(sk.Pace().Throttled) / float64(done+int64(sk.Pace().Throttled))
	cancel()
	crew.Wait()
	r.connections, r.highest = int(s.opened.Load()), int(highest.Load())
	return r
}

// BenchmarkLedgerCost lands 6,000 users with a ledger and without, in turn, on a
// server ten times as fast as a real one, and prints the speed with it as a share of
// the speed without: the median of three pairs.
func BenchmarkLedgerCost(b *testing.B) {
	const users, pairs = 6000, 3
	for b.Loop() {
		var shares []float64
		for range pairs {
			without := moved(b, users, false)
			with := moved(b, users, true)
			shares = append(shares, without.Seconds()/with.Seconds())
		}
		slices.Sort(shares)
		b.ReportMetric(shares[pairs/2], "×without")
		b.ReportMetric(shares[0], "×least")
	}
}

// moved is how long a move of so many users takes.
func moved(b *testing.B, users int, remember bool) time.Duration {
	s := staged(b, rehearsal.Capacity{Slots: 8, Service: 8 * time.Millisecond}, nil)
	defer s.close()
	sk, err := New(Config{Endpoint: s.http.URL + "/v1", Project: s.server.Project(), Key: s.server.Key(), Workers: 16})
	if err != nil {
		b.Fatal(err)
	}
	defer sk.Close()
	plan := migrate.Plan{
		Source: func() (migrate.Pass, error) {
			return migrate.Pass{Records: folk(users), Digest: func() string { return "sha256:x" }}, nil
		},
		Check: func(identity.User) *identity.Problem { return nil }, Sink: sk, Workers: sk.Workers(), Report: func(migrate.Event) {},
	}
	findings, err := migrate.Survey(b.Context(), plan)
	if err != nil {
		b.Fatal(err)
	}
	if remember {
		if plan.Ledger, err = migrate.CreateLedger(b.TempDir(), migrate.Move{Source: "sha256:x", Target: "bench", Started: time.Now()}); err != nil {
			b.Fatal(err)
		}
		defer plan.Ledger.Close()
	}
	began := time.Now()
	summary, err := migrate.Run(b.Context(), plan, findings)
	if err != nil || summary.Created != users {
		b.Fatalf("%+v %v", summary, err)
	}
	return time.Since(began)
}

func folk(users int) identity.Records {
	return func(yield func(identity.Record, error) bool) {
		for n := range users {
			u := withHash(identity.User{ID: fmt.Sprint("u", n), Email: fmt.Sprint("u", n, "@example.com"), Name: "Somebody"})
			if !yield(identity.Record{User: u}, nil) {
				return
			}
		}
	}
}

// BenchmarkClientCost creates users from 64 workers on a rehearsal server in its own
// process, through this sink and through node-appwrite, each in a process of its
// own, in turn, and prints how many each creates in a second of its processor time.
func BenchmarkClientCost(b *testing.B) {
	const users, workers = 20_000, 64
	node, err := exec.LookPath("node")
	conformance := filepath.Join("..", "rehearsal", "conformance")
	if _, missing := os.Stat(filepath.Join(conformance, "node_modules", "appwrite-now")); err != nil || missing != nil {
		b.Log("not measured: this wants node and node-appwrite; apt-get install nodejs npm, then npm install in sink/rehearsal/conformance")
		return
	}
	bin := b.TempDir()
	ours, program := filepath.Join(bin, "creates"), filepath.Join(bin, "rehome")
	for out, folder := range map[string]string{ours: "./testdata/creates", program: "../../cmd/rehome"} {
		if text, err := exec.Command("go", "build", "-o", out, folder).CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, text)
		}
	}
	for b.Loop() {
		var go_, js []float64
		for range 3 {
			go_ = append(go_, perProcessorSecond(b, program, users, exec.Command(ours, fmt.Sprint(users), fmt.Sprint(workers))))
			c := exec.Command(node, "creates.mjs", fmt.Sprint(users), fmt.Sprint(workers))
			c.Dir = conformance
			js = append(js, perProcessorSecond(b, program, users, c))
		}
		slices.Sort(go_)
		slices.Sort(js)
		b.ReportMetric(go_[1], "creates/cpu-s")
		b.ReportMetric(js[1], "node-creates/cpu-s")
		b.ReportMetric(go_[1]/js[1], "×node")
	}
}

// perProcessorSecond runs a client against a fresh server.
func perProcessorSecond(b *testing.B, program string, users int, client *exec.Cmd) float64 {
	server := exec.Command(program, "rehearse", "--listen", "127.0.0.1:0")
	out, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	}()
	client.Env = os.Environ()
	for lines := bufio.NewScanner(out); len(client.Env) < len(os.Environ())+3 && lines.Scan(); {
		client.Env = append(client.Env, strings.TrimPrefix(lines.Text(), "export "))
	}
	if text, err := client.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, text)
	}
	spent := client.ProcessState.UserTime() + client.ProcessState.SystemTime()
	return float64(users) / spent.Seconds()
}
