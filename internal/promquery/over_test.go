package promquery

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/series"
)

func TestGoldenOver(t *testing.T) {
	s := settings(t, DefaultInstrumentation)
	s.Queries = map[criterion.Signal]string{criterion.Business: "sum(rate(orders_total{$selector}[$window]))"}
	p := Place{Checklist: "plan", Environment: "production", Track: series.Baseline, Selector: `slot="blue"`}
	var got strings.Builder
	for _, q := range []struct {
		signal   criterion.Signal
		quantile float64
	}{
		{criterion.ErrorRatio, 0}, {criterion.SuccessRatio, 0}, {criterion.Latency, 0}, {criterion.Latency, 0.95},
		{criterion.Throughput, 0}, {criterion.Memory, 0}, {criterion.CPU, 0}, {criterion.Availability, 0}, {criterion.Business, 0},
	} {
		expr, err := s.Over(q.signal, q.quantile, p, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&got, "# %s %s\n%s\n\n", q.signal, criterion.StatisticName(q.quantile), expr)
	}
	file := filepath.Join("testdata", "over", "over.promql")
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("(-golden +got)\n%s", diff)
	}
}

// Whatever the instrumentation and the window, the query is PromQL, reads no
// recorded series, and looks at no other window.
func TestOverReadsOneWindow(t *testing.T) {
	for _, name := range InstrumentationNames() {
		for _, window := range []time.Duration{7 * time.Second, 5 * time.Minute, time.Hour, 36 * time.Hour} {
			s := settings(t, name)
			s.TimeScale = 0.1
			if diff := cmp.Diff([]time.Duration{window}, s.oneWindow(window).Windows()); diff != "" {
				t.Errorf("%v: %s", window, diff)
			}
			for _, signal := range []criterion.Signal{criterion.ErrorRatio, criterion.SuccessRatio, criterion.Latency, criterion.Memory, criterion.Throughput} {
				expr, err := s.Over(signal, 0, Place{Selector: `slot="blue"`}, window)
				if not := (*NotMeasurableError)(nil); errors.As(err, &not) && s.Instrumentation.CountsRuns() {
					continue // what runs can't tell stands in the golden file
				}
				if err != nil {
					t.Errorf("%s, %s: %v", name, signal, err)
					continue
				}
				if _, err := parser.NewParser(parser.Options{}).ParseExpr(expr); err != nil || strings.Contains(expr, "cutover:") {
					t.Errorf("%s, %s: %v in\n%s", name, signal, err, expr)
				}
				if !strings.Contains(expr, "["+promDuration(window)) {
					t.Errorf("%s, %s over %v:\n%s", name, signal, window, expr)
				}
			}
		}
	}
	var not *NotMeasurableError
	if _, err := (Settings{}).Over(criterion.TestPassRatio, 0, Place{}, time.Hour); !errors.As(err, &not) {
		t.Errorf("got %v", err)
	}
}
