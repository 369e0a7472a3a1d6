package forms

import (
	"bytes"
	"testing"
)

func TestCrypt64(t *testing.T) {
	for n := range 70 {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(7*i + n)
		}
		got, ok := decodeCrypt64(string(EncodeCrypt64(b)))
		if !ok || !bytes.Equal(got, b) {
			t.Errorf("%d bytes come back as %x", n, got)
		}
	}
	for _, s := range []string{".", "z", ".4", "zz", "....z", "..*.", "...\n"} {
		if b, ok := decodeCrypt64(s); ok {
			t.Errorf("%q is read as %x", s, b)
		}
	}
}

// The numbers of yescrypt's settings, by the encoding of yescrypt-common.c.
func TestYescryptNumber(t *testing.T) {
	for _, c := range []struct {
		text  string
		least uint64
		n     uint64
		ok    bool
	}{
		{".", 0, 0, true}, {"7", 1, 10, true}, {"j", 0, 47, true}, {"k.", 0, 48, true}, {"kz", 0, 111, true}, {"l.", 0, 112, true},
		{"", 0, 0, false}, {"k", 0, 0, false}, {"*", 0, 0, false}, {"z....", 0, 0, false},
	} {
		n, rest, ok := yescryptNumber(c.text, c.least)
		if n != c.n || ok != c.ok || rest != "" {
			t.Errorf("%q: %d, %q, %t; want %d, %t", c.text, n, rest, ok, c.n, c.ok)
		}
	}
}
