package postgres

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// made is what a user becomes, by the names of the columns: NULL is nil, and times
// are texts.
func made(t *testing.T, l layout, p *plan, now instant) (user map[string]any, identities []map[string]any) {
	t.Helper()
	var r rows
	r.fill([]*member{{plan: p}}, l.appendRows, now)
	users := readCopied(t, l.users, r.users)
	if len(users) != 1 {
		t.Fatalf("%d rows of one user", len(users))
	}
	return users[0], readCopied(t, l.identities, r.identities)
}

// readCopied reads the binary format of COPY with the driver's own decoders.
func readCopied(t *testing.T, from table, c copied) (list []map[string]any) {
	t.Helper()
	rest := c.bytes
	take := func(n int) []byte {
		if n > len(rest) {
			t.Fatalf("%s: the rows end early", from.name)
		}
		taken := rest[:n]
		rest = rest[n:]
		return taken
	}
	if head := string(take(len(copyHead))); head != "PGCOPY\n\377\r\n\000\000\000\000\000\000\000\000\000" {
		t.Fatalf("head %q", head)
	}
	for n := binary.BigEndian.Uint16(take(2)); n != 0xffff; n = binary.BigEndian.Uint16(take(2)) {
		if int(n) != len(from.columns) {
			t.Fatalf("%d values for the %d columns of %s", n, len(from.columns), from.name)
		}
		row := map[string]any{}
		for _, column := range from.columns {
			row[column.name] = nil
			if size := int32(binary.BigEndian.Uint32(take(4))); size >= 0 {
				row[column.name] = decoded(t, column, take(int(size)))
			}
		}
		list = append(list, row)
	}
	if len(rest) > 0 || len(list) != c.rows {
		t.Fatalf("%d bytes too many, %d rows of %d", len(rest), len(list), c.rows)
	}
	return list
}

func decoded(t *testing.T, c column, b []byte) any {
	t.Helper()
	types := pgtype.NewMap()
	kind, ok := types.TypeForName(map[string]string{"boolean": "bool", "text[]": "_text"}[c.kind])
	if !ok {
		kind, ok = types.TypeForName(c.kind)
	}
	if !ok {
		t.Fatalf("no type %s", c.kind)
	}
	v, err := kind.Codec.DecodeValue(types, kind.OID, pgtype.BinaryFormatCode, b)
	if err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	switch v := v.(type) {
	case time.Time:
		return momentOf(v)
	case [16]byte:
		return fmt.Sprintf("%x-%x-%x-%x-%x", v[:4], v[4:6], v[6:8], v[8:10], v[10:])
	}
	return v
}

// TestCopied: each kind of value, and each edge of it, is read as it was written.
func TestCopied(t *testing.T) {
	var c copied
	c.begin()
	var columns []column
	var want []any
	add := func(kind string, v any) {
		columns, want = append(columns, column{fmt.Sprint(len(columns)), kind}), append(want, v)
	}
	c.row(16)
	for _, s := range []string{"", "a\tb\nc\\.e", "\\N", "😀"} {
		c.text(s)
		add("text", s)
	}
	c.textOrNull("")
	add("text", nil)
	c.flag(true)
	add("boolean", true)
	c.flag(false)
	add("boolean", false)
	for _, at := range []time.Time{time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(1999, 12, 31, 23, 59, 59, 999999000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)} {
		c.at(at)
		add("timestamptz", at.Format(moment))
	}
	c.at(time.Time{})
	add("timestamptz", nil)
	c.object(`{"a": [1, "x"]}`)
	add("jsonb", map[string]any{"a": []any{1.0, "x"}})
	c.list(nil)
	add("text[]", []any{})
	c.list([]string{`a"b\`, "", "{,}"})
	add("text[]", []any{`a"b\`, "", "{,}"})
	c.uuid("01234567-89ab-cdef-fedc-ba9876543210")
	add("uuid", "01234567-89ab-cdef-fedc-ba9876543210")
	c.null()
	add("uuid", nil)
	c.end()
	row := readCopied(t, table{"x", columns}, c)[0]
	for i, w := range want {
		if got := row[fmt.Sprint(i)]; !reflect.DeepEqual(got, w) {
			t.Errorf("%s: %#v, want %#v", columns[i].kind, got, w)
		}
	}
}
