package migrate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	Since    time.Time         `json:"since"`    // on the target's clock: what is older is not ours
	Command  []string          `json:"command"`  // what was typed, without secrets
	DryRun   bool              `json:"dry_run,omitempty"`
}

// ledgerVersion changes when a line's meaning does.
const ledgerVersion = 1

// Ledger is the file that makes a move resumable: JSON lines, appended only,
// mode 0600.
//
//	{"move":{…}}                            first, once
//	{"take":["id",…]}                       handed to the sink: may be half made
//	{"settle":{"id":…,"target":…,"outcome":…,"credential":…,"profile":…}}
//	{"finish":{"exit":3}}                   last; a finished move is not resumed
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

	mu     sync.Mutex
	file   *os.File
	synced time.Time
	broken error // the first failure: after it a line may be torn, and nothing is written behind it
}

// settleLine is a settle line as it stands in the file.
type settleLine struct {
	ID         string       `json:"id"`
	Target     string       `json:"target"`
	Outcome    sink.Outcome `json:"outcome"`
	Credential string       `json:"credential"`
	Profile    string       `json:"profile"`
}

type ledgerLine struct {
	Move   *Move       `json:"move,omitempty"`
	Take   []string    `json:"take,omitempty"`
	Settle *settleLine `json:"settle,omitempty"`
	Finish *finishLine `json:"finish,omitempty"`
}

type finishLine struct {
	Exit int `json:"exit"`
}

const ledgerName = "ledger.jsonl"

// syncEvery is the most that a power cut can cost, in time.
const syncEvery = time.Second

// CreateLedger begins the ledger of a new run in its folder.
func CreateLedger(folder string, m Move) (*Ledger, error) {
	key, err := newKey(folder)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(folder, ledgerName), os.O_CREATE|os.O_EXCL|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	m.Version = ledgerVersion
	l := &Ledger{Move: m, seals: sealer{key}, states: &states{}, file: f}
	if err := errors.Join(l.append(ledgerLine{Move: &m}), f.Sync()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, nil
}

// OpenLedger opens the ledger of a run to continue it. A torn last line, left by
// a kill, is cut off; anything else that cannot be read is an error: we do not
// guess what landed.
func OpenLedger(folder string) (*Ledger, error) {
	key, err := readKey(folder)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(folder, ledgerName), os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	l := &Ledger{seals: sealer{key}, states: &states{}, file: f}
	if err := l.load(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, nil
}

// ReadLedger opens the ledger of a run to look at it; nothing is changed, and a
// process that holds the run is not disturbed.
func ReadLedger(folder string) (*Ledger, error) {
	key, err := readKey(folder)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(folder, ledgerName))
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	l := &Ledger{seals: sealer{key}, states: &states{}, file: f}
	_, err = l.read()
	return l, errors.Join(err, f.Close())
}

// load reads the file and cuts a torn last line off.
func (l *Ledger) load() error {
	end, err := l.read()
	if err != nil {
		return err
	}
	return l.file.Truncate(end)
}

// read takes the file in once, front to back, and says where its last whole line
// ends.
func (l *Ledger) read() (end int64, err error) {
	end, err = eachLine(l.file, func(n int, line []byte) error {
		if n == 1 {
			return l.loadMove(line)
		}
		return l.states.note(line)
	})
	if err != nil {
		return 0, err
	}
	if l.Move.Version == 0 {
		return 0, errors.New("ledger: empty: it was never begun")
	}
	l.states.index()
	return end, nil
}

func (l *Ledger) loadMove(line []byte) error {
	m, err := parseMove(line)
	if err == nil {
		l.Move = m
	}
	return err
}

func parseMove(line []byte) (Move, error) {
	var first ledgerLine
	if err := json.Unmarshal(line, &first); err != nil || first.Move == nil {
		return Move{}, errors.New("ledger: line 1 does not say what was moved")
	}
	if first.Move.Version != ledgerVersion {
		return Move{}, fmt.Errorf("ledger: written by another version of rehome (format %d, this one reads %d)", first.Move.Version, ledgerVersion)
	}
	return *first.Move, nil
}

// eachLine calls do with every whole line and returns where the last one ends.
func eachLine(r io.Reader, do func(n int, line []byte) error) (end int64, err error) {
	in := bufio.NewReaderSize(r, 1<<20)
	var long []byte
	for n := 1; ; {
		part, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, part...)
			continue
		}
		if err == io.EOF {
			return end, nil // what is left has no newline: a torn line
		}
		if err != nil {
			return end, fmt.Errorf("ledger: %w", err)
		}
		line := part
		if len(long) > 0 {
			line = append(long, part...)
		}
		if err := do(n, bytes.TrimSuffix(line, []byte("\n"))); err != nil {
			return end, fmt.Errorf("%w (line %d)", err, n)
		}
		end += int64(len(line))
		n, long = n+1, nil
	}
}

// State is what the ledger knew of an id when it was opened.
func (l *Ledger) State(id string) State {
	if l == nil {
		return Unknown
	}
	return l.states.of(id)
}

// since is when the run began, on the target's clock.
func (l *Ledger) since() time.Time {
	if l == nil {
		return time.Time{}
	}
	return l.Move.Since
}

// Finished reports whether the run had come to its end when the ledger was opened.
func (l *Ledger) Finished() bool { return l.states.finished }

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
	return l.append(ledgerLine{Settle: &settleLine{id, r.TargetID, r.Outcome, seals.Credential, seals.Profile}})
}

// Finish notes that the run has come to its end.
func (l *Ledger) Finish(exit int) error { return l.append(ledgerLine{Finish: &finishLine{exit}}) }

// append writes one line with one write, so that lines are whole or torn, never
// mixed.
func (l *Ledger) append(line ledgerLine) error {
	text, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken == nil {
		l.broken = l.write(append(text, '\n'))
	}
	return l.broken
}

func (l *Ledger) write(line []byte) error {
	_, err := l.file.Write(line)
	if now := time.Now(); err == nil && now.Sub(l.synced) > syncEvery {
		l.synced = now
		err = l.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

// Close makes the ledger durable.
func (l *Ledger) Close() error {
	if l == nil {
		return nil
	}
	return errors.Join(l.file.Sync(), l.file.Close())
}

// ends reads the first and the last whole line of a ledger; each is at most a
// few kilobytes.
func ends(f *os.File) (head, tail []byte, err error) {
	in := bufio.NewReader(f)
	head, err = in.ReadBytes('\n')
	if err != nil {
		return nil, nil, errors.New("its first line is not whole")
	}
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	last := make([]byte, min(info.Size(), 64<<10))
	if _, err := f.ReadAt(last, info.Size()-int64(len(last))); err != nil {
		return nil, nil, err
	}
	if end := bytes.LastIndexByte(last, '\n'); end >= 0 {
		last = last[:end]
	}
	return bytes.TrimSuffix(head, []byte("\n")), last[bytes.LastIndexByte(last, '\n')+1:], nil
}
