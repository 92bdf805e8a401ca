package alerts_test

import (
	"testing"
	"time"

	"github.com/cutover-dev/cutover/alerts"
)

// outOfStep is scraped at any second.
var outOfStep = one("out-of-step", rollbackOn(errorsLine), alerts.Options{ScrapeInterval: time.Second})

// everySeventeen answers every 17 s, and fails exactly 1 % of the requests.
func everySeventeen(n int) []step {
	var steps []step
	for range n {
		steps = append(steps, bad(1, 99, 1), unscraped(16, nil))
	}
	return steps
}

// errorRatios is what an error ratio can do. Something happens after eight
// scrapes, at 2m; the window of a minute holds four of them. An error series is
// born with the first error, and counts whole.
func errorRatios(t *testing.T) []scenario {
	verdict := verdict(t, onErrors, errorsLine)
	after := func(steps ...step) []target { return []target{green(append([]step{well(8)}, steps...)...)} }
	return complete(t, onErrors, []scenario{
		{
			name:    "5 % fail: the first scrape shows it, and it fires five minutes later",
			targets: after(bad(24, 95, 5)),
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}},
			values: []value{
				{"1m45s", candidateErrors, is(0)}, {"1m45s", verdict, fine}, {"2m", verdict, broken},
				{"4m", candidateErrors, is(0.05)}, {"4m", share, is(1)},
			},
		},
		{
			name:    "1.1 % fail: the window has to fill first",
			targets: []target{green(bad(8, 1000, 0), bad(27, 989, 11))},
			alerts:  []firing{{alert: breach(errorsLine), from: "7m45s"}},
			values:  []value{{"2m30s", verdict, fine}, {"2m45s", verdict, broken}, {"4m", candidateErrors, is(0.011)}},
		},
		{
			name:    "exactly 1 % fails: the bound itself is kept",
			targets: []target{green(bad(32, 990, 10))},
			values:  []value{{"4m", candidateErrors, is(0.01)}, {"4m", verdict, fine}},
		},
		{
			// Scrapes every 17 s: what increase() adds for the rest of the window
			// makes the quotient 0.010000000000000002.
			name:    "exactly 1 % fails, and the scrapes don't keep step with the window",
			rules:   outOfStep,
			targets: []target{green(everySeventeen(30)...)},
			values: []value{
				{"8m", "min(min_over_time(cutover:criterion:ok[6m]))", fine}, {"8m", "max(max_over_time(cutover:signal:ratio{track=\"candidate\"}[6m])) == bool 0.01", is(1)},
			},
		},
		{
			name:    "everything fails",
			targets: after(bad(24, 0, 100)),
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}},
			values:  []value{{"4m", candidateErrors, is(1)}},
		},
		{
			name:    "a burst ends one evaluation before the five minutes",
			targets: after(bad(18, 95, 5), well(12)),
			values:  []value{{"6m45s", verdict, broken}, {"7m", verdict, fine}},
		},
		{
			name:    "a burst lasts the five minutes, and clears five minutes after",
			targets: after(bad(19, 95, 5), well(24)),
			alerts:  []firing{{breach(errorsLine), "7m", "12m15s"}},
			values:  []value{{"7m", verdict, broken}, {"7m15s", verdict, fine}},
		},
		{
			name:    "bursts of a minute with two minutes between them",
			targets: after(bad(4, 90, 10), well(8), bad(4, 90, 10), well(8), bad(4, 90, 10), well(8)),
		},
		{
			name: "every other scrape fails: the window sees through the flapping",
			targets: after(bad(1, 90, 10), well(1), bad(1, 90, 10), well(1), bad(1, 90, 10), well(1), bad(1, 90, 10), well(1),
				bad(1, 90, 10), well(1), bad(1, 90, 10), well(1), bad(1, 90, 10), well(1), bad(1, 90, 10), well(1),
				bad(1, 90, 10), well(1), bad(1, 90, 10), well(1), bad(1, 90, 10), well(1)),
			alerts: []firing{{alert: breach(errorsLine), from: "7m"}},
		},
		{
			// Of 1,000 requests fail 2, 4, 6, …: the window's mean passes 1 % where
			// its middle scrape does, at the seventh.
			name: "errors drift up slowly",
			targets: []target{green(bad(8, 1000, 0), bad(1, 998, 2), bad(1, 996, 4), bad(1, 994, 6), bad(1, 992, 8), bad(1, 990, 10),
				bad(1, 988, 12), bad(1, 986, 14), bad(1, 984, 16), bad(22, 982, 18))},
			alerts: []firing{{alert: breach(errorsLine), from: "8m30s"}},
			values: []value{{"3m15s", candidateErrors, is(0.01)}, {"3m15s", verdict, fine}, {"3m30s", verdict, broken}},
		},
		{
			// 300 errors in one scrape, then none: increase() alone would see a
			// series that stays at 300.
			name:    "the error series is born at 300",
			targets: after(bad(1, 100, 300), well(16)),
			values:  []value{{"2m", verdict, broken}, {"2m15s", candidateErrors, is(0.428571)}, {"3m", verdict, fine}},
		},
		{
			name:    "an old error series that doesn't rise counts nothing",
			targets: []target{green(bad(1, 1000, 300), well(40))},
			values:  []value{{"4m", candidateErrors, is(0)}, {"8m", verdict, fine}},
		},
		{
			name:    "the candidate restarts while it fails: the clock goes on",
			targets: after(bad(10, 95, 5), restarted(bad(14, 95, 5))),
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}},
			values:  []value{{"4m30s", candidateErrors, is(0.05)}},
		},
		{
			name:    "the candidate restarts in good health",
			targets: after(restarted(well(12)), restarted(well(12))),
			values:  []value{{"2m", verdict, fine}, {"5m", candidateErrors, is(0)}},
		},
		{
			name: "one of two instances fails",
			targets: []target{
				green(well(8), bad(24, 94, 6)),
				{`job="api",slot="green",instance="green-2"`, []step{well(32)}},
			},
			alerts: []firing{{alert: breach(errorsLine), from: "7m15s"}},
			values: []value{{"4m", candidateErrors, is(0.03)}},
		},
		{
			name:    "the baseline fails, and the candidate doesn't",
			targets: []target{green(well(40)), blue(well(8), bad(32, 50, 50))},
			values:  []value{{"6m", recorded("cutover:signal:ratio", "error_ratio", "baseline"), is(0.5)}, {"6m", verdict, fine}},
		},
	})
}

// lostScrapes is what happens to the clock while nothing is seen for a while.
func lostScrapes(t *testing.T) []scenario {
	verdict := verdict(t, onErrors, errorsLine)
	failing := serving(load{ok: 95, errors: 5})
	after := func(steps ...step) []target { return []target{green(append([]step{well(8)}, steps...)...)} }
	return complete(t, onErrors, []scenario{
		{
			name:    "one scrape is lost inside the five minutes",
			targets: after(during(8, failing), lost(1, failing), during(15, failing)),
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}},
		},
		{
			// Longer windows answer meanwhile.
			name:    "three scrapes are lost inside the five minutes",
			targets: after(during(8, failing), lost(3, failing), during(13, failing)),
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}},
			values:  []value{{"4m30s", verdict, broken}},
		},
		{
			name:    "Prometheus pauses for a minute inside the five minutes",
			targets: after(during(8, failing), unscraped(4, failing), during(12, failing)),
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}},
		},
		{
			// One sample in any window says nothing for 30 s after the birth.
			name:    "scrapes are lost as soon as the candidate is asked for something",
			targets: []target{green(bad(1, 0, 0), during(1, failing), lost(2, failing), during(22, failing))},
			alerts:  []firing{{alert: breach(errorsLine), from: "5m15s"}},
		},
		{
			// From the crash on nothing is measured. The last verdict holds for
			// two minutes, and a firing alert for five more.
			name:    "a firing alert outlives the data it was about",
			targets: after(during(21, failing), lost(2, failing), during(4, failing)),
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}},
		},
	})
}
