package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/journal"
	"github.com/cutover-dev/cutover/internal/testenv"
)

// oldVersion exposes an old version whose figures don't change: every second
// request fails and all take 0.2 seconds.
func oldVersion(t *testing.T) (address string) {
	t.Helper()
	var scrapes atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := 1000 * scrapes.Add(1)
		fmt.Fprintf(w, "http_requests_total{handler=\"/\",status=\"2xx\"} %d\nhttp_requests_total{handler=\"/\",status=\"5xx\"} %d\n", n, n)
		fmt.Fprintf(w, "http_request_duration_seconds_count{handler=\"/\"} %d\nhttp_request_duration_seconds_sum{handler=\"/\"} %v\n", 2*n, 0.2*float64(2*n))
		fmt.Fprint(w, "process_resident_memory_bytes 2.56e+08\n")
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

const baselinePlan = `# Plan

- [ ] Error rate < 0.1%
- [ ] Mean response time < 100ms
- [ ] P95 < 150ms
- [ ] Memory < 280MB
`

// A real Prometheus is asked, with the queries that the rules use, and what it
// says is kept, in the file or through the exporter.
func TestBaselineRecord(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "prometheus.yml")
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(config, "global: {scrape_interval: 1s}\nscrape_configs: [{job_name: api, static_configs: [{targets: ['"+
		oldVersion(t)+"'], labels: {slot: blue}}]}]\n")
	prometheus := testenv.Prometheus(t, config)
	t.Setenv("CUTOVER_PROMETHEUS_URL", prometheus.URL)
	t.Setenv("CUTOVER_CHECKLIST", filepath.Join(dir, "plan.md"))
	write(filepath.Join(dir, "plan.md"), baselinePlan)
	path := filepath.Join(dir, "journal.jsonl")
	t.Setenv("CUTOVER_JOURNAL", path)

	want := `plan  error_ratio  mean  0.5 ratio
plan  latency      mean  0.2 seconds
plan  memory       mean  2.56e+08 bytes
`
	warning := "cutover: warning: plan: latency p95 is not frozen: no data, or too few requests, in the last 5s\n"
	var stdout, stderr string
	for end := time.Now().Add(time.Minute); stdout != want && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		_, stdout, stderr = ran(t, "baseline", "record", "--window=5s")
	}
	if diff := cmp.Diff([]string{want, warning}, []string{stdout, stderr}); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}

	log, err := journal.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range log.State.Baselines() {
		b := e.Baseline
		if age := e.Time.Sub(b.At); age < 0 || age > time.Minute || b.Seconds != 5 || !strings.Contains(b.Query, `slot="blue"`) {
			t.Errorf("kept beside %s: %+v", b.Signal, b)
		}
	}
	s, _, err := readEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	frozen, err := frozenBaselines(t.Context(), &app{}, s)
	wantFrozen := map[string][]alerts.Baseline{"plan": {{Signal: criterion.ErrorRatio, Value: 0.5}, {Signal: criterion.Latency, Value: 0.2}, {Signal: criterion.Memory, Value: 2.56e8}}}
	if diff := cmp.Diff(wantFrozen, frozen, cmpopts.EquateApprox(0, 1e-6)); err != nil || diff != "" {
		t.Errorf("for the rules: %v (-want +got):\n%s", err, diff)
	}

	e := exporting(t, plainAddress) // it serves another plan of the same name
	if code, stdout, stderr := ran(t, "baseline", "record", "--window=5s"); code != 0 || stdout != want {
		t.Fatalf("through the exporter: %d %s%s", code, stdout, stderr)
	}
	line := `cutover_baseline_value{checklist="plan",signal="memory",statistic="mean",unit="bytes"} 2.56e+08`
	if !strings.Contains(exposed(t, e.Handler()), "\n"+line+"\n") {
		t.Errorf("the exporter doesn't say %s", line)
	}
	s, _, err = readEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	if frozen, err = frozenBaselines(t.Context(), &app{}, s); err != nil || len(frozen["plan"]) != 3 {
		t.Errorf("for the rules, from the exporter: %v, %v", frozen, err)
	}

	t.Setenv("CUTOVER_BASELINE_SELECTOR", `slot="red"`)
	code, _, stderr := ran(t, "baseline", "record", "--window=5s")
	if code != 2 || !strings.HasSuffix(stderr, "cutover: plan: nothing to freeze: the old version (CUTOVER_BASELINE_SELECTOR) has no figure that the checklist asks for\n") {
		t.Errorf("of nobody: %d %s", code, stderr)
	}
}

func exposed(t *testing.T, h http.Handler) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/metrics", nil))
	return w.Body.String()
}

func TestQuantileOf(t *testing.T) {
	for statistic, want := range map[string]float64{"mean": 0, "p50": 0.5, "p95": 0.95, "p99": 0.99, "p99_9": 0.999} {
		if got, ok := quantileOf(statistic); !ok || got != want {
			t.Errorf("%s: got %v, %v", statistic, got, ok)
		}
	}
	for _, statistic := range []string{"", "p", "p0", "px", "95", "p-1", "p1e5", "pNaN", "total"} {
		if got, ok := quantileOf(statistic); ok {
			t.Errorf("%s: got %v", statistic, got)
		}
	}
}
