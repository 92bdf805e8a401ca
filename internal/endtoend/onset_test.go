//go:build onset

package endtoend

import (
	"strconv"
	"testing"
	"time"

	"github.com/cutover-dev/cutover/internal/demo"
)

// naive is the rule that most teams would write for "Error rate >1% for >5
// minutes": the promised time both as the window and as the wait. At the
// test's time scale of 0.1 both are 30 s.
const naive = `
groups:
  - name: naive
    interval: 1s
    rules:
      - alert: Naive
        expr: |
          sum(rate(http_requests_total{slot="green",status="5xx"}[30s]))
          / sum(rate(http_requests_total{slot="green"}[30s])) > 0.01
        for: 30s
        labels: {severity: critical}
`

// TestOnset measures the time from the first failing requests to the webhook,
// for the generated rules and for the naive one with Alertmanager's default
// grouping, side by side in ten worlds. It prints the table of docs/onset.md.
func TestOnset(t *testing.T) {
	for run := 1; run <= 10; run++ {
		t.Run(strconv.Itoa(run), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "0.1", naive)
			w.eventually(t, `cutover:criterion:ok{id="`+errorCriterion+`"} == 1`)
			w.settle(t)
			onset := time.Now()
			w.candidate.Break(demo.Errors)
			w.receives(t, "firing", func(a demo.Alert) bool { return a.Labels["criterion"] == errorCriterion })
			generated := time.Since(onset)
			w.receives(t, "firing", func(a demo.Alert) bool { return a.Labels["alertname"] == "Naive" })
			t.Logf("| %d | %.1f s | %.1f s |", run, generated.Seconds(), time.Since(onset).Seconds())
		})
	}
}

// settle lets the longest window of either rule fill with healthy requests.
func (w *world) settle(t *testing.T) {
	t.Helper()
	w.eventually(t, `count_over_time(up{slot="green"}[45s]) >= 40`)
}
