package migrate

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"rehome/identity"
	"rehome/sink"
)

// TestSettleAll: many lines at once are the lines that Settle writes, whatever is in
// an id, and only of those who landed.
func TestSettleAll(t *testing.T) {
	folder := t.TempDir()
	l, err := CreateLedger(folder, Move{})
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{"plain", `quo"te`, `back\slash`, "a<b>&c", "ünï", "tab\t", "\u2028", "bad\xff", "", strings.Repeat("x", 5000)}
	var batch []settlement
	for i, id := range ids {
		result := sink.Result{Outcome: sink.Created, TargetID: "t-" + id, State: sink.State{Credential: identity.Secret(id), Profile: "p"}}
		batch = append(batch,
			settlement{item: &item{Record: identity.Record{User: identity.User{ID: id}}}, result: result},
			settlement{item: &item{Record: identity.Record{User: identity.User{ID: "not " + id}}}, result: sink.Result{Outcome: sink.Existing}})
		if i%2 == 1 {
			batch[2*i].result.Outcome = sink.Recovered
			batch[2*i].result.Created = time.Date(2026, 11, 21, 20, 15, 36, 314e6, time.UTC)
		}
	}
	if err := l.settleAll(batch); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(l.path)
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for i := 0; i < len(batch); i += 2 {
		s := batch[i]
		seals := l.seals.seal(s.result.TargetID, s.result.State)
		line, err := json.Marshal(ledgerLine{Settle: &settleLine{s.User.ID, s.result.TargetID, s.result.Outcome, seals.Credential, seals.Profile, createdText(s.result.Created)}})
		if err != nil {
			t.Fatal(err)
		}
		want.Write(append(line, '\n'))
	}
	seals := regexp.MustCompile(`,"seal":"[0-9a-f]{16}"}\n`)
	if _, got, _ := strings.Cut(string(text), "\n"); seals.ReplaceAllString(got, "}\n") != want.String() {
		t.Errorf("the ledger has\n%.2000s\nwant, with seals,\n%.2000s", got, want.String())
	}
	if err := (*Ledger)(nil).settleAll(batch); err != nil {
		t.Errorf("without a ledger: %v", err)
	}
}

// TestBegunWhole: a ledger is never seen without its first line, and is not begun
// twice.
func TestBegunWhole(t *testing.T) {
	folder := t.TempDir()
	l, err := CreateLedger(folder, Move{Source: "sha256:x"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if g, err := peek(folder); err != nil || g.move.Source != "sha256:x" {
		t.Errorf("%+v %v", g.move, err)
	}
	if _, err := CreateLedger(folder, Move{}); err == nil {
		t.Error("begun again over the first")
	}
	names, err := os.ReadDir(folder)
	if err != nil || len(names) != 2 {
		t.Errorf("%v %v", names, err)
	}
}
