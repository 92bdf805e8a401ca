package alerts_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/series"
)

// A scenario is what is scraped, and what must be true when. Its alerts are
// all that fires: one that isn't named must not fire at any moment, but for
// the watchdog, which always must.
type scenario struct {
	name    string
	rules   *ruleSet // nil is the plan
	targets []target
	native  bool // the targets' histograms are native ones
	alerts  []firing
	values  []value
}

// firing is an alert with the evaluations at which it first fires and is first
// silent again; an empty end is that of the scenario.
type firing struct {
	alert    alert
	from, to string // durations from the first scrape
}

// alert tells an alert by the labels that identify it.
type alert map[string]string

// value is the value of an expression at a moment; a nil one is none.
type value struct {
	at   string
	expr string
	want []float64
}

// identifying are the labels that tell alerts apart.
const identifying = "alertname, checklist, criterion, kind, id, stage, track, test, hash, impact"

// ruleSet is a set of generated rules with what they were generated from.
type ruleSet struct {
	name    string
	plans   map[string]string // Markdown by the checklist's name
	options alerts.Options
}

func (r *ruleSet) scrape() time.Duration     { return orDefault(r.options.ScrapeInterval) }
func (r *ruleSet) evaluation() time.Duration { return orDefault(r.options.EvaluationInterval) }

func orDefault(d time.Duration) time.Duration {
	if d == 0 {
		return 15 * time.Second
	}
	return d
}

// generated are the rule files of a rule set.
func (r *ruleSet) generated(t testing.TB) []alerts.File {
	t.Helper()
	common, err := alerts.CommonRules(r.options)
	if err != nil {
		t.Fatal(err)
	}
	files := []alerts.File{common}
	for name := range r.plans {
		f, err := alerts.Rules(r.checklist(t, name), r.options)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

func (r *ruleSet) checklist(t testing.TB, name string) *checklist.Checklist {
	t.Helper()
	c, err := checklist.Parse(name+".md", name, []byte(r.plans[name]))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// id is the id of the criterion with a text.
func (r *ruleSet) id(t testing.TB, plan, text string) string {
	t.Helper()
	for _, c := range r.checklist(t, plan).Criteria {
		if c.Text == text {
			return c.ID
		}
	}
	t.Fatalf("%s: no criterion reads %q", plan, text)
	return ""
}

// test writes a scenario as promtool reads it.
func (s scenario) test(t *testing.T) testCase {
	t.Helper()
	c := testCase{Name: s.name, Interval: s.rules.scrape().String()}
	input := merged(s.targets)
	if s.native {
		input = nativeInput(t, input)
	}
	for _, name := range slices.Sorted(maps.Keys(input)) {
		c.Input = append(c.Input, testInput{name, input[name]})
	}
	last := s.end()
	c.Exprs = append(s.timeline(t, last), testExpr{
		Expr:     fmt.Sprintf(`count_over_time(ALERTS{alertname=%q,alertstate="firing"}[%s])`, series.AlertWatchdog, last+time.Second),
		EvalTime: last.String(),
		Samples:  []testSample{{fmt.Sprintf(`{alertname=%q,alertstate="firing"}`, series.AlertWatchdog), float64(last/s.rules.evaluation() + 1)}},
	})
	for _, v := range s.values {
		e := testExpr{Expr: v.expr, EvalTime: v.at, Samples: []testSample{}}
		for _, want := range v.want {
			e.Samples = append(e.Samples, testSample{"{}", want})
		}
		c.Exprs = append(c.Exprs, e)
	}
	return c
}

// length is how many scrapes the scenario takes.
func (s scenario) length() int {
	n := 1
	for _, t := range s.targets {
		n = max(n, t.length())
	}
	return n
}

// end is the time of the scenario's last scrape.
func (s scenario) end() time.Duration { return time.Duration(s.length()-1) * s.rules.scrape() }

// timeline asks for all that fired until the end: how often, when first, and
// when it was silent again.
func (s scenario) timeline(t *testing.T, end time.Duration) []testExpr {
	t.Helper()
	evaluation := s.rules.evaluation()
	type fired struct{ times, first, cleared float64 }
	all := map[string]fired{}
	var order []string
	for _, f := range s.alerts {
		from, to := duration(t, f.from), end+evaluation
		if f.to != "" {
			to = duration(t, f.to)
		}
		labels := f.alert.resolve(t, s.rules)
		was, again := all[labels]
		if !again {
			order = append(order, labels)
			was.first = from.Seconds()
		}
		all[labels] = fired{was.times + float64((to-from)/evaluation), was.first, to.Seconds()}
	}
	const selector = `ALERTS{alertstate="firing",alertname!="` + series.AlertWatchdog + `"}`
	over := fmt.Sprintf("timestamp(%s)[%s:%s]", selector, end+time.Second, evaluation)
	exprs := []testExpr{
		{Expr: fmt.Sprintf("sum by (%s) (count_over_time(%s[%s]))", identifying, selector, end+time.Second)},
		{Expr: fmt.Sprintf("min by (%s) (min_over_time(%s))", identifying, over)},
		{Expr: fmt.Sprintf("max by (%s) (max_over_time(%s)) + %v", identifying, over, evaluation.Seconds())},
	}
	for i := range exprs {
		exprs[i].EvalTime = end.String()
		for _, labels := range order {
			f := all[labels]
			exprs[i].Samples = append(exprs[i].Samples, testSample{labels, []float64{f.times, f.first, f.cleared}[i]})
		}
	}
	return exprs
}

// resolve writes an alert's labels, with the id of the criterion that its text
// stands for.
func (a alert) resolve(t *testing.T, r *ruleSet) string {
	t.Helper()
	var labels []string
	for name, v := range a {
		if name == series.LabelCriterion && a[series.LabelKind] != "drill" {
			v = r.id(t, a[series.LabelChecklist], v)
		}
		labels = append(labels, fmt.Sprintf("%s=%q", name, v))
	}
	return "{" + strings.Join(labels, ",") + "}"
}

func duration(t *testing.T, s string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// complete gives scenarios the rules they are about and, where they have none
// of their own, an exporter that says that traffic is being shifted.
func complete(t *testing.T, r *ruleSet, scenarios []scenario) []scenario {
	t.Helper()
	for i := range scenarios {
		s := &scenarios[i]
		if s.rules == nil {
			s.rules = r
		}
		if !slices.ContainsFunc(s.targets, func(t target) bool { return strings.Contains(t.labels, `job="cutover"`) }) {
			s.targets = append(s.targets, cutover(during(s.length(), reporting(t, s.rules, report{}))))
		}
	}
	return scenarios
}
