package probe

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
		for shape, judge := range shapes {
			for _, good := range []bool{true, false} {
				x := &exchange{status: status, good: good, head: http.Header{"Content-Type": {contentType}}, text: body}
				reason := judge(Expect{Python: "3.13", Fields: []string{"email"}}, x)
				if shape == ShapeHealth && reason == "" && !good {
					t.Errorf("healthy with HTTP %d", status)
				}
				checkReason(t, reason)
			}
		}
	})
}

// checkReason wants a reason to be one printable line of bounded length.
func checkReason(t *testing.T, reason string) {
	t.Helper()
	if len(reason) > 2500 || !utf8.ValidString(reason) {
		t.Errorf("reason of %d bytes: %q", len(reason), reason)
	}
	if i := strings.IndexFunc(reason, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("reason that doesn't print at byte %d: %q", i, reason)
	}
}

// BenchmarkHealth is one whole test: connect, ask, judge.
func BenchmarkHealth(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(sample))
	defer server.Close()
	run, err := HTTP{Target: server.URL, Request: Request{Path: "/health", Expect: Expect{Shape: ShapeHealth}}}.Compile()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if o := run(context.Background()); !o.Passed() {
			b.Fatal(o.Reason)
		}
	}
}
