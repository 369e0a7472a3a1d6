package importers

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

func TestPHPUnserialize(t *testing.T) {
	for text, want := range map[string]any{
		`N;`:                   nil,
		`b:1;`:                 true,
		`b:0;`:                 false,
		`i:-5;`:                int64(-5),
		`i:+7;`:                int64(7),
		`d:0.5;`:               0.5,
		`d:INF;`:               math.Inf(1),
		`d:1.0E+25;`:           1e25,
		`s:0:"";`:              "",
		`s:4:"a";b";`:          `a";b`,
		`s:4:"🦊";`:             "🦊",
		"  a:0:{}\n":           phpArray(nil),
		`a:1:{i:0;s:1:"x";}`:   phpArray{{int64(0), "x"}},
		`a:1:{s:1:"k";a:0:{}}`: phpArray{{"k", phpArray(nil)}},
		`a:2:{s:13:"administrator";b:1;s:6:"editor";b:0;}`: phpArray{{"administrator", true}, {"editor", false}},
		`a:2:{i:0;s:10:"netadmin-a";i:1;s:6:"quoted";}`:    phpArray{{int64(0), "netadmin-a"}, {int64(1), "quoted"}},
	} {
		got, err := phpUnserialize([]byte(text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %#v, %v; want %#v", text, got, err, want)
		}
	}
}

func TestPHPUnserializeRefuses(t *testing.T) {
	for _, text := range []string{
		``, `N`, `;`, `x:1;`, `b:2;`, `b:true;`, `b:;`, `i:;`, `i:1`, `i:1.5;`, `i:99999999999999999999;`, `d:;`, `d:x;`, `i:` + strings.Repeat("0", 100) + `;`,
		`s:5:"abcd";`, `s:3:"abcd";`, `s:-1:"";`, `s:1:x;`, `s:1:"x"`, `s:1:"x`, `s:99999999999:"x";`, `s:2147483647:"x";`,
		`a:1:{}`, `a:2:{i:0;b:1;}`, `a:0:{`, `a:-1:{}`, `a:1:{b:1;b:1;}`, `a:1:{d:1;b:1;}`, `a:1:{N;b:1;}`, `a:1:{a:0:{}b:1;}`, `a:2147483647:{}`, `a:100000:{i:0;`,
		`O:8:"stdClass":0:{}`, `C:11:"ArrayObject":0:{}`, `E:7:"Foo:Bar";`, `R:1;`, `r:1;`, `S:1:"\41";`, `a:1:{i:0;O:8:"stdClass":0:{}}`, `a:1:{i:0;R:1;}`,
		`b:1;b:1;`, `a:0:{}x`, "b:1;\x00",
		strings.Repeat(`a:1:{i:0;`, maxPHPDepth+2) + `b:1;` + strings.Repeat(`}`, maxPHPDepth+2),
		`a:` + strconv.Itoa(maxPHPEntries+1) + `:{` + strings.Repeat(`i:0;b:1;`, maxPHPEntries+1) + `}`,
	} {
		if got, err := phpUnserialize([]byte(text)); err != errPHP {
			t.Errorf("%.60s: %#v, %v", text, got, err)
		}
	}
}

func TestParseRoles(t *testing.T) {
	for text, want := range map[string]string{
		``:                                "",
		`  `:                              "",
		`a:0:{}`:                          "",
		`a:1:{s:13:"administrator";b:1;}`: "administrator",
		`a:3:{s:6:"editor";b:1;s:6:"author";b:1;s:12:"delete_posts";b:0;}`: "author editor",
		`a:3:{s:1:"b";s:1:"1";s:1:"a";i:1;s:1:"c";s:1:"0";}`:               "a b", // the recipes that people follow write "1"
		`a:2:{s:1:"b";b:1;s:1:"b";b:1;}`:                                   "b",
		`a:2:{i:0;s:6:"editor";s:0:"";b:1;}`:                               "", // no role is named by a number
		`a:1:{s:13:"administrators";b:1;}`:                                 "broken",
		`a:1:{O:8:"stdClass":0:{}b:1;}`:                                    "broken",
		`s:31:"a:1:{s:13:"administrator";b:1;}";`:                          "broken",
		`b:0;`:          "broken",
		`administrator`: "broken",
	} {
		roles := parseRoles([]byte(text))
		got := strings.Join(roles.names, " ")
		if roles.broken {
			got += "broken"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// phpSerialize is the inverse, for the fuzz target.
func phpSerialize(out *strings.Builder, value any) {
	switch v := value.(type) {
	case nil:
		out.WriteString("N;")
	case bool:
		fmt.Fprintf(out, "b:%d;", map[bool]int{true: 1}[v])
	case int64:
		fmt.Fprintf(out, "i:%d;", v)
	case float64:
		fmt.Fprintf(out, "d:%v;", v)
	case string:
		fmt.Fprintf(out, "s:%d:", len(v))
		out.WriteString(`"` + v + `";`)
	case phpArray:
		fmt.Fprintf(out, "a:%d:{", len(v))
		for _, entry := range v {
			phpSerialize(out, entry.key)
			phpSerialize(out, entry.value)
		}
		out.WriteString("}")
	}
}

func FuzzPHPUnserialize(f *testing.F) {
	for _, seed := range []string{
		`a:2:{s:13:"administrator";b:1;s:6:"editor";b:0;}`, `s:4:"a";b";`, `d:0.5;`, `N;`, `i:-5;`, `a:1:{i:0;a:1:{i:1;N;}}`, `O:8:"stdClass":0:{}`, `a:99999:{`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		defer frugal(t, allocationBound)()
		value, err := phpUnserialize(text)
		if err != nil {
			if value != nil {
				t.Errorf("%q: %v beside an error", text, value)
			}
			return
		}
		var again strings.Builder
		phpSerialize(&again, value)
		second, err := phpUnserialize([]byte(again.String()))
		if err != nil || fmt.Sprintf("%#v", second) != fmt.Sprintf("%#v", value) {
			t.Errorf("%q is %#v, written as %q it is %#v, %v", text, value, again.String(), second, err)
		}
	})
}
