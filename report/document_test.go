package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"rehome/identity"
	"rehome/migrate"
	"rehome/sink"
)

var update = flag.Bool("update", false, "rewrite testdata")

func render(t *testing.T, r Render, d Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := r(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestGolden compares every format with what stands in testdata; the style sheet,
// which report.css is, is left out.
func TestGolden(t *testing.T) {
	for name, r := range map[string]Render{"fixed.html": HTML, "fixed.md": Markdown, "fixed.json": JSON} {
		got := render(t, r, fixed())
		got = regexp.MustCompile(`(?s)<style>.*</style>`).ReplaceAllString(got, "<style>…</style>")
		got = regexp.MustCompile(`sha256-[^ ]*&#39;;`).ReplaceAllString(got, "sha256-…&#39;;")
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s reads differently now; go test ./report -run Golden -update writes it\n%s", name, difference(string(want), got))
		}
	}
}

func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return "want: " + w[i] + "\ngot:  " + g[i]
		}
	}
	return "one is longer"
}

// elements reads a page as XML, which it is as well, and calls see with every tag.
func elements(t *testing.T, page string, see func(xml.StartElement)) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		if e, ok := token.(xml.StartElement); ok {
			see(e)
		}
	}
}

// TestSelfContained checks that a page asks for nothing and runs nothing.
func TestSelfContained(t *testing.T) {
	elements(t, render(t, HTML, fixed()), func(e xml.StartElement) {
		if name := e.Name.Local; name == "script" || name == "img" || name == "iframe" || name == "form" || name == "object" {
			t.Errorf("an element %s", name)
		}
		for _, a := range e.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "style" {
				t.Errorf("%s has an attribute %s", e.Name.Local, a.Name.Local)
			}
			if a.Name.Local == "href" && !strings.HasPrefix(a.Value, "#") && a.Value != "data:," {
				t.Errorf("%s leads to %s", e.Name.Local, a.Value)
			}
		}
	})
}

const nasty = "</style><script>alert(1)</script>\x00\x1b[31m\u202e\u2066\u200b`|\\[x](javascript:x)\n# *bold* &amp; \"'"

// TestHostileText puts hostile text wherever a source or a person has a say.
func TestHostileText(t *testing.T) {
	d := fixed()
	d.Source.Files, d.Source.From, d.Target, d.Program, d.Run = []string{nasty}, nasty, nasty, nasty, nasty
	d.Settings = map[string]string{nasty: nasty}
	d.Notices, d.Finished.Error, d.State = []string{nasty}, nasty, Failed
	d.Finished.Algorithms = map[identity.Algorithm]int{nasty: 1}
	d.Finished.SignIns = map[string]int{nasty: 1}
	d.Problems = []Entry{{nasty, 1, nasty, nasty}}
	d.Next = []Step{{nasty, nasty}}
	d.Details = &Details{Rejected: []Person{{nasty, nasty, nasty, nasty}}}
	d.Timeline.Stages = append(d.Timeline.Stages, Stage{nasty, 1, 1})
	page, text := render(t, HTML, d), render(t, Markdown, d)
	elements(t, page, func(e xml.StartElement) {
		if e.Name.Local == "script" {
			t.Error("a script element")
		}
	})
	for name, s := range map[string]string{"HTML": page, "Markdown": text} {
		for _, bad := range []string{"\x00", "\x1b", "\u202e", "\u2066", "\u200b"} {
			if strings.Contains(s, bad) {
				t.Errorf("%s holds %q", name, bad)
			}
		}
	}
	if prose := withoutCode(text); strings.Contains(prose, "<") || strings.Contains(prose, "](") && !strings.Contains(prose, `\](`) || strings.Contains(prose, "\n# *") {
		t.Errorf("Markdown lets through: %s", prose)
	}
}

// withoutCode takes code out of Markdown: what stands between two runs of as many
// backticks.
func withoutCode(text string) string {
	ticks := regexp.MustCompile("`+")
	var prose strings.Builder
	for {
		open := ticks.FindStringIndex(text)
		if open == nil {
			return prose.String() + text
		}
		prose.WriteString(text[:open[0]])
		fence, rest := text[open[0]:open[1]], text[open[1]:]
		if text[max(open[0]-1, 0)] == '\\' { // an escaped backtick
			text = rest
			continue
		}
		for {
			end := ticks.FindStringIndex(rest)
			if end == nil {
				return prose.String() + rest
			}
			text = rest[end[1]:]
			if rest[end[0]:end[1]] == fence {
				break
			}
			rest = text
		}
	}
}

// TestNobodyIsNamed checks that no person's data is in a report unless asked for,
// and that what was asked for is masked.
func TestNobodyIsNamed(t *testing.T) {
	for _, details := range []bool{false, true} {
		d := fixed()
		d.Details = nil
		watched(1000, details).Fill(&d)
		for _, r := range []Render{HTML, Markdown, JSON} {
			s := render(t, r, d)
			if strings.Contains(s, "@example.com") || strings.Contains(s, "A Person") {
				t.Error("a person's address or name")
			}
			if got := strings.Contains(s, "p…@e….com"); got != details {
				t.Errorf("masked addresses: %t, details asked for: %t", got, details)
			}
		}
	}
}

// TestSize follows many records and asks for everything.
func TestSize(t *testing.T) {
	c := &clock{begun}
	w := NewWatch(c.now, true)
	long := strings.Repeat("ü", 5000)
	for i := range 100_000 {
		c.wait(time.Second)
		s := settledRecord(i)
		if i%10 == 9 {
			s.ID, s.Position.File = long, long
		}
		w.Event(migrate.Event{Settled: &s})
	}
	d := fixed()
	w.Fill(&d)
	for i := range 500 {
		d.Finished.SignIns[strings.Repeat("<", 300)+string(rune('a'+i))] = 1
	}
	if len(d.Timeline.Buckets) > maxBuckets {
		t.Errorf("%d buckets", len(d.Timeline.Buckets))
	}
	d.Finished.SignIns[long+long] = 1
	d = complete(d)
	for name, r := range map[string]Render{"HTML": HTML, "Markdown": Markdown, "JSON": JSON} {
		if n := len(render(t, r, d)); n >= 1<<20 {
			t.Errorf("%s of many records has %d bytes", name, n)
		}
	}
}

func TestTimelineAddsUp(t *testing.T) {
	var d Document
	d.Finished.Records = 1000
	watched(1000, false).Fill(&d)
	settled, rejected, throttled, failed := 0, 0, 0, 0
	for _, b := range d.Timeline.Buckets {
		settled, rejected, throttled, failed = settled+b.Records, rejected+b.Rejected, throttled+b.Throttled, failed+b.Failed
	}
	if settled != 1000 || rejected != 100 || throttled != 3 || failed != 2 {
		t.Errorf("the timeline holds %d records, %d rejected, %d throttled, %d failed", settled, rejected, throttled, failed)
	}
}

func TestSaveAndRead(t *testing.T) {
	folder := t.TempDir()
	if _, err := Read(folder); !errors.Is(err, ErrNone) {
		t.Errorf("no report: %v", err)
	}
	if err := Save(folder, fixed()); err != nil {
		t.Fatal(err)
	}
	d, err := Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := render(t, JSON, d), render(t, JSON, fixed()); got != want {
		t.Errorf("read back: %s", difference(want, got))
	}
	if err := Write(filepath.Join(folder, MarkdownName), Markdown, d); err != nil {
		t.Fatal(err)
	}
	if changed, err := Anonymous(folder); !changed || err != nil {
		t.Errorf("anonymous: %t %v", changed, err)
	}
	for _, name := range []string{HTMLName, JSONName, MarkdownName} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || strings.Contains(string(text), "p…@e….com") {
			t.Errorf("people are still listed in %s (%v)", name, err)
		}
	}
	if changed, err := Anonymous(folder); changed || err != nil {
		t.Errorf("anonymous again: %t %v", changed, err)
	}
	for _, text := range []string{"", "{", `{"schema":2}`, `[]`} {
		if err := os.WriteFile(filepath.Join(folder, JSONName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(folder); err == nil || errors.Is(err, ErrNone) {
			t.Errorf("%q is read: %v", text, err)
		}
	}
}

// TestEdges renders documents that hold next to nothing, and numbers that make no
// sense: somebody may have edited the file.
func TestEdges(t *testing.T) {
	var absurd Document
	if err := json.Unmarshal([]byte(`{"timeline":{"stages":[{"stage":"move","seconds":1e-300,"records":-1}],"width":1e-308,"buckets":[{"records":9e18},{},{},{},{},{},{"records":-5}]},"people":{"keep":-1},"finished":{"records":-3,"verdicts":{"ready":-2}}}`), &absurd); err != nil {
		absurd.Timeline = &Timeline{Width: 1e-308, Stages: []Stage{{"move", 1e-300, -1}}, Buckets: make([]Bucket, 7)}
	}
	for _, d := range []Document{{}, {Ledger: &Ledger{}}, {People: &migrate.People{}, Timeline: &Timeline{}}, absurd, {Kind: DryRun, State: Stopped, Finished: migrate.Summary{Verdicts: map[sink.Verdict]int{}}}} {
		elements(t, render(t, HTML, d), func(xml.StartElement) {})
		if render(t, Markdown, d) == "" {
			t.Error("nothing written")
		}
	}
}
