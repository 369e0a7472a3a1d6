package importers_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"rehome/fixtures"
	"rehome/identity"
	"rehome/identity/forms"
	"rehome/importers"
)

// What identify is certain of, a CSV file's hash is tagged as: they keep two
// tables, because importers know no verifiers.
func TestTagsAgreeWithIdentify(t *testing.T) {
	certain := 0
	for _, text := range vectorHashes(t) {
		found := forms.Identify(text)
		if len(found) != 1 || !found[0].Certain || found[0].Algorithm == identity.None {
			continue
		}
		certain++
		tag, problem := taggedBy(t, text)
		if tag != found[0].Algorithm {
			t.Errorf("%.12q… is %s to identify, and %s (%v) in a CSV file", text, found[0].Algorithm, tag, problem)
		}
	}
	if certain < 200 {
		t.Errorf("only %d hashes are certain", certain)
	}
}

func vectorHashes(t *testing.T) (all []string) {
	t.Helper()
	all = append(all, "$firebase-scrypt$hash=lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$salt=42xEC+ixf3L2lw==$sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$ss=Bw==$r=8$m=14")
	for _, name := range []string{"vectors.jsonl", "public-vectors.jsonl"} {
		for line := range bytes.Lines(fixtures.Read("vectors/" + name)) {
			var v struct{ Hash string }
			if err := json.Unmarshal(line, &v); err != nil {
				t.Fatal(err)
			}
			all = append(all, v.Hash)
		}
	}
	return all
}

func taggedBy(t *testing.T, text string) (identity.Algorithm, *identity.Problem) {
	t.Helper()
	var file strings.Builder
	w := csv.NewWriter(&file)
	_ = w.WriteAll([][]string{{"id", "password_hash"}, {"a", text}})
	for rec, err := range importers.CSV(strings.NewReader(file.String()), "f", importers.CSVConfig{}) {
		if err != nil {
			t.Fatalf("%.12q…: %v", text, err)
		}
		return rec.User.Hash.Algorithm, rec.Problem
	}
	t.Fatal("no record")
	return "", nil
}
