package migrate

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"rehome/sink"
)

// Move says what a ledger is the ledger of. Two moves are the same when source,
// target and settings are.
type Move struct {
	Version  int               `json:"version"`
	Source   string            `json:"source"` // "sha256:…" of the source's bytes
	Files    []string          `json:"files"`
	From     string            `json:"from"`
	Target   string            `json:"target"`   // without secrets
	Settings map[string]string `json:"settings"` // those that change what lands
	Started  time.Time         `json:"started"`  // on our clock
	Since    time.Time         `json:"since"`    // on the target's clock: what is older is not ours; zero: see Begin
	Command  []string          `json:"command"`  // what was typed, without secrets
	DryRun   bool              `json:"dry_run,omitempty"`
}

// ledgerVersion changes when a line's meaning does.
const ledgerVersion = 2

// Ledger is the file that makes a move resumable: JSON lines, appended only,
// mode 0600. Each ends in a seal over itself and the seal before (see chain), which is
// left out here:
//
//	{"move":{…}}                            first, once
//	{"begin":{"since":…}}                   once, before anybody is taken; not for every target
//	{"take":["id",…]}                       handed to the sink: may be half made
//	{"settle":{"id":…,"target":…,"outcome":…,"credential":…,"profile":…,"created":…}}
//	{"free":["id",…]}                       taken, and nothing of ours is there
//	{"finish":{"exit":3}}                   the end; a finished move is not resumed
//	{"retry":{"source":…,"command":…}}      mended rejects follow: take, settle, finish
//	{"undo":{}}                             the run is taken back from here on
//	{"gone":["id",…]}                       taken back: not this run's any more
//	{"upgrade":{}}                          lines of version 1 end here
//	{"doubt":{}}                            lines were lost: who did not land may be half made
//
// It holds ids and seals, nothing else. A line is written before its effect is
// relied on, so a process killed at any moment leaves at most users that are
// taken and not settled: those are looked up at the target. The page cache
// outlives the process; one fsync a second bounds what a power cut can cost.
//
// What was found at open never changes while the ledger is in use: a run never
// reads its own writes.
type Ledger struct {
	Move Move

	seals  sealer
	states *states // as found at open
	path   string
	begun  time.Time // by this process

	mu     sync.Mutex
	chain  *chain
	sealed []byte   // lines that are about to be written
	file   *os.File // nil: only to be read
	synced time.Time
	broken error // the first failure: after it a line may be torn, and nothing is written behind it
}

const ledgerName = "ledger.jsonl"

// syncEvery is the most that a power cut can cost, in time.
const syncEvery = time.Second

// CreateLedger begins the ledger of a new run in its folder.
func CreateLedger(folder string, m Move) (*Ledger, error) {
	path := filepath.Join(folder, ledgerName)
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("ledger: %s: %w", path, os.ErrExist)
	}
	key, err := newKey(folder)
	if err != nil {
		return nil, err
	}
	m.Version = ledgerVersion
	c := newChain(key)
	if err := beginFile(path, m, c); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	f, err := OpenFile(path, os.O_RDWR|os.O_APPEND)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return &Ledger{Move: m, seals: newSealer(key), states: newStates(), path: path, chain: c, file: f}, nil
}

// beginFile makes a ledger with its first line in it, or none: a folder that a kill
// left without one was never begun, and is nobody's run.
func beginFile(path string, m Move, c *chain) error {
	line, err := json.Marshal(ledgerLine{Move: &m})
	if err != nil {
		return err
	}
	c.sealed = true
	f, err := newFile(path + ".new")
	if err != nil {
		return err
	}
	_, err = f.Write(c.close(nil, append(line, '\n')))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// OpenLedger opens the ledger of a run to continue it. A torn last line, left by
// a kill, is cut off; anything else that cannot be read is an error: we do not
// guess what landed.
func OpenLedger(folder string) (*Ledger, error) {
	key, err := readKey(folder)
	if err != nil {
		return nil, err
	}
	f, err := OpenFile(filepath.Join(folder, ledgerName), os.O_RDWR|os.O_APPEND)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	l := &Ledger{seals: newSealer(key), states: newStates(), path: f.Name(), chain: newChain(key), file: f}
	if err := l.load(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, nil
}

// ReadLedger opens the ledger of a run to look at what landed; nothing is changed,
// and a process that holds the run is not disturbed. No state is known of any id:
// only OpenLedger takes them in.
func ReadLedger(folder string) (*Ledger, error) {
	key, err := readKey(folder)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folder, ledgerName)
	l := &Ledger{seals: newSealer(key), states: newStates(), path: path}
	g, err := peek(folder)
	l.Move, l.states.course, l.chain = g.move, g.course, &chain{sealed: g.sealed}
	return l, err
}

// load takes the file in, once, front to back, and cuts a torn last line off.
func (l *Ledger) load() error {
	end, err := eachSealed(l.file, l.chain, func(n int, line []byte) (err error) {
		if n == 1 {
			l.Move, err = l.chain.move(line)
			return err
		}
		return l.states.note(line)
	})
	if err != nil {
		return err
	}
	if l.Move.Version == 0 {
		return damaged(l.path, 1, errTorn)
	}
	return l.file.Truncate(end)
}

// State is what the ledger knew of an id when it was opened.
func (l *Ledger) State(id string) State {
	if l == nil {
		return Unknown
	}
	return l.states.of(id)
}

// Begin notes when the run began, on the clock by which the target dates users:
// what it dates earlier is not the run's. That is said once, and before anybody is
// taken: whoever a run of an older rehome has taken would be older than it.
func (l *Ledger) Begin(since time.Time) error {
	if since.IsZero() || !l.since().IsZero() || l.states.ids.count > 0 {
		return nil
	}
	l.begun = since
	return l.append(ledgerLine{Begin: &beginLine{since}})
}

// since is when the run began, on the target's clock; zero: it is not known.
func (l *Ledger) since() time.Time {
	switch {
	case l == nil:
		return time.Time{}
	case !l.begun.IsZero():
		return l.begun
	case !l.states.begun.IsZero():
		return l.states.begun
	}
	return l.Move.Since
}

// Finished reports whether the run had come to its end when the ledger was opened.
func (l *Ledger) Finished() bool { return l.states.course.finished }

// Take notes that users are about to be written.
func (l *Ledger) Take(ids []string) error {
	if l == nil || len(ids) == 0 {
		return nil
	}
	return l.append(ledgerLine{Take: ids})
}

// Settle notes a user that landed.
func (l *Ledger) Settle(id string, r sink.Result) error {
	if l == nil {
		return nil
	}
	seals := l.seals.seal(r.TargetID, r.State)
	return l.append(ledgerLine{Settle: &settleLine{id, r.TargetID, r.Outcome, seals.Credential, seals.Profile, createdText(r.Created)}})
}

// Retry notes that a file of mended rejects is fed into the finished run. The run
// stays finished: only the same retry goes on with what follows.
func (l *Ledger) Retry(source string, command []string) error {
	return l.append(ledgerLine{Retry: &retryLine{source, command}})
}

// Retrying is the command of a retry that has not come to its end; false if there
// is none.
func (l *Ledger) Retrying() ([]string, bool) {
	if r := l.states.course.retry; r != nil {
		return r.Command, true
	}
	return nil, false
}

// Finish notes that the run has come to its end.
func (l *Ledger) Finish(exit int) error { return l.append(ledgerLine{Finish: &finishLine{Exit: exit}}) }

// append writes one line.
func (l *Ledger) append(line ledgerLine) error {
	text, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return l.write(append(text, '\n'))
}

// write seals whole lines and writes them with one write, so that lines are whole or
// torn, never mixed.
func (l *Ledger) write(lines []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return l.broken
	}
	if !l.chain.sealed {
		l.chain.upgrade()
		lines = append([]byte(upgradeHead+"{}}\n"), lines...)
	}
	l.sealed = l.chain.close(l.sealed[:0], lines)
	_, err := l.file.Write(l.sealed)
	if now := time.Now(); err == nil && now.Sub(l.synced) > syncEvery {
		l.synced = now
		err = l.file.Sync()
	}
	if err != nil {
		l.broken = fmt.Errorf("ledger: %w", err)
	}
	return l.broken
}

// Close makes the ledger durable.
func (l *Ledger) Close() error {
	if l == nil || l.file == nil {
		return nil
	}
	return errors.Join(l.file.Sync(), l.file.Close())
}

// Unsealed reports whether lines of the ledger are of version 1, which had no seals,
// and nothing has been appended since.
func (l *Ledger) Unsealed() bool { return l != nil && !l.chain.sealed }
