package main

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rehome/fixtures"
	"rehome/migrate"
	"rehome/sink/rehearsal"
)

var update = flag.Bool("update", false, "rewrite the expected output of testdata/*.txt")

// TestScripts runs every script of testdata in a folder of its own, in process,
// and compares what each command printed with what stands there. A script is
// text of these lines, then files:
//
//	# words for a person
//	fixture PATH NAME      copy fixtures/PATH to NAME
//	repeat N TEXT NAME     write TEXT N times to NAME
//	join NAME TEXT FILE TEXT   write a file between two texts (Go quoting)
//	cut NAME BYTES         shorten a file
//	replace NAME OLD NEW   change text in a file (Go quoting)
//	copy NAME NAME         copy a file; RUN as in commands
//	fifo NAME              make a file a FIFO that says the same, once
//	drop NAME TEXT         leave out the lines that hold a text (no quoting)
//	env NAME=VALUE         for the commands that follow
//	serve [1.5|1.9] [FAULTS|-] [SCOPES]   start a rehearsal server and point APPWRITE_… at it
//	down                   stop it
//	database generic|supabase   make a database, empty or Supabase Auth's, and point DATABASE_URL at it
//	role OPTIONS           make a role that may log in, {role}, and be it from here on
//	sql STATEMENT          run it there as superuser; rows are expected on stdout
//	ask METHOD PATH [BODY] ask it for something, as somebody else with the key
//	instead BODY           the next request for an account with this id makes this one, and is not answered
//	users N                there are so many users now
//	nologin                sign-in with a password is switched off there
//	personal [off]         its personal-data policy is on
//	strength               its policy for the strength of new passwords is on
//	hold                   hold the latest run, as another process would
//	astray CODE            the commands that the next one prints end with CODE: what it was told is wrong
//	$ rehome VERB …        run; "< NAME" at the end gives standard input
//	1> TEXT                expected on stdout
//	2> TEXT                expected on stderr
//	= CODE                 expected exit code
//	-- NAME --             a file follows
//
// RUN stands for the latest run, RUN1 stands for the oldest. Names of runs, ports, sizes and other moving parts are replaced (see settle).
// go test ./cmd/rehome -run Scripts -update writes what happened.
func TestScripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no scripts found", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			s := &script{t: t, path: path, env: map[string]string{}}
			s.run()
		})
	}
}

type script struct {
	t      *testing.T
	path   string
	env    map[string]string
	server *practiceServer
	base   *scriptBase
	got    bytes.Buffer // the script as it should read
	seen   bytes.Buffer // everything printed, for secrets
	last   string       // what the last command printed
	input  string       // what it read
	astray int          // how the commands that it printed end, where they cannot end well
	led    int          // the same of the next command

	servers  []*practiceServer
	once     []onceFile
	stranger bool // known.csv is of other people
}

func (s *script) run() {
	text, err := os.ReadFile(filepath.Join(home, s.path))
	if err != nil {
		s.t.Fatal(err)
	}
	s.begin()
	head, files, _ := strings.Cut(string(text), "\n-- ")
	s.writeFiles(files)
	for line := range strings.Lines(head) {
		s.line(strings.TrimSuffix(line, "\n"))
	}
	if files != "" {
		s.got.WriteString("\n-- " + files)
	}
	want := strings.TrimRight(string(text), "\n")
	got := strings.TrimRight(s.got.String(), "\n")
	if got == want {
		return
	}
	if *update {
		s.save(got + "\n")
		return
	}
	s.t.Errorf("the script reads differently now; go test ./cmd/rehome -run Scripts -update writes it\n%s", firstDifference(want, got))
}

// begin gives the script a folder of its own, and an environment without a target.
func (s *script) begin() {
	s.t.Chdir(s.t.TempDir())
	for _, name := range []string{"APPWRITE_ENDPOINT", "APPWRITE_PROJECT_ID", "APPWRITE_API_KEY", "DATABASE_URL", "PGHOST", "PGDATABASE", "PGSERVICE", "NO_COLOR"} {
		s.t.Setenv(name, "")
	}
}

// home is where the package's files are: the scripts change directory.
var home = func() string { wd, _ := os.Getwd(); return wd }()

func (s *script) save(text string) {
	if err := os.WriteFile(filepath.Join(home, s.path), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *script) writeFiles(text string) {
	for text != "" {
		name, rest, ok := strings.Cut(text, " --\n")
		if !ok {
			s.t.Fatalf("bad file header %q", name)
		}
		content, next, _ := strings.Cut(rest, "\n-- ")
		if next != "" {
			content += "\n"
		}
		s.write(name, []byte(content))
		text = next
	}
}

func (s *script) write(name string, data []byte) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// line does what a line says. Expected output is dropped: commands write it anew.
func (s *script) line(line string) {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "1>", "2>", "=":
		return
	case "$":
		fmt.Fprintln(&s.got, line)
		s.command(rest)
		return
	}
	fmt.Fprintln(&s.got, line)
	args := strings.Fields(rest)
	switch word {
	case "", "#":
	case "fixture":
		s.write(args[1], fixtures.Read(args[0]))
	case "repeat":
		s.repeat(rest)
	case "join":
		s.join(rest)
	case "cut":
		s.must(os.Truncate(s.named(args[0]), int64(s.number(args[1]))))
	case "replace":
		s.replace(rest)
	case "copy":
		text, err := os.ReadFile(s.named(args[0]))
		s.must(err)
		s.write(s.named(args[1]), text)
	case "fifo":
		s.fifo(s.named(args[0]))
	case "drop":
		s.drop(args[0], args[1])
	case "env":
		name, value, _ := strings.Cut(rest, "=")
		s.t.Setenv(name, value)
	case "serve":
		s.serve(args)
	case "astray":
		s.led = s.number(args[0])
	case "down":
		s.server.stop()
	case "ask":
		s.ask(rest)
	case "instead":
		s.server.instead = rest
	case "users":
		if n := s.server.Users(); n != s.number(args[0]) {
			s.t.Errorf("%s: %d users, not %s", s.path, n, args[0])
		}
	case "nologin":
		s.server.SetPolicies(rehearsal.Policies{NoEmailPassword: true})
	case "personal":
		s.server.SetPolicies(rehearsal.Policies{PersonalData: len(args) == 0})
	case "strength":
		s.server.SetPolicies(rehearsal.Policies{Strength: &rehearsal.Strength{Min: 20}})
	case "database":
		s.base = newScriptBase(s.t, args[0])
	case "role":
		s.base.role(s.t, rest)
	case "sql":
		for _, row := range s.base.rows(s.t, rest) {
			fmt.Fprintln(&s.got, "1>", row)
		}
	case "hold":
		folder, err := migrate.OpenFolder("rehome-runs", s.latestRun())
		s.must(err)
		s.must(folder.Lock())
		s.t.Cleanup(func() { _ = folder.Unlock() })
	default:
		s.t.Fatalf("unknown line %q", line)
	}
}

func (s *script) repeat(rest string) {
	count, rest, _ := strings.Cut(rest, " ")
	text, name := s.quoted(rest)
	s.write(name, bytes.Repeat([]byte(text), s.number(count)))
}

func (s *script) join(rest string) {
	name, rest, _ := strings.Cut(rest, " ")
	before, rest := s.quoted(rest)
	file, rest, _ := strings.Cut(rest, " ")
	after, _ := s.quoted(rest)
	text, err := os.ReadFile(file)
	s.must(err)
	s.write(name, slices.Concat([]byte(before), text, []byte(after)))
}

// quoted takes a quoted text off the front of a line.
func (s *script) quoted(line string) (text, rest string) {
	prefix, err := strconv.QuotedPrefix(line)
	s.must(err)
	text, err = strconv.Unquote(prefix)
	s.must(err)
	return text, strings.TrimSpace(strings.TrimPrefix(line, prefix))
}

func (s *script) replace(rest string) {
	name, rest, _ := strings.Cut(rest, " ")
	name = s.named(name)
	from, rest := s.quoted(rest)
	to, _ := s.quoted(rest)
	text, err := os.ReadFile(name)
	s.must(err)
	if !bytes.Contains(text, []byte(from)) {
		s.t.Fatalf("%s does not hold %q", name, from)
	}
	s.write(name, bytes.ReplaceAll(text, []byte(from), []byte(to)))
}

// named is a path with the names of runs in their places.
func (s *script) named(path string) string {
	if strings.Contains(path, "RUN1") {
		path = strings.ReplaceAll(path, "RUN1", s.runs()[0].Name())
	}
	return strings.ReplaceAll(path, "RUN", s.latestRun())
}

func (s *script) drop(name, with string) {
	name = s.named(name)
	text, err := os.ReadFile(name)
	s.must(err)
	var kept []byte
	for line := range bytes.Lines(text) {
		if !bytes.Contains(line, []byte(with)) {
			kept = append(kept, line...)
		}
	}
	if len(kept) == len(text) {
		s.t.Fatalf("%s does not hold %q", name, with)
	}
	s.write(name, kept)
}

// ask sends a request to the server as it stands, without faults.
func (s *script) ask(rest string) {
	method, rest, _ := strings.Cut(rest, " ")
	path, body, _ := strings.Cut(rest, " ")
	req := httptest.NewRequest(method, "/v1"+path, strings.NewReader(body))
	req.Header.Set("X-Appwrite-Project", s.server.project)
	req.Header.Set("X-Appwrite-Key", s.server.key)
	req.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	s.server.ServeHTTP(answer, req)
	if answer.Code > 299 {
		s.t.Fatalf("%s %s: %d %s", method, path, answer.Code, answer.Body)
	}
}

func (s *script) serve(args []string) {
	settings := []string{"1.9", "-", ""}
	copy(settings, args)
	var keys []rehearsal.Key
	if settings[2] != "" {
		keys = []rehearsal.Key{{Secret: "standard_scoped", Scopes: strings.Split(settings[2], ",")}}
	}
	s.server = startPractice(s.t, settings[0], strings.TrimPrefix(settings[1], "-"), keys...)
	s.servers = append(s.servers, s.server)
	s.point(s.server)
}

// point sets the variables of a server.
func (s *script) point(p *practiceServer) {
	s.t.Setenv("APPWRITE_ENDPOINT", p.endpoint)
	s.t.Setenv("APPWRITE_PROJECT_ID", p.project)
	s.t.Setenv("APPWRITE_API_KEY", p.key)
}

// command runs one command in process and writes down what it did.
func (s *script) command(line string) {
	in := ""
	if before, name, ok := strings.Cut(line, " < "); ok {
		text, err := os.ReadFile(name)
		s.must(err)
		line, in = before, string(text)
	}
	args, err := splitWords(line)
	s.must(err)
	if latest := s.latestRun(); latest != "" {
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "RUN1", s.runs()[0].Name())
			args[i] = strings.ReplaceAll(args[i], "RUN", latest)
		}
	}
	s.input, s.astray, s.led = in, s.led, 0
	var out, errw bytes.Buffer
	code := run(context.Background(), args, strings.NewReader(in), &out, &errw)
	for _, stream := range []struct {
		mark string
		text string
	}{{"1>", out.String()}, {"2>", errw.String()}} {
		s.seen.WriteString(stream.text)
		for l := range strings.Lines(s.settle(stream.text)) {
			fmt.Fprintln(&s.got, strings.TrimRight(stream.mark+" "+strings.TrimRight(l, "\n"), " "))
		}
	}
	s.last = out.String() + errw.String()
	fmt.Fprintln(&s.got, "=", code)
}

// moving parts of the output, and what they are replaced with.
var moving = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`\d{8}-\d{6}-[0-9a-f]{4}`), "RUN"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`rehearsal [0-9a-f]{20}`), "rehearsal PROJECT"},
	{regexp.MustCompile(`proved on \d{4}-\d\d-\d\d \d\d:\d\d:\d\d`), "proved on DATE"},
	{regexp.MustCompile(`\.spool-\d+`), ".spool-N"},
	{regexp.MustCompile(`(?m)^.*progress.*\n`), ""},
	{regexp.MustCompile(`(?m)^(survey|move|verify|prove|solve|undo): .*%\n`), ""},
}

// anotherProject is one of a server that served before.
var anotherProject = regexp.MustCompile(`(127\.0\.0\.1:PORT/v1) [0-9a-f]{20}\b`)

func (s *script) settle(text string) string {
	for _, m := range moving {
		text = m.pattern.ReplaceAllString(text, m.text)
	}
	if s.server != nil {
		text = strings.ReplaceAll(text, s.server.project, "PROJECT")
		text = anotherProject.ReplaceAllString(text, "$1 ANOTHER")
	}
	if s.base != nil {
		text = s.base.settle(text)
	}
	return sortSettled(text)
}

// sortSettled puts events of records in the order of their positions: workers
// settle them in any.
func sortSettled(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for from := 0; from < len(lines); from++ {
		to := from
		for to < len(lines) && strings.HasPrefix(lines[to], `{"settled"`) {
			to++
		}
		slices.SortFunc(lines[from:to], func(a, b string) int { return cmp.Compare(recordNumber(a), recordNumber(b)) })
		from = to
	}
	return strings.Join(lines, "")
}

var atRecord = regexp.MustCompile(`"position":"[^"]*record (\d+)`)

func recordNumber(event string) int {
	n, _ := strconv.Atoi(atRecord.FindStringSubmatch(event)[1])
	return n
}

// runs are those under rehome-runs, the oldest first.
func (s *script) runs() []migrate.Folder {
	folders, err := runsByAge("rehome-runs")
	s.must(err)
	return folders
}

func (s *script) latestRun() string {
	folders := s.runs()
	if len(folders) == 0 {
		return ""
	}
	return folders[len(folders)-1].Name()
}

func (s *script) number(text string) int {
	n, err := strconv.Atoi(text)
	s.must(err)
	return n
}

func (s *script) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// splitWords splits a command line at blanks; single quotes hold words together.
func splitWords(line string) (words []string, err error) {
	word, quoted, begun := "", false, false
	for _, r := range line {
		switch {
		case r == '\'':
			quoted, begun = !quoted, true
		case r == ' ' && !quoted:
			if begun {
				words = append(words, word)
			}
			word, begun = "", false
		default:
			word, begun = word+string(r), true
		}
	}
	if quoted {
		return nil, fmt.Errorf("open quote in %q", line)
	}
	if begun {
		words = append(words, word)
	}
	return words, nil
}

// firstDifference shows where two texts part.
func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := 0; i < len(w) || i < len(g); i++ {
		if i >= len(w) || i >= len(g) || w[i] != g[i] {
			return fmt.Sprintf("line %d:\nwant: %s\ngot:  %s", i+1, strings.Join(w[min(i, len(w)):min(i+6, len(w))], "\n      "), strings.Join(g[min(i, len(g)):min(i+6, len(g))], "\n      "))
		}
	}
	return ""
}
