package exporter

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/internal/journal"
	"github.com/cutover-dev/cutover/internal/testenv"
)

const secret = "hunter2-hunter2"

// guarding is an exporter that serves whoever has the secret.
func guarding(t *testing.T, now *time.Time, log *testenv.Log) *Exporter {
	t.Helper()
	e, edit := at(t, Options{Journal: "journal.jsonl", TokenFile: "token"}, now, secret)
	e.logger = log.Logger()
	edit(shop + "\n## Rollback\n\n### Rollback Criteria\n\n- [ ] Error rate >1% for >5 minutes\n- [ ] Security incident\n")
	return e
}

func request(t testing.TB, method, path, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	return r
}

// asked is what an exporter answers.
func asked(t *testing.T, e *Exporter, r *http.Request) (status int, body string) {
	t.Helper()
	w := httptest.NewRecorder()
	e.Handler().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func answered(t *testing.T, e *Exporter, method, path, body string, wantStatus int, want string) {
	t.Helper()
	if status, got := asked(t, e, request(t, method, path, body)); status != wantStatus || got != want+"\n" {
		t.Errorf("%s %s %s\ngot  %d %s\nwant %d %s", method, path, body, status, got, wantStatus, want)
	}
}

const errorsKind = "rollback/rollback-criteria/error-rate-gt-1pct-for-gt-5-minutes"

// An incident on its whole way: opened, in the metrics, closed, and a zero left.
func TestIncident(t *testing.T) {
	now := noon
	e := guarding(t, &now, new(testenv.Log))
	first := e.journal.Recent()
	names := []string{"cutover_criterion_declared", "cutover_incident_open{checklist=\"shop\",impact=\"minor\",", "cutover_drill_open"}
	quiet := told(t, e, names...)
	answered(t, e, "GET", "/api/v1/incidents", "", 200, `{"incidents":[]}`)

	now = now.Add(time.Minute)
	opened := `{"id":"12","checklist":"shop","kind":"` + errorsKind + `","impact":"minor","drill":false,"note":"half of <all>\nfail","by":"kim","opened":"2026-03-14T12:01:00Z"}`
	answered(t, e, "POST", "/api/v1/incidents", `{"kind":"`+errorsKind+`","impact":"minor","note":"half of <all>\nfail","by":"kim"}`, 201, opened)
	answered(t, e, "GET", "/api/v1/incidents", "", 200, `{"incidents":[`+opened+`]}`)
	want := strings.ReplaceAll(quiet, errorsKind+"\"} 0", errorsKind+"\"} 1")
	want = strings.Replace(want, "cutover_drill_open{checklist=\"shop\",kind=\""+errorsKind+"\"} 1", "cutover_drill_open{checklist=\"shop\",kind=\""+errorsKind+"\"} 0", 1)
	if diff := cmp.Diff(want, told(t, e, names...)); diff != "" {
		t.Errorf("the metrics of an open incident (-want +got):\n%s", diff)
	}
	if html, _ := page(t, e); !strings.Contains(html, "Rollback is called for") || !strings.Contains(html, "half of &lt;all&gt;") {
		t.Error("the page doesn't say so")
	}

	now = now.Add(time.Minute)
	answered(t, e, "POST", "/api/v1/incidents/12/close", `{"note":"gone","by":"sam"}`, 200, opened)
	if diff := cmp.Diff(quiet, told(t, e, names...)); diff != "" {
		t.Errorf("the metrics of a closed incident (-want +got):\n%s", diff)
	}
	answered(t, e, "POST", "/api/v1/incidents/12/close", `{}`, 404, `{"error":"no such incident is open"}`)
	answered(t, e, "GET", "/api/v1/journal?after=11", "", 200, `{"events":[`+
		`{"seq":12,"time":"2026-03-14T12:01:00Z","kind":"incident_opened","checklist":"shop","incident":{"id":"12","kind":"`+errorsKind+`","impact":"minor","note":"half of <all>\nfail","by":"kim"}},`+
		`{"seq":13,"time":"2026-03-14T12:02:00Z","kind":"incident_closed","checklist":"shop","incident":{"id":"12","kind":"`+errorsKind+`","impact":"minor","note":"gone","by":"sam"}}]}`)
	if n := len(first); n != 11 {
		t.Errorf("%d events before, want 11", n)
	}
}

// A drill declares nothing, and nothing that counts incidents counts it.
func TestDrill(t *testing.T) {
	now := noon
	e := guarding(t, &now, new(testenv.Log))
	names := []string{"cutover_criterion_declared", "cutover_incident_open", "cutover_drill_open"}
	quiet := told(t, e, names...)
	opened := `{"id":"12","checklist":"shop","kind":"` + errorsKind + `","impact":"none","drill":true,"note":"","by":"","opened":"2026-03-14T12:00:00Z"}`
	answered(t, e, "POST", "/api/v1/incidents", `{"checklist":"shop","kind":"`+errorsKind+`","impact":"none","drill":true}`, 201, opened)
	line := "cutover_drill_open{checklist=\"shop\",kind=\"" + errorsKind + "\"} "
	if diff := cmp.Diff(strings.Replace(quiet, line+"0", line+"1", 1), told(t, e, names...)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if html, _ := page(t, e); strings.Contains(html, "Rollback is called for") || !strings.Contains(html, "<b>Drill:</b>") {
		t.Error("the page takes it for real")
	}
	e = restarted(t, e)
	answered(t, e, "POST", "/api/v1/incidents/12/close", `{}`, 200, opened)
	if diff := cmp.Diff(quiet, told(t, e, names...)); diff != "" {
		t.Errorf("after the end (-want +got):\n%s", diff)
	}
}

// The zeros of a kind outlive its criterion: an alert that fires must hear of
// the end.
func TestZerosOutliveTheCriterion(t *testing.T) {
	now := noon
	e := guarding(t, &now, new(testenv.Log))
	if _, err := e.openIncident(nil, IncidentRequest{Kind: errorsKind, Impact: journal.Minor}); err != nil {
		t.Fatal(err)
	}
	write(t, "shop.md", shop)
	e.apply(e.source.Read(t.Context()))
	line := `cutover_incident_open{checklist="shop",impact="minor",kind="` + errorsKind + `"} `
	if got := told(t, e, line); got != line+"1\n" {
		t.Errorf("open: %q", got)
	}
	answered(t, e, "POST", "/api/v1/incidents/12/close", `{}`, 200,
		`{"id":"12","checklist":"shop","kind":"`+errorsKind+`","impact":"minor","drill":false,"note":"","by":"","opened":"2026-03-14T12:00:00Z"}`)
	e = restarted(t, e)
	if got := told(t, e, line); got != line+"0\n" {
		t.Errorf("closed: %q", got)
	}
}

func TestFrozenBaseline(t *testing.T) {
	now := noon
	e := guarding(t, &now, new(testenv.Log))
	figure := func(value string) string {
		return `{"signal":"latency","statistic":"p95","unit":"seconds","value":` + value + `,"query":"vector(1)","window_seconds":3600,"at":"2026-03-14T11:00:00Z"}`
	}
	event := func(seq, value string) string {
		return `{"seq":` + seq + `,"time":"2026-03-14T12:00:00Z","kind":"baseline_frozen","checklist":"shop","baseline":` + figure(value) + `}`
	}
	answered(t, e, "POST", "/api/v1/baselines", `{"baselines":[`+figure("0.18")+`]}`, 200, `{"events":[`+event("12", "0.18")+`]}`)
	answered(t, e, "POST", "/api/v1/baselines", `{"checklist":"shop","baselines":[`+figure("0.2")+`]}`, 200, `{"events":[`+event("13", "0.2")+`]}`)
	answered(t, e, "GET", "/api/v1/baselines", "", 200, `{"events":[`+event("13", "0.2")+`]}`)
	for name, bad := range map[string]string{
		`{"error":"baselines: none given"}`:                                         `{}`,
		`{"error":"checklist: use one of shop"}`:                                    `{"checklist":"blog","baselines":[` + figure("1") + `]}`,
		`{"error":"baseline 2: signal: use a name such as error_ratio"}`:            `{"baselines":[` + figure("1") + `,` + strings.Replace(figure("1"), "latency", "late{}", 1) + `]}`,
		`{"error":"baseline 1: window_seconds: use a number above 0"}`:              `{"baselines":[` + strings.Replace(figure("1"), "3600", "0", 1) + `]}`,
		`{"error":"baseline 1: at: say when the window ended"}`:                     `{"baselines":[` + strings.Replace(figure("1"), "2026-03-14T11", "0001-01-01T00", 1) + `]}`,
		`{"error":"the body is not the JSON of this request: unexpected EOF"}`:      `{"baselines":[`,
		`{"error":"the body is not the JSON of this request: more than one value"}`: `{"baselines":[]}{}`,
	} {
		answered(t, e, "POST", "/api/v1/baselines", bad, 400, name)
	}
	want := "cutover_baseline_value{checklist=\"shop\",signal=\"latency\",statistic=\"p95\",unit=\"seconds\"} 0.2\n"
	if got := told(t, restarted(t, e), "cutover_baseline_value"); got != want {
		t.Errorf("got %q", got)
	}
}

// Whoever may not write, or writes what makes no sense, is told so, and nothing
// happens.
func TestWritingIsRefused(t *testing.T) {
	now := noon
	var log testenv.Log
	e := guarding(t, &now, &log)
	before := e.journal.Recent()
	good := `{"kind":"other","impact":"none"}`
	unauthorized := `{"error":"the token is missing or another one: set CUTOVER_TOKEN_FILE to a file with the exporter's"}`
	tests := map[string]struct {
		body   string
		header map[string]string // a value of "-" takes the header away
		status int
		want   string
	}{
		"no token":        {good, map[string]string{"Authorization": "-"}, 401, unauthorized},
		"another token":   {good, map[string]string{"Authorization": "Bearer " + secret + "x"}, 401, unauthorized},
		"half a token":    {good, map[string]string{"Authorization": "Bearer hunter2"}, 401, unauthorized},
		"an empty token":  {good, map[string]string{"Authorization": "Bearer "}, 401, unauthorized},
		"a password":      {good, map[string]string{"Authorization": "Basic " + secret}, 401, unauthorized},
		"a form":          {good, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 415, `{"error":"the body must be application/json"}`},
		"plain text":      {good, map[string]string{"Content-Type": "text/plain"}, 415, `{"error":"the body must be application/json"}`},
		"no type":         {good, map[string]string{"Content-Type": "-"}, 415, `{"error":"the body must be application/json"}`},
		"another site":    {good, map[string]string{"Sec-Fetch-Site": "cross-site"}, 403, `{"error":"the page of another site can't write here"}`},
		"another origin":  {good, map[string]string{"Origin": "https://evil.example.org"}, 403, `{"error":"the page of another site can't write here"}`},
		"an empty body":   {" ", nil, 400, `{"error":"the body is not the JSON of this request: EOF"}`},
		"an odd field":    {`{"kind":"other","impact":"none","token":"x"}`, nil, 400, `{"error":"the body is not the JSON of this request: json: unknown field \"token\""}`},
		"a wrong type":    {`{"kind":1}`, nil, 400, `{"error":"the body is not the JSON of this request: json: cannot unmarshal number into Go struct field IncidentRequest.kind of type string"}`},
		"too long a body": {`{"note":"` + strings.Repeat("x", maxBody) + `"}`, nil, 413, `{"error":"the body is longer than 64 KiB"}`},
		"no impact":       {`{"kind":"other"}`, nil, 400, `{"error":"impact: use one of none, minor, significant"}`},
		"an odd kind":     {`{"kind":"before/mailed","impact":"none"}`, nil, 400, `{"error":"kind: not a rollback criterion of shop: use one of\n  ` + errorsKind + `  (Error rate >1% for >5 minutes)\n  rollback/rollback-criteria/security-incident  (Security incident)\n  other"}`},
		"another plan":    {`{"checklist":"blog","kind":"other","impact":"none"}`, nil, 400, `{"error":"checklist: use one of shop"}`},
		"too long a note": {`{"kind":"other","impact":"none","note":"` + strings.Repeat("x", maxNote+1) + `"}`, nil, 400, `{"error":"note: longer than 2000 characters"}`},
		"a bell":          {`{"kind":"other","impact":"none","note":"\u0007","by":"\u001b[2J"}`, nil, 400, `{"error":"note: has control characters\nby: has control characters"}`},
	}
	for name, test := range tests {
		now = now.Add(time.Minute) // for the rate
		r := request(t, "POST", "/api/v1/incidents", test.body)
		for name, value := range test.header {
			if r.Header.Set(name, value); value == "-" {
				r.Header.Del(name)
			}
		}
		if status, got := asked(t, e, r); status != test.status || strings.TrimSpace(got) != test.want {
			t.Errorf("%s:\ngot  %d %s\nwant %d %s", name, status, got, test.status, test.want)
		}
	}
	if diff := cmp.Diff(before, e.journal.Recent()); diff != "" {
		t.Errorf("something happened all the same:\n%s", diff)
	}
	if strings.Contains(log.String(), "hunter2") {
		t.Errorf("the log has the token:\n%s", log.String())
	}
	answered(t, e, "GET", "/api/v1/journal?after=x", "", 400, `{"error":"after: use the number of an event"}`)
}

func TestTokenInItsOwnHeader(t *testing.T) {
	now := noon
	e := guarding(t, &now, new(testenv.Log))
	r := request(t, "POST", "/api/v1/incidents", `{"kind":"other","impact":"none"}`)
	r.Header.Set("Authorization", "Basic b3BzOm9wZW4=")
	r.Header.Set(TokenHeader, secret)
	if status, body := asked(t, e, r); status != 201 {
		t.Errorf("got %d %s", status, body)
	}
}

// The token is read anew, so that it can be changed; an exporter without one is
// not written to.
func TestTokenFile(t *testing.T) {
	now := noon
	var log testenv.Log
	e := guarding(t, &now, &log)
	post := func() int {
		status, _ := asked(t, e, request(t, "POST", "/api/v1/incidents", `{"kind":"other","impact":"none"}`))
		return status
	}
	var got []int
	for _, token := range []string{secret, "another", "  " + secret + "\n", "", strings.Repeat("x", maxToken+1)} {
		write(t, "token", token)
		got = append(got, post())
	}
	if diff := cmp.Diff([]int{201, 401, 201, 503, 503}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !strings.Contains(log.String(), "the token's file token: empty") {
		t.Errorf("the log says %s", log.String())
	}
	o := e.options
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := New(t.Context(), o); err == nil || err.Error() != "the token's file token: longer than 4096 bytes" {
		t.Errorf("a bad file at the start: %v", err)
	}
	o.TokenFile = ""
	e = started(t, o)
	answered(t, e, "POST", "/api/v1/incidents", `{"kind":"other","impact":"none"}`, 403,
		`{"error":"nobody can write here: set CUTOVER_TOKEN_FILE to a file with a token, for the exporter and for whoever writes"}`)
}

func TestWritingIsBounded(t *testing.T) {
	now := noon
	e := guarding(t, &now, new(testenv.Log))
	post := func() int {
		status, _ := asked(t, e, request(t, "POST", "/api/v1/incidents", `{"kind":"other","impact":"none"}`))
		return status
	}
	count := func(n int) map[int]int {
		got := map[int]int{}
		for range n {
			got[post()]++
		}
		return got
	}
	got := []map[int]int{count(maxWrites + 5)}
	now = now.Add(5 * time.Second)
	got = append(got, count(5))
	now = now.Add(-time.Hour) // the clock is set back
	got = append(got, count(1))
	now = now.Add(time.Minute)
	got = append(got, count(maxWrites+5))
	now = now.Add(time.Hour)
	got = append(got, count(maxWrites))
	now = now.Add(time.Hour)
	got = append(got, count(maxWrites))
	want := []map[int]int{{201: 30, 429: 5}, {201: 2, 429: 3}, {429: 1}, {201: 30, 429: 5}, {201: 30}, {201: 8, 409: 22}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Whatever is asked, the answer is JSON that is not stored.
func TestAnswersAreNotStored(t *testing.T) {
	now := noon
	e := guarding(t, &now, new(testenv.Log))
	for _, r := range []*http.Request{
		request(t, "GET", "/api/v1/incidents", ""), request(t, "GET", "/api/v1/journal", ""), request(t, "POST", "/api/v1/incidents", "{}"),
	} {
		w := httptest.NewRecorder()
		e.Handler().ServeHTTP(w, r)
		h := w.Header()
		got := []string{h.Get("Content-Type"), h.Get("Cache-Control"), h.Get("X-Content-Type-Options")}
		if diff := cmp.Diff([]string{"application/json", "no-store", "nosniff"}, got); diff != "" || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: %s %s", r.URL, diff, w.Body)
		}
	}
}
