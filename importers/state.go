package importers

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Unclear is a source with something in it that decides who can sign in, or with which
// password, and that nobody has said how to read; Says shows it, Advice the flag.
const Unclear Kind = "unclear"

// stateKind is how values say whether somebody may sign in.
type stateKind int

const (
	stateNone    stateKind = iota
	stateOut               // yes, or a time since which: locked, banned_at
	stateUntil             // the time until which: locked_until
	stateIn                // no: active
	stateInSince           // nothing, where others have a time: approved_at
	stateStatus            // by a word: status
)

// stateFields are the fields of --map that say state.
var stateFields = map[field]stateKind{
	fieldDisabled: stateOut, fieldActive: stateIn, fieldBannedUntil: stateUntil, fieldDeletedAt: stateOut,
}

// state is one name of a source under which it stands whether people may sign in, and
// what was seen there.
type state struct {
	name    string
	kind    stateKind
	choice  *stateChoice // what --map says of the values; nil: nothing
	n       int          // users of whom it says something
	first   string       // value
	varies  bool
	known   bool           // a value was understood
	outs    []string       // the first of those that keep people out
	unknown map[string]int // values that are not, with how often
	more    bool           // than are counted
}

// stateChoice is what --map says of values: 'disabled=status:banned|2'.
type stateChoice struct {
	values  []string
	reverse bool // all but these
}

// stateCell is what stands under a state's name for one user.
type stateCell struct {
	of   *state
	text string
}

// mostStates is how many different values are counted, and shown.
const mostStates = 20

// out reports whether a value keeps the user out. One that is not understood does not,
// and is remembered.
func (s *state) out(text string, now time.Time) bool {
	text = absent(text)
	if s.choice != nil {
		return s.choice.holds(text)
	}
	out, ok := s.kind.out(text, now)
	if s.n++; s.n == 1 {
		s.first = strings.Clone(text)
	}
	s.varies = s.varies || text != s.first
	switch {
	case !ok:
		s.note(text)
	case text != "":
		s.known = true
		if out && len(s.outs) < 3 && !slices.Contains(s.outs, text) {
			s.outs = append(s.outs, strings.Clone(text))
		}
	}
	return out
}

func (s *state) note(text string) {
	if _, counted := s.unknown[text]; !counted && len(s.unknown) == mostStates {
		s.more = true
		return
	}
	if s.unknown == nil {
		s.unknown = map[string]int{}
	}
	s.unknown[strings.Clone(text)]++
}

func (c *stateChoice) holds(text string) bool {
	listed := slices.ContainsFunc(c.values, func(v string) bool { return strings.EqualFold(v, text) })
	return listed != c.reverse
}

// out reads a value; ok is false where it is not understood.
func (k stateKind) out(text string, now time.Time) (out, ok bool) {
	switch {
	case text == "":
		return false, k != stateInSince
	case k == stateUntil:
		return outUntil(text, now)
	}
	if out, ok := stateWords[foldState(text)]; ok {
		return out, true
	}
	if k == stateStatus {
		return false, false // numbers, yes and no mean what each program likes
	}
	if yes, ok := readBool(text); ok {
		return yes == (k == stateOut), true
	}
	date, ok := readDate(text)
	return ok && !date.IsZero() && k == stateOut, ok
}

// outUntil reads the end of a ban.
func outUntil(text string, now time.Time) (out, ok bool) {
	if text == "infinity" || text == "-infinity" {
		return text == "infinity", true
	}
	if yes, ok := readBool(text); ok {
		return yes, true
	}
	date, ok := readDate(text)
	return date.After(now), ok
}

// constant reports whether the same stands there of everybody, which tells nobody from
// anybody.
func (s *state) constant(users int) bool { return !s.varies && s.n == users }

// list shows what is not understood, the most frequent first. Such values are words of
// a program, and told nothing about a person where there are few of them.
func (s *state) list() string {
	if s.more {
		return fmt.Sprintf("more than %d different ones", mostStates)
	}
	var b strings.Builder
	for i, value := range s.values() {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q (%d)", clip(value), s.unknown[value])
	}
	return b.String()
}

func (s *state) values() []string {
	return slices.SortedFunc(maps.Keys(s.unknown), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.unknown[b], s.unknown[a]), strings.Compare(a, b))
	})
}

// advice is what to say of the values.
func (s *state) advice() string {
	example := "VALUE|VALUE"
	if !s.more {
		example = strings.Join(slices.Concat(s.outs, s.values()[:min(len(s.unknown), 3)]), "|") // what is understood must be named too
	}
	example = strings.ReplaceAll(example, "'", "’")
	return fmt.Sprintf("name the values that keep people out, such as --map 'disabled=%s:%s' (with :! before the values, all others do), or leave it with --ignore %s", s.name, example, s.name)
}

// states are those of one source, by name.
type states struct {
	named   map[string]*state // nil: the name says nothing of state
	all     []*state          // in the order in which they were found
	address bool              // there is a postal address, of which a state is part
}

// addressNames are those beside which a state is one of a country's.
const addressNames = "city town zip zipcode postcode postalcode country street streetaddress plz ort stadt land ciudad país pais ville pays città paese cidade"

// of finds what a name says of state, nil where it says nothing. What --map says comes
// before what the name means by itself.
func (t *states) of(headers *headerTable, name string) *state {
	if s, ok := t.named[name]; ok {
		return s
	}
	if t.named == nil {
		t.named = map[string]*state{}
	}
	const most = 4096 // names of a source that are remembered
	s := headers.state(name)
	t.address = t.address || slices.Contains(strings.Fields(addressNames), foldState(name))
	if len(t.named) < most {
		name = strings.Clone(name)
		t.named[name] = s
		if s != nil {
			s.name = name
			t.all = append(t.all, s)
		}
	}
	return s
}

// tell says what of so many users was not understood: of everybody the same is a
// remark, and anything else the first of which unclear hears.
func (t *states) tell(users int, notice Notice, unclear func(says, advice string) error) error {
	for _, s := range t.all {
		ofCountry := t.address && !s.known && slices.Contains([]string{"state", "estado", "stato"}, foldState(s.name))
		switch {
		case len(s.unknown) == 0 || ofCountry:
		case !s.constant(users):
			if err := unclear(fmt.Sprintf("%.40q says whether people may sign in, and these of its values are not understood: %s", s.name, s.list()), s.advice()); err != nil {
				return err
			}
		case s.first != "":
			notice(fmt.Sprintf("%.40q says %q of everybody, which is not understood and keeps nobody out", s.name, clip(s.first)))
		}
	}
	return nil
}

// state is what a name says of state, by --map or by itself; nil: nothing.
func (t *headerTable) state(name string) *state {
	for f := range stateFields {
		if s, ok := t.mappedState(f, name); ok {
			return s
		}
	}
	if s := t.knownState(name); s != nil {
		return s
	}
	if kind := stateKindOf(name); kind != stateNone && !t.ignores(name) && t.mappedTo(name) == nil {
		return &state{kind: kind}
	}
	return nil
}

// knownState is what a known system says of a name.
func (t *headerTable) knownState(name string) *state {
	for f, kind := range stateFields {
		if path, choice := cutChoice(t.paths[f]); path != "" && path == name {
			return &state{kind: kind, choice: choice.of(kind)}
		}
	}
	return nil
}

// mappedState is what --map says of a name that it gives to a field of state.
func (t *headerTable) mappedState(f field, name string) (*state, bool) {
	kind, is := stateFields[f]
	if !is || t.explicit[f] == "" {
		return nil, false
	}
	if foldHeader(t.explicit[f]) == foldHeader(name) {
		return &state{kind: kind}, true
	}
	header, choice := cutChoice(t.explicit[f])
	return &state{kind: kind, choice: choice.of(kind)}, foldHeader(header) == foldHeader(name)
}

// of turns a choice of those who may sign in around: 'active=status:ok'.
func (c *stateChoice) of(kind stateKind) *stateChoice {
	if c == nil || kind != stateIn {
		return c
	}
	return &stateChoice{values: c.values, reverse: !c.reverse}
}

// cutChoice takes the values from what --map names: "status:banned|2".
func cutChoice(header string) (name string, c *stateChoice) {
	i := strings.LastIndexByte(header, ':')
	if i <= 0 {
		return header, nil
	}
	values, reverse := strings.CutPrefix(header[i+1:], "!")
	c = &stateChoice{reverse: reverse}
	for value := range strings.SplitSeq(values, "|") {
		c.values = append(c.values, strings.TrimSpace(value))
	}
	return header[:i], c
}

// stateColumn is a column of a table that says state.
type stateColumn struct {
	of     *state
	column int
}

// stateColumns finds them: those of --map, which must be there, and those that say it
// by their names.
func (t *headerTable) stateColumns(names []string, found *states) (columns []stateColumn, err error) {
	taken := map[int]bool{}
	for f := range fieldCount {
		kind, is := stateFields[f]
		if !is || t.explicit[f] == "" {
			continue
		}
		name, choice := cutChoice(t.explicit[f])
		i, err := t.mapped(names, f, t.explicit[f])
		if err != nil && choice != nil {
			i, err = t.mapped(names, f, name)
		} else {
			choice = nil
		}
		if err != nil {
			return nil, err
		}
		s := &state{name: names[i], kind: kind, choice: choice.of(kind)}
		found.all = append(found.all, s)
		columns, taken[i] = append(columns, stateColumn{s, i}), true
	}
	for i, name := range names {
		if taken[i] {
			continue
		}
		if s := found.of(t, name); s != nil {
			columns = append(columns, stateColumn{s, i})
		}
	}
	return columns, nil
}
