package alerts_test

import (
	"testing"
	"time"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/internal/series"
)

// intervals is other paces than 15 s. A window holds at least four scrapes.
func intervals(t *testing.T) []scenario {
	windows := "count(count by (window) (" + series.SignalCount + "))"
	return complete(t, everyMinute, []scenario{
		{
			name:    "5 % fail, scraped every 30 s: the shortest window is two minutes",
			rules:   everyHalfMinute,
			targets: []target{green(well(8), bad(14, 95, 5))},
			alerts:  []firing{{alert: breach(errorsLine), from: "9m"}},
			values:  []value{{"3m30s", verdict(t, everyHalfMinute, errorsLine), fine}, {"4m", verdict(t, everyHalfMinute, errorsLine), broken}},
		},
		{
			name:    "a burst of four minutes, scraped every 30 s",
			rules:   everyHalfMinute,
			targets: []target{green(well(8), bad(8, 95, 5), well(16))},
		},
		{
			name:    "5 % fail, scraped every minute: the shortest window is four minutes",
			targets: []target{green(well(8), bad(8, 95, 5))},
			alerts:  []firing{{alert: breach(errorsLine), from: "13m"}},
			values: []value{
				{"7m", verdict(t, everyMinute, errorsLine), fine}, {"8m", verdict(t, everyMinute, errorsLine), broken}, {"8m", windows, is(3)},
			},
		},
		{
			name:    "the candidate crashes, scraped every minute",
			targets: []target{green(well(8), down(6))},
			alerts:  []firing{{alert: candidateDown, from: "11m"}},
		},
		{
			name:    "three scrapes in a row fail, scraped every minute",
			targets: []target{green(well(8), lost(3, serving(healthy)), well(8))},
		},
		{
			name:    "everything is well for 48 hours",
			rules:   everySixMinutes,
			targets: twoDays(),
		},
	})
}

// everySixMinutes evaluates less often than it scrapes, which is quicker.
var everySixMinutes = one("six-minutes", rollbackOn(errorsLine), alerts.Options{
	ScrapeInterval: time.Minute, EvaluationInterval: 6 * time.Minute, SmokeInterval: 2 * time.Minute,
})

// twoDays is a rollout that goes well: demand swings with the day, a few
// requests fail, health checks fail, scrapes get lost, and the candidate is
// restarted. Nothing fires.
func twoDays() []target {
	minute := 0
	day := func(e exposition) {
		minute++
		hour := minute / 60 % 24
		demand := 40 + 60*min(hour, 24-hour)
		l := load{ok: demand, probes: 6, seconds: 0.04 + 0.001*float64(hour%7)}
		if minute%9 == 0 {
			l.errors = demand / 100
		}
		if minute%200 == 0 {
			l.badProbes = 3
		}
		serving(l)(e)
	}
	return []target{
		green(during(300, day), lost(1, day), during(839, day), restarted(during(900, day)), lost(1, day), during(840, day)),
		blue(well(600), bad(30, 0, 0), gone(30)),
	}
}
