package alerts_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/internal/program"
	"github.com/cutover-dev/cutover/internal/series"
)

// live is at the pace of these tests: a scrape and an evaluation each second.
var live = one("live", aimingFor("P99 < 1s")+"\n## Rollback Scenarios\n\n### Rollback Criteria\n"+boxes([]string{errorsLine}),
	alerts.Options{ScrapeInterval: time.Second, EvaluationInterval: time.Second, SmokeInterval: 2 * time.Second})

// TestPrometheus shows on the real server what promtool can't: how bounds are
// stored, that a group sees the values of its own evaluation, and what a
// restart does.
func TestPrometheus(t *testing.T) {
	t.Parallel() // it mostly waits
	// 5 % of the requests fail, and 2 % take more than a second.
	service := httptest.NewServer(exposer(serving(load{ok: 93, errors: 5, slow: 2, slowSeconds: 1.2})))
	t.Cleanup(service.Close)
	options := program.ServerOptions{Config: configure(t, strings.TrimPrefix(service.URL, "http://")), Dir: t.TempDir(), Log: t.Output()}
	server := startPrometheus(t, options)

	const pending = `ALERTS{alertname="` + series.AlertRollback + `",alertstate="pending",kind="measured"}`
	await(t, server, pending)
	t.Run("a bound is stored with a decimal point", func(t *testing.T) {
		await(t, server, `http_request_duration_highr_seconds_bucket{le="1.0"}`)
		if got := query(t, server, `http_request_duration_highr_seconds_bucket{le="1"}`); len(got) > 0 {
			t.Errorf(`le="1" is stored: %v`, got)
		}
		await(t, server, fmt.Sprintf(`%s{id=%q} == 0`, series.CriterionOK, live.id(t, "plan", "P99 < 1s")))
	})
	t.Run("values, verdict and alert are of one evaluation", func(t *testing.T) {
		value := first(t, server, series.SignalRatio+`{signal="error_ratio",track="candidate"}`)
		verdict := first(t, server, fmt.Sprintf(`%s{id=%q}`, series.CriterionOK, live.id(t, "plan", errorsLine)))
		alert := first(t, server, pending)
		if value != verdict || verdict != alert {
			t.Errorf("the value is there at %v, the verdict at %v, the alert at %v", value, verdict, alert)
		}
	})
	t.Run("a restart restarts for", func(t *testing.T) {
		const since = `ALERTS_FOR_STATE{alertname="` + series.AlertRollback + `",kind="measured"}`
		before := query(t, server, since)[0]
		if err := server.Stop(); err != nil {
			t.Fatal(err)
		}
		server := startPrometheus(t, options)
		await(t, server, fmt.Sprintf("%s > %v", since, before))
		if got := first(t, server, pending); got > before+5 {
			t.Errorf("the server forgot what was before: the first sample is of %v, and the alert was pending since %v", got, before)
		}
	})
}

// exposer answers scrapes in the text format, with bounds as the client
// libraries write them.
func exposer(change func(exposition)) http.Handler {
	whole := regexp.MustCompile(`le="(\d+)\.0"`)
	var mu sync.Mutex
	now := exposition{}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		change(now)
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		for _, family := range []struct{ name, kind string }{
			{"http_requests_total", "counter"}, {"python_info", "gauge"},
			{"http_request_duration_seconds", "histogram"}, {"http_request_duration_highr_seconds", "histogram"},
		} {
			fmt.Fprintf(w, "# TYPE %s %s\n", family.name, family.kind)
			for name, value := range now {
				if metric, _, _ := strings.Cut(name, "{"); metric == family.name || family.kind == "histogram" && strings.HasPrefix(metric, family.name+"_") {
					fmt.Fprintln(w, whole.ReplaceAllString(name, `le="$1"`), value)
				}
			}
		}
	})
}

// configure writes a configuration and the rules to a folder of the test's.
func configure(t *testing.T, address string) string {
	t.Helper()
	dir := t.TempDir()
	config := fmt.Sprintf(`global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules-*.yml]
scrape_configs: [{job_name: api, static_configs: [{targets: [%q], labels: {slot: green}}]}]
`, address)
	files := map[string][]byte{"prometheus.yml": []byte(config)}
	for _, f := range live.generated(t) {
		content, err := f.YAML()
		if err != nil {
			t.Fatal(err)
		}
		files["rules-"+f.Name+".yml"] = content
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "prometheus.yml")
}

// startPrometheus starts a server that keeps its data in the options' folder,
// where a later one finds them.
func startPrometheus(t *testing.T, o program.ServerOptions) *program.Server {
	t.Helper()
	var err error
	if o.Program, err = program.Cached(program.Prometheus); err != nil {
		t.Fatalf("%v: run `make tools`", err)
	}
	server, err := program.StartPrometheus(context.Background(), o) // outlives t.Context, for the clean-up
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// patience bounds every wait on a busy machine.
const patience = 30 * time.Second

// await waits until a query has a result.
func await(t *testing.T, s *program.Server, promql string) {
	t.Helper()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for len(query(t, s, promql)) == 0 {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not within %s: %s", patience, promql)
		}
	}
}

// first is the time of a series' first sample, in seconds.
func first(t *testing.T, s *program.Server, selector string) float64 {
	t.Helper()
	for _, r := range ask(t, s, selector+"[5m]") {
		if len(r.Values) > 0 {
			return r.Values[0].at
		}
	}
	t.Fatalf("no samples: %s", selector)
	return 0
}

// query is the values of an instant query.
func query(t *testing.T, s *program.Server, promql string) []float64 {
	t.Helper()
	var values []float64
	for _, r := range ask(t, s, promql) {
		values = append(values, r.Value.value)
	}
	return values
}

// result is a series as Prometheus answers it.
type result struct {
	Value  sample   `json:"value"`
	Values []sample `json:"values"`
}

// sample is a pair of a time and a value, the value as text.
type sample struct{ at, value float64 }

// UnmarshalJSON implements [json.Unmarshaler].
func (s *sample) UnmarshalJSON(b []byte) error {
	var value json.Number
	if err := json.Unmarshal(b, &[]any{&s.at, &value}); err != nil {
		return err
	}
	var err error
	s.value, err = value.Float64()
	return err
}

func ask(t *testing.T, s *program.Server, promql string) []result {
	t.Helper()
	resp, err := http.Get(s.URL + "/api/v1/query?query=" + url.QueryEscape(promql))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	var answer struct {
		Error string `json:"error"`
		Data  struct {
			Result []result `json:"result"`
		} `json:"data"`
	}
	if err = errors.Join(err, json.Unmarshal(body, &answer)); err != nil || answer.Error != "" {
		t.Fatalf("%s: %v %s", promql, err, answer.Error)
	}
	return answer.Data.Result
}
