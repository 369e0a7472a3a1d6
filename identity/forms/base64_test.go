package forms

import (
	"encoding/base64"
	"math/rand/v2"
	"testing"
)

// TestBase64: what is looked at and what is decoded agree.
func TestBase64(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		b := make([]byte, random.IntN(9))
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
			if got, ok := readBase64(e.EncodeToString(b)); !ok || got != (Base64{base64.StdEncoding.EncodeToString(b), len(b)}) {
				t.Fatalf("%x: %+v %v", b, got, ok)
			}
		}
		text := []byte(base64.StdEncoding.EncodeToString(b))
		if len(text) > 0 {
			text[random.IntN(len(text))] = "AQZ+/=-_ \n\xff"[random.IntN(11)]
		}
		_, quick := standard64(string(text))
		decoded, err := base64.StdEncoding.Strict().DecodeString(string(text))
		if slow := err == nil && base64.StdEncoding.EncodeToString(decoded) == string(text); quick != slow {
			t.Fatalf("%q: %v, decoded %v", text, quick, slow)
		}
	}
}
