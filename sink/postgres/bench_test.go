package postgres

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"rehome/identity"
)

// many are invented people with Firebase hashes, n of them from the first on.
func many(first, n int) []identity.User {
	us := make([]identity.User, n)
	for i := range us {
		id := first + i
		us[i] = identity.User{
			ID: fmt.Sprintf("%028x", uint64(id)*0x9e3779b97f4a7c15), Email: fmt.Sprintf("Person.%d@Example.com", id), EmailVerified: id%3 > 0,
			Name: fmt.Sprintf("Person Nº %d", id), Created: time.Unix(1.5e9+int64(id), 0), LastSignIn: time.Unix(1.6e9+int64(id), 0),
			Hash: identity.Hash{Algorithm: identity.ScryptFirebase,
				Encoded: "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
				Params: identity.Params{Salt: "42xEC+ixf3L2lw==", SaltSeparator: "Bw==", N: 16384, R: 8, P: 1,
					SignerKey: "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="},
			},
		}
		if id%4 == 0 {
			us[i].Logins = []identity.Login{{Provider: "google.com", Subject: fmt.Sprint(1e15 + float64(id))}}
		}
	}
	return us
}

// BenchmarkWrite lands a thousand users at a time; BenchmarkCopy hands the very
// same rows to COPY and does nothing else, which is what psql's \copy does.
func BenchmarkWrite(b *testing.B) {
	for _, c := range []Config{{Layout: Generic}, {Layout: Generic, EmptyTarget: true}, {Layout: Supabase}} {
		name := string(c.Layout)
		if c.EmptyTarget {
			name += ", empty target"
		}
		b.Run(name, func(b *testing.B) {
			s := opened(b, newDatabase(b, c.Layout), c)
			n := 0
			for b.Loop() {
				write(b, s, landings(s, many(n, 1000), false))
				n += 1000
			}
			if err := s.Finish(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "users/s")
		})
	}
}

func BenchmarkCopy(b *testing.B) {
	for _, l := range []Layout{Generic, Supabase} {
		b.Run(string(l), func(b *testing.B) {
			d := newDatabase(b, l)
			s := opened(b, d, Config{Layout: l})
			var r rows
			n := 0
			for b.Loop() {
				r.fill(s.newBatch(landings(s, many(n, 1000), false)).members, s.layout.appendRows, newInstant(time.Unix(1.7e9, 0)))
				sendRows(b, d, s.layout, r)
				n += 1000
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "users/s")
		})
	}
}

func sendRows(t testing.TB, d *database, l layout, r rows) {
	t.Helper()
	for i, c := range []copied{r.users, r.identities} {
		to := []table{l.users, l.identities}[i]
		if _, err := d.PgConn().CopyFrom(t.Context(), bytes.NewReader(c.bytes), to.copyFrom()); err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkJudge is the part of a survey.
func BenchmarkJudge(b *testing.B) {
	us := many(0, 1000)
	for _, l := range []Layout{Generic, Supabase} {
		b.Run(string(l), func(b *testing.B) {
			r, n := rules{layout: l}, 0
			for b.Loop() {
				r.plan(us[n%len(us)])
				n++
			}
		})
	}
}
