package importers_test

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"rehome/fixtures"
	"rehome/identity"
	"rehome/identity/forms"
	"rehome/importers"
	"rehome/sink"
	"rehome/sink/appwrite"
	"rehome/sink/postgres"
)

// What identify is certain of, a CSV file's hash is tagged as.
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

// Whatever a text is, all agree on it: identify, the CSV reader, the neutral file, and
// each target's judge, who comes to the same with the form that the importer read and
// without. A target lands nothing that could not be read, and what it calls ready is
// spelt as it stands.
func TestEveryReaderAgrees(t *testing.T) {
	sinks := everySink(t)
	known, works := 0, 0
	for i, text := range respelt(vectorHashes(t)) {
		claim := forms.ClaimOf(text)
		line, _ := json.Marshal(map[string]string{"id": "a", "email": "a@example.com", "password_hash": text})
		var neutral identity.Record
		for rec := range importers.Neutral(bytes.NewReader(line), "f") {
			neutral = rec
		}
		if claim.Kind != forms.Known {
			continue
		}
		if tag, _ := taggedBy(t, text); tag != claim.Tag() || neutral.User.Hash.Algorithm != claim.Tag() {
			t.Errorf("%d: %.16q… claims to be %s, and is %s in a CSV file and %s in JSON Lines", i, text, claim.Tag(), tag, neutral.User.Hash.Algorithm)
		}
		if found := forms.Identify(text); found[0].Algorithm != claim.Tag() {
			t.Errorf("%d: %.16q… claims to be %s, and identify says %s", i, text, claim.Tag(), found[0].Algorithm)
		}
		known++
		u := neutral.User
		u.ID = "0b1c2d3e-4f50-4a61-8b72-9c83ad94be01"
		for _, s := range sinks {
			with := s.Judge(u)
			u.Form = nil
			without := s.Judge(u)
			_, problem := forms.Read(u.Hash)
			if with.Verdict != without.Verdict || with.Verdict.Works() && problem != nil {
				t.Errorf("%d: %.16q… is %s with its form, %s without, and read with %v", i, text, with.Verdict, without.Verdict, problem)
			}
			if with.Verdict == sink.Ready && forms.Text(u.Hash) != text {
				t.Errorf("%d: %.16q… stands in something else and is ready", i, text)
			}
			if with.Verdict.Works() {
				works++
			}
		}
	}
	if known < 1500 || works < 1500 {
		t.Errorf("%d texts said what they are, and %d targets took them: too few to mean anything", known, works)
	}
}

func everySink(t *testing.T) (all []sink.Sink) {
	t.Helper()
	for _, profile := range []appwrite.Profile{appwrite.Profile15, appwrite.Profile19} {
		s, err := appwrite.New(appwrite.Config{Profile: profile, AllowUndocumented: true})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	for _, layout := range []postgres.Layout{postgres.Generic, postgres.Supabase} {
		s, err := postgres.New(postgres.Config{Layout: layout})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// respelt are texts as they stand, in other programs' markers, and with one letter
// changed.
func respelt(texts []string) (all []string) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, text := range texts {
		if text == "" || strings.ContainsAny(text, "\x00\n\r") {
			continue
		}
		all = append(all, text, "  "+text+" ", "{bcrypt}"+text, "{ARGON2ID}"+text, "Bcrypt:"+text, "1|"+text, text+":0", base64.StdEncoding.EncodeToString([]byte(text)),
			fmt.Sprintf(`a:1:{s:4:"hash";s:%d:"%s";}`, len(text), text))
		changed := []byte(text)
		changed[random.IntN(len(changed))] = "$.,:=/+-_{}|*azAZ09"[random.IntN(19)]
		all = append(all, string(changed))
	}
	return all
}
