package postgres

import (
	"os"
	"os/exec"
	"fmt"
	"sync"
	"testing"
	"time"
)

func TestManualSpeed(t *testing.T) {
	const n = 200_000
	us := many(0, n)
	for round := range 3 {
		// psql \copy
		d := newDatabase(t, Generic)
		s := opened(t, d, Config{Layout: Generic})
		texts := copyTexts(s, us)
		dir := t.TempDir()
		os.WriteFile(dir+"/u", texts[0], 0o644)
		os.WriteFile(dir+"/i", texts[1], 0o644)
		c := d.Config()
		begin := time.Now()
		cmd := exec.Command("psql", "-q", "-h", c.Host, "-p", fmt.Sprint(c.Port), "-U", c.User, d.name, "-c", `\copy `+s.layout.users.name+` (`+s.layout.users.names()+`) from '`+dir+`/u'`, "-c", `\copy `+s.layout.identities.name+` (`+s.layout.identities.names()+`) from '`+dir+`/i'`)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatal(err, string(out))
		}
		base := float64(n) / time.Since(begin).Seconds()
		t.Logf("round %d: psql \\copy %.0f/s", round, base)
		for _, c := range []Config{{Batch: 1000, Workers: 1}, {Batch: 1000, Workers: 2}, {Batch: 5000, Workers: 2}, {Batch: 1000, Workers: 2, EmptyTarget: true, Run: "x"}, {Batch: 5000, Workers: 3, EmptyTarget: true, Run: "x"}} {
			d := newDatabase(t, Generic)
			c.Layout = Generic
			s := opened(t, d, c)
			begin := time.Now()
			feed := make(chan int)
			var group sync.WaitGroup
			for range c.Workers {
				group.Go(func() {
					for i := range feed {
						write(t, s, landings(s, us[i:i+c.Batch], false))
					}
				})
			}
			for i := 0; i < n; i += c.Batch {
				feed <- i
			}
			close(feed)
			group.Wait()
			mid := time.Since(begin)
			if err := s.Finish(t.Context()); err != nil {
				t.Fatal(err)
			}
			rate := float64(n) / time.Since(begin).Seconds()
			t.Logf("   batch %d workers %d empty %v: %.0f/s = %.2f (finish %.1fs)", c.Batch, c.Workers, c.EmptyTarget, rate, rate/base, (time.Since(begin) - mid).Seconds())
		}
	}
}
