package alerts

import (
	"cmp"
	"errors"
	"time"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/promquery"
	"github.com/cutover-dev/cutover/internal/series"
)

// BaselineQuery measures one figure of the old version.
type BaselineQuery struct {
	Signal   criterion.Signal
	Quantile float64 // 0 for the mean
	Unit     criterion.Unit
	// Query is PromQL that gives one value, in Unit, over a window that ends
	// when it is asked; empty where Reason says why there is none.
	Query, Reason string
}

// BaselineQueries are the figures of the old version that are worth freezing:
// those of every signal that a criterion of the checklist measures, in the order
// of the checklist. What counts for the business is measured on both versions
// together. The error is of the options.
func BaselineQueries(c *checklist.Checklist, o Options, window time.Duration) ([]BaselineQuery, error) {
	g, err := newGenerator(c, o)
	if err != nil {
		return nil, err
	}
	type figure struct {
		signal   criterion.Signal
		quantile float64
	}
	var queries []BaselineQuery
	seen := map[figure]bool{}
	for _, k := range c.Criteria {
		f := figure{k.Signal, k.Quantile}
		if k.Kind != criterion.Measured || seen[f] {
			continue
		}
		seen[f] = true
		place := g.place(series.Baseline)
		if k.Signal == criterion.Business {
			place = g.bothTracks()
		}
		q := BaselineQuery{Signal: k.Signal, Quantile: k.Quantile, Unit: unitOf(k.Signal)}
		var not *promquery.NotMeasurableError
		switch q.Query, err = g.query.Over(k.Signal, k.Quantile, place, window); {
		case k.Signal == criterion.TestPassRatio && o.Queries[k.Signal] == "":
			q.Reason = noTestRuns
		case g.timesRuns(k.Signal):
			q.Query, q.Reason = "", "a smoke test's time compares only with that of the same test of the other version, while both run it"
		case errors.As(err, &not):
			q.Reason = not.Reason
		case err != nil:
			return nil, err
		}
		queries = append(queries, q)
	}
	return queries, nil
}

// unitOf is the base unit that a signal is measured in.
func unitOf(signal criterion.Signal) criterion.Unit {
	return cmp.Or(units[signal], criterion.Count)
}
