package migrate

import (
	"rehome/identity"
	"rehome/sink"
)

// Schema is the version of the event stream. It changes when a meaning does;
// key order and unknown keys mean nothing.
const Schema = 1

// Event is one line of the report: exactly one field is set. A stream begins
// with Started and ends with Finished, however the verb ends.
type Event struct {
	Started  *Started    `json:"started,omitempty"`
	Settled  *Settled    `json:"settled,omitempty"`
	Proved   *Proved     `json:"proved,omitempty"`
	Differs  *Difference `json:"differs,omitempty"`
	Spared   *Spared     `json:"spared,omitempty"`
	Repaired *Repaired   `json:"repaired,omitempty"`
	Progress *Progress   `json:"progress,omitempty"` // may be dropped without changing the meaning
	Finished *Summary    `json:"finished,omitempty"`
}

// Started names what is about to be done.
type Started struct {
	Schema int      `json:"schema"`
	Verb   string   `json:"verb"`
	Source []string `json:"source,omitempty"` // file names as given
	From   string   `json:"from,omitempty"`   // firebase, wordpress, csv, neutral
	Target string   `json:"target,omitempty"` // without secrets
	Run    string   `json:"run,omitempty"`
}

// Settled says what became of one record.
type Settled struct {
	ID        string             `json:"id,omitempty"`
	TargetID  string             `json:"target_id,omitempty"`
	Position  identity.Pos       `json:"position"`
	Algorithm identity.Algorithm `json:"algorithm,omitempty"`
	Verdict   sink.Verdict       `json:"verdict"`
	Endpoint  string             `json:"endpoint,omitempty"`
	Outcome   sink.Outcome       `json:"outcome"`
	Problem   *identity.Problem  `json:"problem,omitempty"`
	Losses    []identity.Code    `json:"losses,omitempty"`

	// Reset is why the person needs a new password; "" if the old one works, as far
	// as is known, or there was none.
	Reset identity.Code `json:"-"`

	// Record is the record itself, for the files that hand it back to a person
	// (rejects, resets). It holds the hash and never leaves by way of the stream.
	Record *identity.Record `json:"-"`
}

// ProofOutcome is what became of one known account.
type ProofOutcome string

// The outcomes of a proof. Only Mismatched stops an import.
const (
	Matched    ProofOutcome = "matched"    // the password is right, there too
	Mismatched ProofOutcome = "mismatched" // it does not match with the given parameters, or the hash is no hash
	Unusable   ProofOutcome = "unusable"   // of no use there: right at the source, mostly
	Absent     ProofOutcome = "absent"     // not in the source, or no hash there
)

// Proved says what became of one known account.
type Proved struct {
	ID      string            `json:"id,omitempty"`
	Outcome ProofOutcome      `json:"outcome"`
	Problem *identity.Problem `json:"problem,omitempty"`

	// User is the account itself, for the list of resets; it never leaves by way
	// of the stream.
	User identity.User `json:"-"`

	ordinal int // of its record
	kind    kind
	right   bool // the password makes the source's hash
}

// Spared is a user that undo left where it is.
type Spared struct {
	TargetID string `json:"target_id"`
	Why      string `json:"why"`                 // signed-in, changed, kept
	Part     Part   `json:"part,omitempty"`      // of who changed
	SignedIn bool   `json:"signed_in,omitempty"` // who changed has signed in since, or the account was used otherwise
	Detail   string `json:"detail,omitempty"`    // of those kept, or in use without a sign-in that shows, in words
}

// Progress is where the work stands.
type Progress struct {
	Stage   string `json:"stage"` // survey, prove, move, verify, repair, undo
	Bytes   int64  `json:"bytes,omitempty"`
	Total   int64  `json:"total,omitempty"` // bytes of the source
	Records int    `json:"records"`
	Of      int    `json:"of,omitempty"` // records, once the survey has counted them
	Landed  int    `json:"landed"`
	Refused int    `json:"rejected"`

	Rate    float64    `json:"rate,omitempty"`    // records a second, of late
	Seconds float64    `json:"seconds,omitempty"` // left at that rate; 0: not known
	Pace    *sink.Pace `json:"pace,omitempty"`    // how the target is asked, where it says so
}

// Summary counts everything; it is the last event.
type Summary struct {
	Verb       string                     `json:"verb"`
	Records    int                        `json:"records"`
	Created    int                        `json:"created"`
	Existing   int                        `json:"existing"`
	Skipped    int                        `json:"skipped"`
	Recovered  int                        `json:"recovered"`
	Planned    int                        `json:"planned"`
	Rejected   int                        `json:"rejected"`
	Verdicts   map[sink.Verdict]int       `json:"verdicts,omitempty"`
	Algorithms map[identity.Algorithm]int `json:"algorithms,omitempty"`
	Problems   map[identity.Code]int      `json:"problems,omitempty"`
	Losses     map[identity.Code]int      `json:"losses,omitempty"`
	Endpoints  map[string]int             `json:"endpoints,omitempty"` // users with a password that landed, by where they were sent
	SignIns    map[string]int             `json:"sign_ins,omitempty"`  // how people sign in at the source: password, phone, provider names …
	People     *People                    `json:"people,omitempty"`    // records by what the move means to the person
	Proof      *ProofCounts               `json:"proved,omitempty"`
	Verified   *VerifyCounts              `json:"verified,omitempty"`
	Logins     *LoginCounts               `json:"logins,omitempty"`
	Canaries   *LoginCounts               `json:"canaries,omitempty"`
	Predicted  *Prediction                `json:"predicted,omitempty"`
	Delta      *DeltaCounts               `json:"delta,omitempty"`
	Repaired   *RepairCounts              `json:"repaired,omitempty"`
	Undone     *UndoCounts                `json:"undone,omitempty"`
	Hanging    []Hanging                  `json:"hanging,omitempty"` // on the users of a run that is taken back, as counted beforehand
	Run        string                     `json:"run,omitempty"`
	Error      string                     `json:"error,omitempty"`
	Exit       int                        `json:"exit"`
}

// Landed counts the users who are at the target now, or would be after a dry run.
func (s Summary) Landed() int {
	return s.Created + s.Existing + s.Recovered + s.Skipped + s.Planned - s.Problems[identity.Excluded]
}

// ProofCounts counts the known accounts by outcome.
type ProofCounts struct {
	Known      int `json:"known"`
	Matched    int `json:"matched"`
	Unusable   int `json:"unusable"`
	Absent     int `json:"absent"`
	Mismatched int `json:"mismatched"`

	// UnusableRight counts those of Unusable whose password made the source's hash.
	UnusableRight int `json:"unusable_right,omitempty"`
}

// Right counts the accounts whose password was found right. A proof in which none
// was proves nothing.
func (c ProofCounts) Right() int { return c.Matched + c.UnusableRight }

// VerifyCounts counts the users read back.
type VerifyCounts struct {
	Of       int `json:"of,omitempty"` // users of the run, where only a sample of them was asked for
	Read     int `json:"read"`
	Equal    int `json:"equal"`
	Changed  int `json:"changed,omitempty"`   // edited since
	SignedIn int `json:"signed_in,omitempty"` // the person signed in since, or the account was used otherwise
	Both     int `json:"both,omitempty"`      // of those, counted as changed and as signed in
	Missing  int `json:"missing,omitempty"`
}

// LoginCounts counts the known accounts that were logged in on the rehearsal server.
type LoginCounts struct {
	Tried int `json:"tried"`
	OK    int `json:"ok"`
}

// Prediction is what the survey said would land, to be held against what did.
type Prediction struct {
	Lands    int `json:"lands"`    // users that would be written, or are there already
	Rejected int `json:"rejected"` // records that cannot land
}

// UndoCounts counts the users of a run that was taken back.
type UndoCounts struct {
	Planned  int `json:"planned,omitempty"`   // would be deleted (dry run)
	Removed  int `json:"removed"`             // deleted now
	Gone     int `json:"gone,omitempty"`      // were not there any more
	SignedIn int `json:"signed_in,omitempty"` // spared: the person signed in since, or the account was used otherwise
	Changed  int `json:"changed,omitempty"`   // spared: edited since
	Kept     int `json:"kept,omitempty"`      // spared: the target refused to delete them, or they are not provably this run's
}

// Hanging counts rows of one table that hang on users of a run, and what becomes of
// them with the users. A row that hangs on two users counts twice.
type Hanging struct {
	Table     string    `json:"table"`
	Fate      sink.Fate `json:"fate"`
	Rows      int       `json:"rows"`
	Users     int       `json:"users"`
	Uncounted bool      `json:"uncounted,omitempty"` // we may not see them: there may be some on each of the users
}
