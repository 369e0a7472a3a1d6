package main

import (
	"fmt"
	"go/ast"
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

// mayRead are the folders that may look at the text of a hash: the one place where it
// is read; the rehearsal server, which reads it as Appwrite does and shares nothing;
// the suite for sinks, which looks for leaks; and what invents exports.
var mayRead = []string{"identity/forms", "sink/rehearsal", "sink/sinktest", "fixtures"}

// TestHashTextIsReadOnce walks the syntax tree of what ships: nobody else knows how a
// hash begins, the letters it is written in, or how long its digest is.
func TestHashTextIsReadOnce(t *testing.T) {
	module := os.DirFS("../..")
	found, files, err := readings(module, beginningsOf(t, module))
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range found {
		t.Error(one)
	}
	if files < 100 {
		t.Errorf("only %d files were looked at: is this the root of the module?", files)
	}
}

// beginningsOf are the ways a hash begins, from the table itself.
func beginningsOf(t *testing.T, module fs.FS) (all []string) {
	t.Helper()
	for _, file := range []string{"table.go", "markers.go", "claim.go"} {
		text, err := fs.ReadFile(module, "identity/forms/"+file)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range regexp.MustCompile(`(?s)begins: "([^"]*)"|(?:words|clearWords) = \[\]string\{(.*?)\}`+"\n").FindAllStringSubmatch(string(text), -1) {
			all = append(all, strings.Fields(list[1])...)
			for _, word := range regexp.MustCompile(`"[^"]*"`).FindAllString(list[2], -1) {
				all = append(all, strings.Trim(word, `"`))
			}
		}
	}
	if len(all) < 80 || !slices.Contains(all, "$argon2") || !slices.Contains(all, "{bcrypt}") {
		t.Fatalf("the table was not understood: %d beginnings", len(all))
	}
	return all
}

// readings lists the places that read the text of a hash, and says how many files were
// looked at.
func readings(module fs.FS, begins []string) (found []string, files int, err error) {
	err = fs.WalkDir(module, ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (notCode(entry.Name()) || slices.Contains(mayRead, file)):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		files++
		text, err := fs.ReadFile(module, file)
		if err != nil {
			return err
		}
		r := hashReading{begins: begins, set: token.NewFileSet()}
		tree, err := parser.ParseFile(r.set, file, text, 0)
		if err != nil {
			return err
		}
		ast.Inspect(tree, r.look)
		found = append(found, r.found...)
		return nil
	})
	return found, files, err
}

// hashReading looks at one file.
type hashReading struct {
	begins []string
	set    *token.FileSet
	found  []string
}

func (r *hashReading) tell(n ast.Node, format string, args ...any) {
	r.found = append(r.found, r.set.Position(n.Pos()).String()+": "+fmt.Sprintf(format, args...))
}

func (r *hashReading) look(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec, *ast.Field:
		_, isField := n.(*ast.Field)
		return isField && n.(*ast.Field).Tag == nil
	case *ast.BasicLit:
		r.literal(n)
	case *ast.BinaryExpr:
		r.length(n, n.X, n.Y)
	case *ast.SwitchStmt:
		r.lengths(n)
	case *ast.CompositeLit:
		r.sizes(n)
	case *ast.CallExpr:
		r.call(n)
	}
	return true
}

// alphabets of hashes: of crypt(3), bcrypt, base64 and hex.
var alphabets = regexp.MustCompile(`\./0123456789|\./A-Z|\./ABCDEF|^ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789[+./-]|0123456789abcdef|0123456789ABCDEF`)

// literal tells of beginnings, alphabets and whole hashes. "$2" alone is also the name
// of a parameter in SQL.
func (r *hashReading) literal(lit *ast.BasicLit) {
	if lit.Kind != token.STRING {
		return
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return
	}
	for word := range strings.FieldsSeq(text) {
		for _, begin := range r.begins {
			if (strings.HasPrefix(word, begin) || begin[0] == '{' && strings.HasPrefix(strings.ToLower(word), begin)) && (begin != "$2" || len(word) > 2 && strings.ContainsAny(word[2:3], "abxy$")) && !strings.ContainsAny(text, "%…") && len(strings.Fields(text)) < 4 {
				r.tell(lit, "%q begins as a hash does", text)
				return
			}
		}
	}
	if alphabets.MatchString(text) {
		r.tell(lit, "%q is an alphabet of hashes", text)
	}
}

// aboutHash is how an expression is called that holds the text of a hash.
var aboutHash = regexp.MustCompile(`(?i)hash|encoded|digest|digits|hexits|stored`)

// length tells of the length of a hash, or of how many digits it has, held against a
// number that a digest may have.
func (r *hashReading) length(at ast.Node, a, b ast.Expr) {
	if _, is := a.(*ast.BasicLit); is {
		a, b = b, a
	}
	n, is := b.(*ast.BasicLit)
	if !is || n.Kind != token.INT {
		return
	}
	if size, _ := strconv.Atoi(n.Value); size < 8 {
		return
	}
	if call, is := a.(*ast.CallExpr); is && len(call.Args) == 1 && lastName(call.Fun) == "len" {
		a = call.Args[0]
	} else if _, is := a.(*ast.Ident); !is {
		return
	}
	if aboutHash.MatchString(lastName(a)) {
		r.tell(at, "the length of a hash is compared with %s", n.Value)
	}
}

// lengths tells of the same in a switch.
func (r *hashReading) lengths(s *ast.SwitchStmt) {
	for _, clause := range s.Body.List {
		for _, value := range clause.(*ast.CaseClause).List {
			if s.Tag != nil {
				r.length(value, s.Tag, value)
			}
		}
	}
}

// sizes tells of tables by the number of a digest's hex digits.
func (r *hashReading) sizes(c *ast.CompositeLit) {
	sizes := 0
	for _, e := range c.Elts {
		if pair, is := e.(*ast.KeyValueExpr); is {
			e = pair.Key
		}
		if n, is := e.(*ast.BasicLit); is && slices.Contains([]string{"32", "40", "56", "64", "96", "128"}, n.Value) {
			sizes++
		}
	}
	if sizes > 2 && sizes == len(c.Elts) {
		r.tell(c, "a table of digests by their length")
	}
}

// call tells of functions of package strings, bytes and regexp that are given the text of a hash.
func (r *hashReading) call(c *ast.CallExpr) {
	f, is := c.Fun.(*ast.SelectorExpr)
	if !is {
		return
	}
	if of, is := f.X.(*ast.Ident); !is || !slices.Contains([]string{"strings", "bytes", "regexp", "hex", "base64", "slices"}, of.Name) {
		return
	}
	for _, arg := range c.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			if s, is := n.(*ast.SelectorExpr); is && s.Sel.Name == "Encoded" {
				r.tell(c, "%s looks at the text of a hash", f.Sel.Name)
			}
			return true
		})
	}
}

// lastName is the last name in an expression: Encoded of string(u.Hash.Encoded).
func lastName(e ast.Expr) (name string) {
	ast.Inspect(e, func(n ast.Node) bool {
		if id, is := n.(*ast.Ident); is {
			name = id.Name
		}
		return true
	})
	return name
}

// Each way to read the text of a hash is found, and what only looks alike is not.
func TestHashTextIsReadOnceIsEnforced(t *testing.T) {
	begins := beginningsOf(t, os.DirFS("../.."))
	for code, want := range map[string]int{
		`var _ = strings.HasPrefix(s, "$2y$")`:                                   1,
		"var _ = strings.HasPrefix(s, `$argon2id$`)":                             1,
		`func f() { switch s[:3] { case "$P$", "$H$": } }`:                       2,
		`var prefixes = []string{"{SSHA}", "pbkdf2_sha256$", "scrypt:", "x"}`:    3,
		`var _ = s == "$1$" || "$6$" == s`:                                       2,
		`const begins = "$2a$ $2b$ $wp$"`:                                        1,
		`var re = regexp.MustCompile("[./0-9A-Za-z]{53}|./0123456789ABC")`:       1,
		`const hexits = "0123456789abcdef"`:                                      1,
		`var _ = len(hash) == 60`:                                                1,
		`var _ = 32 != len(string(u.Hash.Encoded))`:                              1,
		`var _ = strings.Contains(string(u.Hash.Encoded), "z")`:                  1,
		`var _ = strings.TrimPrefix(string(h.Encoded), mark)`:                    1,
		`var h = "$2y$10$abcdefghijklmnopqrstuuV28mRDqpoUvpDyFxe3SuxrUocNVxPKW"`: 1,
		`var _ = "select $1, $2 from t where a = $2"`:                            0,
		`const detail = "a hash like $2y$ is what WordPress writes since 6.8"`:   0,
		`var _ = len(hash) == 0 || len(hash) > maxStored || len(password) > 72`:  0,
		`func f() { switch len(encoded) { case 32, 40: } }`:                      2,
		`var _ = digits == 40`:                                                   1,
		`var names = map[int]string{32: "md5", 40: "sha1", 56: "sha224"}`:        1,
		`var _ = len(names) == 32`:                                               0,
		`type t struct { ID string ` + "`json:\"$id\"`" + ` }`:                   0,
		`var _ = u.Hash.Encoded == other.Encoded`:                                0,
	} {
		module := fstest.MapFS{"sink/x/x.go": {Data: []byte("package x\n\n" + code + "\n")}}
		if found, _, err := readings(module, begins); err != nil || len(found) != want {
			t.Errorf("%s: %d found, want %d: %q (%v)", code, len(found), want, found, err)
		}
		if found, _, _ := readings(fstest.MapFS{"identity/forms/x.go": module["sink/x/x.go"]}, begins); len(found) > 0 {
			t.Errorf("%s is found where it belongs", code)
		}
	}
}
