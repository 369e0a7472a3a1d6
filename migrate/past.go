package migrate

import (
	"encoding/hex"
	"errors"

	"rehome/identity"
	"rehome/sink"
)

// Past is what earlier runs landed at a target, by the ids and seals of their
// ledgers, to be held against what a source holds now. It asks the target nothing:
// the sink foretells what it would hold (sink.Foreteller), and a seal tells whether
// that is what was landed. Fill it with Add before the survey begins.
//
// Five million users take about 200 MiB: 16 bytes an id, 17 bytes of seals, and
// the table of ids.
type Past struct {
	// Foretell is the sink's own; nil: no two users can be compared.
	Foretell func(identity.User) (sink.State, bool)

	ids    *keys
	landed blocks[landedSeals]
	runs   []pastRun

	// The survey's: of each number, whether the source holds it, and whether as it
	// was landed.
	seen, equal, untold flags
}

// landedSeals is a landed user.
type landedSeals struct {
	credential, profile [sealLength]byte
	run                 uint8 // index of the run
}

// pastRun is a run whose users are held.
type pastRun struct {
	name   string
	ledger *Ledger
	same   bool // its settings make of a user what today's would
	other  bool // what it moved was another source: found out by the survey
}

// maxPast is how many runs are told apart.
const maxPast = 256

// Add takes in what a run landed. Of a user whom several runs landed the one added
// last counts. same says that its settings make of a user what today's would:
// without that its users cannot be compared.
func (p *Past) Add(l *Ledger, name string, same bool) error {
	if len(p.runs) == maxPast {
		return errors.New("more than 256 earlier runs went to this target: move the oldest out of the folder of runs")
	}
	if p.ids == nil {
		p.ids = newKeys()
	}
	run := uint8(len(p.runs))
	p.runs = append(p.runs, pastRun{name: name, ledger: l, same: same})
	return l.eachSettled(func(h *hotLine) error {
		landed := landedSeals{run: run}
		id, credential, profile := h.settle[0], h.settle[3], h.settle[4]
		if len(credential) != 2*sealLength || len(profile) != 2*sealLength {
			return errLedgerLine
		}
		_, err1 := hex.Decode(landed.credential[:], credential)
		_, err2 := hex.Decode(landed.profile[:], profile)
		if err1 != nil || err2 != nil {
			return errLedgerLine
		}
		*p.landed.at(admit(p.ids, id)) = landed
		return nil
	})
}

// fit is how a user of the source compares with who was landed.
type fit int

const (
	stranger fit = iota // nobody with this id was landed
	equal               // just so
	changed             // somebody with this id was landed, but not so
	untold              // somebody with this id was landed, and it cannot be told
)

// compared is a user held against the past.
type compared struct {
	fit
	number int
}

// compare holds a user who would land against who was landed under the same id.
// Whoever would not land now is changed: the target holds somebody. It may be
// called from several goroutines at once.
func (p *Past) compare(u identity.User, j sink.Judgement, lands bool) compared {
	if p == nil || p.ids == nil {
		return compared{}
	}
	n, came := number(p.ids, u.ID)
	if !came {
		return compared{}
	}
	landed := p.landed.at(n)
	run := p.runs[landed.run]
	switch {
	case !run.same || p.Foretell == nil:
		return compared{untold, n}
	case !lands:
		return compared{changed, n}
	}
	state, known := p.Foretell(u)
	if !known {
		return compared{untold, n}
	}
	seals := run.ledger.seals.seal(j.TargetID, state)
	if seals == (Seals{hex.EncodeToString(landed.credential[:]), hex.EncodeToString(landed.profile[:])}) {
		return compared{equal, n}
	}
	return compared{changed, n}
}

// note remembers that the source holds a user. One record that is as it was landed
// is enough: others with its id are duplicates.
func (p *Past) note(c compared) {
	switch c.fit {
	case stranger:
		return
	case equal:
		p.equal.set(c.number)
	case untold:
		p.untold.set(c.number)
	}
	p.seen.set(c.number)
}

// DeltaCounts says what has become, in the source, of the users whom earlier runs
// landed at the target. At the target none of them is touched.
type DeltaCounts struct {
	Runs     []string `json:"runs"`             // that landed them
	Same     int      `json:"same"`             // in the source just as it was
	Changed  int      `json:"changed"`          // in the source, but not as it was
	Vanished int      `json:"vanished"`         // not in the source any more
	Untold   int      `json:"untold,omitempty"` // in the source; whether it is as it was cannot be told
}

// delta counts, over the runs whose source this is a newer state of. A run of whose
// users the source holds fewer than half moved something else: nobody has vanished
// then. Nil: there is no such run.
func (p *Past) delta() *DeltaCounts {
	if p == nil || p.ids == nil {
		return nil
	}
	counts := make([]DeltaCounts, len(p.runs))
	for n := range p.ids.count {
		c := &counts[p.landed.at(n).run]
		switch {
		case !p.seen.has(n):
			c.Vanished++
		case p.equal.has(n):
			c.Same++
		case p.untold.has(n):
			c.Untold++
		default:
			c.Changed++
		}
	}
	var sum *DeltaCounts
	for i, c := range counts {
		if there := c.Same + c.Changed + c.Untold; there == 0 || there < c.Vanished {
			p.runs[i].other = true
			continue
		}
		if sum == nil {
			sum = &DeltaCounts{}
		}
		sum.Runs = append(sum.Runs, p.runs[i].name)
		sum.Same, sum.Changed, sum.Vanished, sum.Untold = sum.Same+c.Same, sum.Changed+c.Changed, sum.Vanished+c.Vanished, sum.Untold+c.Untold
	}
	return sum
}

// What has become of a user in the source since an earlier run.
const (
	WhatChangedThere  = "changed at the source since it was landed; left as it is"
	WhatVanishedThere = "not in the source any more; left as it is"
)

// errEnough ends a walk that has found what it looked for.
var errEnough = errors.New("enough")

// Names lists users who have changed or vanished, by their ids at the target, up
// to most.
func (p *Past) Names(most int) (list []Difference, err error) {
	for i := range p.runs {
		if p.runs[i].other || len(list) >= most {
			continue
		}
		err := p.runs[i].ledger.eachLanded(func(s settleLine) error {
			n, _ := number(p.ids, s.ID)
			if int(p.landed.at(n).run) != i {
				return nil // a later run's
			}
			if what := p.what(n); what != "" {
				list = append(list, Difference{TargetID: s.Target, What: what})
			}
			if len(list) >= most {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return list, err
		}
	}
	return list, nil
}

func (p *Past) what(n int) string {
	switch {
	case !p.seen.has(n):
		return WhatVanishedThere
	case p.equal.has(n) || p.untold.has(n):
		return ""
	}
	return WhatChangedThere
}
