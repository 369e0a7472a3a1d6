package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
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

	"rehome/migrate"
	"rehome/sink"
	"rehome/sink/rehearsal"
	"rehome/verifiers"
)

// TestKilledImports ends imports by signals of every kind at random moments, half of
// them by SIGKILL; their source is a file, a FIFO or standard input, and what is set
// aside of it outlives nobody who could help it. All this against a server
// of another process that loses a tenth of its answers and does everything else
// that a server in trouble does, and continues them by the same command until they
// are done. Then everybody must be there once, whole, and in the ledger, and who
// was there before must be as he was.
//
// REHOME_CHAOS="1000x300 50x2000" is how many rounds of how many users (make soak);
// REHOME_CHAOS_SEED is the seed of the first round, to repeat one that failed.
func TestKilledImports(t *testing.T) {
	plan, first := "10x500", 0
	if s := os.Getenv("REHOME_CHAOS"); s != "" {
		plan = s
	}
	if s := os.Getenv("REHOME_CHAOS_SEED"); s != "" {
		first = atoi(t, s)
	}
	program := buildProgram(t)
	for item := range strings.FieldsSeq(plan) {
		rounds, size, _ := strings.Cut(item, "x")
		w := &undisturbed{program: program, size: atoi(t, size)}
		t.Cleanup(func() {
			t.Logf("%s users: %d imports killed, %d gave out, %d came to their end", size, w.killed, w.weary, w.done)
		})
		for seed := first; seed < first+atoi(t, rounds); seed++ {
			t.Run(fmt.Sprintf("%s/%d", size, seed), func(t *testing.T) {
				t.Parallel()
				c := newChaos(t, w, uint64(seed))
				defer c.repeatable()
				c.run()
			})
		}
	}
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// chaos is one round.
type chaos struct {
	t       *testing.T
	whole   *undisturbed
	seed    uint64
	size    int
	dice    *rand.Rand
	config  rehearsal.Config
	server  *practiceServer
	faults  string
	folder  string
	back    atomic.Int64    // how far the server's clock is behind, in nanoseconds
	clock   string          // what is wrong with the Date of its answers
	been    map[string]bool // whoever has signed in between two tries
	history []string        // of the tries
	last    *exec.Cmd
}

// chaosServers are the servers of the rounds, in turn.
var chaosServers = []rehearsal.Config{
	{Profile: rehearsal.V19, Database: rehearsal.MariaDB},
	{Profile: rehearsal.V15, LostUpdates: true},
	{Profile: rehearsal.V19, Database: rehearsal.Postgres},
	{Profile: rehearsal.V19, Database: rehearsal.MongoDB},
}

func newChaos(t *testing.T, w *undisturbed, seed uint64) *chaos {
	t.Helper()
	c := &chaos{t: t, whole: w, seed: seed, size: w.size, dice: rand.New(rand.NewPCG(seed, uint64(w.size))), folder: t.TempDir(), been: map[string]bool{}}
	c.config = chaosServers[seed%uint64(len(chaosServers))]
	c.faults = faultsOf(c.dice)
	c.config.Seed = seed
	c.config.Now = func() time.Time { return time.Now().Add(-time.Duration(c.back.Load())) }
	c.clock, c.config.Date = datesOf(c.dice, int64(w.size))
	c.server = serveFor(t, c.config)
	if err := os.WriteFile(filepath.Join(c.folder, "people.jsonl"), chaosSource(t, w.size), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// serveFor starts a server that outlives the processes that ask it.
func serveFor(t *testing.T, config rehearsal.Config) *practiceServer {
	t.Helper()
	config.Verify = verifiers.Verify
	server, err := rehearsal.New(config)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := rehearsal.Listen("127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	p := &practiceServer{Server: server, endpoint: listener.Endpoint(), project: server.Project(), key: string(server.Key()), listener: listener}
	t.Cleanup(p.stop)
	return p
}

// repeatable says how to see the same again.
func (c *chaos) repeatable() {
	if !c.t.Failed() {
		return
	}
	c.t.Logf("to repeat: REHOME_CHAOS=1x%d REHOME_CHAOS_SEED=%d go test ./cmd/rehome -count 1 -run TestKilledImports", c.size, c.seed)
	c.t.Logf("profile %s, database %s, faults %s, dates %s, signed in %v\n%s", c.config.Profile, c.config.Database, c.faults, c.clock, slices.Sorted(maps.Keys(c.been)), strings.Join(c.history, "\n"))
	if c.last != nil {
		c.t.Logf("the last try:\n%s%s", c.last.Stdout, c.last.Stderr)
	}
}

// run is the round: people who are there, tries that are killed, and the reckoning.
func (c *chaos) run() {
	fates := map[string]fate{}
	for i := range c.size {
		fates[chaosUser(i).ID] = lands
	}
	if c.seed%5 != 0 { // otherwise the project is empty, and a canary asks for its policy
		fates = c.residents()
	}
	before := left(c.t, c.server)
	c.setFaults(c.faults)
	finished := c.untilDone(fates)
	c.setFaults("")
	after := left(c.t, c.server)
	c.reckon(fates, before, after)
	c.counted(fates, finished)
	c.inLedger(fates)
	c.verified(fates)
}

func (c *chaos) setFaults(spec string) {
	faults, err := rehearsal.ParseFaults(spec)
	if err == nil {
		err = c.server.SetFaults(faults)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// maxTries is far more than there are kills: a target that gave out (exit 5) is
// come back to as well.
const maxTries = 60

// untilDone runs the import again and again, and answers what the last one said.
func (c *chaos) untilDone(fates map[string]fate) migrate.Summary {
	c.t.Helper()
	kills := 1 + c.dice.IntN(6)
	for try := 0; try < maxTries; try++ {
		stop := func() {}
		if try < kills && c.dice.IntN(2) == 0 {
			stop = c.storms()
		}
		cmd, done := c.importing()
		killed := c.try(cmd, try < kills)
		done()
		stop()
		c.nothingAside(killed)
		switch code := cmd.ProcessState.ExitCode(); {
		case killed, code == exitInterrupted:
			c.whole.count(&c.whole.killed)
			c.visits(fates)
		case code == exitTarget:
			c.whole.count(&c.whole.weary)
		default:
			c.whole.count(&c.whole.done)
			return c.finished(cmd)
		}
	}
	c.t.Fatalf("not done after %d tries", maxTries)
	return migrate.Summary{}
}

// maxStorms bounds the storms of a try: whoever waits longer after each gives out
// if there is no end to them.
const maxStorms = 6

// storms has the server fail nearly everything for a while, a few times.
func (c *chaos) storms() (stop func()) {
	dice := rand.New(rand.NewPCG(c.seed, c.dice.Uint64()))
	quiet := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		defer c.setFaults(c.faults)
		for i := range 2 * maxStorms {
			c.setFaults([]string{c.faults, storm}[i%2])
			select {
			case <-quiet:
				return
			case <-time.After(time.Duration(20+dice.IntN(150)) * time.Millisecond):
			}
		}
	})
	return func() { close(quiet); group.Wait() }
}

func (c *chaos) command(args ...string) *exec.Cmd {
	cmd := exec.Command(c.whole.program, args...)
	cmd.Dir = c.folder
	cmd.Env = append(os.Environ(), "APPWRITE_ENDPOINT="+c.server.endpoint, "APPWRITE_PROJECT_ID="+c.server.project, "APPWRITE_API_KEY="+c.server.key)
	cmd.Stdout, cmd.Stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return cmd
}

// try runs a command, and ends it once the server was asked so many times: among the
// first questions, or anywhere. It answers whether nothing could be done about it.
func (c *chaos) try(cmd *exec.Cmd, kill bool) (killed bool) {
	c.t.Helper()
	most := 4 * c.size
	if c.dice.IntN(4) == 0 {
		most = 15
	}
	c.last = cmd
	end := c.ending()
	at := c.server.Counts().Requests + int64(c.dice.IntN(most))
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	ctx, over := context.WithCancel(c.t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		for kill && ctx.Err() == nil {
			if c.server.Counts().Requests >= at {
				_ = cmd.Process.Signal(end)
				return
			}
			time.Sleep(time.Millisecond)
		}
	})
	err := cmd.Wait()
	over()
	group.Wait()
	killed = died(cmd, end)
	c.history = append(c.history, fmt.Sprintf("try %d: %s, %s, %v; %d users there", len(c.history)+1, end, cmd.ProcessState, err, c.server.Users()))
	return killed
}

// finished is the last event of an import that came to its end.
func (c *chaos) finished(cmd *exec.Cmd) migrate.Summary {
	c.t.Helper()
	if code := cmd.ProcessState.ExitCode(); code != exitOK && code != exitRejected {
		c.t.Fatalf("exit %d", code)
	}
	lines := strings.Split(strings.TrimSpace(fmt.Sprint(cmd.Stdout)), "\n")
	var e migrate.Event
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &e); err != nil || e.Finished == nil {
		c.t.Fatalf("the last line is no finished event: %v", err)
	}
	return *e.Finished
}

// outcome is everybody at a server, comparable, by id.
type outcome map[string]string

// same compares what is there with what should be.
func same(t *testing.T, want, got outcome) {
	t.Helper()
	for id, w := range want {
		if g, there := got[id]; !there {
			t.Errorf("%s is missing", id)
		} else if g != w {
			t.Errorf("%s is not complete:\n%s\n%s", id, g, w)
		}
	}
	for id := range got {
		if _, there := want[id]; !there {
			t.Errorf("%s is one too many", id)
		}
	}
}

// left is every user at a server.
func left(t *testing.T, server *practiceServer) outcome {
	t.Helper()
	o := outcome{}
	for _, u := range server.users(t) {
		slices.SortFunc(u["targets"].([]any), func(a, b any) int {
			return strings.Compare(a.(map[string]any)["identifier"].(string), b.(map[string]any)["identifier"].(string))
		})
		o[u["$id"].(string)] = asJSON(t, u)
	}
	return o
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// settledParts is a user without what differs from run to run, and whatever else is
// named.
func settledParts(t *testing.T, user string, also ...string) string {
	t.Helper()
	var u map[string]any
	if err := json.Unmarshal([]byte(user), &u); err != nil {
		t.Fatal(err)
	}
	for _, moving := range append(also, "$createdAt", "$updatedAt", "registration", "passwordUpdate") {
		delete(u, moving)
	}
	for _, target := range u["targets"].([]any) {
		for _, moving := range []string{"$id", "$createdAt", "$updatedAt"} {
			delete(target.(map[string]any), moving)
		}
	}
	return asJSON(t, u)
}

// undisturbed is what an import of so many users leaves that nothing disturbs, for
// each kind of server.
type undisturbed struct {
	program string
	size    int
	mu      sync.Mutex
	known   map[rehearsal.Profile]outcome

	killed, weary, done int // tries, of all rounds
}

func (w *undisturbed) count(what *int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	*what++
}

func (w *undisturbed) of(c *chaos) outcome {
	c.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if o, known := w.known[c.config.Profile]; known {
		return o
	}
	calm := &chaos{t: c.t, whole: w, size: w.size, folder: c.t.TempDir(), server: serveFor(c.t, rehearsal.Config{Profile: c.config.Profile})}
	if err := os.WriteFile(filepath.Join(calm.folder, "people.jsonl"), chaosSource(c.t, w.size), 0o600); err != nil {
		c.t.Fatal(err)
	}
	cmd := calm.command("import", "people.jsonl", "--to", "appwrite", "--no-proof", "--yes", "--claims", "prefs", "--roles", "labels", "--quiet", "--json")
	if err := cmd.Run(); err != nil {
		c.t.Fatalf("the undisturbed import: %v\n%s%s", err, cmd.Stdout, cmd.Stderr)
	}
	o := left(c.t, calm.server)
	for id, u := range o {
		o[id] = settledParts(c.t, u)
	}
	if w.known == nil {
		w.known = map[rehearsal.Profile]outcome{}
	}
	w.known[c.config.Profile] = o
	return o
}

// reckon compares who is there now with who was there before and who had to land.
func (c *chaos) reckon(fates map[string]fate, before, after outcome) {
	c.t.Helper()
	whole := c.whole.of(c)
	want := maps.Clone(before)
	for id, f := range fates {
		if f.lands() {
			want[f.at(id)] = settledParts(c.t, f.of(c.t, whole[id]), c.replaced(id)...)
		}
	}
	for id, u := range after {
		if _, resident := before[id]; !resident { // residents are as they were, dates and all
			after[id] = settledParts(c.t, u, c.replaced(id)...)
		}
	}
	same(c.t, want, after)
}

// counted compares what the last try says with what had to become of everybody.
func (c *chaos) counted(fates map[string]fate, s migrate.Summary) {
	c.t.Helper()
	want, landed := map[fate]int{}, 0
	for _, f := range fates {
		want[f]++
		if f.lands() {
			landed++
		}
	}
	if s.Records != c.size || s.Rejected != want[rejected] || s.Existing != want[existing] || s.Created+s.Recovered+s.Skipped != landed {
		c.t.Errorf("%d records, %d created, %d recovered, %d skipped, %d existing, %d rejected; want %v", s.Records, s.Created, s.Recovered, s.Skipped, s.Existing, s.Rejected, want)
	}
}

// inLedger checks that exactly those who had to land are settled, once, as ours.
func (c *chaos) inLedger(fates map[string]fate) {
	c.t.Helper()
	settled := map[string]int{}
	for _, f := range c.runs() {
		text, err := os.ReadFile(f.File("ledger.jsonl"))
		if err != nil {
			c.t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			var l struct {
				Settle *struct {
					Target  string
					Outcome sink.Outcome
				}
			}
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				c.t.Fatalf("%s: %v", f.Name(), err)
			}
			if l.Settle != nil {
				settled[l.Settle.Target]++
			}
		}
	}
	for id, f := range fates {
		want := 0
		if f.lands() {
			want = 1
		}
		if settled[f.at(id)] != want {
			c.t.Errorf("%s (%s) stands %d times in the ledger", id, f, settled[f.at(id)])
		}
		delete(settled, f.at(id))
	}
	if len(settled) > 0 {
		c.t.Errorf("in the ledger, and nobody of the source: %v", settled)
	}
}

// runs are the run folders with a ledger. A kill between the making of a folder and
// the first line of its ledger leaves one that was never begun.
func (c *chaos) runs() (begun []migrate.Folder) {
	c.t.Helper()
	folders, err := migrate.Folders(filepath.Join(c.folder, "rehome-runs"))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, f := range folders {
		if _, err := migrate.ReadLedger(f.Path); err == nil {
			begun = append(begun, f)
		}
	}
	if len(begun) != 1 {
		c.t.Fatalf("%d runs were begun", len(begun))
	}
	return begun
}

// verified has the program itself compare the server with the seals of its ledger.
func (c *chaos) verified(fates map[string]fate) {
	c.t.Helper()
	want := 0
	for _, f := range fates {
		if f.lands() {
			want++
		}
	}
	cmd := c.command("verify", c.runs()[0].Name(), "--quiet", "--json")
	if err := cmd.Run(); err != nil {
		c.t.Errorf("verify: %v\n%s%s", err, cmd.Stdout, cmd.Stderr)
		return
	}
	if v := c.finished(cmd).Verified; v == nil || v.Read != want || v.Equal != want-len(c.been) || v.SignedIn != len(c.been) {
		c.t.Errorf("verify: %+v, want %d, of whom %d have signed in", v, want, len(c.been))
	}
}
