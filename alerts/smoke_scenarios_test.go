package alerts_test

import (
	"testing"

	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
)

// smokeTests is what the smoke tests decide. They run every 30 s, so each
// result is scraped twice.
func smokeTests(t *testing.T) []scenario {
	says := func(n int, results ...smoke) step {
		return during(n, reporting(t, onWords, report{smoke: results}))
	}
	pass := smoke{track: "candidate", test: "login"}
	fail := smoke{track: "candidate", test: "login", fails: true}
	other := smoke{track: "candidate", test: "health"}
	blueFails := smoke{track: "baseline", test: "login", fails: true}
	bluePasses := smoke{track: "baseline", test: "login"}
	failing := func(s smoke) alert {
		return alert{"alertname": series.AlertSmokeFailing, series.LabelTrack: s.track, series.LabelTest: s.test}
	}
	minor := smoke{track: "candidate", test: "banner", minor: true, fails: true}
	staging := smoke{track: "candidate", test: "login", environment: "staging", fails: true}
	verdict := verdict(t, onWords, smokeLine)
	return complete(t, onWords, []scenario{
		{
			name:    "a critical test fails once",
			targets: []target{green(well(20)), cutover(says(8, pass, other), says(2, fail, other), says(10, pass, other))},
			values:  []value{{"2m15s", verdict, fine}},
		},
		{
			name:    "a critical test fails, passes, and fails again",
			targets: []target{green(well(20)), cutover(says(8, pass), says(2, fail), says(2, pass), says(2, fail), says(6, pass))},
		},
		{
			name:    "a critical test fails again and again",
			targets: []target{green(well(48)), cutover(says(8, pass, other), says(12, fail, other), says(28, pass, other))},
			alerts:  []firing{{functionality(smokeLine), "3m", "10m"}, {failing(fail), "3m", "5m"}},
			values:  []value{{"2m45s", verdict, fine}, {"3m", verdict, broken}, {"5m", verdict, fine}},
		},
		{
			name:    "the other tests pass: one is enough",
			targets: []target{green(well(20)), cutover(says(20, fail, other, bluePasses))},
			alerts:  []firing{{alert: functionality(smokeLine), from: "0s"}, {alert: failing(fail), from: "1m"}},
		},
		{
			name:    "a critical test fails before anything is shifted",
			targets: []target{blue(well(20)), cutover(during(20, reporting(t, onWords, report{phase: rollout.Planned, smoke: []smoke{fail}})))},
			alerts:  []firing{{alert: failing(fail), from: "1m"}},
			values:  []value{{"4m", verdict, broken}},
		},
		{
			name:    "a test that isn't critical fails",
			targets: []target{green(well(20)), cutover(says(8, pass), says(12, pass, minor))},
			alerts:  []firing{{alert: failing(minor), from: "3m"}},
		},
		{
			name:    "the old version fails alike: the prober is suspected",
			targets: []target{green(well(20)), blue(well(20)), cutover(says(8, pass, bluePasses), says(12, fail, blueFails))},
			alerts:  []firing{{alert: failing(fail), from: "3m"}, {alert: failing(blueFails), from: "3m"}},
			values:  []value{{"4m", verdict, open}},
		},
		{
			name:    "the old version fails, and the new one doesn't",
			targets: []target{green(well(20)), blue(well(20)), cutover(says(20, pass, blueFails))},
			alerts:  []firing{{alert: failing(blueFails), from: "1m"}},
			values:  []value{{"4m", verdict, fine}},
		},
		{
			name:    "staging fails",
			targets: []target{green(well(20)), cutover(says(20, pass, staging))},
			alerts:  []firing{{alert: failing(staging), from: "1m"}},
			values:  []value{{"4m", verdict, fine}},
		},
		{
			name:    "the exporter is gone: its tests prove nothing",
			targets: []target{green(well(40)), cutover(says(8, pass), down(32))},
			alerts:  []firing{{alert: exporterDown, from: "3m"}},
			values:  []value{{"2m30s", verdict, fine}, {"5m", verdict, open}},
		},
		{
			name: "two replicas, of which one can't reach the candidate",
			targets: []target{green(well(40)), cutover(says(40, pass)),
				{`job="cutover",instance="cutover-2"`, []step{says(8, pass), says(32, fail)}}},
			alerts: []firing{{alert: functionality(smokeLine), from: "3m"}, {alert: failing(fail), from: "3m"}},
		},
		{
			// Last run at 1m45s, and old after 2m15s.
			name:    "a test no longer runs",
			targets: []target{green(well(32)), lastRun(8, 24)},
			alerts: []firing{{
				alert: alert{"alertname": series.AlertSmokeStale, series.LabelTrack: "candidate", series.LabelTest: "login"}, from: "5m15s",
			}},
		},
	})
}

// lastRun is a smoke test that runs with every scrape, and then no more.
func lastRun(running, stopped int) target {
	const name = series.SmokeLastRunTimestamp + `{environment="production",track="candidate",suite="standard",test="login"}`
	return target{`job="smoke",instance="smoke-1"`, []step{
		during(1, func(e exposition) { e[name] = 0 }),
		during(running-1, func(e exposition) { e[name] += 15 }),
		during(stopped, nil),
	}}
}
