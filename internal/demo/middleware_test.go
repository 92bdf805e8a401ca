package demo

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

func TestCORS(t *testing.T) {
	l := live(cheap())
	for _, c := range []struct {
		origin, wants, headers string // of a preflight; without wants it is the request itself
		status                 int
		body, allowed          string
	}{
		{Origin, "PUT", "authorization, Content-Type", 200, "OK", Origin},
		{Origin, "GET", "", 200, "OK", Origin},
		{Origin, "PATCH", "", 400, "Disallowed CORS method", Origin},
		{Origin, "GET", "X-Secret", 400, "Disallowed CORS headers", Origin},
		{"https://evil.example", "GET", "", 400, "Disallowed CORS origin", ""},
		{"https://shop.example.evil.example", "GET", "", 400, "Disallowed CORS origin", ""},
		{Origin, "", "", 405, `{"detail":"Method Not Allowed"}`, Origin}, // OPTIONS that asks nothing
		{"https://evil.example", "", "", 405, `{"detail":"Method Not Allowed"}`, ""},
	} {
		r := httptest.NewRequest(http.MethodOptions, "/api/v1/items", nil)
		r.Header.Set("Origin", c.origin)
		r.Header.Set("Access-Control-Request-Headers", c.headers)
		if c.wants != "" {
			r.Header.Set("Access-Control-Request-Method", c.wants)
		}
		w := httptest.NewRecorder()
		l.ServeHTTP(w, r)
		if w.Code != c.status || w.Body.String() != c.body || w.Header().Get("Access-Control-Allow-Origin") != c.allowed ||
			w.Header().Get("Vary") != "Origin" {
			t.Errorf("%+v: got %d %s %v", c, w.Code, w.Body, w.Header())
		}
	}
}

func TestCompression(t *testing.T) {
	l := live(cheap())
	const long, short = "/openapi.json", "/api/v1/version"
	for _, c := range []struct {
		path, accept string
		packed       bool
	}{
		{long, "gzip, deflate", true},
		{long, "br;q=1, GZIP;q=0.5", true},
		{long, "gzip;q=0", false},
		{long, "gzip; q=0.0", false},
		{long, "gzip;q=x", false},
		{long, "br", false},
		{long, "", false},
		{short, "gzip", false},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		w := httptest.NewRecorder()
		l.ServeHTTP(w, r)
		size := w.Body.Len()
		var body io.Reader = w.Body
		if encoding := w.Header().Get("Content-Encoding"); (encoding == "gzip") != c.packed {
			t.Errorf("%+v: the encoding is %q", c, encoding)
		} else if c.packed {
			unpacked, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			body = unpacked
		}
		plain, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(plain) || w.Header().Get("Content-Length") != strconv.Itoa(size) || c.packed && size >= len(plain) {
			t.Errorf("%+v: %d bytes of %d, Content-Length %s", c, size, len(plain), w.Header().Get("Content-Length"))
		}
	}
}

// TestOpenAPIDescribesWhatIsThere asks every operation that is described.
func TestOpenAPIDescribesWhatIsThere(t *testing.T) {
	l := live(cheap())
	_, page := l.ask("GET", "/openapi.json", "")
	var described struct {
		OpenAPI string                    `json:"openapi"`
		Paths   map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal([]byte(page), &described); err != nil || described.OpenAPI != "3.1.0" {
		t.Fatal(err, described.OpenAPI)
	}
	n := 0
	for path, operations := range described.Paths {
		for method := range operations {
			n++
			status, body := l.ask(strings.ToUpper(method), strings.ReplaceAll(path, "{item_id}", "1"), "")
			if body == `{"detail":"Not Found"}` || status == 405 || status >= 500 {
				t.Errorf("%s %s answers %d %s", method, path, status, body)
			}
		}
	}
	if want := len(l.operations()); n != want {
		t.Errorf("%d operations are described, want %d", n, want)
	}
}
