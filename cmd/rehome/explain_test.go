package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"rehome/identity"
)

const problemsPage = "../../docs/problems.md"

// docs/problems.md is the catalogue of codes, printed: it cannot say anything
// else than `rehome explain` does.
func TestProblemsPage(t *testing.T) {
	want := problems()
	if *update {
		if err := os.WriteFile(problemsPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(problemsPage)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/problems.md is not what the codes say; go test ./cmd/rehome -run ProblemsPage -update writes it")
	}
}

func problems() string {
	var b strings.Builder
	b.WriteString("# Problems and losses\n\n" +
		"Every record that does not land, or not with its password, has one *problem*; a user who lands without something the source held has\n" +
		"*losses*. Both have stable codes: reports, events and `rejects.csv` name them, and `rehome explain CODE` prints what stands here.\n" +
		"This page is written from the program's own catalogue.\n")
	for _, loss := range []bool{false, true} {
		b.WriteString(map[bool]string{false: "\n## Problems\n", true: "\n## Losses\n"}[loss])
		for _, info := range identity.Codes() {
			if info.Loss == loss {
				fmt.Fprintf(&b, "\n### `%s`\n\n%s\n\n- **Who:** %s\n- **What to do:** %s\n", info.Code, info.Means, info.Concerns(), info.Fix)
			}
		}
	}
	return b.String()
}

// Every code says all three things, in sentences, and is spelt like a code.
func TestCodesAreExplained(t *testing.T) {
	seen := map[identity.Code]bool{}
	for _, info := range identity.Codes() {
		if seen[info.Code] {
			t.Errorf("%s comes twice", info.Code)
		}
		seen[info.Code] = true
		if strings.Trim(string(info.Code), "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("%q is no code", info.Code)
		}
		for what, text := range map[string]string{"means": info.Means, "concerns": info.Concerns(), "fix": info.Fix} {
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %s is no sentence: %q", info.Code, what, text)
			}
		}
	}
}
