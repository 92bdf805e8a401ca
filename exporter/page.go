package exporter

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page's text
	"encoding/base64"
	"html/template"
	"net/http"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

// pageTemplate escapes everything that is not in page.html by its place there.
var pageTemplate = template.Must(template.New("page").Parse(pageText))

// contentSecurityPolicy allows the page nothing but its own style, which is
// known by its hash: no script, no address, no frame around it.
var contentSecurityPolicy = "default-src 'none'; style-src 'sha256-" + styleHash() +
	"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func styleHash() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func (e *Exporter) servePage(w http.ResponseWriter, _ *http.Request) {
	e.serveTemplate(w, pageTemplate, "page", e.page())
}

// serveTemplate answers with one of the pages of a template, or not at all.
func (e *Exporter) serveTemplate(w http.ResponseWriter, pages *template.Template, name string, view any) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, view); err != nil {
		e.logger.Error("A page can't be written", "page", name, "error", err)
		http.Error(w, "the page can't be written", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	_, _ = b.WriteTo(w) // the client may be gone
}
