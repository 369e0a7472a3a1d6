package migrate

import (
	"encoding/json"
	"fmt"
	"time"

	"rehome/sink"
)

// settleAll notes those of a batch who landed, a line each, and those who did not,
// with one write: a system call for each user would cost as much as sealing it.
func (l *Ledger) settleAll(batch []settlement) (err error) {
	if l == nil {
		return nil
	}
	lines := make([]byte, 0, len(batch)*settleLength)
	var free []string
	for _, s := range batch {
		if s.free() {
			free = append(free, s.User.ID)
		}
		if !s.landed() {
			continue
		}
		if lines, err = l.appendSettle(lines, s.User.ID, s.result); err != nil {
			return err
		}
	}
	if lines, err = appendFree(lines, free); err != nil || len(lines) == 0 {
		return err
	}
	return l.write(lines)
}

// appendFree writes a line about those of whom nothing of ours is there.
func appendFree(b []byte, ids []string) ([]byte, error) {
	if len(ids) == 0 {
		return b, nil
	}
	text, err := json.Marshal(ledgerLine{Free: ids})
	if err != nil {
		return b, fmt.Errorf("ledger: %w", err)
	}
	return append(append(b, text...), '\n'), nil
}

// settleLength is a guess at the bytes of a settle line.
const settleLength = 264

// appendSettle writes a settle line, with the very bytes that encoding/json would.
func (l *Ledger) appendSettle(b []byte, id string, r sink.Result) ([]byte, error) {
	seals := l.seals.seal(r.TargetID, r.State)
	s := settleLine{id, r.TargetID, r.Outcome, seals.Credential, seals.Profile, createdText(r.Created)}
	if !quotable(s.ID) || !quotable(s.Target) {
		text, err := json.Marshal(ledgerLine{Settle: &s})
		if err != nil {
			return b, fmt.Errorf("ledger: %w", err)
		}
		return append(append(b, text...), '\n'), nil
	}
	for i, part := range [...]string{s.ID, s.Target, string(s.Outcome), s.Credential, s.Profile, s.Created} {
		if i == len(settleParts)-1 && part == "" {
			continue
		}
		b = append(append(append(b, settleParts[i]...), part...), '"')
	}
	return append(b, "}}\n"...), nil
}

// createdText is a date as a settle line holds it, to the millisecond and beyond.
func createdText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// created is when the target made the account; zero where the line does not say.
func (s settleLine) created() time.Time {
	t, _ := time.Parse(time.RFC3339Nano, s.Created)
	return t
}

// quotable reports whether a text stands in JSON as it is: encoding/json escapes
// what HTML would read as well.
func quotable(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}
