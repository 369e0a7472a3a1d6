package identity_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"rehome/identity"
)

// TestSecretIsNeverShown prints a secret in every way that would show a string.
func TestSecretIsNeverShown(t *testing.T) {
	const text = "s3cr3t-value"
	h := identity.Hash{Algorithm: identity.Bcrypt, Encoded: text, Params: identity.Params{Salt: text, SignerKey: text}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T", "%10s", "% x", "%c", "%U", "%e"} {
		fmt.Fprintf(&out, verb+"\n", h.Encoded)
		fmt.Fprintf(&out, verb+"\n", h)
		fmt.Fprintf(&out, verb+"\n", &h)
		fmt.Fprintf(&out, verb+"\n", []identity.Secret{text})
		fmt.Fprintf(&out, verb+"\n", map[identity.Secret]int{text: 1})
	}
	fmt.Fprint(&out, h.Encoded, h, identity.User{Hash: h}, identity.Record{Raw: text})
	fmt.Fprintln(&out, fmt.Errorf("%w %v", &identity.Problem{Code: "x", Detail: "y"}, h))
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "secret", h.Encoded, "hash", h)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "secret", h.Encoded, "hash", h)
	if err := json.NewEncoder(&out).Encode(map[string]any{"h": h, "s": h.Encoded, "l": []identity.Secret{text}}); err != nil {
		t.Fatal(err)
	}
	if err := xml.NewEncoder(&out).Encode(h); err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{text, fmt.Sprintf("%x", text), fmt.Sprintf("%X", text), fmt.Sprintf("% x", text)} {
		if strings.Contains(out.String(), shown) {
			t.Errorf("%q was shown in:\n%s", shown, out.String())
		}
	}
}
