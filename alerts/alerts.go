// Package alerts turns a checklist's criteria into Prometheus rules, unit tests
// for those rules, and an Alertmanager configuration that routes their alerts.
//
// The walk of a line through the rules of a checklist:
//
//  1. a recording rule measures the criterion's signal, once per track:
//     cutover:signal:ratio, cutover:signal:seconds, …
//  2. a recording rule compares it with the bound: cutover:criterion:ok is 1
//     when the criterion is fine, 0 when it is not, and absent when nobody can
//     tell, for want of traffic or of data;
//  3. an alert fires on the verdict: CutoverRollback for a rollback criterion,
//     CutoverTargetMissed for a target.
//
// All of them stand in one group, in this order, so that an evaluation sees the
// values of the same instant. The measured rules read no series of the
// exporter: they go on judging while it is down. People can declare a rollback
// criterion by ticking its box, whatever is measured.
//
// The package is pure and its output is stable: same checklist, same options,
// same bytes.
package alerts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/promquery"
	"github.com/cutover-dev/cutover/internal/series"
)

// Options say what is measured, how often, and where people look. The zero
// value of each field stands for its default.
type Options struct {
	// Instrumentation names how the service exposes its metrics, one of
	// Instrumentations(); default fastapi-instrumentator.
	Instrumentation string
	// BaselineSelector and CandidateSelector are label matchers without braces
	// for the old and the new version; defaults slot="blue" and slot="green", and
	// the smoke tests' own track where they are the instrumentation.
	// LoadTestSelector is for the series of a load test; without it, load-test
	// targets are not measured.
	BaselineSelector, CandidateSelector, LoadTestSelector string
	// NativeHistograms says that latencies are scraped as native histograms.
	NativeHistograms bool
	// Baseline are frozen figures of the old version, to compare with once it
	// has no traffic any more.
	Baseline []Baseline
	// Queries replaces a signal's query with PromQL in which $selector and
	// $window are filled in.
	Queries map[criterion.Signal]string

	Job                string        // the exporter's scrape job; default cutover
	ScrapeInterval     time.Duration // of the service; default 15s
	EvaluationInterval time.Duration // of the generated groups; default 15s
	SmokeInterval      time.Duration // between two runs of a smoke test; default 30s
	MinRequests        int           // what a window needs to prove something; default 30
	DefaultFor         time.Duration // where a line names no duration; default 2m
	TimeScale          float64       // shortens every promised duration for rehearsals; default 1

	ChecklistURL string // where people open the checklist; empty for none
	RunbookURL   string // linked from every alert; empty for none
	GrafanaURL   string // base address for links to dashboards; empty for none
	// DashboardUID is the dashboard that alerts link to; empty for none.
	DashboardUID string
}

// Baseline is one figure of the old version, frozen while it was measured.
type Baseline struct {
	Signal   criterion.Signal
	Quantile float64 // 0 for the mean
	Value    float64 // in the signal's base unit
}

// Instrumentations lists the names Options.Instrumentation can have.
func Instrumentations() []string { return promquery.InstrumentationNames() }

func (o Options) withDefaults() Options {
	o.Instrumentation = cmp.Or(o.Instrumentation, promquery.DefaultInstrumentation)
	in, _ := promquery.InstrumentationByName(o.Instrumentation) // Check knows the name
	o.BaselineSelector = cmp.Or(o.BaselineSelector, in.Baseline, `slot="blue"`)
	o.CandidateSelector = cmp.Or(o.CandidateSelector, in.Candidate, `slot="green"`)
	o.Job = cmp.Or(o.Job, "cutover")
	o.ScrapeInterval = cmp.Or(o.ScrapeInterval, 15*time.Second)
	o.EvaluationInterval = cmp.Or(o.EvaluationInterval, 15*time.Second)
	o.SmokeInterval = cmp.Or(o.SmokeInterval, 30*time.Second)
	o.MinRequests = cmp.Or(o.MinRequests, 30)
	o.DefaultFor = cmp.Or(o.DefaultFor, 2*time.Minute)
	o.TimeScale = cmp.Or(o.TimeScale, 1)
	return o
}

// Check parses the PromQL in the options. Its error names the option and the
// place in it.
func (o Options) Check() error {
	p := parser.NewParser(parser.Options{})
	for _, s := range []struct{ name, matchers string }{
		{"baseline selector", o.BaselineSelector},
		{"candidate selector", o.CandidateSelector},
		{"load test selector", o.LoadTestSelector},
	} {
		if s.matchers == "" {
			continue
		}
		if _, err := p.ParseMetricSelector("{" + s.matchers + "}"); err != nil {
			return fmt.Errorf(`%s %q: not label matchers such as slot="green": %w`, s.name, s.matchers, err)
		}
	}
	for _, signal := range sortedKeys(o.Queries) {
		expanded := strings.NewReplacer("$selector", `a="b"`, "$window", "1m").Replace(o.Queries[signal])
		if _, err := p.ParseExpr(expanded); err != nil {
			return fmt.Errorf("query of %s: not PromQL: %w", signal, err)
		}
	}
	if o.Instrumentation != "" {
		if _, ok := promquery.InstrumentationByName(o.Instrumentation); !ok {
			return fmt.Errorf("instrumentation %q is not known: use one of %s", o.Instrumentation, strings.Join(Instrumentations(), ", "))
		}
	}
	return nil
}

// Rules writes the rules of one checklist, in one group. The error is of the
// options; a criterion that can't be measured has no rule, and Judgements says
// why.
func Rules(c *checklist.Checklist, o Options) (File, error) {
	g, err := newGenerator(c, o)
	if err != nil {
		return File{}, err
	}
	group := Group{
		Name:     "cutover-" + c.Name,
		Interval: g.options.EvaluationInterval,
		Rules:    slices.Concat(g.measured(), g.remembered(), g.failingSince(), g.verdicts(), []Rule{g.rulesInfo()}, g.alerts()),
	}
	return File{Name: c.Name, Groups: []Group{group}}, nil
}

// Judgement says how a criterion is judged.
type Judgement struct {
	Criterion checklist.Criterion
	// Reason says why no rule judges the criterion; empty where one does.
	Reason string
	// Implausible says that the reason lies in the line itself: its bound makes
	// no sense for what it is about.
	Implausible bool
	// Between are the histogram's bounds around a latency that is none of them, in
	// seconds: for a quantile in between there is no verdict. Zero elsewhere.
	Between [2]float64
}

// Judgements says of every criterion whether the rules judge it, in the order
// of the checklist.
func Judgements(c *checklist.Checklist, o Options) ([]Judgement, error) {
	g, err := newGenerator(c, o)
	if err != nil {
		return nil, err
	}
	out := make([]Judgement, 0, len(g.judged))
	for _, j := range g.judged {
		out = append(out, Judgement{
			Criterion: j.criterion, Reason: j.reason, Implausible: implausible(j.criterion.Criterion) != "", Between: j.between,
		})
	}
	return out, nil
}

// generator holds what the rules of one checklist have in common.
type generator struct {
	checklist *checklist.Checklist
	options   Options
	query     promquery.Settings
	judged    []judged
}

func newGenerator(c *checklist.Checklist, o Options) (*generator, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	in, _ := promquery.InstrumentationByName(o.Instrumentation) // Check knows the name
	g := &generator{
		checklist: c,
		options:   o,
		query: promquery.Settings{
			Instrumentation: in,
			ScrapeInterval:  o.ScrapeInterval,
			MinRequests:     o.MinRequests,
			RunInterval:     o.SmokeInterval,
			TimeScale:       o.TimeScale,
			Queries:         o.Queries,
			Native:          o.NativeHistograms,
		},
	}
	for _, c := range c.Criteria {
		g.judged = append(g.judged, g.judge(c))
	}
	return g, nil
}

// production is the environment that the baseline and candidate selectors are
// about.
const production = "production"

// place is where a track is measured outside of load tests.
func (g *generator) place(track string) promquery.Place {
	selector := g.options.CandidateSelector
	if track == series.Baseline {
		selector = g.options.BaselineSelector
	}
	return promquery.Place{Checklist: g.checklist.Name, Environment: production, Track: track, Selector: selector}
}

// bothTracks is where is measured what the tracks only have together.
func (g *generator) bothTracks() promquery.Place {
	return promquery.Place{Checklist: g.checklist.Name, Environment: production}
}

// loadTest is where a load test's targets are measured.
func (g *generator) loadTest(s checklist.Scope) promquery.Place {
	return promquery.Place{
		Checklist: g.checklist.Name, Environment: s.Environment, Test: s.Test,
		Track: series.Candidate, Selector: g.options.LoadTestSelector,
	}
}

// rulesInfo tells from which criteria the loaded rules were generated, so that
// CutoverRulesOutdated can compare them with the checklist's.
func (g *generator) rulesInfo() Rule {
	return Rule{
		Record: series.RulesInfo,
		Expr:   "vector(1)",
		Labels: map[string]string{series.LabelChecklist: g.checklist.Name, series.LabelHash: g.checklist.Hash()},
	}
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
