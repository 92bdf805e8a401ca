package probe

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// reasons runs the tests of a service once and returns the reason of each;
// empty where it passed.
func reasons(t *testing.T, service tested, o smoke.Options) map[string]string {
	t.Helper()
	got := make(map[string]string)
	for _, result := range newRunner(t, service.tests(t), o).RunOnce(t.Context()) {
		if result.Success != (result.Reason == "") {
			t.Errorf("success %t, reason %q", result.Success, result.Reason)
		}
		got[result.Test] = result.Reason
	}
	return got
}

// all is the same reason for the three tests of a service.
func all(reason string) map[string]string {
	return map[string]string{"health": reason, "version": reason, "root": reason}
}

// serve answers every path alike.
func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// sample is a service in good health.
func sample(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/health":
		_, _ = io.WriteString(w, `{"status":"healthy","environment":"staging","checks":{"database":"healthy","redis":"healthy"}}`)
	case "/api/v1/version":
		_, _ = io.WriteString(w, `{"version":"2.4.0","python":"3.13.0"}`)
	case "/":
		_, _ = io.WriteString(w, `{"message":"hello"}`)
	default:
		http.NotFound(w, r)
	}
}

func TestAServiceInGoodHealth(t *testing.T) {
	url := serve(t, sample)
	for _, version := range []string{"", "3", "3.13", "3.13.0"} {
		got := reasons(t, tested{URL: url, PythonVersion: version}, smoke.Options{})
		if diff := cmp.Diff(all(""), got); diff != "" {
			t.Errorf("expecting Python %q (-want +got):\n%s", version, diff)
		}
	}
	below := serve(t, http.StripPrefix("/shop", http.HandlerFunc(sample)).ServeHTTP)
	if diff := cmp.Diff(all(""), reasons(t, tested{URL: below + "/shop"}, smoke.Options{})); diff != "" {
		t.Errorf("below a path (-want +got):\n%s", diff)
	}
}

func TestHealth(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		want   string
	}{
		{200, `{"status":"healthy"}`, ""},
		{200, `{"status":"OK"}`, ""},
		{200, `{"status":true}`, ""},
		{204, ``, "the answer is empty"},
		{200, `{"status":"up","checks":{"db":{"status":"up","latency_ms":3},"build":"5f3a"}}`, ""},
		{200, `{"status":"unhealthy"}`, `status "unhealthy"`},
		{200, `{"status":"unhealthy","checks":{"redis":"unhealthy","database":"healthy"}}`, `status "unhealthy" (failing: "redis")`},
		{200, `{"status":"degraded","checks":{"redis":{"status":"slow"},"database":"timeout"}}`, `status "degraded" (failing: "database", "redis")`},
		{200, `{"status":"healthy","checks":{"database":"down"}}`, `status "healthy" (failing: "database")`},
		{200, `{"status":"fail","checks":{"a":"x","b":"x","c":"x","d":"x","e":"x","f":"x","g":"x"}}`, `status "fail" (failing: "a", "b", "c", "d", "e", 2 more)`},
		{200, `{"status":"fail","checks":["database"]}`, `status "fail"`},
		{200, `{"status":7}`, `status ""`},
		{200, `{"state":"healthy"}`, `the answer has no "status"`},
		{200, `{"status":"healthy"`, `the answer is not JSON but "text/plain; charset=utf-8"`},
		{200, `["healthy"]`, "the answer is not a JSON object"},
		{200, strings.Repeat("[", 20000) + strings.Repeat("]", 20000), `the answer is not JSON but "text/plain; charset=utf-8"`},
		{503, `{"status":"unhealthy","checks":{"database":"unhealthy"}}`, `HTTP 503, status "unhealthy" (failing: "database")`},
		{503, `{"status":"healthy"}`, `HTTP 503, status "healthy"`},
		{500, `<h1>Internal Server Error</h1>`, "HTTP 500"},
		{401, `{"detail":"Not authenticated"}`, "HTTP 401"},
		{200, "{\"status\":\"un\\u202ewell\\u0007\\n" + strings.Repeat("ü", 100) + "\"}", `status "un\u202ewell\a\n` + strings.Repeat("ü", 26) + `…"`},
	} {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		})
		if got := reasons(t, tested{URL: url}, smoke.Options{})["health"]; got != c.want {
			t.Errorf("%d %.80s\n got %s\nwant %s", c.status, c.body, got, c.want)
		}
	}
}

func TestVersion(t *testing.T) {
	for _, c := range []struct{ body, want, reason string }{
		{`{"python":"3.13.2"}`, "3.13", ""},
		{`{"python":"3.13.0 (main, Oct  7 2024, 21:29:38) [GCC 12.2.0]"}`, "3.13.0", ""},
		{`{"python":"3.12.8"}`, "3.13", `Python "3.12.8", expected 3.13`},
		{`{"python":"3.13.1"}`, "3.13.0", `Python "3.13.1", expected 3.13.0`},
		{`{"python":"3.13"}`, "3.1", `Python "3.13", expected 3.1`},
		{`{"python":"3.13.0rc2"}`, "3.13.0", `Python "3.13.0rc2", expected 3.13.0`},
		{`{"version":"1"}`, "3.13", `the answer has no "python" version`},
		{`{"python":3.13}`, "3.13", `the answer has no "python" version`},
		{`{"python":""}`, "", `the answer has no "python" version`},
	} {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, c.body) })
		if got := reasons(t, tested{URL: url, PythonVersion: c.want}, smoke.Options{})["version"]; got != c.reason {
			t.Errorf("%s, expecting %s: got %s, want %s", c.body, c.want, got, c.reason)
		}
	}
}

// hijack takes the connection from the server and gives it to f.
func hijack(f func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer func() { _ = conn.Close() }()
		f(conn)
	}
}

const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

// faults are the ways of a service to break, with what the tests say then.
var httpFaults = []struct {
	name    string
	handler http.HandlerFunc
	want    map[string]string
}{
	{"500", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oops", http.StatusInternalServerError) }, all("HTTP 500")},
	{"not found", http.NotFound, all("HTTP 404")},
	{"HTML for everything", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html><body>Welcome") },
		map[string]string{
			"health":  `the answer is not JSON but "text/html; charset=utf-8"`,
			"version": `the answer is not JSON but "text/html; charset=utf-8"`,
			"root":    "",
		}},
	{"nothing", func(http.ResponseWriter, *http.Request) {}, all("the answer is empty")},
	{"closed before the answer", hijack(func(net.Conn) {}), all("connection closed before the answer was complete")},
	{"closed in the middle", hijack(func(c net.Conn) {
		_, _ = io.WriteString(c, head+"Content-Length: 1000\r\n\r\n{\"status\":")
	}), all("connection closed before the answer was complete")},
	{"reset in the middle", hijack(func(c net.Conn) {
		_, _ = io.WriteString(c, head+"Content-Length: 1000\r\n\r\n{\"status\":")
		_ = c.(*net.TCPConn).SetLinger(0)
	}), all("connection reset")},
	{"not HTTP", hijack(func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-OpenSSH_9.2\r\n") }), all("the answer makes no sense")},
	{"endless head", hijack(func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n")
		for {
			if _, err := io.WriteString(c, "X-Padding: "+strings.Repeat("x", 1000)+"\r\n"); err != nil {
				return
			}
		}
	}), all("the answer makes no sense")},
	{"endless redirect", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/again?token=hunter2", http.StatusFound)
	},
		all("more than 5 redirects")},
	{"redirect elsewhere", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/token", http.StatusFound)
	},
		all("redirected to another host")},
	{"redirect to a file", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file://127.0.0.1/etc/passwd", http.StatusFound)
	},
		all("redirected away from http")},
	{"redirect to nowhere", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusFound) }, all("HTTP 302")},
}

func TestFaults(t *testing.T) {
	for _, c := range httpFaults {
		t.Run(c.name, func(t *testing.T) {
			got := reasons(t, tested{URL: serve(t, c.handler)}, smoke.Options{})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + l.Addr().String()
	_ = l.Close()
	if diff := cmp.Diff(all("connection refused"), reasons(t, tested{URL: closed}, smoke.Options{})); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	for reason := range distinct(reasons(t, tested{URL: "http://no-such-host.invalid"}, smoke.Options{})) {
		if reason != "host name not found" && reason != "host name lookup failed" {
			t.Errorf("unknown host: %s", reason)
		}
	}
}

// distinct is the set of the values of m.
func distinct(m map[string]string) map[string]bool {
	values := make(map[string]bool)
	for _, v := range m {
		values[v] = true
	}
	return values
}

func TestATargetThatHangsIsGivenUp(t *testing.T) {
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
	}{
		{"before the head", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
		{"in the body", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"status":`)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}},
		{"byte by byte", hijack(func(c net.Conn) {
			_, _ = io.WriteString(c, head+"Content-Length: 1000000\r\n\r\n")
			for {
				time.Sleep(time.Millisecond)
				if _, err := c.Write([]byte("x")); err != nil {
					return
				}
			}
		})},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := reasons(t, tested{URL: serve(t, c.handler)}, smoke.Options{Timeout: 100 * time.Millisecond})
			if diff := cmp.Diff(all("no answer within 100ms"), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestABodyOfAGigabyte(t *testing.T) {
	chunk := make([]byte, 1<<16)
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 1 << 30 / len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := reasons(t, tested{URL: url}, smoke.Options{})
	runtime.ReadMemStats(&after)
	if diff := cmp.Diff(all("the answer is longer than 1 MiB"), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 64<<20 {
		t.Errorf("allocated %d MiB for it", allocated>>20)
	}
}

func TestRedirectsWithinTheTarget(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "probe" || password != "hunter2!" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if rest, ok := strings.CutPrefix(r.URL.Path, "/v2"); ok {
			r.URL.Path = rest
			sample(w, r)
			return
		}
		http.Redirect(w, r, "/v2"+r.URL.Path, http.StatusPermanentRedirect)
	})
	url = strings.Replace(url, "http://", "http://probe:hunter2!@", 1)
	if diff := cmp.Diff(all(""), reasons(t, tested{URL: url}, smoke.Options{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheProxyOfTheEnvironmentIsNotUsed(t *testing.T) {
	// The environment's proxy never applies to loopback addresses, so what
	// counts is that the transport knows none at all.
	s, p := newService("http://shop.test", TLS{}, nil, false)
	if len(p) > 0 {
		t.Fatal(p[0])
	}
	if s.transport.Proxy != nil {
		t.Error("the transport has a proxy")
	}
}
