package probe

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// api answers in the ways that expectations are about.
func api(w http.ResponseWriter, r *http.Request) {
	body := map[string]string{
		"/json":       `{"id": 9007199254740993, "items": [{"price": 2}, {"price": 0.5}], "status": "ok"}`,
		"/validation": `{"detail":[{"type":"missing","loc":["body","email"],"msg":"Field required","input":{}},{"type":"string_too_short","loc":["body","tags",0],"msg":"short"}]}`,
		"/old":        `{"detail":[{"loc":["body"],"msg":"?"}]}`,
		"/missing":    `{"detail":"Not Found"}`,
		"/python":     `{"detail":"x","debug":"Traceback (most recent call last):\n  File \"/app/main.py\", line 7, in read\n"}`,
		"/java":       "java.lang.IllegalStateException: boom\n\tat com.shop.Api.read(Api.java:42)\n",
		"/empty":      `{"detail":" "}`,
		"/html":       "<h1>Not Found</h1>",
	}[r.URL.Path]
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Request-Id", "7f")
	switch r.URL.Path {
	case "/validation", "/old":
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = io.WriteString(w, body)
	case "/missing", "/python", "/java", "/empty", "/html":
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, body)
	case "/moved":
		http.Redirect(w, r, "/json?from=moved", http.StatusMovedPermanently)
	case "/gzip", "/bomb":
		w.Header().Set("Content-Encoding", "gzip")
		zip := gzip.NewWriter(w)
		n := 1000
		if r.URL.Path == "/bomb" {
			n = 1 << 30
		}
		for chunk := strings.Repeat("x", 1000); n > 0; n -= len(chunk) {
			if _, err := io.WriteString(zip, chunk); err != nil {
				return
			}
		}
		_ = zip.Close()
	case "/noise":
		w.Header().Set("Content-Encoding", "gzip")
		zip := gzip.NewWriter(w)
		_, _ = io.WriteString(zip, "x")
		_ = zip.Close()
	case "/liar":
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, "not gzip at all, but longer than its head")
	case "/torn":
		w.Header().Set("Content-Encoding", "gzip")
		var b strings.Builder
		zip := gzip.NewWriter(&b)
		_, _ = io.WriteString(zip, strings.Repeat("x", 1000))
		_ = zip.Close()
		_, _ = io.WriteString(w, b.String()[:b.Len()-8]+"damaged!")
	default:
		_, _ = io.WriteString(w, body)
	}
}

func TestExpect(t *testing.T) {
	url := serve(t, api)
	deep := strings.Repeat(`json.items.all(a, `, 8) + "a != null" + strings.Repeat(")", 8)
	for _, c := range []struct {
		path string
		e    Expect
		want string
	}{
		{"/json", Expect{}, ""},
		{"/json", Expect{Status: []string{"404", "500-599"}}, "HTTP 200, expected 404 or 500-599"},
		{"/missing", Expect{Status: []string{"4xx"}}, ""},
		{"/missing", Expect{}, "HTTP 404"},
		{"/moved", Expect{}, ""},
		{"/moved", Expect{Location: "/json?from=moved"}, ""},
		{"/moved", Expect{Location: "/login?next=secret"}, "redirected to another place than /login"},
		{"/json", Expect{Location: "/login"}, "HTTP 200, expected a redirect"},
		{"/json", Expect{Headers: map[string]string{"x-request-id": "^[0-9a-f]+$"}, NoHeaders: []string{"server"}}, ""},
		{"/json", Expect{Headers: map[string]string{"x-request-id": "^$"}}, "the header x-request-id does not match ^$"},
		{"/json", Expect{Headers: map[string]string{"strict-transport-security": "."}}, "the answer has no header strict-transport-security"},
		{"/json", Expect{NoHeaders: []string{"x-request-id"}}, "the answer has the header X-Request-Id"},
		{"/json", Expect{Match: []string{`"status": "ok"`}, NoMatch: []string{"error"}}, ""},
		{"/json", Expect{Match: []string{"error"}}, "the answer does not match error"},
		{"/json", Expect{NoMatch: []string{"ok"}}, "the answer matches ok"},
		{"/json", Expect{CEL: []string{"json.id == 9007199254740993", "json.items.all(i, i.price > 0)", "status == 200", "headers['x-request-id'] == '7f'", "text.contains('ok')", "duration < duration('1h')"}}, ""},
		{"/json", Expect{CEL: []string{"json.items.all(i, i.price > 1)"}}, "json.items.all(i, i.price > 1) does not hold"},
		{"/json", Expect{CEL: []string{"json.total > 1"}}, `json.total > 1: the answer has no "total"`},
		{"/json", Expect{CEL: []string{"json.status > 1"}}, "json.status > 1 makes no sense of the answer"},
		{"/html", Expect{Status: []string{"404"}, CEL: []string{"json.ok"}}, "the answer is not JSON"},
		{"/json", Expect{MinBytes: 10, MaxBytes: 100}, ""},
		{"/json", Expect{MinBytes: 1000}, "the answer is shorter than 1000 bytes"},
		{"/json", Expect{MaxBytes: 10}, "the answer is longer than 10 bytes"},
		{"/json", Expect{MaxDuration: time.Nanosecond}, "the answer took longer than 1ns"},
		{"/gzip", Expect{Compressed: true, MinBytes: 1000}, ""},
		{"/json", Expect{Compressed: true}, "the answer is not compressed"},
		{"/noise", Expect{Compressed: true}, "compression makes the answer longer"},
		{"/liar", Expect{Compressed: true}, "the answer says that it is gzip, but is not"},
		{"/torn", Expect{Compressed: true}, "the gzip of the answer is damaged"},
		{"/bomb", Expect{Compressed: true}, "the answer is longer than 1 MiB"},
		{"/validation", Expect{Shape: ShapeValidation, Fields: []string{"email", "0"}}, ""},
		{"/validation", Expect{Shape: ShapeValidation, Fields: []string{"name", "email", "age"}}, `nothing is said against "age", "name"`},
		{"/old", Expect{Shape: ShapeValidation}, `an entry of "detail" lacks loc, msg or type`},
		{"/json", Expect{Shape: ShapeValidation}, "HTTP 200, expected 422"},
		{"/missing", Expect{Shape: ShapeValidation, Status: []string{"404"}}, `the answer has no list "detail"`},
		{"/missing", Expect{Shape: ShapeError}, ""},
		{"/validation", Expect{Shape: ShapeError, Status: []string{"422"}}, ""},
		{"/python", Expect{Shape: ShapeError}, "the error page shows a stack trace"},
		{"/java", Expect{Shape: ShapeError}, "the error page shows a stack trace"},
		{"/empty", Expect{Shape: ShapeError}, `the "detail" of the error is empty`},
		{"/html", Expect{Shape: ShapeError}, "the answer is not JSON"},
		{"/json", Expect{Shape: ShapeError, Status: []string{"200"}}, `the error has no "detail"`},
		{"/json", Expect{CEL: []string{deep}}, ""},
	} {
		got := outcome(t.Context(), t, HTTP{Target: url, Request: Request{Path: c.path, Expect: c.e}})
		if got.Reason != c.want {
			t.Errorf("%s %+v\n got %s\nwant %s", c.path, c.e, got.Reason, c.want)
		}
		checkReason(t, got.Reason)
	}
}

// TestExpensiveExpressions has a body over which an expression could run for
// years.
func TestExpensiveExpressions(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "["+strings.Repeat("1,", 100_000)+"1]")
	})
	expression := "json.all(a, json.all(b, json.all(c, a + b + c == 3)))"
	got := outcome(t.Context(), t, HTTP{Target: url, Request: Request{Expect: Expect{CEL: []string{expression}}}})
	if want := expression + " takes too long over this answer"; got.Reason != want {
		t.Errorf("got %q, want %q", got.Reason, want)
	}
}

func TestHTTPSettings(t *testing.T) {
	for _, c := range []struct {
		h    HTTP
		want string
	}{
		{HTTP{Target: "shop.test"}, "target: write http://host:port or https://host:port"},
		{HTTP{Request: Request{Method: "get", Path: "http://elsewhere", Redirects: 21}},
			"method: use one of GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE\nmethod: writes, which is not allowed here: set read_only if it changes nothing\nredirects: must lie between -1 and 20\npath: write a path below the target's: /health?full=1"},
		{HTTP{Request: Request{Body: "{}"}}, "method: writes, which is not allowed here: set read_only if it changes nothing"},
		{HTTP{Request: Request{Headers: map[string]string{"X Y": "1", "X-Key": planted + "\n"}, Bearer: planted + "\n"}},
			"bearer: must be one line\nheaders: a name of a header has letters, digits and -\nheaders.X-Key: must be one line"},
		{HTTP{Request: Request{Body: "x", Form: map[string]string{"a": "b"}, ReadOnly: true}}, "form: can't be sent beside a body"},
		{HTTP{Request: Request{Expect: Expect{Status: []string{"ok", "600", "204-200"}, Shape: "page", Python: "3.13", Fields: []string{"x"}}}},
			"expect.status[0]: write a code (\"200\"), a class (\"2xx\") or a range (\"200-204\")\n" +
				"expect.status[1]: write a code (\"200\"), a class (\"2xx\") or a range (\"200-204\")\n" +
				"expect.status[2]: write a code (\"200\"), a class (\"2xx\") or a range (\"200-204\")\n" +
				"expect.shape: use one of health, version, text, validation, error\n" +
				"expect.python: is for the shape version\nexpect.fields: is for the shape validation"},
		{HTTP{Request: Request{Expect: Expect{MinBytes: 11, MaxBytes: 10, MaxDuration: -1, Match: []string{"ok", "("}, Headers: map[string]string{"a": "["}}}},
			"expect.min_bytes: must lie between 0 and max_bytes\nexpect.max_duration: must not be negative\n" +
				"expect.headers.a: is not a regular expression (RE2) that can be used\nexpect.match[1]: is not a regular expression (RE2) that can be used"},
		{HTTP{Request: Request{Expect: Expect{CEL: []string{"status", "jsn.x", "captured.x == '" + planted + "'"}}}, Secrets: []string{planted}},
			"expect.cel[0]: gives int, but must give bool\n" +
				"expect.cel[1]: is not CEL that can be used: <input>:1:1: undeclared reference to 'jsn' (did you mean 'json'?)\n" +
				"expect.cel[2]: is not CEL that can be used: <input>:1:1: undeclared reference to 'captured'"},
	} {
		if c.h.Target == "" {
			c.h.Target = "http://localhost"
		}
		_, err := c.h.Compile()
		if err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

func TestCORS(t *testing.T) {
	headers := map[string]string{}
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodOptions || r.Header.Get("Origin") == "" || r.Header.Get("Access-Control-Request-Method") == "" {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		for name, value := range headers {
			w.Header().Set("Access-Control-"+name, value)
		}
	})
	const origin = "https://app.example"
	for _, c := range []struct {
		headers map[string]string
		c       CORS
		want    string
	}{
		{map[string]string{"Allow-Origin": origin}, CORS{}, ""},
		{map[string]string{"Allow-Origin": "*"}, CORS{}, ""},
		{nil, CORS{}, "the origin is not allowed"},
		{nil, CORS{Refused: true}, ""},
		{map[string]string{"Allow-Origin": "*"}, CORS{Refused: true}, "the origin is allowed"},
		{map[string]string{"Allow-Origin": "https://other.example"}, CORS{}, "the origin is not allowed"},
		{map[string]string{"Allow-Origin": "*", "Allow-Credentials": "true"}, CORS{Credentials: true}, "any origin is allowed, which excludes credentials"},
		{map[string]string{"Allow-Origin": origin}, CORS{Credentials: true}, "credentials are not allowed"},
		{map[string]string{"Allow-Origin": origin, "Allow-Credentials": "true"}, CORS{Credentials: true}, ""},
		{map[string]string{"Allow-Origin": origin, "Allow-Methods": "GET, PUT"}, CORS{Method: "DELETE"}, "the method DELETE is not allowed"},
		{map[string]string{"Allow-Origin": origin, "Allow-Methods": "*"}, CORS{Method: "DELETE"}, ""},
		{map[string]string{"Allow-Origin": origin, "Allow-Methods": "GET,DELETE", "Allow-Headers": "authorization, Content-Type"},
			CORS{Method: "DELETE", Headers: []string{"Authorization", "content-type"}}, ""},
		{map[string]string{"Allow-Origin": origin, "Allow-Headers": "*"}, CORS{Headers: []string{"Authorization"}}, "the header Authorization is not allowed"},
	} {
		headers = c.headers
		c.c.Target, c.c.Origin = url, origin
		if got := outcome(t.Context(), t, c.c); got.Reason != c.want {
			t.Errorf("%v %+v: got %q, want %q", c.headers, c.c, got.Reason, c.want)
		}
	}
	_, err := CORS{Target: url, Origin: "app.example/x", Method: "get"}.Compile()
	if want := "origin: write a scheme and a host: https://app.example\nmethod: use one of GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestHTTPDetail compares the whole of what a person sees after a failure.
func TestHTTPDetail(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		w.Header().Set("Set-Cookie", "session=0123456789")
		w.Header().Set("X-Echo", r.Header.Get("X-Tenant"))
		w.WriteHeader(http.StatusBadGateway)
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "upstream said:\r\n\x1b[31m%s\u202e postgres://app:pw@db/app %s %s", body, r.Header.Get("Authorization"), planted)
	})
	address := strings.TrimPrefix(url, "http://")
	got := outcome(t.Context(), t, HTTP{
		Target: "http://probe:hunter3@" + address + "/v1?tenant=t-000001", Secrets: []string{planted}, Writes: true,
		Request: Request{
			Path: "/items?page=2", Body: `{"name": "a", "password": "swordfish", "n": 1, "api_key": 123456}`,
			Headers: map[string]string{"X-Tenant": planted, "X-Api-Key": "k"},
		},
	})
	want := strings.ReplaceAll(`POST /v1/items?page=***&tenant=***
Host: ADDRESS
Accept: application/json, */*;q=0.5
Authorization: ***
Content-Type: application/json
User-Agent: cutover-smoke
X-Api-Key: ***
X-Tenant: ***

{"name": "a", "password": "***", "n": 1, "api_key": "***"}

HTTP/1.1 502 Bad Gateway
Content-Length: 144
Content-Type: text/plain; charset=utf-8
Set-Cookie: ***
X-Echo: ***

upstream said:
\x1b[31m{"name": "a", "password": "***", "n": 1, "api_key": "***"}\u202e postgres://app:***@db/app Basic *** ***`, "ADDRESS", address)
	want = strings.Replace(want, "Content-Length: 144", "Content-Length: "+between(got.Detail, "Content-Length: ", "\n"), 1)
	if diff := cmp.Diff(want, got.Detail); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	long := outcome(t.Context(), t, HTTP{Target: serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, strings.Repeat("ü\x00", 1<<18))
	})})
	if n := len(long.Detail); n > maxDetail || n < maxDetail-100 {
		t.Errorf("a detail of %d bytes", n)
	}
}

// between is what stands in s between two texts.
func between(s, from, to string) string {
	_, rest, _ := strings.Cut(s, from)
	text, _, _ := strings.Cut(rest, to)
	return text
}

// TestASecretCutInTwo has answers end, or be cut, in the middle of a secret.
func TestASecretCutInTwo(t *testing.T) {
	m := mask{}.with(planted)
	for n := 1; n <= len(planted); n++ {
		if got := m.hideCut("x " + planted[:n]); strings.Contains(got, "hun") {
			t.Errorf("%d bytes of the secret: %q", n, got)
		}
	}
	url := serve(t, hijack(func(c net.Conn) {
		_, _ = io.WriteString(c, head+"Content-Length: 1000\r\n\r\n{\"x\": \"hunter2-hu")
	}))
	got := outcome(t.Context(), t, HTTP{Target: url, Secrets: []string{planted}})
	if strings.Contains(got.Detail, "hunter2") || !strings.Contains(got.Detail, `{"x": "`) {
		t.Errorf("%s\n%s", got.Reason, got.Detail)
	}
}

func TestRedirectLimits(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n := len(r.URL.Path); n > 3 {
			http.Redirect(w, r, r.URL.Path[:n-1], http.StatusFound)
		}
	})
	for _, c := range []struct {
		path      string
		redirects int
		want      string
	}{
		{"/xxx", 1, ""},
		{"/xxxx", 1, "more than 1 redirects"},
		{"/xxxxxxx", 0, ""},
		{"/xxxxxxxx", 0, "more than 5 redirects"},
		{"/xxx", -1, "HTTP 302"},
	} {
		got := outcome(t.Context(), t, HTTP{Target: url, Request: Request{Path: c.path, Redirects: c.redirects}})
		if got.Reason != c.want {
			t.Errorf("%s with %d: got %q, want %q", c.path, c.redirects, got.Reason, c.want)
		}
	}
}

func TestHTTPPhases(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(sample))
	t.Cleanup(server.Close)
	got := outcome(t.Context(), t, HTTP{Target: server.URL, TLS: TLS{CA: pemOf(server.Certificate())}})
	var names []string
	for _, p := range got.Phases {
		names = append(names, p.Name)
		if p.Duration <= 0 {
			t.Errorf("%s took %v", p.Name, p.Duration)
		}
	}
	if diff := cmp.Diff([]string{"connect", "tls", "processing", "transfer"}, names); diff != "" || !got.Passed() {
		t.Errorf("%s (-want +got):\n%s", got.Reason, diff)
	}
}

// TestClientCertificates asks a service that lets in only who shows one.
func TestClientCertificates(t *testing.T) {
	certificatePEM, keyPEM := clientCertificate(t)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(certificatePEM))
	server := httptest.NewUnstartedServer(http.HandlerFunc(sample))
	server.Config.ErrorLog = discardLog()
	server.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
	server.StartTLS()
	t.Cleanup(server.Close)
	otherPEM, otherKey := clientCertificate(t)
	ca := pemOf(server.Certificate())
	for _, c := range []struct {
		name     string
		settings TLS
		want     string
	}{
		{"with", TLS{CA: ca, Certificate: certificatePEM, Key: keyPEM}, ""},
		{"without", TLS{CA: ca}, "the target wants a client certificate"},
		{"another's", TLS{CA: ca, Certificate: otherPEM, Key: otherKey}, "the target does not accept the client certificate"},
		{"soon expired", TLS{CA: ca, Certificate: certificatePEM, Key: keyPEM, MinDays: 1_000_000}, "the certificate expires in less than 1000000 days"},
	} {
		for kind, k := range map[string]Kind{
			"http":        HTTP{Target: server.URL, TLS: c.settings},
			"certificate": Certificate{Target: server.URL, TLS: c.settings},
			"workflow":    Workflow{Target: server.URL, TLS: c.settings, Steps: []Step{{Name: "get"}}},
		} {
			want := c.want
			if kind == "workflow" && want != "" {
				want = "get: " + want
			}
			if got := outcome(context.Background(), t, k); got.Reason != want {
				t.Errorf("%s, %s: got %q, want %q", c.name, kind, got.Reason, want)
			}
		}
	}
}
