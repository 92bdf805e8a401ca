package alerts_test

import "testing"

// errorRatios is what an error ratio can do. Scrapes and evaluations are 15 s
// apart, so scrape 40 is at 10m, and the window of a minute holds four of them.
// An error series is born with the first error, and counts whole.
func errorRatios(t *testing.T) []scenario {
	const start = 40 // scrapes before something happens: ten minutes
	bad := func(ok, errors int) func(exposition) { return serving(load{ok: ok, errors: errors}) }
	candidate := func(steps ...step) []target {
		return []target{green(append([]step{during(start, serving(healthy))}, steps...)...)}
	}
	verdict := verdict(t, onErrors, errorsLine)
	return complete(t, onErrors, []scenario{
		{
			name:    "5 % fail: the first scrape shows it, and five minutes later it fires",
			targets: candidate(during(41, bad(95, 5))),
			alerts:  []firing{{alert: breach(errorsLine), from: "15m"}},
			values: []value{
				{"9m45s", candidateErrors, is(0)},
				{"9m45s", verdict, fine},
				{"10m", verdict, broken},
				{"12m", candidateErrors, is(0.05)},
			},
		},
		{
			name:    "1.1 % fail: the window has to fill first",
			targets: candidate(during(start, serving(load{ok: 1000})), during(41, bad(989, 11))),
			alerts:  []firing{{alert: breach(errorsLine), from: "25m45s"}},
			values: []value{
				{"20m30s", verdict, fine},
				{"20m45s", verdict, broken},
				{"22m", candidateErrors, is(0.011)},
			},
		},
		{
			name:    "exactly 1 % fails: the bound itself is kept",
			targets: candidate(during(60, bad(990, 10))),
			values:  []value{{"15m", candidateErrors, is(0.01)}, {"15m", verdict, fine}},
		},
		{
			name:    "a burst ends one evaluation before the five minutes",
			targets: candidate(during(18, bad(95, 5)), during(20, serving(healthy))),
			values:  []value{{"14m45s", verdict, broken}, {"15m", verdict, fine}},
		},
		{
			name:    "a burst lasts the five minutes to the evaluation",
			targets: candidate(during(19, bad(95, 5)), during(40, serving(healthy))),
			alerts:  []firing{{breach(errorsLine), "15m", "20m15s"}},
			values:  []value{{"15m", verdict, broken}, {"15m15s", verdict, fine}},
		},
		{
			name: "bursts with pauses in between never last five minutes",
			targets: candidate(during(4, bad(90, 10)), during(8, serving(healthy)), during(4, bad(90, 10)), during(8, serving(healthy)),
				during(4, bad(90, 10)), during(8, serving(healthy)), during(4, bad(90, 10)), during(8, serving(healthy))),
		},
	})
}
