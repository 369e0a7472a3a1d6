package importers

import "strings"

// alterSpec is one of the changes that an ALTER TABLE lists.
type alterSpec struct {
	head  []dumpPart // its first parts
	moves bool       // it says FIRST or AFTER
	names []*dumpTable
}

// altered is ALTER TABLE. What dumps write there (keys, AUTO_INCREMENT, types,
// DISABLE KEYS) leaves the rows as they are.
func (d *sqlDump) altered() error {
	p, err := d.part()
	for err == nil && p.is("ONLINE", "OFFLINE", "IGNORE") {
		p, err = d.part()
	}
	if err != nil || !p.is("TABLE") {
		return d.rest(p, err)
	}
	if p, err = d.ifExists(); err != nil || !p.names() {
		return d.rest(p, err)
	}
	name, p, err := d.named(p)
	for err == nil && p.kind != partEnd {
		var spec alterSpec
		if spec, p, err = d.alterSpec(p); err != nil || spec.harmless() {
			continue
		}
		if d.want([]byte(name.table)) {
			spec.names = append(spec.names, d.table(name))
		}
		for _, t := range spec.names {
			d.refuse(t, "ALTER TABLE … "+strings.ToUpper(spec.head[0].text))
		}
	}
	return err
}

// alterSpec reads one change, which begins with the part p, and returns the part
// behind it: the first of the next, or the end.
func (d *sqlDump) alterSpec(p dumpPart) (spec alterSpec, next dumpPart, err error) {
	finder := tableFinder{sqlDump: d}
	for depth := 0; err == nil && p.kind != partEnd; p, err = d.part() {
		switch {
		case p.is(",") && depth == 0:
			next, err = d.part()
			return spec, next, err
		case p.is("("):
			depth++
		case p.is(")"):
			depth--
		case p.is("FIRST", "AFTER"):
			spec.moves = true
		}
		if len(spec.head) < 4 {
			spec.head = append(spec.head, p)
		}
		if !spec.namesTables() {
			continue
		}
		if t := finder.see(p); t != nil {
			spec.names = append(spec.names, t)
		}
	}
	return spec, p, err
}

// namesTables reports whether a change names tables, which it changes too.
func (s *alterSpec) namesTables() bool {
	return s.head[0].is("RENAME", "EXCHANGE", "CONVERT") && len(s.head) > 1 && !s.head[1].is("COLUMN", "INDEX", "KEY")
}

// harmless reports whether a change leaves rows, names and order of the columns
// that are read (MySQL manual, ALTER TABLE; MariaDB's CONVERT PARTITION).
func (s *alterSpec) harmless() bool {
	part := func(i int) dumpPart {
		if i < len(s.head) {
			return s.head[i]
		}
		return dumpPart{}
	}
	switch first := part(0); {
	case first.is("RENAME"):
		return part(1).is("INDEX", "KEY")
	case first.is("DROP"):
		return part(1).is("INDEX", "KEY", "PRIMARY", "FOREIGN", "CONSTRAINT", "CHECK")
	case first.is("CONVERT"):
		return part(1).is("TO")
	case first.is("TRUNCATE", "EXCHANGE", "DISCARD", "IMPORT"):
		return false
	case first.is("MODIFY"):
		return !s.moves
	case first.is("CHANGE"):
		at := 1
		if part(at).is("COLUMN") {
			at++
		}
		return !s.moves && strings.EqualFold(part(at).text, part(at+1).text)
	}
	return true
}
