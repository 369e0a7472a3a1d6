package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"rehome/fixtures"
	"rehome/migrate"
	"rehome/report"
)

// numbers are those of a report: by table and row, in the order of the columns.
type numbers map[string][]int

// TestNumbersAreEqual imports a real export, reads the report in every format, the
// words and the events, and compares every number in them.
func TestNumbersAreEqual(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, fixture := range map[string]string{
		"users.json": "exports/firebase/firebase-default.json", "hash-config.txt": "exports/firebase/firebase-default.hash-config.txt",
	} {
		if err := os.WriteFile(name, fixtures.Read(fixture), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	known := "localId,password\nh0mrBibfpSe7Mg4lAnoYxqRx9eLj,quartz_mango21808\nnobody,a password\n"
	if err := os.WriteFile("known.csv", []byte(known), 0o600); err != nil {
		t.Fatal(err)
	}
	words := rehome(t, exitRejected, "import", "users.json", "--hash-config", "hash-config.txt", "--known", "known.csv", "--region", "DE")
	run := regexp.MustCompile(`\d{8}-\d{6}-[0-9a-f]{4}`).FindString(words)
	for _, out := range []string{"report.html", "report.md", "report.json"} {
		rehome(t, exitOK, "report", run, "--out", out)
	}
	d := readDocument(t, "report.json")
	page, text := numbersOfHTML(t, "report.html"), numbersOfMarkdown(t, "report.md")
	for _, at := range keysOf(page, text) {
		if fmt.Sprint(page[at]) != fmt.Sprint(text[at]) {
			t.Errorf("%s: HTML %v, Markdown %v", at, page[at], text[at])
		}
	}
	for at, n := range numbersOfJSON(d) {
		if fmt.Sprint(page[at]) != fmt.Sprint(n) {
			t.Errorf("%s: JSON %v, HTML %v", at, n, page[at])
		}
	}
	compareWords(t, words, d)
	events := rehome(t, exitRejected, "import", "users.json", "--hash-config", "hash-config.txt", "--known", "known.csv", "--region", "DE", "--json")
	d.Finished.People = d.People // the report holds it in a place of its own
	if got, want := finishedOf(t, events), plainJSON(t, d.Finished); got != want {
		t.Errorf("the events say\n%s\nthe report\n%s", got, want)
	}
}

// rehome runs a command and answers what it printed on standard output.
func rehome(t *testing.T, exit int, args ...string) string {
	t.Helper()
	var out, errw bytes.Buffer
	if code := run(context.Background(), append([]string{"rehome"}, args...), strings.NewReader(""), &out, &errw); code != exit {
		t.Fatalf("%q ended with %d: %s", args, code, errw.String())
	}
	return out.String()
}

func readDocument(t *testing.T, path string) report.Document {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var d report.Document
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// plainJSON is a summary without what differs from run to run.
func plainJSON(t *testing.T, s migrate.Summary) string {
	t.Helper()
	s.Run = ""
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func finishedOf(t *testing.T, events string) string {
	t.Helper()
	for line := range strings.Lines(events) {
		var e migrate.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Finished != nil {
			return plainJSON(t, *e.Finished)
		}
	}
	t.Fatal("no finished event")
	return ""
}

// numbersOfHTML reads every data element of the page, with the caption of its table
// and the name of its row.
func numbersOfHTML(t *testing.T, path string) numbers {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	found := numbers{}
	var caption, name string
	var into *string
	for d := xml.NewDecoder(file); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch value := attribute(e, "value"); {
			case e.Name.Local == "caption":
				caption, into = "", &caption
			case e.Name.Local == "th" && attribute(e, "scope") == "row":
				name, into = "", &name
			case attribute(e, "class") == "note":
				into = nil
			case e.Name.Local == "data" && caption != "": // those of the bar are in Markdown's first table
				n, err := strconv.Atoi(value)
				if err != nil {
					t.Fatal(err)
				}
				found[caption+"/"+name] = append(found[caption+"/"+name], n)
			}
		case xml.CharData:
			if into != nil {
				*into += strings.TrimSpace(string(e))
			}
		case xml.EndElement:
			if e.Name.Local == "caption" || e.Name.Local == "th" {
				into = nil
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// numbersOfMarkdown reads the number columns of every table but the first, which
// stands for the bar.
func numbersOfMarkdown(t *testing.T, path string) numbers {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, tables, _ := strings.Cut(string(text), "\n## ")
	found := numbers{}
	var caption string
	var marks []string
	for line := range strings.Lines(tables) {
		line = strings.TrimSpace(line)
		cells := strings.Split(strings.Trim(line, "|"), "|")
		switch {
		case strings.HasPrefix(line, "**"):
			caption, marks = strings.Trim(line, "*"), nil
		case strings.HasPrefix(line, "|---"):
			marks = cells
		case strings.HasPrefix(line, "|") && marks != nil:
			for i, c := range cells[:min(len(cells), len(marks))] {
				if n, err := strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(c), ",", "")); err == nil && marks[i] == "--:" {
					at := caption + "/" + strings.Trim(cells[0], " `")
					found[at] = append(found[at], n)
				}
			}
		}
	}
	return found
}

// numbersOfJSON says where each number of the document has to stand in the page.
func numbersOfJSON(d report.Document) numbers {
	f := d.Finished
	want := numbers{
		"Records by what was done/All records": {f.Records}, "Records by what was done/created": {f.Created}, "Records by what was done/rejected": {f.Rejected},
		"Known accounts by outcome/matched": {f.Proof.Matched}, "Known accounts by outcome/absent": {f.Proof.Absent},
		"Known accounts by outcome/unusable": {f.Proof.Unusable}, "Known accounts by outcome/mismatched": {f.Proof.Mismatched},
		"Users read back, by what was found/equal": {f.Verified.Equal}, "Users read back, by what was found/changed": {f.Verified.Changed},
		"Logins at the practice target/tried": {f.Logins.Tried}, "Logins at the practice target/let in": {f.Logins.OK},
	}
	add := func(caption, name string, n int) { want[caption+"/"+name] = []int{n} }
	for v, n := range f.Verdicts {
		add("Records by verdict", string(v), n)
	}
	for a, n := range f.Algorithms {
		add("Passwords by hash format", string(a), n)
	}
	for s, n := range f.SignIns {
		add("How people sign in at the source", s, n)
	}
	for p, n := range f.Problems {
		add("Records by problem", string(p), n)
	}
	for l, n := range f.Losses {
		add("People by what they lose", string(l), n)
	}
	if p := f.Predicted; p != nil {
		want["The survey's word, and what came of it/at the target"] = []int{p.Lands, f.Landed()}
		want["The survey's word, and what came of it/rejected"] = []int{p.Rejected, f.Rejected}
	}
	return want
}

// compareWords checks the lines that a person reads on the terminal, and that the
// sentence of the report adds up to the records.
func compareWords(t *testing.T, words string, d report.Document) {
	t.Helper()
	f := d.Finished
	for _, want := range []string{
		fmt.Sprintf("%d records: %d created, %d existing, %d recovered, %d skipped, %d planned, %d rejected\n", f.Records, f.Created, f.Existing, f.Recovered, f.Skipped, f.Planned, f.Rejected),
		report.Sentence(d) + "\n",
		fmt.Sprintf("read back: %d users, %d equal\n", f.Verified.Read, f.Verified.Equal),
		fmt.Sprintf("logged in: %d of %d known account", f.Logins.OK, f.Logins.Tried),
	} {
		if !strings.Contains(words, want) {
			t.Errorf("the terminal does not say %q:\n%s", want, words)
		}
	}
	p := d.People
	if sum := p.Keep + p.Bare + p.Reset + p.Untouched + p.Differ + p.NotMoved + p.LeftOut; sum != f.Records {
		t.Errorf("%d people of %d records", sum, f.Records)
	}
	settled := 0
	for _, b := range d.Timeline.Buckets {
		settled += b.Records
	}
	if settled != f.Records {
		t.Errorf("the timeline holds %d of %d records", settled, f.Records)
	}
}

func keysOf(sets ...numbers) (keys []string) {
	all := numbers{}
	for _, s := range sets {
		maps.Copy(all, s)
	}
	for k := range all {
		keys = append(keys, k)
	}
	return keys
}

// TestKilledRun renders what a ledger knows of a run that wrote no report.
func TestKilledRun(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const run = "20261121-231502-7f3a"
	if err := os.MkdirAll("rehome-runs/"+run, 0o700); err != nil {
		t.Fatal(err)
	}
	move := `{"move":{"version":1,"source":"","files":["users.json"],"from":"firebase","target":"TARGET","settings":{},"started":"2026-11-21T23:15:02Z","since":"2026-11-21T23:15:02Z","command":["import","users.json"]DRY}}` + "\n"
	landed := `{"settle":{"id":"a","target":"a","outcome":"created","credential":"AAAAAAAAAAA","profile":"AAAAAAAAAAA"}}` + "\n"
	write("rehome-runs/"+run+"/run.key", strings.Repeat("k", 32))
	for name, c := range map[string]struct {
		target, dry, lines string
		sentence, next     string
	}{
		"real":     {"appwrite https://cloud.example/v1 shop", "", landed, "This run was cut off before its end: 1 person is known to have landed.", "rehome import users.json"},
		"torn":     {"appwrite https://cloud.example/v1 shop", "", landed + `{"settle":{"id":"b`, "This run was cut off before its end: 1 person is known to have landed.", "rehome undo " + run},
		"finished": {"appwrite https://cloud.example/v1 shop", "", landed + `{"finish":{"exit":0}}` + "\n", "This run came to its end, but its report is gone: 1 person is known to have landed.", "rehome verify " + run},
		"practice": {"rehearsal 89b5ffbabd75eef30021", "", landed, "This run was cut off before its end: 1 person is known to have landed.", "Practise again"},
		"dry run":  {"appwrite 1.9 (offline)", `,"dry_run":true`, "", "This dry run was cut off before its end.", "Nothing was written"},
	} {
		write("rehome-runs/"+run+"/ledger.jsonl", strings.NewReplacer("TARGET", c.target, "DRY", c.dry).Replace(move)+c.lines)
		out := strings.ReplaceAll(name, " ", "-") + ".md"
		rehome(t, exitOK, "report", run, "--out", out)
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "# "+c.sentence+"\n") || !strings.Contains(string(text), c.next) {
			t.Errorf("%s: %s", name, text)
		}
	}
}
