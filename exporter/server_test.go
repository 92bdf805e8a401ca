package exporter

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/bcrypt"

	"github.com/cutover-dev/cutover/internal/smoke"
)

func TestHandler(t *testing.T) {
	loaded := holding(t, Options{}, upgrade())
	empty := holding(t, Options{}, &plan{name: "gone", err: errors.New("gone.md: no such file or directory")})
	tests := map[string]struct {
		exporter     *Exporter
		method, path string
		status       int
		contentType  string
		body         string // all of it; "*" for anything
	}{
		"healthy":           {loaded, "GET", "/-/healthy", 200, "text/plain; charset=utf-8", "healthy\n"},
		"ready":             {loaded, "GET", "/-/ready", 200, "text/plain; charset=utf-8", "ready\n"},
		"ready by HEAD":     {loaded, "HEAD", "/-/ready", 200, "text/plain; charset=utf-8", "*"},
		"not ready":         {empty, "GET", "/-/ready", 503, "text/plain; charset=utf-8", "no checklist is loaded yet\n"},
		"healthy all along": {empty, "GET", "/-/healthy", 200, "text/plain; charset=utf-8", "healthy\n"},
		"page":              {loaded, "GET", "/", 200, "text/html; charset=utf-8", "*"},
		"page of nothing":   {empty, "GET", "/", 200, "text/html; charset=utf-8", "*"},
		"metrics":           {loaded, "GET", "/metrics", 200, "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", "*"},
		"metrics, written":  {loaded, "POST", "/metrics", 405, "text/plain; charset=utf-8", "Method Not Allowed\n"},
		"page, deleted":     {loaded, "DELETE", "/", 405, "text/plain; charset=utf-8", "Method Not Allowed\n"},
		"ready, put":        {loaded, "PUT", "/-/ready", 405, "text/plain; charset=utf-8", "Method Not Allowed\n"},
		"elsewhere":         {loaded, "GET", "/admin", 404, "text/plain; charset=utf-8", "404 page not found\n"},
		"below the page":    {loaded, "GET", "/index.html", 404, "text/plain; charset=utf-8", "404 page not found\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			test.exporter.Handler().ServeHTTP(w, httptest.NewRequest(test.method, test.path, nil))
			h := w.Header()
			got := []any{w.Code, h.Get("Content-Type"), h.Get("X-Content-Type-Options"), h.Get("Referrer-Policy")}
			if diff := cmp.Diff([]any{test.status, test.contentType, "nosniff", "no-referrer"}, got); diff != "" {
				t.Error(diff)
			}
			if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'; ") {
				t.Errorf("Content-Security-Policy: %s", h.Get("Content-Security-Policy"))
			}
			if test.body != "*" && w.Body.String() != test.body {
				t.Errorf("body %q", w.Body)
			}
			if test.status == 405 && h.Get("Allow") != "GET, HEAD" {
				t.Errorf("Allow: %q", h.Get("Allow"))
			}
		})
	}
}

func page(t *testing.T, e *Exporter) (html, policy string) {
	t.Helper()
	w := httptest.NewRecorder()
	e.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("the page answers %d", w.Code)
	}
	return w.Body.String(), w.Header().Get("Content-Security-Policy")
}

var style = regexp.MustCompile(`(?s)<style>(.*?)</style>`)

// withoutStyle keeps page.css out of the golden files.
func withoutStyle(html string) []byte {
	return []byte(style.ReplaceAllString(html, "<style>…</style>"))
}

func TestPage(t *testing.T) {
	gone := &plan{name: "gone", file: "gone.md", err: errors.New("gone.md: no such file or directory")}
	stale := upgrade()
	stale.err = errors.New("upgrade.md: empty")
	pages := map[string]*Exporter{
		"page.html":       holding(t, Options{Smoke: shopResults(), ChecklistURL: "https://example.org/plan.md"}, upgrade()),
		"page-stale.html": recorded(t, Options{Smoke: shopResults()}, stale, gone),
	}
	for name, e := range pages {
		html, _ := page(t, e)
		golden(t, name, withoutStyle(html))
	}
}

// A browser shows the style only if its hash is the one in the policy.
func TestPolicyAllowsTheStyle(t *testing.T) {
	html, policy := page(t, holding(t, Options{}, upgrade()))
	found := style.FindStringSubmatch(html)
	if found == nil {
		t.Fatal("the page has no style")
	}
	sum := sha256.Sum256([]byte(found[1]))
	want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	if !strings.Contains(policy, want) {
		t.Errorf("the policy %q lacks %s", policy, want)
	}
	if strings.Contains(html, "style=") {
		t.Error("the page has style attributes, which the policy forbids")
	}
}

func TestPageEscapes(t *testing.T) {
	results := &board{&smoke.Snapshot{Tests: []smoke.Status{ran("<script>", "'\"><script>", "<img src=x>", `</td><script>alert(2)</script>`)}}}
	e := holding(t, Options{Smoke: results, ChecklistURL: "javascript:alert(3)"}, hostile())
	html, _ := page(t, e)
	for _, bad := range []string{"<script", "<img", "<b>", "javascript:"} {
		if strings.Contains(html, bad) {
			t.Errorf("the page contains %s", bad)
		}
	}
	if !strings.Contains(html, `{{ .Labels }} &#34;} or vector(1) #&lt;script&gt;alert(1)&lt;/script&gt;`) {
		t.Error("the hostile task is not shown as it is written")
	}
}

// A hostile task on its whole way, from the file to the page and the metrics.
func TestHostileFile(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "<b>.md", "# `<script>`\n\n## <script>alert(0)</script>\n\n- [x] {{ .Labels }} \"} or vector(1) #<script>alert(1)</script>\n")
	e, err := New(t.Context(), Options{Checklists: []string{"<b>.md"}})
	if err != nil {
		t.Fatal(err)
	}
	html, _ := page(t, e)
	if strings.Contains(html, "<script") || strings.Contains(html, "<b>.") {
		t.Error("the page contains markup of the checklist")
	}
	contentType, body := scrape(t, e, openMetrics)
	parsed(t, contentType, body)
}

// serving runs e on a free port until the test ends or stop is called.
func serving(t *testing.T, e *Exporter) (url string, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx, l) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
	t.Cleanup(stop)
	return "http://" + l.Addr().String(), stop
}

func get(t *testing.T, url, user, password string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if user != "" {
		r.SetBasicAuth(user, password)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(b)
}

func TestRun(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "shop.md", shop)
	e, err := New(t.Context(), Options{Checklists: []string{"shop.md"}})
	if err != nil {
		t.Fatal(err)
	}
	url, stop := serving(t, e)
	status, body := get(t, url+"/metrics", "", "")
	for _, want := range []string{"\ncutover_source_up{", "\ncutover_build_info{", "\ngo_goroutines ", "\nprocess_start_time_seconds "} {
		if status != 200 || !strings.Contains(body, want) {
			t.Errorf("/metrics answers %d without %q", status, want)
		}
	}
	stop()
	if _, err := net.Dial("tcp", strings.TrimPrefix(url, "http://")); err == nil {
		t.Error("still listening after the end")
	}
}

func TestRunWithAuthentication(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "shop.md", shop)
	hash, err := bcrypt.GenerateFromPassword([]byte("open sesame"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	write(t, "web.yml", "basic_auth_users:\n  ops: "+string(hash)+"\n")
	e, err := New(t.Context(), Options{Checklists: []string{"shop.md"}, WebConfigFile: "web.yml"})
	if err != nil {
		t.Fatal(err)
	}
	url, _ := serving(t, e)
	if status, body := get(t, url, "", ""); status != http.StatusUnauthorized || strings.Contains(body, "Shop") {
		t.Errorf("without a password: %d", status)
	}
	if status, body := get(t, url, "ops", "open sesame"); status != http.StatusOK || !strings.Contains(body, "Shop") {
		t.Errorf("with the password: %d", status)
	}
}

func TestRunSaysWhyItCannotServe(t *testing.T) {
	e := holding(t, Options{}, upgrade())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := e.Run(t.Context(), l); err == nil || !strings.HasPrefix(err.Error(), "serving on "+l.Addr().String()+": ") {
		t.Errorf("got %v", err)
	}
}
