package alerts

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/promquery"
	"github.com/cutover-dev/cutover/internal/series"
)

// Measurement is what a criterion needs to be measured.
type Measurement struct {
	Criterion checklist.Criterion
	// Of is what the value is of: "candidate latency p95", or "candidate share of
	// requests within 250ms", which is missing where the histogram has no such bucket.
	Of string
	// Unit is the base unit of the value: the signal's own, whatever the criterion
	// says of its change.
	Unit criterion.Unit
	// Query is PromQL that gives the value, over a window that ends when it is
	// asked. It reads the service's own series only: no rule has to be loaded.
	Query string
}

// Measurements are what the judged criteria of a checklist need, in its order: the
// candidate's value, and where it is compared with the baseline's, that too. None
// for what people declare, or smoke tests find. The error is of the options.
func Measurements(c *checklist.Checklist, o Options, window time.Duration) ([]Measurement, error) {
	g, err := newGenerator(c, o)
	if err != nil {
		return nil, err
	}
	var out []Measurement
	for _, j := range g.judged {
		k := j.criterion
		if j.reason != "" || k.Kind != criterion.Measured {
			continue
		}
		places := []promquery.Place{g.candidatePlace(k)}
		switch {
		case k.Signal == criterion.Business:
			places = []promquery.Place{g.bothTracks()}
		case k.Change != criterion.Absolute:
			places = append(places, g.place(series.Baseline))
		}
		for _, p := range places {
			query, err := g.query.Over(k.Signal, k.Quantile, p, window)
			var not *promquery.NotMeasurableError
			if errors.As(err, &not) {
				continue // then it had a reason
			} else if err != nil {
				return nil, err
			}
			out = append(out, Measurement{k, whose(p, string(k.Signal)+quantile(k.Quantile)), cmp.Or(units[k.Signal], criterion.Count), query})
		}
		for _, r := range j.recordings {
			if bound, ok := strings.CutPrefix(r.Labels[series.LabelStatistic], "within_"); ok {
				out = append(out, Measurement{k, whose(places[0], "share of requests within "+bound), criterion.Ratio, r.Expr})
			}
		}
	}
	return out, nil
}

func whose(p promquery.Place, what string) string {
	return strings.TrimSpace(p.Track + " " + strings.ReplaceAll(what, "_", " "))
}

// quantile is the name of a quantile behind what it is of; empty for the mean.
func quantile(q float64) string {
	if q == 0 {
		return ""
	}
	return " " + criterion.StatisticName(q)
}
