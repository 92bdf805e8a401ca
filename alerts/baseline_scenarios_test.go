package alerts_test

import (
	"testing"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
)

// liveOnly compares with the baseline as long as it has traffic, and has no
// frozen figures for afterwards.
var liveOnly = one("live-only", rollbackOn(latencyLine, "Memory increase >30%"), alerts.Options{})

// improvements are targets relative to the baseline, whose frozen memory is
// 256 MB.
var improvements = one("improvements", aimingFor("Response time: >10% improvement", "Memory increase < 5%"), alerts.Options{
	Baseline: []alerts.Baseline{{Signal: criterion.Memory, Value: 256e6}},
})

func at(n int, seconds float64) step { return during(n, serving(load{ok: 100, seconds: seconds})) }

// comparisons is the candidate beside the baseline, live and frozen. A line
// without a duration waits two minutes, and a mean takes two scrapes.
func comparisons(t *testing.T) []scenario {
	verdict := func(r *ruleSet, line string) string { return verdict(t, r, line) }
	drained := func(n int) step { return bad(n, 0, 0) }
	quick := func(n int) step { return at(n, 0.05) }
	begun := func(before, after int) target {
		return cutover(during(before, reporting(t, onLatency, report{phase: rollout.Planned})), during(after, reporting(t, onLatency, report{})))
	}
	small := func(n int, seconds float64) step { return during(n, serving(load{ok: 2, seconds: seconds})) }
	return complete(t, onLatency, []scenario{
		{
			name:    "40 % slower than the baseline is within the bound",
			targets: []target{blue(quick(24)), green(at(24, 0.07))},
			values:  []value{{"3m", candidateLatency, is(0.07)}, {"3m", verdict(onLatency, latencyLine), fine}},
		},
		{
			name:    "60 % slower than the baseline",
			targets: []target{blue(quick(24)), green(quick(8), at(16, 0.08))},
			alerts:  []firing{{alert: breach(latencyLine), from: "4m30s"}},
			values:  []value{{"2m15s", verdict(onLatency, latencyLine), fine}, {"2m30s", verdict(onLatency, latencyLine), broken}},
		},
		{
			name:    "both are slow: the baseline of the moment counts, not the frozen one",
			targets: []target{blue(at(24, 0.2)), green(at(24, 0.21))},
			values:  []value{{"3m", verdict(onLatency, latencyLine), fine}},
		},
		{
			name:    "the baseline is drained while the candidate is bad",
			targets: []target{blue(quick(16), drained(4), gone(40)), green(at(60, 0.08))},
			alerts:  []firing{{alert: breach(latencyLine), from: "2m15s"}},
			values:  []value{{"14m", verdict(onLatency, latencyLine), broken}},
		},
		{
			// The live baseline would let the candidate off; it has to be back for
			// ten minutes.
			name:    "a few requests reach the drained baseline, and are slow",
			targets: []target{blue(at(16, 0.2), drained(8), at(4, 0.2), drained(8), at(20, 0.2)), green(at(56, 0.1))},
			alerts:  []firing{{alert: breach(latencyLine), from: "6m30s"}},
		},
		{
			name:    "the baseline is back for ten minutes: it counts again",
			targets: []target{blue(at(8, 0.2), drained(8), at(60, 0.2)), green(at(76, 0.1))},
			alerts:  []firing{{breach(latencyLine), "4m30s", "18m45s"}},
		},
		{
			// Two requests a scrape: 30 of them take a while.
			name:    "a small service is slow",
			targets: []target{green(during(32, serving(load{ok: 2, seconds: 0.08})))},
			alerts:  []firing{{alert: breach(latencyLine), from: "5m45s"}},
			values:  []value{{"3m", verdict(onLatency, latencyLine), open}, {"4m", verdict(onLatency, latencyLine), broken}},
		},
		{
			name:    "a baseline of no time at all compares with nothing",
			targets: []target{blue(at(12, 1e-10)), green(at(12, 0.05))},
			values:  []value{{"2m", verdict(onLatency, latencyLine), open}},
		},
		{
			// 75 ms are reached once five sixths of five minutes are slow: of 19
			// steps between scrapes, 16.
			name:    "a small service becomes slow: five minutes show it",
			targets: []target{green(small(24, 0.05), small(30, 0.08))},
			alerts:  []firing{{alert: breach(latencyLine), from: "11m45s"}},
			values:  []value{{"9m30s", verdict(onLatency, latencyLine), fine}, {"9m45s", verdict(onLatency, latencyLine), broken}},
		},
		{
			// Five minutes hold 30 requests from 3m45s on, and for ten minutes from
			// 13m45s on: until then the frozen figure counts.
			name:    "a small service is slow on both versions from the beginning",
			targets: []target{blue(small(64, 0.2)), green(small(64, 0.21))},
			alerts:  []firing{{alert: breach(latencyLine), from: "5m45s"}},
			values:  []value{{"8m", verdict(onLatency, latencyLine), broken}, {"15m45s", verdict(onLatency, latencyLine), fine}},
		},
		{
			// The same in fifteen minutes.
			name:    "a tiny service is slow on both versions from the beginning",
			targets: []target{blue(alternating(88, load{ok: 2, seconds: 0.2})), green(alternating(88, load{ok: 2, seconds: 0.21}))},
			alerts:  []firing{{alert: breach(latencyLine), from: "9m30s"}},
			values:  []value{{"12m", verdict(onLatency, latencyLine), broken}, {"21m45s", verdict(onLatency, latencyLine), fine}},
		},
		{
			name:    "a small baseline is drained while the candidate is bad",
			targets: []target{blue(small(80, 0.05), drained(60)), green(gone(60), small(80, 0.08)), begun(60, 80)},
			alerts:  []firing{{alert: breach(latencyLine), from: "20m45s"}},
			values:  []value{{"34m", verdict(onLatency, latencyLine), broken}},
		},
		{
			name:    "without a frozen figure a drained baseline proves nothing",
			rules:   liveOnly,
			targets: []target{blue(quick(8), gone(88)), green(at(96, 0.08))},
			alerts:  []firing{{breach(latencyLine), "2m15s", "23m15s"}},
			values:  []value{{"17m", verdict(liveOnly, latencyLine), open}},
		},
		{
			name:    "memory per instance: three instances of the candidate, one of the baseline",
			rules:   liveOnly,
			targets: []target{blue(well(24)), green(well(24)), instance(2, well(24)), instance(3, well(24))},
			values:  []value{{"3m", verdict(liveOnly, "Memory increase >30%"), fine}},
		},
		{
			name:    "40 % more memory than the baseline",
			rules:   liveOnly,
			targets: []target{blue(well(24)), green(well(8), during(16, serving(load{ok: 100, memory: 280e6})))},
			alerts:  []firing{{alert: breach("Memory increase >30%"), from: "4m"}},
		},
		{
			name:    "targets of improvement are met",
			rules:   improvements,
			targets: []target{blue(quick(24)), green(at(24, 0.04))},
			values: []value{
				{"3m", verdict(improvements, "Response time: >10% improvement"), fine},
				{"3m", recorded(series.SignalBytes, "memory", "candidate"), is(200e6)},
			},
		},
		{
			name:    "a target of improvement is missed by a little",
			rules:   improvements,
			targets: []target{blue(quick(24)), green(at(24, 0.046))},
			alerts:  []firing{{alert: miss("Response time: >10% improvement"), from: "2m15s"}},
		},
		{
			name:    "memory against the frozen baseline once the live one is gone",
			rules:   improvements,
			targets: []target{green(at(24, 0.04), during(16, serving(load{ok: 100, seconds: 0.04, memory: 280e6})))},
			alerts:  []firing{{alert: miss("Memory increase < 5%"), from: "8m"}},
			values:  []value{{"3m", verdict(improvements, "Memory increase < 5%"), fine}},
		},
	})
}

// instance is a further instance of the candidate.
func instance(n int, steps ...step) target {
	return target{`job="api",slot="green",instance="green-` + number(float64(n)) + `"`, steps}
}
