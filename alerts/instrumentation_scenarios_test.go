package alerts_test

import (
	"cmp"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/internal/series"
)

// Targets that every instrumentation is tried on, beside those of a deployment.
const (
	quantileTarget = "P95 < 250ms"
	successTarget  = "Success rate > 99%"
	paceTarget     = "Throughput: > 6 req/s"
	thirdTarget    = "Memory usage < 250MB"
	soonLine       = "Error rate >1% for >2 minutes"
)

// instrumented measures every signal.
func instrumented(name, selector string, native bool) *ruleSet {
	targets := aimingFor(successTarget, responseTarget, quantileTarget, paceTarget, thirdTarget, cpuTarget, availabilityTarget)
	return one(name+map[bool]string{true: "-native"}[native], targets+"\n## Rollback Scenarios\n\n### Rollback Criteria\n"+boxes([]string{soonLine}),
		alerts.Options{Instrumentation: name, CandidateSelector: selector, BaselineSelector: `slot="blue"`, NativeHistograms: native})
}

// instrumentations is every exporter's series through the whole rules: first all
// is well, then everything is bad at once, each signal by a figure of its own.
func instrumentations(t *testing.T) []scenario {
	var out []scenario
	for _, s := range shapes() {
		out = append(out, s.scenario(t, false))
		if s.native != nil {
			out = append(out, s.scenario(t, true))
		}
	}
	out = append(out, complete(t, instrumented("haproxy", `proxy="green"`, false), []scenario{{
		name: backendRemoved,
		targets: []target{{`job="haproxy",instance="haproxy-1"`, []step{
			during(12, haproxy(goodDay)), during(2, haproxy(load{seconds: 0.02})), during(12, withoutGreen),
		}}},
	}})...)
	const withoutExporter = 1 // smoke, which is tried by what only runs do
	if len(shapes())+withoutExporter != len(alerts.Instrumentations()) {
		t.Errorf("shapes of %d instrumentations, and there are %v", len(shapes()), alerts.Instrumentations())
	}
	return out
}

// backendRemoved is a candidate behind a proxy: no scrape of its own tells whether
// it is up.
const backendRemoved = "haproxy: the candidate's backend is drained for half a minute, and removed"

func withoutGreen(e exposition) {
	maps.DeleteFunc(e, func(series string, _ float64) bool { return strings.Contains(series, `proxy="green"`) })
}

// The two states of a service with two instances, of which the first serves all
// requests: 100 a scrape, and then 40, of which a quarter fails, while the second
// instance is away.
var (
	goodDay = load{ok: 100, seconds: 0.02, probes: 2}
	badDay  = load{ok: 30, errors: 10, seconds: 2, probes: 2, memory: 300e6, cpu: 14, away: true}
)

const goodScrapes, badScrapes = 8, 12

// targets plays the two states.
func (s shape) targets() []target {
	first := func(change func(load) func(exposition)) []step {
		return []step{during(goodScrapes, change(goodDay)), during(badScrapes, change(badDay))}
	}
	if s.resources == nil {
		return []target{{s.target, first(s.expose)}}
	}
	newer := func(l load) func(exposition) { return s.resources("3.13.0", l) }
	app := cmp.Or(s.app, s.target)
	second := target{strings.Replace(app, "green-1", "green-2", 1), []step{
		during(goodScrapes, s.resources("3.12.11", load{memory: 100e6})), down(badScrapes),
	}}
	if s.app != "" {
		return []target{{s.target, first(s.expose)}, {s.app, first(newer)}, second}
	}
	return []target{{s.target, first(func(l load) func(exposition) {
		requests, resources := s.expose(l), newer(l)
		return func(e exposition) { requests(e); resources(e) }
	})}, second}
}

// A figure is a signal's value in both states, and the criterion that is fine in
// the first and broken in the second.
type figure struct {
	expr      string
	good, bad []float64
	line      string
	fires     string // when it does
}

// figures are those that a shape shows, worked out by hand. What it doesn't show
// is nothing, and open.
func (s shape) figures(native bool) []figure {
	ratio := func(signal string) string { return recorded(series.SignalRatio, signal, series.Candidate) }
	latency := func(statistic string) string {
		return fmt.Sprintf("round(1e6 * sum(%s{statistic=%q,track=%q})) / 1e6", series.SignalSeconds, statistic, series.Candidate)
	}
	instances := func(version string) string { return fmt.Sprintf("sum(%s{version=%q})", series.InstancesCount, version) }
	figures := []figure{
		{ratio("error_ratio"), is(0), is(0.25), soonLine, "4m"},
		{ratio("success_ratio"), is(1), is(0.75), successTarget, "4m"},
		{latency("mean"), is(0.02), is(2), responseTarget, "4m"},
		// 100 in 15 s, and 40 in 15 s; as a target that is capacity, which is open
		// where little is asked for.
		{recorded(series.SignalPerSecond, "throughput", series.Candidate), is(6.666667), is(2.666667), "", ""},
	}
	if p95 := map[bool][]float64{false: s.p95, true: s.native}[native]; p95 != nil {
		figures = append(figures, figure{latency("p95"), is(p95[0]), is(p95[1]), quantileTarget, "4m"})
	} else {
		figures = append(figures, figure{expr: latency("p95")})
	}
	memory, cpu := recorded(series.SignalBytes, "memory", series.Candidate), ratio("cpu")
	if s.resources != nil {
		figures = append(figures,
			figure{memory, is(150e6), is(300e6), thirdTarget, "4m"},    // of 200 and 100 MB, and of the first alone
			figure{cpu, is(0.2), is(0.933333), cpuTarget, "4m30s"},     // 3 s and 14 s in 15 s; a window of 60 s fills
			figure{expr: instances("3.13.0"), good: is(1), bad: is(1)}, // the first
			figure{expr: instances("3.12.11"), good: is(1)},            // the second
		)
	} else {
		figures = append(figures, figure{expr: memory}, figure{expr: cpu}, figure{expr: "sum(" + series.InstancesCount + ")"})
	}
	if s.resources != nil || s.checked {
		return append(figures, figure{ratio("availability"), is(1), is(0.5), availabilityTarget, "4m"})
	}
	return append(figures, figure{expr: ratio("availability")})
}

func (s shape) scenario(t *testing.T, native bool) scenario {
	rules := instrumented(s.instrumentation, s.selector, native)
	out := scenario{name: rules.name + ": all is well, and then nothing is", rules: rules, targets: s.targets(), native: native}
	const good, bad = "1m45s", "4m45s"
	for _, f := range s.figures(native) {
		out.values = append(out.values, value{good, f.expr, f.good}, value{bad, f.expr, f.bad})
		if f.line == "" {
			continue
		}
		judged := verdict(t, rules, f.line)
		out.values = append(out.values, value{good, judged, fine}, value{bad, judged, broken})
		wrong := miss(f.line)
		if f.line == soonLine {
			wrong = breach(f.line)
		}
		out.alerts = append(out.alerts, firing{alert: wrong, from: f.fires})
	}
	pace := verdict(t, rules, paceTarget)
	out.values = append(out.values, value{good, pace, fine}, value{bad, pace, open})
	return complete(t, rules, []scenario{out})[0]
}
