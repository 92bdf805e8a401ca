package alerts_test

import (
	"fmt"
	"testing"

	"github.com/cutover-dev/cutover/alerts"
)

const quantileTarget = "P95 < 250ms"

// instrumented measures errors, the mean latency and a quantile.
func instrumented(name, selector string, native bool) *ruleSet {
	return one(name, aimingFor(quantileTarget, responseTarget)+"\n## Rollback Scenarios\n\n### Rollback Criteria\n"+boxes([]string{errorsLine}),
		alerts.Options{Instrumentation: name, CandidateSelector: selector, BaselineSelector: `slot="blue"`, NativeHistograms: native})
}

// instrumentations is every exporter's series through the whole rules: healthy,
// failing, slow.
func instrumentations(t *testing.T) []scenario {
	var out []scenario
	for _, s := range shapes() {
		rules := instrumented(s.instrumentation, s.selector, false)
		during := func(n int, l load) step {
			l.probes = 2
			return during(n, s.expose(l))
		}
		quick := load{ok: 100, seconds: 0.02}
		quantile, misses := open, []firing{{alert: miss(responseTarget), from: "4m"}}
		if s.quantiles {
			quantile, misses = fine, append(misses, firing{alert: miss(quantileTarget), from: "4m"})
		}
		out = append(out, complete(t, rules, []scenario{
			{
				name:    s.instrumentation + ": all is well, then some requests fail",
				targets: []target{{s.target, []step{during(8, quick), during(24, load{ok: 95, errors: 5, seconds: 0.02})}}},
				alerts:  []firing{{alert: breach(errorsLine), from: "7m"}},
				values: []value{
					{"1m45s", verdict(t, rules, errorsLine), fine}, {"1m45s", verdict(t, rules, responseTarget), fine},
					{"1m45s", verdict(t, rules, quantileTarget), quantile}, {"1m45s", candidateErrors, is(0)},
					{"1m45s", candidateMean, is(0.02)}, {"4m", candidateErrors, is(0.05)},
				},
			},
			{
				name:    s.instrumentation + ": all is well, then requests take two seconds",
				targets: []target{{s.target, []step{during(8, quick), during(16, load{ok: 100, seconds: 2})}}},
				alerts:  misses,
				values:  []value{{"5m", candidateMean, is(2)}},
			},
		})...)
	}
	const withoutExporter = 1 // smoke, which is tried by what only runs do
	if len(shapes())+withoutExporter != len(alerts.Instrumentations()) {
		t.Errorf("shapes of %d instrumentations, and there are %v", len(shapes()), alerts.Instrumentations())
	}
	return append(out, nativeHistograms(t)...)
}

// nativeHistograms is OpenTelemetry's histogram without buckets of its own: the
// count is part of it.
func nativeHistograms(t *testing.T) []scenario {
	rules := instrumented("opentelemetry", `slot="green"`, true)
	rules.name = "native"
	// From a scrape on, 100 requests a scrape with a status. The bucket below
	// 31 ms is the one at -5, and that below 2 s the one at 1.
	served := func(from, n, status, bucket int, seconds float64) testInput {
		h := fmt.Sprintf("{{schema:0 count:%d sum:%v buckets:[%d] offset:%d}}", n, float64(n)*seconds, n, bucket)
		series := fmt.Sprintf(`http_server_request_duration_seconds{http_route="/",http_response_status_code="%d",from="%d",%s}`, status, from, fromService)
		return testInput{series, fmt.Sprintf("_x%d %s+%sx40", from, h, h)}
	}
	return complete(t, rules, []scenario{
		{
			name:    "native histograms: all is well, then some requests fail",
			raw:     []testInput{served(0, 95, 200, -5, 0.02), served(8, 5, 500, -5, 0.02)},
			targets: []target{{fromService, []step{during(32, nil)}}},
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}},
			values: []value{
				{"1m45s", verdict(t, rules, errorsLine), fine}, {"1m45s", verdict(t, rules, responseTarget), fine},
				{"1m45s", verdict(t, rules, quantileTarget), fine}, {"4m", candidateErrors, is(0.05)},
			},
		},
		{
			name:    "native histograms: all is well, then requests take two seconds",
			raw:     []testInput{served(0, 100, 200, -5, 0.02), served(8, 100, 200, 1, 2)},
			targets: []target{{fromService, []step{during(24, nil)}}},
			alerts:  []firing{{alert: miss(responseTarget), from: "4m15s"}, {alert: miss(quantileTarget), from: "4m15s"}},
			values:  []value{{"5m", candidateMean, is(1.01)}},
		},
	})
}

const candidateMean = `round(1e6 * sum(cutover:signal:seconds{statistic="mean",track="candidate"})) / 1e6`
