package migrate

import (
	"encoding/json"
	"fmt"

	"rehome/sink"
)

// settleAll notes those of a batch who landed, a line each, with one write: a
// system call for each user would cost as much as sealing it.
func (l *Ledger) settleAll(batch []settlement) (err error) {
	if l == nil {
		return nil
	}
	lines := make([]byte, 0, len(batch)*settleLength)
	for _, s := range batch {
		if !s.landed() {
			continue
		}
		if lines, err = l.appendSettle(lines, s.User.ID, s.result); err != nil {
			return err
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return l.write(lines)
}

// settleLength is a guess at the bytes of a settle line.
const settleLength = 224

// appendSettle writes a settle line, with the very bytes that encoding/json would.
func (l *Ledger) appendSettle(b []byte, id string, r sink.Result) ([]byte, error) {
	seals := l.seals.seal(r.TargetID, r.State)
	s := settleLine{id, r.TargetID, r.Outcome, seals.Credential, seals.Profile}
	if !quotable(s.ID) || !quotable(s.Target) {
		text, err := json.Marshal(ledgerLine{Settle: &s})
		if err != nil {
			return b, fmt.Errorf("ledger: %w", err)
		}
		return append(append(b, text...), '\n'), nil
	}
	for i, part := range [...]string{s.ID, s.Target, string(s.Outcome), s.Credential, s.Profile} {
		b = append(append(append(b, settleParts[i]...), part...), '"')
	}
	return append(b, "}}\n"...), nil
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
