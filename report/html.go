package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
)

//go:embed report.html.tmpl
var layout string

//go:embed report.css
var style string

// HTML writes the document as one page that needs nothing else: no network, no
// script, and a policy in its head that forbids both. It is well-formed XML too.
func HTML(w io.Writer, d Document) error {
	t, err := template.New("report").Parse(layout)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	sum := sha256.Sum256([]byte(style))
	return t.Execute(w, struct {
		page
		Style  template.CSS
		Policy string
	}{
		pageOf(d), template.CSS(style), // ours, embedded
		"default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; base-uri 'none'; form-action 'none'",
	})
}
