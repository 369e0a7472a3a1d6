package migrate

import (
	"context"
	"fmt"
	"runtime"

	"rehome/identity"
	"rehome/sink"
)

// surveyBatch is the number of records a worker of the survey takes at once:
// enough that handing them over costs nothing.
const surveyBatch = 256

// Findings is what the survey learnt.
type Findings struct {
	Summary Summary        // verdicts, algorithms, problems, losses; no outcomes
	Proved  []Proved       // known accounts, in the order given
	Digest  string         // SHA-256 of the source
	Labels  map[string]int // how many of those who land would get each label

	Predicted Prediction   // what the move will come to
	Delta     *DeltaCounts // against earlier runs; nil: none landed users of this source there

	losers map[int]loser
	files  []file
}

// file is where a file's records begin, counted over all files.
type file struct {
	name  string
	first int // ordinal of its first record
}

// judged is a record as a survey's worker leaves it.
type judged struct {
	*item
	judgement sink.Judgement
	lands     bool
	claims    [][16]byte
	was       compared // with earlier runs
}

// Survey reads everything and writes nothing: a verdict for every record, the
// duplicates, the proof of the known accounts, the digest of the source. An
// error is about the source or the context; what is wrong with records is in
// the findings.
func Survey(ctx context.Context, p Plan) (*Findings, error) {
	s := &survey{plan: p, tally: newTally(), duplicates: newDuplicates(p.TempDir), known: newProof(p), labels: newLabels(), findings: &Findings{}}
	defer s.duplicates.close()
	source, err := pass(ctx, p, runtime.GOMAXPROCS(0), surveyBatch, s.work, s.collect)
	s.findings.Digest = source.digest
	if err == nil {
		err = s.resolve()
	}
	if err == nil {
		s.findings.Delta = p.Past.delta()
		s.findings.Proved, err = s.known.prove(ctx, s.findings.duplicate)
		s.unusable()
	}
	s.findings.Labels = s.labels.users
	s.findings.Summary, s.findings.Predicted = s.tally.summary(), s.tally.prediction()
	s.findings.Summary.Proof = countProofs(s.findings.Proved)
	return s.findings, err
}

// unusable moves the known accounts whose password is of no use at the target to
// those who need a new one.
func (s *survey) unusable() {
	moved := map[int]bool{}
	for _, p := range s.findings.Proved {
		l, lost := s.findings.losers[p.ordinal]
		if p.Outcome != Unusable || p.Problem == nil || lost && !l.lands() || moved[p.ordinal] {
			continue
		}
		if lost {
			p.kind = l.kinds.phoneless
		}
		moved[p.ordinal] = true
		s.tally.add(p.kind, -1)
		p.kind.reset = true
		s.tally.add(p.kind, 1)
	}
}

type survey struct {
	plan       Plan
	tally      *tally
	duplicates *duplicates
	known      *proof
	labels     *labels
	findings   *Findings
	pace       pace
}

func (s *survey) work(_ context.Context, batch []item) ([]judged, error) {
	made := make([]judged, 0, len(batch))
	for i := range batch {
		made = append(made, s.judge(&batch[i]))
	}
	return made, nil
}

func (s *survey) judge(it *item) judged {
	j := judged{item: it, judgement: s.plan.judge(&it.Record)}
	var landing sink.Landing
	landing, j.lands = s.plan.landing(&it.Record, j.judgement)
	switch {
	case j.lands:
		j.was = s.plan.Past.compare(landing.User, landing.Judgement, true)
	case it.Problem != nil:
	default:
		j.was = s.plan.Past.compare(it.User, j.judgement, false)
	}
	if !it.picked {
		j.lands = false
		return j
	}
	if j.lands {
		j.judgement.Losses = landing.Judgement.Losses
		if problem := s.plan.twin(landing); problem != nil {
			j.judgement.Verdict, j.judgement.Problem, j.lands = sink.Blocked, problem, false
		}
	}
	j.claims = s.duplicates.claims(j.judgement.Keys)
	return j
}

func (s *survey) collect(made []judged) error {
	for _, j := range made {
		k := s.kinds(j)
		s.tally.add(k.whole, 1)
		s.plan.Past.note(j.was)
		s.place(j)
		s.known.see(j, k.whole)
		if j.lands && j.picked {
			k.labels = s.labels.add(j.judgement.Labels)
		}
		if err := s.duplicates.add(j.claims, j.ordinal, k, rank(j.judgement.Verdict, j.lands)); err != nil {
			return err
		}
	}
	s.pace.tick(s.plan, Progress{Stage: "survey"}, len(made), 0, 0)
	return nil
}

// kinds are what a record counts as.
func (s *survey) kinds(j judged) kinds {
	k := s.tally.kindOf(&j.Record, j.judgement.Verdict, j.judgement.Problem, landed(j.lands, j.judgement.Losses))
	if !j.picked {
		k = excluded
	}
	k.lands, k.reset = j.lands, resetReason(&j.Record, j.judgement.Verdict, j.judgement.Problem, nil) != ""
	return kinds{whole: k, phoneless: s.tally.withoutPhone(k, j.judgement)}
}

// place notes where files begin: the record with the lowest ordinal seen of each.
func (s *survey) place(j judged) {
	first := j.ordinal - j.Pos.Record + 1
	for _, f := range s.findings.files {
		if f.first == first {
			return
		}
	}
	s.findings.files = append(s.findings.files, file{j.Pos.File, first})
}

// resolve moves the losers of duplicates from their kind to the blocked ones, or to
// those who land without their number.
func (s *survey) resolve() (err error) {
	s.findings.losers, err = s.duplicates.resolve()
	for _, l := range s.findings.losers {
		s.tally.add(l.kinds.whole, -1)
		if l.lands() {
			s.tally.add(l.kinds.phoneless, 1)
			continue
		}
		s.labels.remove(l.kinds.labels)
		blocked := l.kinds.whole
		blocked.verdict, blocked.problem, blocked.losses, blocked.lands = sink.Blocked, l.code, 0, false
		s.tally.add(blocked, 1)
	}
	return err
}

// duplicate is the problem of a record that gave way to another; nil if it did not.
func (f *Findings) duplicate(ordinal int) *identity.Problem {
	l, lost := f.losers[ordinal]
	if !lost || l.lands() {
		return nil
	}
	what := map[identity.Code]string{
		identity.IDDuplicate: "id", identity.EmailDuplicate: "e-mail address", identity.PhoneDuplicate: "phone number",
	}[l.code]
	return &identity.Problem{Code: l.code, Detail: fmt.Sprintf("the same %s as %s, which was preferred", what, f.position(l.winner))}
}

// asLanded is a record as it lands: without its number, if another keeps that.
func (f *Findings) asLanded(it *item) *identity.Record {
	if f.losers[it.ordinal].lands() {
		rec := phoneless(it.Record)
		return &rec
	}
	return &it.Record
}

// position names a record by its ordinal.
func (f *Findings) position(ordinal int) string {
	best := file{first: 1}
	for _, c := range f.files {
		if c.first <= ordinal && c.first >= best.first {
			best = c
		}
	}
	return identity.Pos{File: best.name, Record: ordinal - best.first + 1}.String()
}

// landed are the losses of a user that lands; who does not land loses nothing.
func landed(lands bool, losses []identity.Code) []identity.Code {
	if !lands {
		return nil
	}
	return losses
}
