package alerts_test

import (
	"testing"

	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
)

// littleTraffic is what few requests, or none, can prove.
func littleTraffic(t *testing.T) []scenario {
	verdict := verdict(t, onErrors, errorsLine)
	count := func(window string) string {
		return `round(sum(cutover:signal:count{signal="requests",track="candidate",window="` + window + `"}))`
	}
	pause := func(n int) step { return bad(n, 0, 0) }
	return complete(t, onErrors, []scenario{
		{
			name:    "of three requests one fails, and nothing is proven",
			targets: []target{green(pause(2), bad(1, 2, 1), pause(40))},
			alerts:  []firing{{alert: signalMissing, from: "6m30s"}},
			values:  []value{{"1m", verdict, open}, {"5m", verdict, open}, {"30s", count("1m"), is(3)}},
		},
		{
			name:    "29 requests a minute are too few for a minute, and enough for five",
			targets: []target{green(bad(32, 7, 0))},
			values: []value{
				{"5m15s", count("1m"), is(28)}, {"5m15s", count("5m"), is(140)},
				{"1m", verdict, fine}, {"5m15s", verdict, fine},
			},
		},
		{
			// Two requests a scrape, then one of two fails: five minutes hold 30 of
			// them, and one failure in them is 2.5 %. The last one leaves them at 18m.
			name:    "a small service is judged by five minutes",
			targets: []target{green(bad(24, 2, 0), bad(30, 1, 1), bad(40, 2, 0))},
			alerts:  []firing{{breach(errorsLine), "11m", "23m"}},
			values: []value{
				{"5m45s", verdict, fine}, {"6m", verdict, broken}, {"18m", verdict, fine}, {"5m45s", count("1m"), is(8)},
			},
		},
		{
			// Two requests every half a minute: five minutes hold 20.
			name:    "a tiny service is judged by fifteen minutes",
			targets: []target{green(alternating(64, load{ok: 2}), alternating(24, load{errors: 2}))},
			alerts:  []firing{{alert: breach(errorsLine), from: "21m"}},
			values:  []value{{"5m", verdict, open}, {"15m45s", verdict, fine}, {"16m", verdict, broken}},
		},
		{
			// Of all that it ever answered, 10 % failed; now nothing does.
			name:    "a tiny service with a past is seen for the first time",
			targets: []target{green(append([]step{unscraped(1, serving(load{ok: 9000, errors: 1000}))}, bad(80, 2, 0))...)},
			values:  []value{{"2m", verdict, open}, {"9m", verdict, fine}, {"9m", candidateErrors, is(0)}},
		},
		{
			// promtool evaluates the rules meanwhile, which Prometheus doesn't.
			name: "Prometheus was down for ten minutes, and sees a tiny service with a past again",
			targets: []target{green(unscraped(1, serving(load{ok: 9000, errors: 1000})), bad(40, 2, 0),
				unscraped(40, serving(load{ok: 2})), bad(60, 2, 0))},
			alerts: []firing{{signalMissing, "15m45s", "20m30s"}},
			values: []value{{"20m30s", candidateErrors, is(0)}, {"30m", verdict, fine}},
		},
		{
			name:    "errors of a tiny service are born after it is seen",
			targets: []target{green(bad(40, 2, 0), bad(30, 1, 1))},
			alerts:  []firing{{alert: breach(errorsLine), from: "15m"}},
			values:  []value{{"9m45s", verdict, fine}, {"10m", verdict, broken}},
		},
		{
			name:    "no traffic at all says nothing",
			targets: []target{green(pause(32))},
			alerts:  []firing{{alert: signalMissing, from: "5m"}},
			values:  []value{{"5m", verdict, open}, {"5m", candidateErrors, open}, {"5m", share, open}},
		},
		{
			name: "no traffic before anything is shifted",
			targets: []target{
				green(pause(40)), blue(well(40)),
				cutover(during(40, reporting(t, onErrors, report{phase: rollout.Planned}))),
			},
			values: []value{{"5m", share, is(0)}, {"5m", verdict, open}},
		},
		{
			// 0/0 is NaN, and NaN compares as 0 does: as broken.
			name:    "traffic ends: the windows run out, and then nothing is said",
			targets: []target{green(well(8), pause(80))},
			alerts:  []firing{{alert: signalMissing, from: "7m30s"}},
			values: []value{
				{"2m30s", verdict, fine}, {"10m", verdict, fine}, {"18m", verdict, open}, {"18m", candidateErrors, open}, {"18m", share, open},
			},
		},
		{
			name:    "health checks fail, and no user's request does",
			targets: []target{green(during(40, serving(load{ok: 100, probes: 5, badProbes: 20})))},
			values:  []value{{"6m", candidateErrors, is(0)}, {"6m", count("1m"), is(400)}},
		},
		{
			name:    "health checks are no traffic",
			targets: []target{green(during(32, serving(load{probes: 50})))},
			alerts:  []firing{{alert: signalMissing, from: "5m"}},
			values:  []value{{"5m", verdict, open}},
		},
		{
			name:    "health checks that succeed don't hide users' errors",
			targets: []target{green(well(8), during(24, serving(load{ok: 95, errors: 5, probes: 1000})))},
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}},
			values:  []value{{"4m", candidateErrors, is(0.05)}},
		},
	})
}

// alternating serves a load every other scrape, and nothing in between.
func alternating(n int, l load) step {
	scrape := 0
	return during(n, func(e exposition) {
		if scrape++; scrape%2 == 1 {
			serving(l)(e)
			return
		}
		serving(load{})(e)
	})
}

// candidateFates is how a candidate can end.
func candidateFates(t *testing.T) []scenario {
	planned := func(p rollout.Phase, n int) target {
		return cutover(during(n, reporting(t, onErrors, report{phase: p})))
	}
	return complete(t, onErrors, []scenario{
		{
			// No request is answered, so none is answered with an error.
			name:    "the candidate crashes under traffic",
			targets: []target{green(well(12), down(28)), blue(well(40))},
			alerts:  []firing{{alert: candidateDown, from: "4m"}, {alert: signalMissing, from: "8m30s"}},
		},
		{
			name:    "the candidate crashes, and comes back",
			targets: []target{green(well(12), down(8), restarted(well(12)))},
			alerts:  []firing{{candidateDown, "4m", "5m"}},
		},
		{
			name:    "the candidate restarts, nobody asks it for anything, and it is taken away",
			targets: []target{green(well(12), restarted(bad(12, 0, 0)), gone(10))},
		},
		{
			name:    "the candidate restarts, and crashes before anybody asks it for anything",
			targets: []target{green(well(12), restarted(bad(1, 0, 0)), down(10))},
			alerts:  []firing{{alert: candidateDown, from: "4m15s"}},
		},
		{
			name:    "the candidate crashes, and nobody asks it for anything any more",
			targets: []target{green(well(12), down(2), restarted(bad(12, 0, 0)))},
		},
		{
			name:    "the candidate crashes, starts, and crashes before anybody asks it for anything",
			targets: []target{green(well(12), down(2), restarted(bad(1, 0, 0)), down(10))},
			alerts:  []firing{{alert: candidateDown, from: "4m45s"}},
		},
		{
			name:    "the candidate crashes at the smallest stage",
			targets: []target{green(bad(12, 10, 0), down(12)), blue(bad(24, 2000, 0))},
			alerts:  []firing{{alert: candidateDown, from: "4m"}},
		},
		{
			name:    "the candidate vanishes from service discovery under traffic",
			targets: []target{green(well(12), gone(16))},
			alerts:  []firing{{alert: candidateDown, from: "4m"}},
		},
		{
			name:    "three scrapes in a row fail",
			targets: []target{green(well(12), lost(3, serving(healthy)), well(12))},
		},
		{
			name: "one of two instances crashes",
			targets: []target{
				green(well(12), down(20)),
				{`job="api",slot="green",instance="green-2"`, []step{well(32)}},
			},
		},
		{
			name:    "the candidate is drained, and then taken away",
			targets: []target{green(well(12), bad(6, 0, 0), gone(30)), planned(rollout.RolledBack, 48)},
		},
		{
			name:    "the candidate is drained and taken away with the box still ticked",
			targets: []target{green(well(12), bad(6, 0, 0), gone(12))},
			alerts:  []firing{},
		},
		{
			name:    "the candidate is drained for half a minute before it is taken away",
			targets: []target{green(well(12), bad(2, 0, 0), gone(12))},
		},
		{
			// Six requests a minute: an empty scrape proves nothing.
			name:    "a small candidate crashes after a scrape without a request",
			targets: []target{green(alternating(24, load{ok: 3}), down(12))},
			alerts:  []firing{{alert: candidateDown, from: "7m"}},
		},
		{
			name:    "the candidate was never deployed",
			targets: []target{blue(well(40)), planned(rollout.Planned, 40)},
			values:  []value{{"5m", share, is(0)}},
		},
		{
			// The longer windows still know of the errors.
			name:    "the candidate crashes while it fails: the page stays",
			targets: []target{green(well(8), bad(24, 90, 10), down(24))},
			alerts: []firing{
				{alert: breach(errorsLine), from: "7m"},
				{alert: candidateDown, from: "9m"},
				{alert: signalMissing, from: "13m30s"},
			},
		},
		{
			name:    "the candidate is gone after the rollback",
			targets: []target{green(well(12), down(32)), planned(rollout.RolledBack, 44)},
		},
		{
			name:    "traffic is ticked as shifted, and the candidate isn't scraped",
			targets: []target{blue(well(32))},
			alerts:  []firing{{alert: aboutPlan(series.AlertSignalMissing), from: "5m"}},
		},
	})
}
