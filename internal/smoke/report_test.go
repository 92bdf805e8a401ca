package smoke

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/joshdk/go-junit"
)

// mixed is a report of one test that failed twice, one that passed at the
// second try, and one that was left out.
func mixed(verbose bool) Report {
	at := time.Date(2026, 3, 14, 12, 0, 0, 0, time.FixedZone("", 3600))
	id := func(suite, test string) Identity { return Identity{"production", "candidate", suite, test} }
	return NewReport([]Result{
		{
			Identity: id("api", "items"), Critical: true, Reason: "HTTP 500", Earlier: []string{"connection reset"},
			Detail: "GET /items\n\nHTTP/1.1 500\n\x1b[31m]]></failure>", Start: at, Duration: 1500 * time.Millisecond,
			Phases: []Phase{{"connect", 2 * time.Millisecond}, {"processing", time.Second}},
		},
		{Identity: id("cache", "ping"), Success: true, Earlier: []string{"no answer within 5s"}, Start: at.Add(time.Second), Duration: 3 * time.Millisecond, Detail: "PING"},
	}, []LeftOut{{id("api", "order"), "it writes, and the environment is read-only"}}, verbose)
}

func TestJUnitIsWhatReadersOfItExpect(t *testing.T) {
	text, err := mixed(true).JUnit()
	if err != nil {
		t.Fatal(err)
	}
	suites, err := junit.Ingest(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	type read struct {
		Suite, Class, Name, Status, Message, Failure, Out string
		Took                                              time.Duration
	}
	var got []read
	for _, s := range suites {
		for _, c := range s.Tests {
			r := read{Suite: s.Name, Class: c.Classname, Name: c.Name, Status: string(c.Status), Message: c.Message, Out: c.SystemOut, Took: c.Duration}
			if c.Error != nil {
				r.Failure = c.Error.Error()
			}
			got = append(got, r)
		}
	}
	const api, cache = "production candidate api", "production candidate cache"
	want := []read{
		{
			api, api, "items", "failed", "HTTP 500",
			"try 1: connection reset\nHTTP 500\n\nGET /items\n\nHTTP/1.1 500\n\uFFFD[31m]]></failure>", "", 1500 * time.Millisecond,
		},
		{api, api, "order", "skipped", "it writes, and the environment is read-only", "", "", 0},
		{cache, cache, "ping", "passed", "", "", "try 1: no answer within 5s\n\nPING", 3 * time.Millisecond},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, text)
	}
	if totals := suites[0].Totals; totals.Tests != 2 || totals.Failed != 1 || totals.Skipped != 1 || totals.Duration != 1500*time.Millisecond {
		t.Errorf("totals of %s: %+v", api, totals)
	}
}

func TestReportAsJSON(t *testing.T) {
	got, err := json.Marshal(mixed(false))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"passed":1,"failed":1,"prober_suspected":false,"tests":[` +
		`{"environment":"production","track":"candidate","suite":"api","test":"items","critical":true,"success":false,` +
		`"reason":"HTTP 500","earlier":["connection reset"],"start":"2026-03-14T11:00:00Z","duration_seconds":1.5,` +
		`"phases":[{"name":"connect","seconds":0.002},{"name":"processing","seconds":1}]},` +
		`{"environment":"production","track":"candidate","suite":"cache","test":"ping","critical":false,"success":true,` +
		`"earlier":["no answer within 5s"],"start":"2026-03-14T11:00:01Z","duration_seconds":0.003}],` +
		`"left_out":[{"environment":"production","track":"candidate","suite":"api","test":"order","why":"it writes, and the environment is read-only"}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
