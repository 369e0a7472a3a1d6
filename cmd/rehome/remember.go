package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"rehome/migrate"
	"rehome/report"
)

// proofsName is the file of remembered proofs, beside the runs: JSON lines,
// appended. It holds fingerprints and counts, no account.
const proofsName = "proofs.jsonl"

// remembered is a proof that held: known passwords matched this source, read with
// these settings, by these rules of a target.
type remembered struct {
	Proof   string    `json:"proof"`   // fingerprint of source, settings and rules
	Matched int       `json:"matched"` // or found right, where the target can use none of them
	At      time.Time `json:"at"`
}

// proofSettings are the flags that change what a proof is about.
var proofSettings = []string{"hash-config", "table-prefix", "site", "map", "columns", "delimiter", "encoding", "hash-algo", "plaintext", "allow-undocumented"}

// proofKey tells proofs apart.
func (j *job) proofKey(f *migrate.Findings) string {
	all := settings(j)
	text := f.Digest + "|" + j.target.rules + "|" + string(j.source.format)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if slices.Contains(proofSettings, name) {
			text += "|" + name + "=" + all[name]
		}
	}
	return fingerprint(text)
}

// remember notes a proof that held.
func (j *job) remember(f *migrate.Findings) error {
	p := f.Summary.Proof
	if p == nil || p.Right() == 0 || p.Mismatched > 0 {
		return nil
	}
	file, err := migrate.AddFile(j.cli.String("runs"), proofsName)
	if err != nil {
		return fmt.Errorf("cannot remember the proof: %w", err)
	}
	err = json.NewEncoder(file).Encode(remembered{j.proofKey(f), cmp.Or(p.Matched, p.Right()), time.Now().UTC()})
	return errors.Join(err, file.Close())
}

// recall finds the newest proof of the same source, settings and rules; nil: there
// is none.
func (j *job) recall(f *migrate.Findings) (newest *report.Earlier, err error) {
	file, err := migrate.OpenFile(filepath.Join(j.cli.String("runs"), proofsName), os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the proofs: %w", err)
	}
	defer file.Close()
	key := j.proofKey(f)
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var r remembered
		if json.Unmarshal(lines.Bytes(), &r) == nil && r.Proof == key {
			newest = &report.Earlier{Matched: r.Matched, At: r.At}
		}
	}
	return newest, nil
}

// proven makes sure that an import into a real target has its proof: now, by an
// earlier prove, or by the person's word.
func (j *job) proven() error {
	if !j.target.real || j.cli.Bool("dry-run") || j.cli.Bool("no-proof") || len(j.known) > 0 {
		return nil
	}
	proof := j.earlierProof
	if proof == nil {
		return usage("write a few passwords that you know into known.csv (columns email and password): "+command(append(typed(j.cli), "--known", "known.csv")...)+
			"\nor prove them first: "+command(j.proving()...)+
			"\nor, if nobody's password is known: "+command(append(typed(j.cli), "--no-proof")...),
			"an import into a real target wants proof first that the passwords will work")
	}
	j.say("proved on %s: %s matched", proof.At.Local().Format(time.DateTime), plural(proof.Matched, "known account", "known accounts"))
	return nil
}
