package main

import (
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"rehome/identity"
	"rehome/importers"
	"rehome/report"
)

// reading is how a source is to be read: the flags, as each importer wants them.
type reading struct {
	firebase  importers.FirebaseConfig
	wordpress importers.WordPressConfig
	csv       importers.CSVConfig
	notices   *[]string // what was said of the source
}

// newReading reads the flags. needHash says that hashes without their parameters
// are of no use to the verb.
func newReading(c *cli.Context, needHash bool) (r reading, err error) {
	hash, err := hashConfig(c)
	if err != nil {
		return r, err
	}
	cut, encoding, region := c.Bool("accept-truncated"), c.String("encoding"), strings.ToUpper(c.String("region"))
	r.firebase = importers.FirebaseConfig{Hash: hash, AcceptTruncated: cut, NeedHash: needHash}
	r.wordpress = importers.WordPressConfig{
		TablePrefix: c.String("table-prefix"), Site: c.Int("site"), Meta: list(c.String("meta")),
		Region: region, Encoding: encoding, AcceptTruncated: cut,
	}
	r.csv = importers.CSVConfig{
		Columns: list(c.String("columns")), HashAlgo: csvAlgorithm(c), Encoding: encoding, Region: region,
		AcceptTruncated: cut, Plaintext: c.Bool("plaintext"), Ignore: list(c.String("ignore")), Lenient: c.Command.Name == "inspect",
	}
	if r.csv.Map, err = pairs(c.String("map")); err != nil {
		return r, err
	}
	if r.csv.Delimiter, err = delimiter(c.String("delimiter")); err != nil {
		return r, err
	}
	if err := r.csv.Validate(); err != nil {
		return r, usage("run: rehome "+c.Command.Name+" --help", "%s", err)
	}
	return r, nil
}

// hear hands every notice to say, once, and keeps it for the report.
func (r *reading) hear(say func(string, ...any)) {
	r.notices = new([]string)
	notice := func(text string) {
		if !slices.Contains(*r.notices, text) {
			*r.notices = append(*r.notices, text)
			say("note: %s", text)
		}
	}
	r.wordpress.Notice, r.csv.Notice = notice, notice
}

func (r reading) importer(f importers.Format, from io.Reader, name string) identity.Records {
	switch f {
	case importers.FormatNeutral:
		return importers.Neutral(from, name)
	case importers.FormatCSV:
		return importers.CSV(from, name, r.csv)
	default:
		return importers.Firebase(from, name, r.firebase)
	}
}

// csvAlgorithm is --hash-algo, unless it is Firebase's name for its own.
func csvAlgorithm(c *cli.Context) string {
	if a := c.String("hash-algo"); !strings.EqualFold(a, "SCRYPT") || c.String("hash-key") == "" {
		return a
	}
	return ""
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// pairs reads --map: id=uid,email=mail.
func pairs(s string) (map[string]string, error) {
	if s == "" {
		return nil, nil
	}
	m := map[string]string{}
	for _, pair := range strings.Split(s, ",") {
		field, header, ok := strings.Cut(pair, "=")
		if !ok || field == "" || header == "" {
			return nil, usage("such as --map id=uid,email=mail", "--map: %s is not FIELD=HEADER", report.Visible(pair))
		}
		m[strings.TrimSpace(field)] = header
	}
	return m, nil
}

// delimiter reads --delimiter: one character, or its name.
func delimiter(s string) (byte, error) {
	switch s {
	case "":
		return 0, nil
	case "tab", `\t`:
		return '\t', nil
	}
	if len(s) != 1 {
		return 0, usage("one character, or tab", "--delimiter %s is not a delimiter", report.Visible(s))
	}
	return s[0], nil
}
