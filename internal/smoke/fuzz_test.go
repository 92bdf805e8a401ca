package smoke

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzReports feeds health and version reports; whatever they say, a reason is
// one printable line of bounded length.
func FuzzReports(f *testing.F) {
	f.Add(200, "application/json", []byte(`{"status":"healthy","checks":{"database":"down"}}`))
	f.Add(503, "", []byte(`{"status":{"status":false},"checks":{"a":{"status":"x"}},"python":"3.12.8"}`))
	f.Add(200, "text/html\x00", []byte("<html>"))
	f.Add(200, "", []byte("{\"status\":\"\\u202e\xff\",\"python\":[]}"))
	f.Fuzz(func(t *testing.T, status int, contentType string, body []byte) {
		a := answer{status: status, contentType: contentType, body: body}
		for _, o := range []Outcome{a.healthy(), a.runs("3.13")} {
			if o.Passed() && !a.good() {
				t.Errorf("passed with HTTP %d", status)
			}
			if len(o.Reason) > 2500 || !utf8.ValidString(o.Reason) {
				t.Errorf("reason of %d bytes: %q", len(o.Reason), o.Reason)
			}
			if i := strings.IndexFunc(o.Reason, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
				t.Errorf("reason that doesn't print at byte %d: %q", i, o.Reason)
			}
		}
	})
}

// BenchmarkHealth is one whole test: connect, ask, judge.
func BenchmarkHealth(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(sample))
	defer server.Close()
	s, err := newService(server.URL, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if o := s.health(context.Background()); !o.Passed() {
			b.Fatal(o.Reason)
		}
	}
}
