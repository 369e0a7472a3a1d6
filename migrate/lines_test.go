package migrate

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// hotSeeds are lines that append writes, and some that it does not.
var hotSeeds = []string{
	`{"take":["a"]}`,
	`{"take":["a","b\u003c","ü"]}`,
	`{"take":[]}`,
	`{"take":["a"]} `,
	`{"take":["a"],"take":["b"]}`,
	`{"take":["a","b"]}`,
	"{\"take\":[\"\xff\"]}",
	"{\"take\":[\"a\tb\"]}",
	`{"settle":{"id":"a","target":"b","outcome":"created","credential":"00","profile":"11"}}`,
	`{"settle":{"id":"a\"","target":"b","outcome":"created","credential":"00","profile":"11"}}`,
	`{"settle":{"id":"a","target":"b","outcome":"created","credential":"00","profile":"11","id":"c"}}`,
	`{"settle":{"target":"b","id":"a","outcome":"created","credential":"00","profile":"11"}}`,
	`{"finish":{"exit":3}}`,
	`{"retry":{"source":"sha256:x","command":["retry"]}}`,
	`{"take":["a`,
	`{}`,
	``,
}

// FuzzHotLine: what the quick reader takes, encoding/json reads the same.
func FuzzHotLine(f *testing.F) {
	for _, s := range hotSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		var want ledgerLine
		err := json.Unmarshal(line, &want)
		var hot hotLine
		if hot.readTake(line) {
			got := make([]string, len(hot.take))
			for i, id := range hot.take {
				got[i] = string(id)
			}
			if err != nil || !slices.Equal(got, want.Take) || want.Settle != nil {
				t.Errorf("%q: takes %q, want %+v, %v", line, got, want, err)
			}
		}
		if hot.readSettle(line) && (err != nil || want.Settle == nil || hot.settled() != *want.Settle || want.Take != nil) {
			t.Errorf("%q: settles %+v, want %+v, %v", line, hot.settled(), want.Settle, err)
		}
	})
}

// TestHotLinesAreHot: what append writes of usual ids is read the quick way.
func TestHotLinesAreHot(t *testing.T) {
	var hot hotLine
	for _, id := range []string{"1", "0KyeSBrrUXJiFJH5wLE0HXeWZUaY", "müller@example.com"} {
		take, err1 := json.Marshal(ledgerLine{Take: []string{id, "x"}})
		want := settleLine{id, id, "created", "0011223344556677", "8899aabbccddeeff", "2026-11-21T20:15:36.314Z"}
		settle, err2 := json.Marshal(ledgerLine{Settle: &want})
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if !hot.readTake(take) || string(hot.take[0]) != id {
			t.Errorf("%s is not hot", take)
		}
		if !hot.readSettle(settle) || hot.settled() != want {
			t.Errorf("%s is not hot", settle)
		}
		want.Created = "" // as an older rehome wrote it
		settle, _ = json.Marshal(ledgerLine{Settle: &want})
		if !hot.readSettle(settle) || hot.settled() != want {
			t.Errorf("%s is not hot", settle)
		}
	}
}

// TestKeys numbers ids in their order, beyond several growths of the table and
// more than one block.
func TestKeys(t *testing.T) {
	k := newKeys()
	const n = 3*block/2 + 1
	id := func(i int) string {
		return strings.Repeat("x", i%40) + string(rune('a'+i%26)) + filepath.Join("id", string(rune(0x4e00+i%20000)), string(rune(0x4e00+i/20000)))
	}
	for i := range n {
		if got := admit(k, id(i)); got != i {
			t.Fatalf("id %d has number %d", i, got)
		}
	}
	for i := range n {
		if got, came := number(k, []byte(id(i))); !came || got != i || admit(k, id(i)) != i {
			t.Fatalf("id %d is found as %d, %v", i, got, came)
		}
	}
	if _, came := number(k, "never"); came {
		t.Error("an id is found that never came")
	}
}

// TestCourse reads from the end of a ledger how far its run has come, whatever
// stands behind and wherever the mark lies.
func TestCourse(t *testing.T) {
	head := `{"move":{"version":1}}` + "\n"
	takes := func(n int) string { return strings.Repeat(`{"take":["`+strings.Repeat("x", 89)+`"]}`+"\n", n) } // 103 bytes each
	finish, again := `{"finish":{"exit":3}}`+"\n", `{"retry":{"source":"s","command":["retry","RUN"]}}`+"\n"
	for name, c := range map[string]struct {
		text     string
		finished bool
		retrying bool
	}{
		"begun":              {head, false, false},
		"under way":          {head + takes(3), false, false},
		"long under way":     {head + takes(30_000), false, false},
		"finished":           {head + takes(3) + finish, true, false},
		"only finished":      {head + finish, true, false},
		"torn finish":        {head + takes(3) + strings.TrimSuffix(finish, "\n"), false, false},
		"torn behind":        {head + finish + `{"take":["a`, true, false},
		"retry":              {head + finish + again + takes(3), true, true},
		"long retry":         {head + finish + again + takes(30_000), true, true},
		"long retry, ended":  {head + finish + again + takes(30_000) + finish, true, false},
		"second retry":       {head + finish + again + finish + takes(1) + again, true, true},
		"an id like a mark":  {head + `{"take":["\n{\"finish\":"]}` + "\n", false, false},
		"torn long":          {head + finish + `{"take":["` + strings.Repeat("x", 3*markWindow), true, false},
		"settled in between": {head + takes(2) + finish + takes(12_000), true, false},
	} {
		t.Run(name, func(t *testing.T) { checkCourse(t, c.text, c.finished, c.retrying) })
	}
	for pad := 0; pad < 130; pad += 4 { // the mark across the edge of a window: its head has eleven bytes
		text := head + finish + again + takes(markWindow/103-1) + `{"take":["` + strings.Repeat("y", pad) + `"]}` + "\n"
		checkCourse(t, text, true, true)
	}
}

func checkCourse(t *testing.T, text string, finished, retrying bool) {
	t.Helper()
	path := filepath.Join(t.TempDir(), ledgerName)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	g, err := peek(filepath.Dir(path))
	c := g.course
	if err != nil || c.finished != finished || (c.retry != nil) != retrying {
		t.Errorf("%d bytes: finished %v, retry %v, %v; want %v, %v", len(text), c.finished, c.retry, err, finished, retrying)
	}
}
