package alerts_test

import (
	"testing"
	"time"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
)

// seldomScraped has its smoke tests run twice between two scrapes.
var seldomScraped = one("seldom-scraped", rollbackOn(smokeLine), alerts.Options{
	ScrapeInterval: time.Minute, EvaluationInterval: time.Minute, SmokeInterval: 30 * time.Second,
})

// scrapedEveryTwoMinutes has a test of its own pace: one run in thirty scrapes.
var scrapedEveryTwoMinutes = one("two-minutes", rollbackOn(smokeLine), alerts.Options{
	ScrapeInterval: 2 * time.Minute, EvaluationInterval: 2 * time.Minute, SmokeInterval: 2 * time.Minute,
})

func verdictOf(t *testing.T, r *ruleSet) string { return verdict(t, r, smokeLine) }

// flapping is a smoke test that passes in a run between any two that are scraped.
func flapping(report func(exposition)) func(exposition) {
	const id = `{environment="production",track="candidate",suite="standard",test="login"`
	passes := 0.0
	return func(e exposition) {
		report(e)
		passes++
		e[series.SmokeRuns+id+`,result="success"}`] = passes
		e[series.SmokeLastRunTimestamp+id+"}"] = firstRun + 60*passes
	}
}

// smokeTests is what the smoke tests decide. They run every 30 s, so each
// result is scraped twice.
func smokeTests(t *testing.T) []scenario {
	says := func(n int, results ...smoke) step {
		return during(n, reporting(t, onWords, report{smoke: results}))
	}
	hourly := func(n int, s smoke) step {
		s.every = 30
		return during(n, reporting(t, scrapedEveryTwoMinutes, report{smoke: []smoke{s}}))
	}
	pass := smoke{track: "candidate", test: "login"}
	fail := smoke{track: "candidate", test: "login", fails: true}
	other := smoke{track: "candidate", test: "health"}
	blueFails := smoke{track: "baseline", test: "login", fails: true}
	bluePasses := smoke{track: "baseline", test: "login"}
	latePass := smoke{track: "candidate", test: "login", late: true}
	lateFail := smoke{track: "candidate", test: "login", late: true, fails: true}
	lateBlueFails := smoke{track: "baseline", test: "login", late: true, fails: true}
	lateBluePasses := smoke{track: "baseline", test: "login", late: true}
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
			values:  []value{{"2m", verdict, fine}, {"2m15s", verdict, fine}},
		},
		{
			name:    "a critical test fails, passes, and fails again",
			targets: []target{green(well(20)), cutover(says(8, pass), says(2, fail), says(2, pass), says(2, fail), says(6, pass))},
			values:  []value{{"3m", verdict, fine}, {"3m15s", verdict, fine}},
		},
		{
			// The second run is scraped at 2m30s, and the first to pass at 3m.
			name:    "a critical test fails exactly twice in a row",
			targets: []target{green(well(40)), cutover(says(8, pass, other), says(4, fail, other), says(28, pass, other))},
			alerts:  []firing{{functionality(), "2m30s", "8m"}, {failing(fail), "2m30s", "3m"}},
			values: []value{
				{"2m", verdict, fine}, {"2m15s", verdict, fine}, {"2m30s", verdict, broken}, {"2m45s", verdict, broken}, {"3m", verdict, fine},
			},
		},
		{
			name:    "a critical test fails again and again",
			targets: []target{green(well(48)), cutover(says(8, pass, other), says(12, fail, other), says(28, pass, other))},
			alerts:  []firing{{functionality(), "2m30s", "10m"}, {failing(fail), "2m30s", "5m"}},
			values:  []value{{"2m15s", verdict, fine}, {"2m30s", verdict, broken}, {"4m45s", verdict, broken}, {"5m", verdict, fine}},
		},
		{
			name: "between two runs that fail a scrape is lost",
			targets: []target{green(well(20)), cutover(says(8, pass, other), says(1, fail, other),
				lost(1, reporting(t, onWords, report{smoke: []smoke{fail, other}})), says(10, fail, other))},
			alerts: []firing{{alert: functionality(), from: "2m30s"}, {alert: failing(fail), from: "2m30s"}},
		},
		{
			name: "the first failure is no further one after some that were over",
			targets: []target{green(well(64)), cutover(says(8, pass), says(4, fail), says(2, pass), lost(1, nil), says(1, pass),
				says(2, fail), says(46, pass))},
			alerts: []firing{{functionality(), "2m30s", "8m"}, {failing(fail), "2m30s", "3m"}},
			values: []value{{"4m", verdict, fine}, {"4m15s", verdict, fine}},
		},
		{
			name:    "of runs that are seldom scraped every other one fails, and each time when it is seen",
			rules:   seldomScraped,
			targets: []target{green(well(10)), cutover(during(10, flapping(reporting(t, seldomScraped, report{smoke: []smoke{fail}}))))},
			values:  []value{{"8m", verdictOf(t, seldomScraped), fine}},
		},
		{
			name: "of two replicas each sees one failure, one after the other",
			targets: []target{green(well(32)), cutover(says(8, pass), says(2, fail), says(22, pass)),
				{`job="cutover",instance="cutover-2"`, []step{says(9, latePass), says(2, lateFail), says(21, latePass)}}},
			values: []value{{"2m15s", verdict, fine}, {"2m30s", verdict, fine}},
		},
		{
			name:    "the other tests pass: one is enough",
			targets: []target{green(well(20)), cutover(says(20, fail, other, bluePasses))},
			alerts:  []firing{{alert: functionality(), from: "30s"}, {alert: failing(fail), from: "30s"}},
		},
		{
			name:    "a critical test fails before anything is shifted",
			targets: []target{blue(well(20)), cutover(during(20, reporting(t, onWords, report{phase: rollout.Planned, smoke: []smoke{fail}})))},
			alerts:  []firing{{alert: failing(fail), from: "30s"}},
			values:  []value{{"4m", verdict, broken}},
		},
		{
			name:    "every test of the candidate fails, and the old version's pass",
			targets: []target{green(well(12)), cutover(says(12, fail, bluePasses))},
			alerts:  []firing{{alert: functionality(), from: "30s"}, {alert: failing(fail), from: "30s"}},
		},
		{
			name:    "a critical test fails after the rollback",
			targets: []target{green(well(12)), cutover(during(12, reporting(t, onWords, report{phase: rollout.RolledBack, smoke: []smoke{fail}})))},
			alerts:  []firing{{alert: failing(fail), from: "30s"}},
			values:  []value{{"2m", verdict, broken}},
		},
		{
			name: "a critical test fails, nothing is ticked, and the candidate has traffic",
			targets: []target{green(well(12)), blue(well(12)),
				cutover(during(12, reporting(t, onWords, report{phase: rollout.Planned, smoke: []smoke{fail}})))},
			alerts: []firing{{alert: functionality(), from: "30s"}, {alert: failing(fail), from: "30s"}},
		},
		{
			name:    "a critical test fails at the smallest stage",
			targets: []target{green(bad(12, 10, 0)), blue(bad(12, 2000, 0)), cutover(says(12, fail))},
			alerts:  []firing{{alert: functionality(), from: "30s"}, {alert: failing(fail), from: "30s"}},
		},
		{
			name:    "a test that isn't critical fails",
			targets: []target{green(well(20)), cutover(says(8, pass), says(12, pass, minor))},
			alerts:  []firing{{alert: failing(minor), from: "2m30s"}},
			values:  []value{{"3m", "count(" + series.FailingSince + `{checklist="plan"})`, is(1)}},
		},
		{
			name:    "the old version fails alike: the prober is suspected",
			targets: []target{green(well(20)), blue(well(20)), cutover(says(8, pass, bluePasses), says(12, fail, blueFails))},
			alerts:  []firing{{alert: failing(fail), from: "2m30s"}, {alert: failing(blueFails), from: "2m30s"}},
			values:  []value{{"4m", verdict, open}},
		},
		{
			// The candidate's second failure is seen a scrape after the baseline's first.
			name:    "everything fails, and the old version is tested later",
			targets: []target{green(well(20)), blue(well(20)), cutover(says(8, pass, lateBluePasses), says(12, fail, lateBlueFails))},
			alerts:  []firing{{alert: failing(fail), from: "2m30s"}, {alert: failing(blueFails), from: "2m45s"}},
			values:  []value{{"2m15s", verdict, fine}, {"2m30s", verdict, open}, {"4m", verdict, open}},
		},
		{
			// As long as another test of the candidate passes, the network does its work.
			name:    "a test fails on both versions, and another one passes",
			targets: []target{green(well(20)), blue(well(20)), cutover(says(8, pass, other, bluePasses), says(12, fail, other, blueFails))},
			alerts: []firing{
				{alert: functionality(), from: "2m30s"}, {alert: failing(fail), from: "2m30s"}, {alert: failing(blueFails), from: "2m30s"},
			},
		},
		{
			name: "one of two replicas is cut off from both versions",
			targets: []target{green(well(20)), blue(well(20)), cutover(says(20, pass, bluePasses)),
				{`job="cutover",instance="cutover-2"`, []step{says(8, pass, bluePasses), says(12, fail, blueFails)}}},
			alerts: []firing{{alert: failing(fail), from: "2m30s"}, {alert: failing(blueFails), from: "2m30s"}},
			values: []value{{"4m", verdict, open}},
		},
		{
			name:    "the old version fails, and the new one doesn't",
			targets: []target{green(well(20)), blue(well(20)), cutover(says(20, pass, blueFails))},
			alerts:  []firing{{alert: failing(blueFails), from: "30s"}},
			values:  []value{{"4m", verdict, fine}},
		},
		{
			name:    "staging fails",
			targets: []target{green(well(20)), cutover(says(20, pass, staging))},
			alerts:  []firing{{alert: failing(staging), from: "30s"}},
			values:  []value{{"4m", verdict, fine}},
		},
		{
			name:    "the exporter is gone: its tests prove nothing",
			targets: []target{green(well(40)), cutover(says(8, pass), down(32))},
			alerts:  []firing{{alert: exporterDown, from: "3m"}},
			values:  []value{{"1m45s", verdict, fine}, {"2m", verdict, open}, {"5m", verdict, open}},
		},
		{
			name: "two replicas, of which one can't reach the candidate",
			targets: []target{green(well(40)), cutover(says(40, pass)),
				{`job="cutover",instance="cutover-2"`, []step{says(8, pass), says(32, fail)}}},
			alerts: []firing{{alert: functionality(), from: "2m30s"}, {alert: failing(fail), from: "2m30s"}},
		},
		{
			// One failure stays in sight for an hour; the second in a row is the run
			// at 4h.
			name:    "a critical test that runs once an hour fails once, and then twice",
			rules:   scrapedEveryTwoMinutes,
			targets: []target{green(well(125)), cutover(hourly(30, pass), hourly(30, fail), hourly(30, pass), hourly(35, fail))},
			alerts:  []firing{{alert: functionality(), from: "4h"}, {alert: failing(fail), from: "4h"}},
			values: []value{
				{"1h58m", verdictOf(t, scrapedEveryTwoMinutes), fine}, {"3h58m", verdictOf(t, scrapedEveryTwoMinutes), fine},
				{"4h", verdictOf(t, scrapedEveryTwoMinutes), broken},
			},
		},
		{
			// Last run at 1m45s, and old after 2m15s.
			name:    "a test no longer runs",
			targets: []target{green(well(32)), lastRun(30, 8, 24)},
			alerts: []firing{{
				alert: alert{"alertname": series.AlertSmokeStale, series.LabelTrack: "candidate", series.LabelTest: "login"}, from: "5m15s",
			}},
		},
		{
			name:    "a test that runs once an hour",
			targets: []target{green(well(32)), lastRun(3600, 8, 24)},
		},
	})
}

// lastRun is a smoke test that runs with every scrape, and then no more. It says
// that it runs every interval seconds.
func lastRun(interval float64, running, stopped int) target {
	const test = `{environment="production",track="candidate",suite="standard",test="login"}`
	const name = series.SmokeLastRunTimestamp + test
	return target{`job="smoke",instance="smoke-1"`, []step{
		during(1, func(e exposition) { e[name], e[series.SmokeInterval+test] = 0, interval }),
		during(running-1, func(e exposition) { e[name] += 15 }),
		during(stopped, nil),
	}}
}
