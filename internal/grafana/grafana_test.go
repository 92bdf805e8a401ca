package grafana

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "glsa_hunter2"

// tokenFile writes a token's file.
func tokenFile(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// ask makes a client of a server, with a token and hardly a pause between tries.
func ask(t *testing.T, address string, o Options) *Client {
	t.Helper()
	o.TokenFile = tokenFile(t, token+"\n")
	o.Backoff = time.Microsecond
	c, err := New(address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// says answers every request alike.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// What a server may do instead of answering. Every error says what to do, and
// none has the token, the address or a page's markup.
func TestRefusals(t *testing.T) {
	forever := func(w http.ResponseWriter, r *http.Request) { // 1 GB, if anybody reads it
		chunk := bytes.Repeat([]byte("x"), 1<<20)
		for range 1 << 10 {
			if _, err := w.Write(chunk); err != nil || r.Context().Err() != nil {
				return
			}
		}
	}
	page := "<html><body>" + token + strings.Repeat("<p>nginx</p>", 100_000)
	tests := map[string]struct {
		answer http.HandlerFunc
		is     error
		want   string
	}{
		"401":        {says(401, `{"message":"Invalid API key"}`), nil, "the token is unknown to Grafana (401): put one of a service account into the token's file (Administration, Service accounts), of this Grafana and not expired"},
		"401 of sdk": {says(401, ``), nil, "the token is unknown to Grafana (401): put one"},
		"403":        {says(403, `{"message":"Permissions needed: dashboards:read"}`), ErrForbidden, "the token does not allow it (403): its service account needs dashboards:read: Permissions needed: dashboards:read"},
		"404":        {says(404, `{"message":"Dashboard not found"}`), ErrNotFound, "there is no such thing in Grafana (404): is the uid right, and the address Grafana's own, with its path?"},
		"404 page":   {says(404, page), ErrNotFound, "there is no such thing in Grafana (404)"},
		"500 page":   {says(500, page), nil, "an error of Grafana's own (500 Internal Server Error), 4 times: its log says why"},
		"502 page":   {says(502, page), nil, "an error of Grafana's own (502 Bad Gateway), 4 times: its log says why"},
		"500":        {says(500, `{"message":"database is locked"}`), nil, "an error of Grafana's own (500 Internal Server Error), 4 times: its log says why: database is locked"},
		"429":        {says(429, ``), nil, "asked too often (429): try again later"},
		"no message": {says(400, `{}`), nil, "refused (400 Bad Request)"},
		"a terminal": {says(400, `{"message":"a\u001b[2Jb\u202e`+strings.Repeat("c", 1000)+`"}`), nil, "refused (400 Bad Request): a [2Jb " + strings.Repeat("c", maxMessage-7) + "…"},
		"a login": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example.org/?"+token, http.StatusFound)
		}, nil, "the address of Grafana leads elsewhere (302): use the one it leads to, or one without a login page in front"},
		"a page":  {says(200, page), nil, "what answers is not Grafana's API, or not of a version from 9.4 on"},
		"half":    {says(200, `{"dashboard":{`), nil, "what answers is not Grafana's API"},
		"nothing": {says(204, ``), nil, "what answers is not Grafana's API"},
		"1 GB":    {forever, nil, "Grafana's answer is longer than 2 MiB"},
		"1 GB of 500": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			forever(w, r)
		}, nil, "an error of Grafana's own (500 Internal Server Error), 4 times"},
		"cut off": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil, "EOF"},
		"hangs": {func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // or nobody notices that the client has gone
			<-r.Context().Done()
		}, nil, "no answer from Grafana within 50ms"},
		"hangs half-way": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `{"dashboard":`)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, nil, "no answer from Grafana within 50ms"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := Options{MaxBytes: 2 << 20, Timeout: time.Minute}
			if strings.HasPrefix(name, "hangs") {
				o.Timeout = 50 * time.Millisecond
			}
			address := serve(t, test.answer)
			_, err := ask(t, address+"/graf?auth="+token, o).Dashboard(t.Context(), "checkout")
			if err == nil || !strings.HasPrefix(err.Error(), "reading the dashboard checkout: "+test.want) {
				t.Fatalf("got  %v\nwant %s", err, test.want)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%v is not %v", err, test.is)
			}
			for _, secret := range []string{token, "<", address, strings.TrimPrefix(address, "http://"), "evil"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error has %q: %v", secret, err)
				}
			}
		})
	}
}

// A busy Grafana is asked again, one that says no is not.
func TestTries(t *testing.T) {
	for status, want := range map[int]int{429: 3, 500: 3, 502: 3, 503: 3, 504: 3, 400: 1, 401: 1, 403: 1, 404: 1, 412: 1, 302: 1} {
		asked := 0
		var log bytes.Buffer
		c := ask(t, serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if asked++; asked < 3 {
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(status)
				return
			}
			fmt.Fprint(w, `{"version":"10.1.5","database":"ok"}`)
		}), Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		h, err := c.Health(t.Context())
		if asked != want || (err == nil) != (want == 3) || (want == 3 && h != Health{Version: "10.1.5", Database: "ok"}) {
			t.Errorf("%d: asked %d times, want %d: %v, %v", status, asked, want, h, err)
		}
		if got := strings.Count(log.String(), "asked again"); got != want-1 {
			t.Errorf("%d: the log has %d repetitions:\n%s", status, got, &log)
		}
	}
}

// Nobody listens at first; then somebody does.
func TestNobodyListens(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	var log bytes.Buffer
	c := ask(t, server.URL, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	_, err := c.Health(t.Context())
	if err == nil || !strings.HasSuffix(err.Error(), "connection refused") || strings.Count(log.String(), "\n") != tries-1 {
		t.Errorf("%v, after\n%s", err, &log)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Health(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

func TestPause(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	c := &Client{o: Options{Backoff: 500 * time.Millisecond}}
	tests := map[string]struct {
		after string
		try   int
		want  time.Duration
		again bool
	}{
		"the first":      {"", 1, 500 * time.Millisecond, true},
		"the second":     {"", 2, time.Second, true},
		"the third":      {"", 3, 2 * time.Second, true},
		"the last":       {"", 4, 0, false},
		"asked for":      {"7", 1, 7 * time.Second, true},
		"asked too much": {"3600", 1, time.Hour, false},
		"a date":         {"Sun, 22 Nov 2026 12:00:09 GMT", 2, 9 * time.Second, true},
		"a past date":    {"Sun, 22 Nov 2026 11:00:00 GMT", 2, 0, true},
		"nonsense":       {"-1", 1, 500 * time.Millisecond, true},
		"an overflow":    {"9999999999999999999", 1, 500 * time.Millisecond, true},
	}
	for name, test := range tests {
		got, again := c.pause(answer{status: 503, header: http.Header{"Retry-After": {test.after}}}, nil, test.try, now)
		if got != test.want || again != test.again {
			t.Errorf("%s: %v, %v; want %v, %v", name, got, again, test.want, test.again)
		}
	}
}

// What is asked, and how, by every method.
func TestRequests(t *testing.T) {
	var got []string
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = append(got, strings.TrimSpace(r.Method+" "+r.RequestURI+" "+string(body)))
		if r.Header.Get("Authorization") != "Bearer "+token {
			t.Errorf("%s: authorization %q", r.URL.Path, r.Header.Get("Authorization"))
		}
		fmt.Fprint(w, map[string]string{
			"/graf/api/folders/a%2Fb": `{"uid":"a/b","title":"A"}`,
			"/graf/api/folders":       `{"uid":"f","title":"F"}`,
			"/graf/api/dashboards/uid/d": `{"dashboard":{"z":1.0,"id":7,"version":4},
				"meta":{"version":4,"folderUid":"f","provisioned":true,"updatedBy":"kim","updated":"2026-11-22T12:00:00Z"}}`,
			"/graf/api/dashboards/db":      `{"version":5}`,
			"/graf/api/library-elements/p": `{"result":{"uid":"p","name":"P","version":3,"model":{"type":"stat"},"meta":{"folderUid":"f","updated":"2026-11-22T12:00:00Z","updatedBy":{"name":"kim"}}}}`,
			"/graf/api/library-elements":   `{"result":{"version":1}}`,
			"/graf/api/frontend/settings":  `{"datasources":{"Metrics":{"uid":"m","name":"Metrics","type":"prometheus"}},"panels":{"stat":{}}}`,
		}[r.URL.EscapedPath()])
	})
	c := ask(t, address+"/graf/?token=elsewhere", Options{})
	ctx := t.Context()
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	model := json.RawMessage(`{"z":1.0,"id":7,"version":4}`)
	check := func(what string, got any, err error, want any) {
		t.Helper()
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", what, err, diff)
		}
	}
	folder, err := c.Folder(ctx, "a/b")
	check("folder", folder, err, Folder{UID: "a/b", Title: "A"})
	check("new folder", nil, c.CreateFolder(ctx, Folder{UID: "f", Title: "F"}), nil)
	d, err := c.Dashboard(ctx, "d")
	check("dashboard", d, err, Dashboard{UID: "d", Model: model, Version: 4, FolderUID: "f", Provisioned: true, UpdatedBy: "kim", Updated: at})
	if _, err := c.SaveDashboard(ctx, d, ""); err == nil || !strings.Contains(err.Error(), "provisioned from a file") {
		t.Errorf("saving a provisioned dashboard: %v", err)
	}
	d.Provisioned = false
	version, err := c.SaveDashboard(ctx, d, "why")
	check("saved dashboard", version, err, 5)
	p, err := c.LibraryPanel(ctx, "p")
	check("panel", p, err, LibraryPanel{UID: "p", Name: "P", Model: json.RawMessage(`{"type":"stat"}`), Version: 3, FolderUID: "f", UpdatedBy: "kim", Updated: at})
	version, err = c.SaveLibraryPanel(ctx, p)
	check("changed panel", version, err, 3)
	version, err = c.SaveLibraryPanel(ctx, LibraryPanel{UID: "q", Name: "Q", Model: p.Model, FolderUID: "f"})
	check("new panel", version, err, 1)
	there, err := c.Inventory(ctx)
	check("inventory", there, err, Inventory{DataSources: []DataSource{{UID: "m", Name: "Metrics", Type: "prometheus"}}, Panels: map[string]bool{"row": true, "stat": true}})
	for _, uid := range []string{"", ".", ".."} {
		if _, err := c.Dashboard(ctx, uid); err == nil || !strings.HasSuffix(err.Error(), "is no uid") {
			t.Errorf("uid %q: %v", uid, err)
		}
	}
	want := []string{
		"GET /graf/api/folders/a%2Fb",
		`POST /graf/api/folders {"uid":"f","title":"F"}`,
		"GET /graf/api/dashboards/uid/d",
		`POST /graf/api/dashboards/db {"dashboard":{"id":7,"uid":"d","version":4,"z":1.0},"folderUid":"f","message":"why","overwrite":false}`,
		"GET /graf/api/library-elements/p",
		`PATCH /graf/api/library-elements/p {"uid":"p","folderUid":"f","name":"P","kind":1,"model":{"type":"stat"},"version":3}`,
		`POST /graf/api/library-elements {"uid":"q","folderUid":"f","name":"Q","kind":1,"model":{"type":"stat"}}`,
		"GET /graf/api/frontend/settings",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// Somebody else was quicker, or our own first try worked and its answer was
// lost: a version that isn't there any more means one or the other.
func TestVersions(t *testing.T) {
	const changed = `{"message":"The dashboard has been changed by someone else","status":"version-mismatch"}`
	stored := func(model string) string {
		return `{"dashboard":` + model + `,"meta":{"version":5,"updatedBy":"kim","updated":"2026-11-22T12:00:00Z"},
			"result":{"uid":"d","name":"N","version":5,"model":` + model + `,"meta":{"updatedBy":{"name":"kim"},"updated":"2026-11-22T12:00:00Z"}}}`
	}
	tests := map[string]struct {
		lost bool // the first try's answer
		now  string
		is   error
		want string
	}{
		"somebody else":             {false, `{"title":"theirs","version":5}`, ErrChanged, ": somebody else has changed it since it was read: kim did at 2026-11-22 12:00:00, it is version 5 now, and was 4: look at it, then run this again"},
		"somebody else, after loss": {true, `{"title":"theirs","version":5}`, ErrChanged, ": somebody else has changed it"},
		"our own":                   {true, `{"title":"ours","uid":"d","version":5,"id":3}`, nil, ""},
		"alike":                     {false, `{"title":"ours","uid":"d","version":5,"id":3}`, ErrChanged, ": somebody else has changed it"},
	}
	for name, test := range tests {
		for _, what := range []string{"dashboard", "library panel"} {
			lost := test.lost
			c := ask(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.Method == http.MethodGet:
					fmt.Fprint(w, stored(test.now))
				case lost:
					lost = false
					w.WriteHeader(http.StatusBadGateway)
				default:
					w.WriteHeader(http.StatusPreconditionFailed)
					fmt.Fprint(w, changed)
				}
			}), Options{})
			var version int
			var err error
			ours := json.RawMessage(`{"title":"ours","uid":"d"}`)
			if what == "dashboard" {
				version, err = c.SaveDashboard(t.Context(), Dashboard{UID: "d", Model: ours, Version: 4}, "")
			} else {
				version, err = c.SaveLibraryPanel(t.Context(), LibraryPanel{UID: "d", Name: "N", Model: ours, Version: 4})
			}
			if test.is == nil && (err != nil || version != 5) {
				t.Errorf("%s, %s: version %d, %v", what, name, version, err)
			}
			if test.is != nil && (!errors.Is(err, test.is) || !strings.HasPrefix(err.Error(), "saving the "+what+" d"+test.want)) {
				t.Errorf("%s, %s: %v", what, name, err)
			}
		}
	}
}

func TestTaken(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"a dashboard's title": says(412, `{"message":"A dashboard with the same name in the folder already exists","status":"name-exists"}`),
		"newer":               says(400, `{"message":"A dashboard with the same name in the folder already exists"}`),
		"a panel's name":      says(400, `{"message":"library element with that name or UID already exists","traceID":""}`),
		"a folder's":          says(409, `{"message":"a folder or dashboard in the general folder with the same name already exists"}`),
	} {
		c := ask(t, serve(t, answer), Options{})
		_, err := c.SaveDashboard(t.Context(), Dashboard{UID: "d", Model: json.RawMessage("{}")}, "")
		if !errors.Is(err, ErrTaken) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := c.SaveLibraryPanel(t.Context(), LibraryPanel{UID: "d", Model: json.RawMessage("{}")}); !errors.Is(err, ErrTaken) {
			t.Errorf("%s: %v", name, err)
		}
		if err := c.CreateFolder(t.Context(), Folder{UID: "f"}); !errors.Is(err, ErrTaken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := ask(t, serve(t, says(412, `{"message":"the folder has been changed by someone else","status":"version-mismatch"}`)), Options{})
	err := c.CreateFolder(t.Context(), Folder{UID: "f"})
	if want := "creating the folder f: its name or uid is taken: there is a folder with this uid, which the token may not read: its service account needs folders:read"; err == nil || err.Error() != want {
		t.Errorf("a folder's uid: %v", err)
	}
}

// The token's file is read for every request.
func TestToken(t *testing.T) {
	var got []string
	name := tokenFile(t, "one")
	c, err := New(serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Authorization"))
		fmt.Fprint(w, "{}")
	}), Options{TokenFile: name})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for content, want := range map[string]string{
		"two\n":                         "",
		"":                              "empty",
		"\n\n":                          "empty",
		"a\nb":                          "one line",
		"a\x00b":                        "one line",
		"ü":                             "one line",
		strings.Repeat("x", maxToken+1): "is it the right file?",
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := c.Health(t.Context())
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%.10q: %v", content, err)
		}
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Health(t.Context()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if diff := cmp.Diff([]string{"Bearer two"}, got); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, address := range []string{"", "localhost:3000", "ftp://hunter2@host", "http://", "https//kim:hunter2@host", "http://[hunter2"} {
		if _, err := New(address, Options{}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: got %v", address, err)
		}
	}
	if _, err := New("http://kim:hunter2@host", Options{TokenFile: "token"}); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("user and token: %v", err)
	}
}
