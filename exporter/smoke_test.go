package exporter

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// shopTests run on two tracks: the items fail on the candidate.
func shopTests(t *testing.T) *smoke.Runner {
	t.Helper()
	test := func(track, name string, critical bool, o smoke.Outcome) smoke.Test {
		return smoke.Test{
			Identity: smoke.Identity{Environment: "production", Track: track, Suite: "api", Test: name}, Critical: critical,
			Proves: []string{"Items <b>work</b>"}, Run: func(context.Context) smoke.Outcome { return o },
		}
	}
	answered := []smoke.Phase{{Name: "connect", Duration: 2 * time.Millisecond}, {Name: "processing", Duration: 17 * time.Millisecond}}
	broken := smoke.Outcome{Reason: `HTTP 500 "<script>alert(1)</script>"`, Phases: answered, Detail: "GET /items HTTP/1.1\n\nHTTP/1.1 500\n\n<script>alert(1)</script>"}
	r, err := smoke.NewRunner([]smoke.Test{
		test("baseline", "items", true, smoke.Outcome{Phases: answered}),
		test("candidate", "page", false, smoke.Outcome{Phases: answered}),
		test("candidate", "order", false, broken),
		test("candidate", "items", true, broken),
	}, smoke.Options{Interval: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// measured are the figures of a page that differ from run to run: how long a
// test took, and when it ran.
var measured = regexp.MustCompile(`<td class="count">[\d.]+ ms</td>|(?:in|after) [\d.]+ ms|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC`)

func steady(html string) []byte {
	return withoutStyle(measured.ReplaceAllString(html, "…"))
}

func TestSmokePages(t *testing.T) {
	runner := shopTests(t)
	e := holding(t, Options{Smoke: runner}, upgrade())
	get := func(path string) string {
		t.Helper()
		status, body := asked(t, e, request(t, "GET", path, ""))
		if status != http.StatusOK {
			t.Fatalf("GET %s: %d %s", path, status, body)
		}
		return body
	}
	if html := get("/smoke/"); !strings.Contains(html, "0 failed, 0 passed, 4 not run yet") {
		t.Errorf("before the first run:\n%s", html)
	}
	runner.RunOnce(t.Context())
	golden(t, "smoke.html", steady(get("/smoke/")))

	id := smoke.Identity{Environment: "production", Track: "candidate", Suite: "api", Test: "items"}.ID()
	golden(t, "smoke-test.html", steady(get("/smoke/"+id)))
	if !strings.Contains(get("/"), `href="smoke/`+id+`"`) {
		t.Error("the status page doesn't link to the test")
	}
	for path, want := range map[string]int{"/smoke/unknown": 404, "/smoke/" + id + "/x": 404, "/smoke": 301} {
		if status, _ := asked(t, e, request(t, "GET", path, "")); status != want {
			t.Errorf("GET %s: %d, want %d", path, status, want)
		}
	}
}

// The prober is suspected on every page.
func TestSuspicionIsShown(t *testing.T) {
	down := func(context.Context) smoke.Outcome { return smoke.Outcome{Reason: "connection refused"} }
	runner, err := smoke.NewRunner([]smoke.Test{
		{Identity: smoke.Identity{Track: "baseline", Test: "health"}, Run: down},
		{Identity: smoke.Identity{Track: "candidate", Test: "health"}, Run: down},
	}, smoke.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := holding(t, Options{Smoke: runner}, upgrade())
	runner.RunOnce(t.Context())
	e.rebuild(noon)
	for _, path := range []string{"/", "/smoke/"} {
		if _, html := asked(t, e, request(t, "GET", path, "")); !strings.Contains(html, "The prober is suspected") {
			t.Errorf("GET %s doesn't say so", path)
		}
	}
}

func TestSmokeOnDemand(t *testing.T) {
	e := holding(t, Options{Smoke: shopTests(t), TokenFile: filepath.Join(t.TempDir(), "token")}, upgrade())
	if err := os.WriteFile(e.options.TokenFile, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	status, body := asked(t, e, request(t, "POST", "/api/v1/smoke", `{"environment":"production","track":"candidate"}`))
	var report smoke.Report
	if err := json.Unmarshal([]byte(body), &report); status != http.StatusOK || err != nil {
		t.Fatalf("%d %s", status, body)
	}
	var got []string
	for _, r := range report.Tests {
		got = append(got, r.Name()+": "+r.Reason)
	}
	const reason = `HTTP 500 "<script>alert(1)</script>"`
	want := []string{"production candidate api/page: ", "production candidate api/order: " + reason, "production candidate api/items: " + reason}
	if diff := cmp.Diff(want, got); diff != "" || report.Passed != 1 || report.Failed != 2 || report.Tests[1].Detail == "" {
		t.Errorf("%+v (-want +got):\n%s", report, diff)
	}
	if s := e.smoke(); s.Tests[0].Last != nil || s.Tests[3].Failures != 1 {
		t.Errorf("not what was asked for has run: %+v", s.Tests)
	}
	answered(t, e, "POST", "/api/v1/smoke", `{"suite":"web"}`, 404, `{"error":"no test matches; /smoke/ lists them"}`)
	answered(t, e, "POST", "/api/v1/smoke", `{"suites":"api"}`, 400,
		`{"error":"the body is not the JSON of this request: json: unknown field \"suites\""}`)
	if status, _ := asked(t, e, httptest.NewRequest(http.MethodPost, "/api/v1/smoke", strings.NewReader("{}"))); status != http.StatusUnauthorized {
		t.Errorf("without the token: %d", status)
	}
	e.asked.Lock()
	answered(t, e, "POST", "/api/v1/smoke", `{}`, 409, `{"error":"tests that somebody asked for are running already: wait for their end"}`)
	e.asked.Unlock()
	e.options.Smoke = nil
	answered(t, e, "POST", "/api/v1/smoke", `{}`, 404, `{"error":"this exporter has no tests: set CUTOVER_CONFIG or CUTOVER_TARGET_URL for it"}`)
}

// lastReload is how a configuration was last read.
type lastReload struct {
	ok bool
	at time.Time
}

func (l *lastReload) LastReload() (bool, time.Time) { return l.ok, l.at }

func TestMetricsOfPhasesAndOfTheConfiguration(t *testing.T) {
	runner := shopTests(t)
	config := &lastReload{ok: true, at: noon}
	e := holding(t, Options{Smoke: runner, Config: config}, upgrade())
	runner.RunSelected(t.Context(), smoke.Selection{Only: func(id smoke.Identity) bool { return id.Test == "page" }})
	e.rebuild(noon)
	names := []string{"cutover_smoke_phase_duration_seconds", "cutover_smoke_interval_seconds{environment=\"production\",suite=\"api\",test=\"page\"", "cutover_config_last_reload"}
	const phases = `cutover_smoke_interval_seconds{environment="production",suite="api",test="page",track="candidate"} 30
cutover_smoke_phase_duration_seconds{environment="production",phase="connect",suite="api",test="page",track="candidate"} 0.002
cutover_smoke_phase_duration_seconds{environment="production",phase="processing",suite="api",test="page",track="candidate"} 0.017
`
	const at = "cutover_config_last_reload_success_timestamp_seconds 1.7734896e+09\ncutover_config_last_reload_successful "
	if diff := cmp.Diff(at+"1\n"+phases, told(t, e, names...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	config.ok = false
	e.rebuild(noon)
	if diff := cmp.Diff(at+"0\n"+phases, told(t, e, names...)); diff != "" {
		t.Errorf("a bad file (-want +got):\n%s", diff)
	}
}
