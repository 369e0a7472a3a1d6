package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/bits"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/importers"
	"rehome/verifiers"
)

// newFlags is how the source is to be read instead: one of the two.
type newFlags struct {
	config importers.HashConfig
	csv    *importers.CSVConfig
}

// flags puts a recipe into flags; nil where no flag can say it, with a sentence of
// what to do instead. The source is read so from now on.
func (s *solving) flags(r verifiers.Recipe, u identity.User) (f *newFlags, instead string, err error) {
	switch s.source.format {
	case importers.FormatFirebase:
		p := r.Hash.Params
		if r.Hash.Algorithm != identity.ScryptFirebase || r.Hash.Encoded != u.Hash.Encoded || p.Salt != u.Hash.Params.Salt {
			return nil, "no flag says this; the export itself has to be mended", nil
		}
		s.source.reading.firebase.Hash = importers.HashConfig{SignerKey: p.SignerKey, SaltSeparator: p.SaltSeparator, Rounds: p.R, MemCost: bits.Len(uint(p.N)) - 1}
		return &newFlags{config: s.source.reading.firebase.Hash}, "compare the file with the parameters: they are of different projects", nil
	case importers.FormatCSV:
		return s.csvFlags(r, u)
	}
	return nil, s.neutralWords(r), nil
}

// neutralWords says a recipe in the words of the neutral file.
func (s *solving) neutralWords(r verifiers.Recipe) string {
	words := "hash_algorithm " + string(r.Hash.Algorithm)
	if variant := r.Hash.Params.Variant; variant != "" {
		words += ", and in hash_params the variant " + variant
	}
	if s.source.format == importers.FormatNeutral {
		return "no flag says this; write it into the file: " + words
	}
	return fmt.Sprintf("no flag says this about a source of the kind %s; convert it, and write it into the neutral file: %s", s.source.format, words)
}

// csvFlags is --hash-algo, and --map for texts that stand in other columns.
func (s *solving) csvFlags(r verifiers.Recipe, u identity.User) (*newFlags, string, error) {
	cells, _, err := s.cells(u)
	if err != nil {
		return nil, "", err
	}
	if r.Hash.Algorithm == identity.Plaintext {
		return nil, "the file holds passwords in plain text: --plaintext takes them", nil
	}
	config := s.source.reading.csv
	config.HashAlgo, config.Map = r.Name, maps.Clone(config.Map)
	given, right := u.Hash, r.Hash
	for _, text := range []struct {
		field        string
		given, right identity.Secret
	}{
		{"password_hash", given.Encoded, right.Encoded},
		{"salt", given.Params.Salt, right.Params.Salt},
		{"salt_separator", given.Params.SaltSeparator, right.Params.SaltSeparator},
		{"signer_key", given.Params.SignerKey, right.Params.SignerKey},
	} {
		if text.right == text.given || text.right == "" {
			continue
		}
		column := columnOf(cells, text.right)
		if column == "" {
			return nil, "no column holds the right " + text.field + " as it has to be written; mend the file", nil
		}
		if config.Map == nil {
			config.Map = map[string]string{}
		}
		config.Map[text.field] = column
	}
	s.source.reading.csv = config
	return &newFlags{csv: &config}, "the rows of the file are read otherwise than the recipe has it; mend the columns of the hash", nil
}

// columnOf names the column that holds a text: by its header, or where that would
// be misread, by its number.
func columnOf(cells importers.Cells, text identity.Secret) string {
	for i, cell := range cells.Texts {
		if cell != text && strings.TrimSpace(string(cell)) != string(text) {
			continue
		}
		name := strings.TrimSpace(cells.Names[i])
		same := 0
		for _, other := range cells.Names {
			if strings.TrimSpace(other) == name {
				same++
			}
		}
		if name == "" || same > 1 || strings.ContainsAny(name, ",#") {
			return fmt.Sprintf("#%d", i+1)
		}
		return name
	}
	return ""
}

// otherSalts are the cells of an account's row that are neither its hash nor its
// salt.
func (s *solving) otherSalts(u identity.User) (salts []identity.Secret, err error) {
	cells, ok, err := s.cells(u)
	if !ok || err != nil {
		return nil, err
	}
	for _, cell := range cells.Texts {
		known := cell == "" || len(cell) > 256 || cell == u.Hash.Encoded || cell == u.Hash.Params.Salt
		if !known && !slices.Contains(salts, cell) {
			salts = append(salts, cell)
		}
	}
	return salts, nil
}

// cells reads an account's row once more, as it stands.
func (s *solving) cells(u identity.User) (importers.Cells, bool, error) {
	at, ok := s.at[u.ID]
	if s.source.format != importers.FormatCSV || !ok {
		return importers.Cells{}, false, nil
	}
	for _, f := range s.source.files {
		if f.name != at.File {
			continue
		}
		r, closeAll, err := f.open(new(seen), new(atomic.Int64))
		if err != nil {
			return importers.Cells{}, false, err
		}
		defer closeAll()
		return importers.CSVCells(r, f.name, s.source.reading.csv, at.Record)
	}
	return importers.Cells{}, false, nil
}

// csvWords are the flags of a table.
func (f *newFlags) csvWords() []string {
	if f.csv == nil {
		return nil
	}
	words := []string{"--hash-algo", f.csv.HashAlgo}
	if len(f.csv.Map) > 0 {
		var pairs []string
		for _, field := range slices.Sorted(maps.Keys(f.csv.Map)) {
			pairs = append(pairs, field+"="+f.csv.Map[field])
		}
		words = append(words, "--map", strings.Join(pairs, ","))
	}
	return words
}

// writeHashConfig writes the parameters into a file of its own, for its owner
// alone, and answers its name.
func writeHashConfig(config importers.HashConfig) (string, error) {
	for n := 1; n < 100; n++ {
		name := "hash-config.txt"
		if n > 1 {
			name = fmt.Sprintf("hash-config-%d.txt", n)
		}
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("cannot write the parameters: %w", err)
		}
		_, err = f.Write(config.Block())
		return name, errors.Join(err, f.Close())
	}
	return "", errors.New("there are too many files hash-config-N.txt here; remove some")
}

// proveCommand is the command that was typed, as a proof with the new flags.
func (s *solving) proveCommand(flags []string) []string {
	replaced := []string{"hash-config", "hash-algo", "map", "rounds", "mem-cost", "hash-key", "salt-separator"}
	return append(typedFor(s.cli, "prove", replaced...), flags...)
}

// givenHashConfig reads Firebase's parameters as they are given, right or wrong,
// and takes them off the flags, where nobody would accept them wrong.
func givenHashConfig(c *cli.Context) (given importers.HashConfig, err error) {
	if path := c.String("hash-config"); path != "" {
		block, err := readSetting(c.Context, "--hash-config "+path, path)
		if err != nil {
			return given, err
		}
		if given, err = importers.HashConfigAsGiven(block); err != nil {
			return given, usage("paste the whole block of the Firebase console: Authentication, Users, ⋮, Password hash parameters", "--hash-config %s: %s", path, err)
		}
		return given, c.Set("hash-config", "")
	}
	if given.SignerKey, err = secretFlag(c, "hash-key", "REHOME_HASH_KEY"); err != nil || given.SignerKey == "" {
		return given, err
	}
	if given.SaltSeparator, err = secretFlag(c, "salt-separator", "REHOME_SALT_SEPARATOR"); err != nil {
		return given, err
	}
	given.Rounds, given.MemCost = c.Int("rounds"), c.Int("mem-cost")
	return given, errors.Join(c.Set("hash-key", ""), c.Set("salt-separator", ""))
}
