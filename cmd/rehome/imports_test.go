package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// may is what a package is allowed to import: packages of ours by folder, and
// modules of others. The standard library is free to all, but for banned.
type may struct{ ours, theirs []string }

// law says who may import whom. It is about what ships: tests may import more.
// A folder that is not listed may not hold Go code.
var law = map[string]may{
	"identity":          {},
	"identity/forms":    {ours: []string{"identity"}},
	"fixtures":          {},
	"fixtures/generate": {theirs: []string{"golang.org/x/crypto"}},
	"importers": {
		ours:   []string{"identity", "identity/forms"},
		theirs: []string{"github.com/klauspost/compress", "github.com/nyaruka/phonenumbers", "golang.org/x/text"},
	},
	"verifiers":            {ours: []string{"identity", "identity/forms"}, theirs: []string{"golang.org/x/crypto", "golang.org/x/sync", "golang.org/x/text"}},
	"sink":                 {ours: []string{"identity"}},
	"sink/appwrite":        {ours: []string{"identity", "identity/forms", "sink"}, theirs: []string{"golang.org/x/time", "github.com/failsafe-go/failsafe-go"}},
	"sink/postgres":        {ours: []string{"identity", "identity/forms", "sink"}, theirs: []string{"github.com/jackc/pgx/v5", "golang.org/x/sync"}},
	"sink/postgres/pgtest": {ours: []string{"identity", "fixtures"}, theirs: []string{"github.com/jackc/pgx/v5"}}, // for tests
	"sink/rehearsal":       {ours: []string{"identity"}, theirs: []string{"golang.org/x/crypto"}},
	"sink/sinktest":        {ours: []string{"identity", "identity/forms", "sink"}},
	"migrate":              {ours: []string{"identity", "sink"}, theirs: []string{"github.com/gofrs/flock", "golang.org/x/sync"}},
	"report":               {ours: []string{"identity", "migrate", "sink"}},
	"cmd/rehome": {
		ours: []string{"identity", "identity/forms", "importers", "verifiers", "sink", "sink/appwrite", "sink/postgres", "sink/rehearsal", "migrate", "report"},
		theirs: []string{
			"github.com/jedib0t/go-pretty/v6", "github.com/schollz/progressbar/v3",
			"github.com/urfave/cli/v2", "golang.org/x/sync", "golang.org/x/term",
		},
	},
}

// banned is what nobody imports: cgo would end the static binary, the other two
// see through types, and with them through identity.Secret.
var banned = []string{"C", "reflect", "unsafe"}

func TestImportLaw(t *testing.T) {
	found, files, err := breaches(os.DirFS("../.."), law)
	if err != nil {
		t.Fatal(err)
	}
	for _, breach := range found {
		t.Error(breach)
	}
	if files < 10 {
		t.Errorf("only %d files were looked at: is this the root of the module?", files)
	}
}

// breaches lists the imports in a module that the law forbids, and says how many
// files it looked at.
func breaches(module fs.FS, law map[string]may) (found []string, files int, err error) {
	own, err := modulePath(module)
	if err != nil {
		return nil, 0, err
	}
	err = fs.WalkDir(module, ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && notCode(entry.Name()):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		files++
		more, err := breachesIn(module, file, own, law)
		found = append(found, more...)
		return err
	})
	return found, files, err
}

// notCode tells the folders that the go command passes over.
func notCode(name string) bool {
	return name == "testdata" || name == "vendor" || len(name) > 1 && (name[0] == '.' || name[0] == '_')
}

// modulePath reads our own name, which changes on the day of publication.
func modulePath(module fs.FS) (string, error) {
	text, err := fs.ReadFile(module, "go.mod")
	if err != nil {
		return "", err
	}
	match := regexp.MustCompile(`(?m)^module (\S+)$`).FindSubmatch(text)
	if match == nil {
		return "", fmt.Errorf("go.mod names no module")
	}
	return string(match[1]), nil
}

func breachesIn(module fs.FS, file, own string, law map[string]may) ([]string, error) {
	folder := path.Dir(file)
	allowed, listed := law[folder]
	if !listed {
		return []string{fmt.Sprintf("%s: folder %s is not in the law", file, folder)}, nil
	}
	text, err := fs.ReadFile(module, file)
	if err != nil {
		return nil, err
	}
	syntax, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, spec := range syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if !allowed.permits(imported, own) {
			found = append(found, fmt.Sprintf("%s: %s may not import %s", file, folder, imported))
		}
	}
	return found, nil
}

func (m may) permits(imported, own string) bool {
	if folder, ours := strings.CutPrefix(imported, own+"/"); ours || imported == own {
		return slices.Contains(m.ours, folder)
	}
	if slices.Contains(banned, imported) {
		return false
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return true // the standard library: its paths have no dot in the first part
	}
	return slices.ContainsFunc(m.theirs, func(module string) bool {
		return imported == module || strings.HasPrefix(imported, module+"/")
	})
}

// TestImportLawIsEnforced breaks the law in every way there is, in a module made up for it.
func TestImportLawIsEnforced(t *testing.T) {
	law := map[string]may{
		"identity":  {},
		"verifiers": {ours: []string{"identity"}, theirs: []string{"golang.org/x/crypto"}},
	}
	const file = "verifiers/bcrypt.go"
	for _, c := range []struct{ name, file, text, want string }{
		{"allowed", file, `import ("fmt"; "example.com/rehome/identity"; "golang.org/x/crypto/bcrypt")`, ""},
		{"the other way round", "identity/user.go", `import "example.com/rehome/verifiers"`, "identity/user.go: identity may not import example.com/rehome/verifiers"},
		{"a folder below an allowed one", file, `import "example.com/rehome/identity/deep"`, file + ": verifiers may not import example.com/rehome/identity/deep"},
		{"the module itself", file, `import "example.com/rehome"`, file + ": verifiers may not import example.com/rehome"},
		{"another's module", file, `import "golang.org/x/text/width"`, file + ": verifiers may not import golang.org/x/text/width"},
		{"a module whose name begins alike", file, `import "golang.org/x/cryptography"`, file + ": verifiers may not import golang.org/x/cryptography"},
		{"under another name", file, `import quiet "golang.org/x/text/width"`, file + ": verifiers may not import golang.org/x/text/width"},
		{"behind a build tag", file, `import _ "unsafe"`, file + ": verifiers may not import unsafe"},
		{"cgo", file, `import "C"`, file + ": verifiers may not import C"},
		{"a new folder", "util/strings.go", `import "strings"`, "util/strings.go: folder util is not in the law"},
		{"the root", "rehome.go", `import "strings"`, "rehome.go: folder . is not in the law"},
		{"tests may", "verifiers/bcrypt_test.go", `import "github.com/go-crypt/crypt"`, ""},
		{"data may", "verifiers/testdata/x.go", `import "unsafe"`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			module := fstest.MapFS{
				"go.mod": {Data: []byte("module example.com/rehome\n\ngo 1.26\n")},
				c.file:   {Data: []byte("//go:build windows\n\npackage p\n\n" + c.text + "\n")},
			}
			found, _, err := breaches(module, law)
			if got := strings.Join(found, "\n"); err != nil || got != c.want {
				t.Errorf("found %q, error %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestImportLawNeedsReadableCode(t *testing.T) {
	for name, module := range map[string]fstest.MapFS{
		"no go.mod":      {"identity/user.go": {Data: []byte("package identity\n")}},
		"nameless":       {"go.mod": {Data: []byte("go 1.26\n")}},
		"half-written":   {"go.mod": {Data: []byte("module m\n")}, "identity/user.go": {Data: []byte("package identity\nimport \"")}},
		"no Go, no name": {"go.mod": {Data: []byte("module\n")}, "identity/user.go": {Data: []byte("half")}},
	} {
		if _, _, err := breaches(module, law); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
