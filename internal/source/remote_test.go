package source

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const secret = "s3cr3t-token"

// tokenFile writes the secret to a file.
func tokenFile(t *testing.T) string {
	t.Helper()
	lay(t, map[string]string{"token": secret + "\n"})
	return "token"
}

// serve starts a server for a test.
func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// only reads a source that has one document.
func only(t *testing.T, s *Source) Document {
	t.Helper()
	d := s.Read(t.Context())
	if len(d) != 1 {
		t.Fatalf("%d documents", len(d))
	}
	return d[0]
}

// TestFetchAsksOnlyForWhatChanged reads a file on a server three times: the second
// time nothing has changed, and the server says only that.
func TestFetchAsksOnlyForWhatChanged(t *testing.T) {
	token := tokenFile(t)
	type asked struct{ Path, Query, ETag, Modified, Authorization string }
	var requests []asked
	content, etag := plan, `"one"`
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		h := r.Header
		requests = append(requests, asked{
			r.URL.Path, r.URL.RawQuery, h.Get("If-None-Match"), h.Get("If-Modified-Since"), h.Get("Authorization"),
		})
		w.Header().Set("ETag", etag)
		w.Header().Set("Last-Modified", "Sun, 22 Nov 2026 20:00:00 GMT")
		if h.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, content)
	})
	s := open(t, Options{Remote: Remote{TokenFile: token}}, server.URL+"/plans/move.md?key=hidden#part")
	file := server.URL + "/plans/move.md"
	for _, want := range []string{plan, plan, ticked(0)} {
		if diff := cmp.Diff([]found{{Name: "move", File: file, Content: want}}, summarize(s.Read(t.Context()))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if len(requests) == 2 {
			content, etag = ticked(0), `"two"`
		}
	}
	again := asked{"/plans/move.md", "key=hidden", `"one"`, "Sun, 22 Nov 2026 20:00:00 GMT", "Bearer " + secret}
	first := again
	first.ETag, first.Modified = "", ""
	if diff := cmp.Diff([]asked{first, again, again}, requests); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// TestFetchSaysWhatIsWrong has servers answer everything but a checklist. No
// message holds the query, the token or what a server put into its answer.
func TestFetchSaysWhatIsWrong(t *testing.T) {
	token := tokenFile(t)
	elsewhere := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Referer") != "" {
			t.Errorf("another server was told %v", r.Header)
		}
		fmt.Fprint(w, plan)
	})
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string // behind the address; empty for a checklist
	}{
		"unauthorized": {status(401), "the server answers 401 Unauthorized: the token in token may not be the right one"},
		"not found":    {status(404), "the server answers 404 Not Found: the token in token may not be the right one"},
		"too often":    {status(429), "the server answers 429 Too Many Requests: asked too often"},
		"broken":       {status(500), "the server answers 500 Internal Server Error"},
		"not modified": {status(304), "the server answers 304 Not Modified"},
		"a web page": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, "<!doctype html><li>- [ ] one")
		}, "a web page, not Markdown: use the address of the raw file"},
		"empty":  {func(http.ResponseWriter, *http.Request) {}, "empty"},
		"binary": {body("- [ ] a\x00b"), "not text: it has a zero byte at offset 7 (a checklist is Markdown in UTF-8)"},
		"huge":   {huge, "larger than 16 MiB, the limit for a checklist"},
		"a bomb": {bomb, "larger than 16 MiB, the limit for a checklist"},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, plan)
		}, "the connection broke off, or the answer isn't HTTP"},
		"in circles": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}, "redirects more than 5 times"},
		"to a file": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		}, "redirects to something that is neither http nor https"},
		"to another server": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/plan.md?signature=hidden", http.StatusFound)
		}, ""},
		"damaged text": {body("# Plan\n- [ ] caf\xe9 \xff ‚úÖ\n"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, test.answer)
			d := only(t, open(t, Options{Remote: Remote{TokenFile: token}}, server.URL+"/plan.md?key=hidden"))
			got := ""
			if d.Err != nil {
				got = strings.TrimPrefix(d.Err.Error(), server.URL+"/plan.md: ")
			}
			if got != test.want || (d.Err == nil) != (len(d.Bytes) > 0) {
				t.Errorf("got %q with %d bytes, want %q", got, len(d.Bytes), test.want)
			}
			if strings.Contains(got, "hidden") || strings.Contains(got, secret) {
				t.Errorf("%q tells a secret", got)
			}
		})
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		if code != http.StatusNotModified {
			fmt.Fprint(w, "- [ ] key=hidden")
		}
	}
}

func body(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
}

// huge answers without end.
func huge(w http.ResponseWriter, r *http.Request) { flood(w, r) }

// bomb answers without end, in few bytes.
func bomb(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	flood(z, r)
}

func flood(w io.Writer, r *http.Request) {
	block := []byte(strings.Repeat("- [ ] one\n", 10_000))
	for r.Context().Err() == nil {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

func TestFetchWithoutAServer(t *testing.T) {
	server := serve(t, body(plan))
	gone := server.URL + "/plan.md"
	server.Close()
	for spec, want := range map[string]string{
		gone:                                gone + ": can't be connected to",
		"http://cutover.invalid/plan.md":    "http://cutover.invalid/plan.md: its host is not known, or can't be looked up",
		"https" + gone[len("http"):] + "?x": "https" + gone[len("http"):] + ": can't be connected to",
	} {
		if d := only(t, open(t, Options{}, spec)); d.Err == nil || d.Err.Error() != want {
			t.Errorf("got %v, want %s", d.Err, want)
		}
	}
}

// TestFetchTrustsNobodyUnknown asks a server whose certificate nobody signed.
func TestFetchTrustsNobodyUnknown(t *testing.T) {
	server := httptest.NewUnstartedServer(body(plan))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // of the failed handshake
	server.StartTLS()
	t.Cleanup(server.Close)
	want := server.URL + "/plan.md: its certificate isn't trusted"
	if d := only(t, open(t, Options{}, server.URL+"/plan.md")); d.Err == nil || d.Err.Error() != want {
		t.Errorf("got %v, want %s", d.Err, want)
	}
}

func TestFetchGivesUp(t *testing.T) {
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	s := open(t, Options{}, server.URL+"/plan.md")
	for _, r := range s.remotes {
		r.timeout = 10 * time.Millisecond
	}
	if d := only(t, s); d.Err == nil || d.Err.Error() != server.URL+"/plan.md: no answer within 10ms" {
		t.Errorf("got %v", d.Err)
	}
}

func TestFetchNeedsItsToken(t *testing.T) {
	lay(t, map[string]string{"empty": "\n", "odd": "two words"})
	server := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("asked without a token") })
	for file, want := range map[string]string{
		"missing": "no such file or directory", "empty": "empty", "odd": "no token: it has white space or other odd characters in it",
	} {
		d := only(t, open(t, Options{Remote: Remote{TokenFile: file}}, server.URL))
		if want = server.URL + ": the token's file " + file + ": " + want; d.Err == nil || d.Err.Error() != want {
			t.Errorf("got %v, want %s", d.Err, want)
		}
	}
}

// TestIssues reads the bodies of issues and a merge request through APIs at
// addresses of their own.
func TestIssues(t *testing.T) {
	token := tokenFile(t)
	api := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "Bearer "+secret {
			t.Errorf("Authorization: %q", got)
		}
		switch r.URL.EscapedPath() {
		case "/api/v3/repos/owner/the.repo/issues/12":
			if r.Header.Get("Accept") != "application/vnd.github.raw+json" {
				t.Errorf("Accept: %q", r.Header.Get("Accept"))
			}
			fmt.Fprintf(w, `{"title": "Move", "body": %q, "user": {"login": "x"}}`, plan)
		case "/api/v4/projects/group%2Fsub%2Fproject/issues/3":
			fmt.Fprintf(w, `{"iid": 3, "description": %q}`, plan)
		case "/api/v4/projects/group%2Fsub%2Fproject/merge_requests/4":
			fmt.Fprintf(w, `{"iid": 4, "description": %q}`, ticked(0))
		case "/api/v3/repos/owner/the.repo/issues/13":
			fmt.Fprint(w, `{"body": null}`)
		case "/api/v3/repos/owner/the.repo/issues/14":
			fmt.Fprint(w, `<html>`)
		default:
			t.Errorf("asked for %s", r.URL.EscapedPath())
		}
	})
	host := strings.TrimPrefix(api.URL, "http://")
	remote := Remote{GitHubURL: api.URL + "/api/v3", GitHubTokenFile: token, GitLabURL: api.URL + "/api/v4/", GitLabTokenFile: token}
	s := open(t, Options{Remote: remote},
		"github:owner/the.repo#12", "http://"+host+"/group/sub/project/-/issues/3", "gitlab:group/sub/project!4",
		"http://"+host+"/owner/the.repo/pull/13", "github:owner/the.repo#14")
	want := []found{
		{Name: "the.repo-12", File: "github:owner/the.repo#12", Content: plan},
		{Name: "project-3", File: "gitlab:group/sub/project#3", Content: plan},
		{Name: "project-4", File: "gitlab:group/sub/project!4", Content: ticked(0)},
		{Name: "the.repo-13", File: "github:owner/the.repo#13", Err: "github:owner/the.repo#13: the issue has no text"},
		{Name: "the.repo-14", File: "github:owner/the.repo#14", Err: "github:owner/the.repo#14: the API's answer isn't the JSON of an issue"},
	}
	if diff := cmp.Diff(want, summarize(s.Read(t.Context()))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAddresses(t *testing.T) {
	for spec, want := range map[string]struct{ url, file, name string }{
		"github:o/r#1":                           {"https://api.github.com/repos/o/r/issues/1", "github:o/r#1", "r-1"},
		"https://github.com/o/r/issues/1":        {"https://api.github.com/repos/o/r/issues/1", "github:o/r#1", "r-1"},
		"https://github.com/o/r/pull/2#top":      {"https://api.github.com/repos/o/r/issues/2", "github:o/r#2", "r-2"},
		"https://gitlab.com/g/p/-/work_items/7":  {"https://gitlab.com/api/v4/projects/g%2Fp/issues/7", "gitlab:g/p#7", "p-7"},
		"gitlab:g/p!8":                           {"https://gitlab.com/api/v4/projects/g%2Fp/merge_requests/8", "gitlab:g/p!8", "p-8"},
		"https://x.example/a/Plan%20B.md?raw=1":  {"https://x.example/a/Plan%20B.md?raw=1", "https://x.example/a/Plan%20B.md", "Plan B"},
		"https://github.com/o/r/blob/m/x.md":     {"https://github.com/o/r/blob/m/x.md", "https://github.com/o/r/blob/m/x.md", "x"},
		"http://x.example:8080":                  {"http://x.example:8080", "http://x.example:8080", "x.example"},
		"https://other.example/o/r/-/issues/123": {"https://other.example/o/r/-/issues/123", "https://other.example/o/r/-/issues/123", "123"},
	} {
		a, err := Remote{}.resolve(spec)
		if err != nil {
			t.Errorf("%s: %v", spec, err)
			continue
		}
		if got := (struct{ url, file, name string }{a.url.String(), a.file, a.name}); got != want {
			t.Errorf("%s: got %v, want %v", spec, got, want)
		}
	}
}

func TestAddressesThatMakeNoSense(t *testing.T) {
	for spec, want := range map[string]string{
		"github:owner":                     `"github:owner": an issue of GitHub is written github:owner/repository#123`,
		"github:o/../x#1":                  `"github:o/../x#1": an issue of GitHub is written github:owner/repository#123`,
		"gitlab:project#1":                 `"gitlab:project#1": an issue of GitLab is written gitlab:group/project#123, a merge request with ! for #`,
		"https://user:hidden@x.example/p":  "https://…: has a user or a password in it: put a token into a file, and name the file",
		"https://x.example:hidden/plan.md": "https://…: not a whole address",
		"https://":                         "https://…: not a whole address",
		"ftp://hidden@x.example/plan.md":   `"ftp"://… can't be fetched: use a file, a glob, a directory, http://…, https://…, github:owner/repository#123, gitlab:group/project#123 or builtin:python-3.13`,
	} {
		if _, err := Open([]string{spec}, Options{}); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", spec, err, want)
		}
	}
	_, err := Open([]string{"https://x.example/a?v=1", "https://x.example/a?v=2"}, Options{})
	if want := "https://x.example/a: given twice, though perhaps with different queries"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	_, err = Open([]string{"https://x.example/a", "https://y.example/b"}, Options{Remote: Remote{TokenFile: "token"}})
	if want := "https://y.example/b: the token would go to https://x.example:443 and to https://y.example:443: one exporter has one token for addresses"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	_, err = Open([]string{"github:o/r#1"}, Options{Remote: Remote{GitHubURL: "https://u:hidden@x.example"}})
	if err == nil || strings.Contains(err.Error(), "hidden") {
		t.Errorf("got %v", err)
	}
}

// TestTokenStaysAtItsServer follows a redirect away and back again.
func TestTokenStaysAtItsServer(t *testing.T) {
	token := tokenFile(t)
	var home *httptest.Server
	away := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "" {
			t.Errorf("another server got %q", got)
		}
		http.Redirect(w, r, home.URL+"/final.md", http.StatusFound)
	})
	home = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "Bearer "+secret {
			t.Errorf("%s: the token's own server got %q", r.URL.Path, got)
		}
		if r.URL.Path != "/final.md" {
			http.Redirect(w, r, away.URL, http.StatusTemporaryRedirect)
			return
		}
		fmt.Fprint(w, plan)
	})
	if d := only(t, open(t, Options{Remote: Remote{TokenFile: token}}, home.URL+"/plan.md")); d.Err != nil {
		t.Error(d.Err)
	}
}

func TestPauses(t *testing.T) {
	now := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		code   int
		header http.Header
		want   time.Duration
	}{
		"seconds":              {429, http.Header{"Retry-After": {"120"}}, 2 * time.Minute},
		"a date":               {503, http.Header{"Retry-After": {"Sun, 22 Nov 2026 20:05:00 GMT"}}, 5 * time.Minute},
		"the past":             {503, http.Header{"Retry-After": {"Sun, 22 Nov 2026 19:05:00 GMT"}}, 0},
		"a year":               {429, http.Header{"Retry-After": {"31536000"}}, time.Hour},
		"less than nothing":    {429, http.Header{"Retry-After": {"-5"}}, 0},
		"nonsense":             {429, http.Header{"Retry-After": {"soon"}}, 0},
		"GitHub's limit":       {403, http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {unix(now.Add(10 * time.Minute))}}, 10 * time.Minute},
		"forbidden, no limit":  {403, http.Header{"X-Ratelimit-Remaining": {"7"}, "X-Ratelimit-Reset": {unix(now.Add(time.Minute))}}, 0},
		"nothing asked":        {500, http.Header{}, 0},
		"a reset without 429":  {500, http.Header{"X-Ratelimit-Reset": {unix(now.Add(time.Minute))}}, 0},
		"a reset beside a 429": {429, http.Header{"X-Ratelimit-Reset": {unix(now.Add(time.Minute))}}, time.Minute},
	} {
		if got := askedPause(test.header, test.code, now); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
	r := newRemote(address{url: &url.URL{}}, Options{Remote: Remote{Interval: time.Minute}})
	for range 100 {
		if got := r.wait(); got < 54*time.Second || got > 66*time.Second {
			t.Fatalf("waits for %v", got)
		}
	}
	r.pause = time.Hour
	if got := r.wait(); got != time.Hour {
		t.Errorf("waits for %v though an hour was asked for", got)
	}
}

func unix(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

// TestWatchServer follows a file on a server through a change, a failure and its
// end, beside a file on disk that a hanging server doesn't hold up.
func TestWatchServer(t *testing.T) {
	lay(t, map[string]string{"local.md": plan})
	var step atomic.Int32
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		switch step.Load() {
		case 0:
			fmt.Fprint(w, plan)
		case 1:
			fmt.Fprint(w, ticked(0))
		default:
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	hanging := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	s := open(t, Options{Remote: Remote{Interval: 5 * time.Millisecond}}, server.URL+"/far.md", "local.md", hanging.URL+"/stuck.md")
	s.remotes[hanging.URL+"/stuck.md"].timeout = 50 * time.Millisecond
	published := watch(t, s)
	far := func(content, fault string) found {
		return found{Name: "far", File: server.URL + "/far.md", Content: content, Err: fault}
	}
	local := found{Name: "local", File: "local.md", Content: plan}
	stuck := found{Name: "stuck", File: hanging.URL + "/stuck.md", Err: hanging.URL + "/stuck.md: no answer within 50ms"}

	step.Store(1)
	expect(t, published, far(ticked(0), ""), local, stuck)
	write(t, "local.md", ticked(1))
	local.Content = ticked(1)
	expect(t, published, far(ticked(0), ""), local, stuck)
	step.Store(2)
	expect(t, published, far("", server.URL+"/far.md: the server answers 502 Bad Gateway"), local, stuck)
	step.Store(0)
	expect(t, published, far(plan, ""), local, stuck)
	if s.Seen(server.URL+"/far.md").IsZero() || !s.Seen(hanging.URL+"/stuck.md").IsZero() {
		t.Error("a server was seen that never answered, or one that did was not")
	}
}

// TestTokenInTheClear is told to the log, without the token.
func TestTokenInTheClear(t *testing.T) {
	var log strings.Builder
	o := Options{Logger: slog.New(slog.NewTextHandler(&log, nil)), Remote: Remote{TokenFile: tokenFile(t)}}
	open(t, o, "http://plans.example.org/plan.md?key=hidden")
	if got := log.String(); !strings.Contains(got, "A token is sent unencrypted") || strings.Contains(got, "hidden") || strings.Contains(got, secret) {
		t.Errorf("logged %q", got)
	}
	log.Reset()
	open(t, o, "https://plans.example.org/plan.md")
	if log.Len() > 0 {
		t.Errorf("logged %q", log.String())
	}
}

func TestFetchEndsWithItsContext(t *testing.T) {
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := open(t, Options{}, server.URL).Read(ctx)
	if len(d) != 1 || d[0].Err == nil {
		t.Errorf("got %v", d)
	}
}
