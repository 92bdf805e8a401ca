package alerts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/internal/series"
)

// inBuckets are targets below a bound of the histogram, between two, and at one
// that Prometheus writes with a decimal point.
var inBuckets = one("buckets", aimingFor("P95 < 150ms", "P95 < 250ms", "P99 < 1s"), alerts.Options{})

// slowest are rollback criteria on a quantile.
var slowest = one("slowest", rollbackOn("P99 latency > 2 seconds for 3 minutes"), alerts.Options{})

// outOfBuckets is a target beyond the finest bucket.
var outOfBuckets = one("out-of-buckets", aimingFor("P95 < 5ms"), alerts.Options{})

// buckets is what a histogram's coarse buckets can tell: exactly at a bound,
// and between two only which side of both.
func buckets(t *testing.T) []scenario {
	of := func(line string) string { return verdict(t, inBuckets, line) }
	between, exact, second := of("P95 < 150ms"), of("P95 < 250ms"), of("P99 < 1s")
	p95 := fmt.Sprintf("round(1e6 * max(%s{statistic=\"p95\",track=\"candidate\"})) / 1e6", series.SignalSeconds)
	small := func(n int, l load) step { return during(n, serving(l)) }
	// Of 100 requests so many take so long, the others 50 ms.
	slow := func(n, slow int, seconds float64) step {
		return during(n, serving(load{ok: 100 - slow, slow: slow, slowSeconds: seconds}))
	}
	return complete(t, inBuckets, []scenario{
		{
			name:    "all requests are below the lower bound: fine",
			targets: []target{green(slow(16, 0, 0))},
			values:  []value{{"3m", between, fine}, {"3m", exact, fine}, {"3m", second, fine}},
		},
		{
			name:    "all requests take 120 ms: nobody can tell, and nothing fires",
			targets: []target{green(slow(16, 100, 0.12))},
			values:  []value{{"3m", between, open}, {"3m", exact, fine}},
		},
		{
			name:    "all requests take 200 ms: nobody can tell either",
			targets: []target{green(slow(16, 100, 0.2))},
			values:  []value{{"3m", between, open}, {"3m", exact, fine}},
		},
		{
			name:    "six of a hundred requests take 300 ms: above the higher bound",
			targets: []target{green(slow(16, 0, 0), slow(16, 6, 0.3))},
			alerts:  []firing{{alert: miss("P95 < 150ms"), from: "6m30s"}, {alert: miss("P95 < 250ms"), from: "6m30s"}},
			values:  []value{{"4m15s", exact, fine}, {"4m30s", exact, broken}, {"4m30s", between, broken}, {"5m", second, fine}},
		},
		{
			name:    "five of a hundred requests take 300 ms: the quantile is at its bound",
			targets: []target{green(slow(24, 5, 0.3))},
			values:  []value{{"4m", exact, fine}, {"4m", between, fine}},
		},
		{
			name:    "two of a hundred requests take longer than a second",
			targets: []target{green(slow(24, 2, 1.2))},
			alerts:  []firing{{alert: miss("P99 < 1s"), from: "2m15s"}},
			values:  []value{{"2m", second, broken}},
		},
		{
			name:    "the bound is stored without a decimal point, as by older servers",
			targets: []target{undecorated(green(slow(24, 2, 1.2)))},
			alerts:  []firing{{alert: miss("P99 < 1s"), from: "2m15s"}},
			values:  []value{{"2m", second, broken}, {"2m", exact, fine}},
		},
		{
			name:    "a rollback criterion on a quantile",
			rules:   slowest,
			targets: []target{green(well(8), slow(24, 4, 2.6))},
			alerts:  []firing{{alert: breach("P99 latency > 2 seconds for 3 minutes"), from: "5m"}},
		},
		{
			name:    "few requests say nothing about a quantile",
			targets: []target{green(during(1, serving(load{ok: 2, slow: 5, slowSeconds: 3})), bad(24, 0, 0))},
			alerts:  []firing{{alert: signalMissing, from: "5m"}},
			values:  []value{{"1m", exact, open}, {"1m", p95, open}, {"5m", exact, open}},
		},
		{
			// One of the 19 steps in five minutes is slow, 5.3 %: with 36 of 38
			// requests quick, the rank 36.1 is a twentieth into the bucket from 1 s.
			name:    "a small service is slow for a scrape: five minutes show it",
			targets: []target{green(small(24, load{ok: 2}), small(1, load{slow: 2, slowSeconds: 1.2}), small(3, load{ok: 2}))},
			values:  []value{{"5m45s", exact, fine}, {"6m", exact, broken}, {"6m", p95, is(1.025)}, {"6m", second, broken}},
		},
		{
			name:    "a tiny service is judged by fifteen minutes of quantiles",
			targets: []target{green(alternating(60, load{ok: 2}))},
			values:  []value{{"5m", exact, open}, {"14m", exact, fine}, {"14m", p95, is(0.04875)}},
		},
		{
			name:    "a bound outside of the buckets has no rule",
			rules:   outOfBuckets,
			targets: []target{green(well(16))},
			values:  []value{{"3m", "sum(cutover:criterion:ok)", open}},
		},
	})
}

// undecorated is a target whose whole bounds are stored as le="1".
func undecorated(t target) target {
	for i, s := range t.steps {
		t.steps[i].change = func(e exposition) {
			decorated := exposition{}
			for name, v := range e {
				decorated[restored(name)] = v
			}
			s.change(decorated)
			clear(e)
			for name, v := range decorated {
				e[strings.Replace(name, `.0"`, `"`, 1)] = v
			}
		}
	}
	return t
}

func restored(series string) string {
	for _, whole := range []string{"1", "2", "3", "4", "5", "10", "30", "60"} {
		series = strings.Replace(series, fmt.Sprintf("le=%q", whole), fmt.Sprintf("le=%q", whole+".0"), 1)
	}
	return series
}
