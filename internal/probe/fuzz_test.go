package probe

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
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

// FuzzTemplate expands hostile values in every place; none leaves its own.
func FuzzTemplate(f *testing.F) {
	f.Add("a/../b?c#d%00", "json")
	f.Add("\",\"x\":\"\\", "..")
	f.Add("\r\nX: 1", "a&b=c;d")
	f.Fuzz(func(t *testing.T, value, other string) {
		if !utf8.ValidString(value) || !utf8.ValidString(other) {
			return // JSON, where values come from, has no others
		}
		values := map[string]any{"a": value, "b": other}
		expand := func(text string, at func(string) place) (string, bool) {
			parsed, err := newTemplate(text, at)
			if err != nil {
				t.Fatal(err)
			}
			s, err := parsed.expand(values)
			return s, err == nil
		}
		if path, ok := expand("/x/${a}/y?q=${b}&r=1", pathOrQuery); ok {
			u, err := url.Parse(path)
			if err != nil || strings.Count(u.EscapedPath(), "/") != 3 || u.Path != "/x/"+value+"/y" ||
				u.Query().Get("q") != other || u.Query().Get("r") != "1" || len(u.Query()) != 2 || u.Fragment != "" {
				t.Errorf("%q: %v, %+v", path, err, u)
			}
		}
		body, _ := expand(`{"in": "<${a}>", "whole": ${b}}`, withinJSON)
		got, err := decodeJSON([]byte(body))
		if diff := cmp.Diff(map[string]any{"in": "<" + value + ">", "whole": other}, got); err != nil || diff != "" {
			t.Errorf("%q: %v (-want +got):\n%s", body, err, diff)
		}
		if header, ok := expand("Bearer ${a}", always(inHeader)); ok && strings.ContainsAny(header, "\r\n\x00") {
			t.Errorf("header %q", header)
		}
	})
}

// FuzzDetail shows whatever a target says, bounded, printable, and without the
// secret, wherever it stands.
func FuzzDetail(f *testing.F) {
	f.Add("before ", " after", 10)
	f.Add(`{"x": "`, `"}`, 5000)
	f.Add("\xff\x00\x1b[31m", "\u202e", 3)
	f.Fuzz(func(t *testing.T, before, after string, cut int) {
		const secret = "s3cr3t/\"value"
		u := &url.URL{Scheme: "http", Host: "h", Path: "/" + secret}
		body := []byte(strings.Repeat(before, 1+len(before)%5) + secret + after)
		if cut > 0 && cut < len(body) {
			body = body[:cut]
		}
		x := &exchange{
			message: message{method: "GET", url: u, mask: mask{}.with(secret)},
			proto:   "HTTP/1.1", status: 500, head: http.Header{"X-" + before: {after + secret}}, text: body,
		}
		got := x.detail()
		if len(got) > maxDetail || !utf8.ValidString(got) {
			t.Errorf("%d bytes: %q", len(got), got)
		}
		if strings.Contains(got, "s3cr") && !strings.Contains(before+after, "s3cr") {
			t.Errorf("the secret comes out: %q", got)
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) && r != '\n' && r != '\t' }); i >= 0 {
			t.Errorf("doesn't print at byte %d: %q", i, got)
		}
	})
}
