package alerts

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/promquery"
	"github.com/cutover-dev/cutover/internal/series"
)

// judged is a criterion with what judges it.
type judged struct {
	criterion  checklist.Criterion
	recordings []promquery.Recording // what has to be recorded first, in order
	measured   string                // PromQL of the value to show to people; empty for none
	baseline   string                // PromQL of the baseline's value beside it; empty for none
	failing    string                // PromQL of how many smoke tests break it; empty for none
	ok         string                // PromQL of the verdict
	between    [2]float64            // bounds in seconds between which there is no verdict; zero for none
	reason     string                // why there is no verdict; empty where there is one
}

// judge decides how a criterion is judged.
func (g *generator) judge(c checklist.Criterion) judged {
	switch {
	case c.Advisory:
		return judged{criterion: c, reason: "says when to look closer, not what must hold"}
	case c.Kind == criterion.Declared:
		return g.judgeDeclared(c)
	case c.Kind == criterion.Smoke:
		return g.judgeSmoke(c)
	}
	j := judged{criterion: c}
	if reason := implausible(c.Criterion); reason != "" {
		j.reason = reason
		return j
	}
	var err error
	switch {
	case c.Signal == criterion.TestPassRatio && g.options.Queries[c.Signal] == "":
		j.reason = noTestRuns
	case c.Scope.Test != "" && g.options.LoadTestSelector == "":
		j.reason = "a target of a load test: set CUTOVER_LOADTEST_SELECTOR to the load test's series"
	case c.Scope.Test == "" && c.Scope.Environment != "" && c.Scope.Environment != production:
		j.reason = "stands in " + c.Scope.Environment + ", and the selectors are about production"
	case littleDemand(c.Criterion) && c.Scope.Test == "":
		j.reason = "little demand is no breach: outside of a load test nobody can tell it from little capacity"
	case g.countsRuns(c) && c.Scope.Test != "":
		j.reason = "a target of a load test, of which smoke tests see nothing"
	case g.countsRuns(c) && c.Signal == criterion.Latency && c.Change == criterion.Absolute:
		j.reason = "a smoke test's time is that of all its steps, not of a request: only a change against the baseline can be judged by it"
	case c.Signal == criterion.Business:
		err = g.judgeBusiness(&j)
	case c.Change != criterion.Absolute:
		err = g.judgeChange(&j)
	case c.Quantile != 0 && c.Signal == criterion.Latency && g.options.Queries[criterion.Latency] == "":
		err = g.judgeQuantile(&j)
	default:
		err = g.judgeValue(&j)
	}
	var not *promquery.NotMeasurableError
	if errors.As(err, &not) {
		return judged{criterion: c, reason: not.Reason}
	}
	return j
}

// countsRuns says that a criterion is measured by runs of the smoke tests.
func (g *generator) countsRuns(c checklist.Criterion) bool {
	return g.query.Instrumentation.CountsRuns() && c.Kind == criterion.Measured && g.options.Queries[c.Signal] == ""
}

// timesRuns says that a signal is how long the smoke tests take. Such a time
// compares with that of the same test of the other version only, so never with a
// frozen figure: that is of whatever tests there were then.
func (g *generator) timesRuns(s criterion.Signal) bool {
	return g.query.Instrumentation.CountsRuns() && s == criterion.Latency && g.options.Queries[s] == ""
}

// littleDemand says that a criterion is also broken when nobody asks for much: a
// healthy candidate at 10 % of the traffic has a tenth of the requests.
func littleDemand(c criterion.Criterion) bool {
	return c.Signal == criterion.Throughput && c.Role == criterion.Rollback && c.Change == criterion.Absolute &&
		(c.Comparison == criterion.Less || c.Comparison == criterion.LessOrEqual)
}

// noTestRuns is why a share of passed tests is neither judged nor frozen.
const noTestRuns = "no metric has the results of test runs: set CUTOVER_QUERY_TEST_PASS_RATIO if one of yours does"

// candidatePlace is where the criterion's candidate is measured.
func (g *generator) candidatePlace(c checklist.Criterion) promquery.Place {
	if c.Scope.Test != "" {
		return g.loadTest(c.Scope)
	}
	return g.place(series.Candidate)
}

// judgeValue compares the candidate's value with a bound.
func (g *generator) judgeValue(j *judged) error {
	c := j.criterion
	r, err := g.query.Measure(c.Signal, c.Quantile, g.candidatePlace(c))
	if err != nil {
		return err
	}
	j.recordings = []promquery.Recording{r}
	j.measured = perChecklist(r)
	if c.Signal == criterion.Throughput && c.Role == criterion.Target {
		// Throughput is capacity: reached once, it is proven, and little
		// demand proves nothing.
		j.ok = fmt.Sprintf("count by (%s) (%s %s %s)", series.LabelChecklist, r.Selector(), c.Comparison, number(c.Value))
		return nil
	}
	j.ok = fmt.Sprintf("%s %s bool %s", perChecklist(r), holds(c), number(c.Value))
	return nil
}

// judgeChange compares the candidate's value with the baseline's.
func (g *generator) judgeChange(j *judged) error {
	c := j.criterion
	if c.Signal == criterion.Throughput {
		return &promquery.NotMeasurableError{Reason: "a change of capacity shows in a load test only, not in the share of traffic each version gets"}
	}
	candidate, err := g.query.Measure(c.Signal, c.Quantile, g.place(series.Candidate))
	if err != nil {
		return err
	}
	baseline, err := g.query.Measure(c.Signal, c.Quantile, g.place(series.Baseline))
	if err != nil {
		return err
	}
	j.recordings = []promquery.Recording{baseline, candidate}
	j.measured, j.baseline = perChecklist(candidate), g.reference(baseline)
	if g.timesRuns(c.Signal) {
		j.baseline = perChecklist(baseline)
	}
	j.ok = compareChange(c, j.measured, j.baseline)
	return nil
}

// baselineMemory is for how long a baseline that fell below the minimum of
// requests stays out of the comparison. Going back and forth between the live
// and the frozen baseline would resolve an alert while the candidate is bad.
const baselineMemory = 10 * time.Minute

// reference is the baseline's value to compare with: the live one while it has
// enough traffic, else the frozen one, if there is one. The frozen value is a
// literal: the old version, and whoever recorded it, may be gone.
//
// Enough is the minimum in the shortest window, for as long as the memory. Where
// the shorter windows never had the minimum in that time, the service is a small
// one, and is measured by the next longer window. After a drain they had, so that
// the longer windows, which remember the traffic, don't count.
func (g *generator) reference(baseline promquery.Recording) string {
	live := perChecklist(baseline)
	frozen, ok := g.frozen(baseline)
	if !ok {
		return live
	}
	memory := promDuration(g.query.Scale(baselineMemory))
	var enough []string
	small := ""
	for _, requests := range g.query.RequestsByWindow(g.place(series.Baseline)) {
		of := func(function, compared string) string {
			return fmt.Sprintf("max(%s(%s[%s])) %s %d", function, requests, memory, compared, g.query.Minimum())
		}
		enough = append(enough, "("+small+of("min_over_time", ">=")+")")
		small = of("max_over_time", "<") + " and "
	}
	return fmt.Sprintf("((%s and on () (%s)) or on () vector(%s))", live, strings.Join(enough, " or "), number(frozen))
}

func (g *generator) frozen(r promquery.Recording) (value float64, ok bool) {
	for _, b := range g.options.Baseline {
		if string(b.Signal) == r.Labels[series.LabelSignal] && criterion.StatisticName(b.Quantile) == r.Labels[series.LabelStatistic] {
			return b.Value, true
		}
	}
	return 0, false
}

// compareChange is the verdict on a change from one value to another.
func compareChange(c checklist.Criterion, value, reference string) string {
	change := fmt.Sprintf("%s / on () (%s > 0) - 1", value, reference)
	if c.Change == criterion.Decrease {
		change = fmt.Sprintf("1 - %s / on () (%s > 0)", value, reference)
	}
	return fmt.Sprintf("%s %s bool %s", promquery.Rounded(change), holds(c), number(c.Value))
}

// judgeBusiness compares all traffic with the same time a week ago: the
// candidate's share of the traffic says nothing about its share of the orders.
func (g *generator) judgeBusiness(j *judged) error {
	c := j.criterion
	r, err := g.query.Measure(c.Signal, c.Quantile, g.bothTracks())
	if err != nil {
		return err
	}
	j.recordings = []promquery.Recording{r}
	j.measured = perChecklist(r)
	j.baseline = fmt.Sprintf("max by (%s) (%s offset 1w)", series.LabelChecklist, r.Selector())
	j.ok = compareChange(c, j.measured, j.baseline)
	if c.Change == criterion.Absolute {
		j.baseline = ""
		j.ok = fmt.Sprintf("%s %s bool %s", perChecklist(r), holds(c), number(c.Value))
	}
	return nil
}

// judgeQuantile judges a quantile by the shares of requests at the histogram's
// bounds around it, which are exact; a quantile interpolated between coarse
// bounds can be off by a multiple. Between the bounds the verdict is open.
func (g *generator) judgeQuantile(j *judged) error {
	c := j.criterion
	place := g.candidatePlace(c)
	value, err := g.query.Measure(c.Signal, c.Quantile, place)
	if err != nil {
		return err
	}
	below, above, ok := g.query.Bracket(c.Value)
	if !ok {
		return &promquery.NotMeasurableError{Reason: fmt.Sprintf("%s s lies outside of the histogram's buckets", number(c.Value))}
	}
	atBelow, atAbove := g.query.ShareWithin(below, place), g.query.ShareWithin(above, place)
	j.recordings = []promquery.Recording{value, atBelow}
	j.measured = perChecklist(value)
	quantile := number(c.Quantile)
	if below == above {
		j.ok = fmt.Sprintf("%s >= bool %s", perChecklist(atBelow), quantile)
		return nil
	}
	j.between = [2]float64{below, above}
	j.recordings = append(j.recordings, atAbove)
	j.ok = fmt.Sprintf("(%s >= bool %s) == 1 or (%s >= bool %s) == 0", perChecklist(atBelow), quantile, perChecklist(atAbove), quantile)
	return nil
}

// judgeDeclared judges by what people declared.
func (g *generator) judgeDeclared(c checklist.Criterion) judged {
	return judged{criterion: c, ok: "1 - " + g.declared(c)}
}

// declaredMemory is for how long a declaration outlives an exporter that is
// gone; closing writes an explicit 0.
const declaredMemory = "6h"

func (g *generator) declared(c checklist.Criterion) string {
	return fmt.Sprintf("max by (%s) (last_over_time(%s{%s=%q,%s=%q}[%s]))", series.LabelChecklist,
		series.LastDeclared, series.LabelChecklist, g.checklist.Name, series.LabelID, c.ID, declaredMemory)
}

// holds is the comparison of a value that is fine: the target's own, and for a
// rollback criterion its opposite.
func holds(c checklist.Criterion) criterion.Comparison {
	if c.Role == criterion.Target {
		return c.Comparison
	}
	return c.Comparison.Negated()
}

// perChecklist leaves of a recorded series only the label that verdicts share.
func perChecklist(r promquery.Recording) string {
	return fmt.Sprintf("max by (%s) (%s)", series.LabelChecklist, r.Selector())
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// promDuration writes a duration as Prometheus does: 1m30s.
func promDuration(d time.Duration) string { return model.Duration(d).String() }
