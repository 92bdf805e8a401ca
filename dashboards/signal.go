package dashboards

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/series"
)

// signal is what one graph shows: a statistic of something measured in one
// place, and every criterion about it.
type signal struct {
	scope     checklist.Scope
	name      criterion.Signal
	statistic string
	criteria  []checklist.Criterion
}

// recorded is the series that a signal is recorded under, and its unit.
func recorded(s criterion.Signal) (metric string, u criterion.Unit) {
	switch s {
	case criterion.Latency:
		return series.SignalSeconds, criterion.Seconds
	case criterion.Throughput:
		return series.SignalPerSecond, criterion.RequestsPerSecond
	case criterion.Memory:
		return series.SignalBytes, criterion.Bytes
	case criterion.Business:
		return series.SignalCount, criterion.Count
	case criterion.Other:
		return "", ""
	}
	return series.SignalRatio, criterion.Ratio
}

// signalOrder is the order of graphs: what users feel first.
var signalOrder = []criterion.Signal{
	criterion.ErrorRatio, criterion.SuccessRatio, criterion.Latency, criterion.Throughput, criterion.Memory,
	criterion.CPU, criterion.Availability, criterion.Business, criterion.TestPassRatio,
}

// unmeasured are the signals that no instrumentation has: only a query of one's
// own measures them.
var unmeasured = []criterion.Signal{criterion.Business, criterion.TestPassRatio}

// recordable says whether rules can record what a criterion is about.
func recordable(c checklist.Criterion) bool {
	switch {
	case c.Kind != criterion.Measured || c.Advisory || !c.Quantified() || !slices.Contains(signalOrder, c.Signal):
		return false
	case c.Signal == criterion.Throughput && c.Change != criterion.Absolute:
		return false // the tracks have different shares of the traffic
	}
	return c.Scope.Test != "" || measuredIn(c.Scope).Environment == production
}

// drawable says whether there is a series behind a criterion.
func drawable(c checklist.Criterion, o Options) bool {
	return recordable(c) && (!slices.Contains(unmeasured, c.Signal) || slices.Contains(o.Queried, c.Signal))
}

// production is the environment whose traffic is shifted, and where a criterion
// is measured whose headings name none.
const production = "production"

func measuredIn(s checklist.Scope) checklist.Scope {
	if s == (checklist.Scope{}) {
		s.Environment = production
	}
	return s
}

// signals groups the criteria of one place by what they are about.
func signals(c *checklist.Checklist, o Options, scope checklist.Scope) []signal {
	var out []signal
	for _, cr := range c.Criteria {
		if measuredIn(cr.Scope) != scope || !drawable(cr, o) {
			continue
		}
		same := func(s signal) bool { return s.name == cr.Signal && s.statistic == cr.Statistic() }
		i := slices.IndexFunc(out, same)
		if i < 0 {
			i = len(out)
			out = append(out, signal{scope: scope, name: cr.Signal, statistic: cr.Statistic()})
		}
		out[i].criteria = append(out[i].criteria, cr)
	}
	for _, cr := range c.Criteria {
		if !cr.Advisory || measuredIn(cr.Scope) != scope {
			continue
		}
		// Nothing is recorded for it, but what is for others may cross its bound.
		for i, s := range out {
			if s.name == cr.Signal && s.statistic == cr.Statistic() {
				out[i].criteria = append(out[i].criteria, cr)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b signal) int {
		return cmp.Or(
			cmp.Compare(slices.Index(signalOrder, a.name), slices.Index(signalOrder, b.name)),
			strings.Compare(a.statistic, b.statistic))
	})
	return out
}

// measured is the PromQL of a signal's recorded value on one track.
func (s signal) measured(track string) string {
	metric, _ := recorded(s.name)
	offset := ""
	if s.name == criterion.Business {
		// What all users do together, compared with a week ago.
		if track == series.Baseline {
			offset = " offset 1w"
		}
		track = ""
	}
	return fmt.Sprintf("max(%s%s)", of(metric,
		equals(series.LabelEnvironment, s.scope.Environment),
		equals(series.LabelTest, s.scope.Test),
		equals(series.LabelSignal, string(s.name)),
		equals(series.LabelStatistic, s.statistic),
		equals(series.LabelTrack, track)), offset)
}

func threshold(c checklist.Criterion) string {
	return fmt.Sprintf("max(%s)", of(series.CriterionThreshold, equals(series.LabelID, c.ID)))
}

// bound is the PromQL of the value that the candidate is held against.
func (s signal) bound(c checklist.Criterion) string {
	switch c.Change {
	case criterion.Increase:
		return fmt.Sprintf("%s * (1 + %s)", s.measured(series.Baseline), threshold(c))
	case criterion.Decrease:
		return fmt.Sprintf("%s * (1 - %s)", s.measured(series.Baseline), threshold(c))
	}
	return threshold(c)
}

// breach is the comparison with the bound that must not be true.
func breach(c checklist.Criterion) criterion.Comparison {
	op := c.Comparison
	if c.Change == criterion.Decrease {
		// More of a decrease is a lower value.
		op = op.Mirrored()
	}
	if c.Role == criterion.Rollback {
		return op
	}
	return op.Negated()
}

// signalNames are what people call the signals.
func signalNames() map[criterion.Signal]string {
	return map[criterion.Signal]string{
		criterion.ErrorRatio: "Error rate", criterion.SuccessRatio: "Success rate", criterion.Latency: "Response time",
		criterion.Throughput: "Throughput", criterion.Memory: "Memory per instance", criterion.CPU: "CPU per instance",
		criterion.Availability: "Availability", criterion.Business: "Business figure", criterion.TestPassRatio: "Tests passed",
	}
}

// signalWords are the names in place of label values.
func signalWords() map[string]word {
	out := map[string]word{}
	for i, s := range signalOrder {
		out[string(s)] = word{Text: signalNames()[s], Index: i}
	}
	return out
}

// title is what people call a signal and its statistic.
func (s signal) title() string {
	title := signalNames()[s.name]
	if s.statistic != "mean" {
		title += " " + strings.ToUpper(strings.ReplaceAll(s.statistic, "_", "."))
	}
	return title
}

// signalPanels are the graphs of production.
func signalPanels(c *checklist.Checklist, o Options) []panel {
	var out []panel
	for _, s := range signals(c, o, checklist.Scope{Environment: production}) {
		out = append(out, s.graph())
	}
	return out
}

// graph draws the candidate over the baseline, each bound as a dashed line with
// its name, and the area between a bound and a candidate beyond it filled.
func (s signal) graph() panel {
	_, u := recorded(s.name)
	look := lines()
	p := panel{
		kind: "timeseries", title: s.title(),
		description: "The candidate beside the baseline, with the checklist's bounds as dashed lines; the filled area is a breach. " +
			"Beyond a rollback bound for as long as the criterion says: roll back. No candidate: it has no traffic yet, or nothing measures it.",
		targets: []target{
			over(s.measured(series.Baseline), series.Baseline),
			over(s.measured(series.Candidate), series.Candidate),
		},
		options: graph(),
		fields: fieldConfig{Defaults: field{
			Unit: unitOf(u), Min: pointer(0.0), NoValue: "not measured: no requests yet, or the rules aren't loaded",
			Color: fixed(colourQuiet), Thresholds: plain(colourQuiet),
		}, Overrides: []override{
			named(series.Baseline, colored(fixed(colourBaseline))),
			named(series.Candidate, colored(fixed(colourCandidate)), custom("lineWidth", 3)),
		}},
	}
	var highest float64
	for i, cr := range s.drawn() {
		s.addBound(&p, cr, i)
		if cr.Change == criterion.Absolute {
			highest = max(highest, cr.Value)
		}
	}
	if highest > 0 {
		look.AxisSoftMax = pointer(highest * 1.2)
	}
	p.fields.Defaults.Custom = look
	return p
}

// loadTestGraph draws a load test: it has no baseline beside it.
func (s signal) loadTestGraph(test string) panel {
	p := s.graph()
	p.key = fmt.Sprintf("load test %q %q %s %s", s.scope.Environment, s.scope.Test, s.name, s.statistic)
	p.title = literal(test) + ": " + strings.ToLower(p.title[:1]) + p.title[1:]
	p.description = "What the load test measures, with the checklist's targets as dashed lines; the filled area is a miss."
	p.fields.Defaults.NoValue = "not measured: the load test doesn't run, or its selector isn't set"
	p.targets, p.fields.Overrides = p.targets[1:], p.fields.Overrides[1:]
	return p
}

// maxBounds is how many bounds one graph shows: more lines are no picture.
const maxBounds = 4

// drawn are the criteria whose bounds are drawn, those for a rollback first and
// those that only advise last.
func (s signal) drawn() []checklist.Criterion {
	list := slices.Clone(s.criteria)
	slices.SortStableFunc(list, func(a, b checklist.Criterion) int {
		if a.Advisory != b.Advisory {
			return map[bool]int{true: 1, false: -1}[a.Advisory]
		}
		return strings.Compare(string(a.Role), string(b.Role)) // "rollback" < "target"
	})
	return list[:min(len(list), maxBounds)]
}

func (s signal) addBound(p *panel, c checklist.Criterion, i int) {
	line, colour := "target "+boundShort(c), colourUnsure
	switch {
	case c.Advisory:
		line, colour = "look closer "+boundShort(c), colourQuiet
	case c.Role == criterion.Rollback:
		line, colour = "rollback "+boundShort(c), colourBroken
	}
	// Without a measurement the graph stays empty, and says why.
	p.targets = append(p.targets, over(fmt.Sprintf("(%s) and on () (%s or %s)",
		s.bound(c), s.measured(series.Candidate), s.measured(series.Baseline)), line))
	p.fields.Overrides = append(p.fields.Overrides, named(line,
		colored(fixed(colour)), custom("lineWidth", 1), custom("lineStyle", lineStyle{Fill: "dash", Dash: []int{8, 8}})))
	if s.shaded(c) {
		s.shade(p, c, line, colour, fmt.Sprintf("breach %d", i+1))
	}
}

// shaded says whether a breach of the criterion is filled: that of a target is
// not where there is a rollback bound to look at, nor that of a capacity, since
// little demand is no miss.
func (s signal) shaded(c checklist.Criterion) bool {
	switch {
	case c.Advisory:
		return false
	case c.Role == criterion.Rollback:
		return true
	}
	return s.name != criterion.Throughput &&
		!slices.ContainsFunc(s.criteria, func(o checklist.Criterion) bool { return o.Role == criterion.Rollback })
}

// shade fills the area between the bound's line and a candidate beyond it.
func (s signal) shade(p *panel, c checklist.Criterion, line, colour, area string) {
	op := breach(c)
	p.targets = append(p.targets, over(fmt.Sprintf("%s %s %s", s.measured(series.Candidate), op, s.bound(c)), area))
	upper, lower := area, line
	if op == criterion.Less || op == criterion.LessOrEqual {
		upper, lower = line, area
	}
	p.fields.Overrides = append(p.fields.Overrides,
		named(area, colored(fixed(colour)), custom("lineWidth", 0), custom("hideFrom", hidden{Legend: true, Tooltip: true})),
		named(upper, custom("fillBelowTo", lower), custom("fillOpacity", 35)))
}

// boundShort is a bound without its duration: "> 1 %".
func boundShort(c checklist.Criterion) string {
	c.For = 0
	return boundText(c)
}
