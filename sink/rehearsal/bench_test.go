package rehearsal

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// bcryptHash is what most benchmarked users have: of the usual length.
const bcryptHash = "$2y$10$abcdefghijklmnopqrstuuV28mRDqpoUvpDyFxe3SuxrUocNVxPKW"

func createBody(n int64) string {
	id := strconv.FormatInt(n, 10)
	return `{"userId":"user-` + id + `","email":"user-` + id + `@example.com","name":"User Number ` + id + `","password":"` + bcryptHash + `"}`
}

// wire is a client that does nothing but HTTP/1.1 over one connection, so that a
// benchmark measures the server and not net/http's client.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	buf  []byte
}

func (w *wire) create(s *Server, n int64) error {
	body := createBody(n)
	w.buf = fmt.Appendf(w.buf[:0], "POST /v1/users/bcrypt HTTP/1.1\r\nHost: localhost\r\nX-Appwrite-Project: %s\r\nX-Appwrite-Key: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		s.Project(), string(s.Key()), len(body), body)
	if _, err := w.conn.Write(w.buf); err != nil {
		return err
	}
	length := 0
	for line := 0; ; line++ {
		text, err := w.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if line == 0 && !strings.Contains(string(text), " 201 ") {
			return fmt.Errorf("answer %q", text)
		}
		if name, v, ok := strings.Cut(string(text), ": "); ok && name == "Content-Length" {
			length, _ = strconv.Atoi(strings.TrimSpace(v))
		}
		if len(text) <= 2 {
			break
		}
	}
	_, err := w.in.Discard(length)
	return err
}

// BenchmarkCreate sends creates over loopback, eight connections at a time.
func BenchmarkCreate(b *testing.B) {
	s := bare(b, Config{})
	l, err := Listen("127.0.0.1:0", s)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	var n atomic.Int64
	b.SetParallelism(max(1, 8/runtime.GOMAXPROCS(0)))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(l.URL(), "http://"))
		if err != nil {
			b.Error(err)
			return
		}
		defer conn.Close()
		w := &wire{conn: conn, in: bufio.NewReader(conn)}
		for pb.Next() {
			if err := w.create(s, n.Add(1)); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "creates/s")
}

// BenchmarkCreateInProcess is the same without the network: what the handler
// itself costs.
func BenchmarkCreateInProcess(b *testing.B) {
	s := bare(b, Config{})
	var n atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			fill(b, s, n.Add(1))
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "creates/s")
}

// BenchmarkMillion makes a million users, reports what they hold of the heap,
// and reads all of them by cursor, 500 a page.
func BenchmarkMillion(b *testing.B) {
	for b.Loop() {
		s := bare(b, Config{})
		var wg sync.WaitGroup
		for w := range int64(4) {
			wg.Go(func() {
				for n := w; n < 1_000_000; n += 4 {
					fill(b, s, n)
				}
			})
		}
		wg.Wait()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MiB-live")
		b.ReportMetric(float64(m.Sys)/(1<<20), "MiB-sys")
		began := time.Now()
		if n := readAll(b, s, 500); n != 1_000_000 {
			b.Errorf("%d users read", n)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s-to-read")
		runtime.KeepAlive(s)
	}
}

func fill(b testing.TB, s *Server, n int64) {
	r := httptest.NewRequest("POST", "/v1/users/bcrypt", strings.NewReader(createBody(n)))
	r.Header.Set("X-Appwrite-Project", s.Project())
	r.Header.Set("X-Appwrite-Key", string(s.Key()))
	r.Header.Set("Content-Type", "application/json")
	w := &sink{header: http.Header{}}
	if s.ServeHTTP(w, r); w.status != 201 {
		b.Errorf("create %d: status %d", n, w.status)
	}
}

// sink is a ResponseWriter that forgets the body.
type sink struct {
	header http.Header
	status int
	last   []byte
	keep   bool
}

func (s *sink) Header() http.Header    { return s.header }
func (s *sink) WriteHeader(status int) { s.status = status }
func (s *sink) Write(b []byte) (int, error) {
	if s.keep {
		s.last = append(s.last, b...)
	}
	return len(b), nil
}

var _ io.Writer = (*sink)(nil)
