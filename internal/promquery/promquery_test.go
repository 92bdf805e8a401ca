package promquery

import (
	"errors"
	"flag"
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

var update = flag.Bool("update", false, "rewrite the golden files")

func settings(t *testing.T, instrumentation string) Settings {
	t.Helper()
	in, ok := InstrumentationByName(instrumentation)
	if !ok {
		t.Fatalf("no instrumentation %q", instrumentation)
	}
	return Settings{Instrumentation: in, ScrapeInterval: 15 * time.Second, MinRequests: 30, TimeScale: 1}
}

func candidate() Place {
	return Place{Checklist: "plan", Environment: "production", Track: series.Candidate, Selector: `slot="green"`}
}

// everything renders all that an instrumentation can measure of a place.
func everything(s Settings, p Place) string {
	var b strings.Builder
	show := func(r Recording) { fmt.Fprintf(&b, "# %s\n%s\n\n", r.Selector(), r.Expr) }
	for _, r := range s.Traffic(p) {
		show(r)
	}
	for _, m := range []struct {
		signal   criterion.Signal
		quantile float64
	}{
		{criterion.ErrorRatio, 0}, {criterion.SuccessRatio, 0}, {criterion.Latency, 0}, {criterion.Latency, 0.95},
		{criterion.Throughput, 0}, {criterion.Memory, 0}, {criterion.CPU, 0}, {criterion.Availability, 0},
	} {
		r, err := s.Measure(m.signal, m.quantile, p)
		if err != nil {
			fmt.Fprintf(&b, "# %s %v: %v\n\n", m.signal, m.quantile, err)
			continue
		}
		show(r)
	}
	if below, _, ok := s.Bracket(0.25); ok {
		show(s.ShareWithin(below, p))
	}
	if r, ok := s.Instances(p); ok {
		show(r)
	}
	return b.String()
}

func TestGoldenInstrumentations(t *testing.T) {
	variants := map[string]Settings{}
	for _, name := range InstrumentationNames() {
		variants[name] = settings(t, name)
	}
	native := settings(t, "opentelemetry")
	native.Native = true
	variants["opentelemetry-native"] = native
	for name, s := range variants {
		t.Run(name, func(t *testing.T) {
			got := everything(s, candidate())
			file := filepath.Join("testdata", name+".promql")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-golden +got)\n%s", diff)
			}
		})
	}
}

// TestEveryExpressionParses holds the placeholders and the quoting to PromQL.
func TestEveryExpressionParses(t *testing.T) {
	p := parser.NewParser(parser.Options{})
	for _, name := range InstrumentationNames() {
		for block := range strings.SplitSeq(everything(settings(t, name), candidate()), "\n\n") {
			_, expr, _ := strings.Cut(block, "\n")
			if strings.TrimSpace(expr) == "" {
				continue
			}
			if _, err := p.ParseExpr(expr); err != nil {
				t.Errorf("%s: %v in\n%s", name, err, expr)
			}
		}
	}
}

func TestWindows(t *testing.T) {
	for _, tt := range []struct {
		scrape time.Duration
		scale  float64
		want   []time.Duration
	}{
		{15 * time.Second, 1, []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute}},
		// At 60 s scrapes a minute never holds two samples.
		{time.Minute, 1, []time.Duration{4 * time.Minute, 5 * time.Minute, 15 * time.Minute}},
		{10 * time.Minute, 1, []time.Duration{40 * time.Minute}},
		{time.Second, 0.05, []time.Duration{4 * time.Second, 15 * time.Second, 45 * time.Second}},
	} {
		got := Settings{ScrapeInterval: tt.scrape, TimeScale: tt.scale}.Windows()
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("scrape %v, scale %v: (-want +got)\n%s", tt.scrape, tt.scale, diff)
		}
	}
}

func TestReplacedQuery(t *testing.T) {
	s := settings(t, DefaultInstrumentation)
	s.Queries = map[criterion.Signal]string{criterion.Business: `sum(rate(orders_total{$selector}[$window]))`}
	r, err := s.Measure(criterion.Business, 0, candidate())
	if err != nil {
		t.Fatal(err)
	}
	want := `(sum(rate(orders_total{slot="green"}[1m]))) >= -Inf`
	if diff := cmp.Diff(want, r.Expr); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestNotMeasurable(t *testing.T) {
	s := settings(t, "haproxy")
	for _, m := range []struct {
		signal   criterion.Signal
		quantile float64
		want     string
	}{
		{criterion.Latency, 0.95, "not measurable: haproxy exposes no latency histogram"},
		{criterion.Business, 0, "not measurable: no metric measures business: set CUTOVER_QUERY_BUSINESS"},
		{criterion.Other, 0, "not measurable: what is meant is not a signal that metrics have"},
		{criterion.Memory, 0.5, "not measurable: no quantile of memory is known to any instrumentation"},
	} {
		_, err := s.Measure(m.signal, m.quantile, candidate())
		var not *NotMeasurableError
		if !errors.As(err, &not) || err.Error() != m.want {
			t.Errorf("Measure(%s, %v) = %v, want %q", m.signal, m.quantile, err, m.want)
		}
	}
}

func TestBracket(t *testing.T) {
	s := settings(t, "traefik") // .1, .3, 1.2, 5
	for _, tt := range []struct {
		seconds, below, above float64
		ok                    bool
	}{
		{0.3, 0.3, 0.3, true},
		{0.15, 0.1, 0.3, true},
		{0.05, 0, 0, false},
		{6, 0, 0, false},
	} {
		below, above, ok := s.Bracket(tt.seconds)
		if below != tt.below || above != tt.above || ok != tt.ok {
			t.Errorf("Bracket(%v) = %v, %v, %v; want %v, %v, %v", tt.seconds, below, above, ok, tt.below, tt.above, tt.ok)
		}
	}
}

func TestRisesOfSelectorsThatNothingMatches(t *testing.T) {
	p := candidate()
	p.Selector = `slot=~"green-[0-9]+"`
	if _, err := settings(t, DefaultInstrumentation).Rises(p, Load{Requests: 1}); err == nil {
		t.Error("no error, though no label value was made up that matches the selector")
	}
}

func BenchmarkTraffic(b *testing.B) {
	in, _ := InstrumentationByName(DefaultInstrumentation)
	s := Settings{Instrumentation: in, ScrapeInterval: 15 * time.Second, MinRequests: 30, TimeScale: 1}
	b.ReportAllocs()
	for b.Loop() {
		s.Traffic(candidate())
	}
}
