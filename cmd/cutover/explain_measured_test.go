package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/internal/testenv"
)

// A real Prometheus is asked what it measures of a service without a fine
// histogram.
func TestExplainMeasured(t *testing.T) {
	dir := t.TempDir()
	config, plan := filepath.Join(dir, "prometheus.yml"), filepath.Join(dir, "plan.md")
	for path, text := range map[string]string{
		plan: baselinePlan + "\n## Rollback\n### Rollback Criteria\n- [ ] Security incident\n",
		config: "global: {scrape_interval: 1s}\nscrape_configs: [{job_name: api, static_configs: [{targets: ['" +
			oldVersion(t) + "'], labels: {slot: blue}}]}]\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	prometheus := testenv.Prometheus(t, config)
	t.Setenv("CUTOVER_CANDIDATE_SELECTOR", `slot="blue"`)
	t.Setenv("CUTOVER_SCRAPE_INTERVAL", "1s")
	want := strings.ReplaceAll(`  plan.md:3  candidate error ratio: 50 %
  plan.md:4  candidate latency: 200 ms
  plan.md:5  candidate latency p95: not measured: no such series, or too few requests
  plan.md:5  candidate share of requests within 100ms: not measured: no such series, or too few requests
  plan.md:5  candidate share of requests within 250ms: not measured: no such series, or too few requests
  plan.md:6  candidate memory: 256 MB
`, "plan.md", plan)
	queries := regexp.MustCompile(`(?m)^    .*\n`)
	var stdout, measured string
	for end := time.Now().Add(time.Minute); measured != want && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		_, stdout, _ = ran(t, "explain", "--prometheus", prometheus.URL, plan)
		_, measured, _ = strings.Cut(stdout, "\nMeasured in the last 15m\n")
		measured, _, _ = strings.Cut(queries.ReplaceAllString(measured, ""), "\n\n")
	}
	if diff := cmp.Diff(want, measured); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if between := "between the buckets 100ms and 250ms nobody can tell"; !strings.Contains(stdout, between) {
		t.Errorf("it lacks %q:\n%s", between, stdout)
	}
	if code, _, stderr := ran(t, "explain", "--json", "--prometheus", prometheus.URL, plan); code != exitUnusable || !strings.Contains(stderr, "leave --json away") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}
