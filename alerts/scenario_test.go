package alerts_test

import (
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/series"
	"github.com/cutover-dev/cutover/internal/testenv"
)

// A scenario is what is scraped, and what must be true when. Its alerts are
// all that fires: one that isn't named must not fire at any moment, but for
// the watchdog, which always must.
type scenario struct {
	name    string
	rules   *ruleSet // nil is the plan
	targets []target
	raw     []testInput // series that no target plays, in promtool's notation
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
const identifying = "alertname, checklist, criterion, kind, id, stage, track, test, hash"

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

// The parts of promtool's test files that are used here.
type (
	testFile struct {
		RuleFiles          []string   `yaml:"rule_files"`
		EvaluationInterval string     `yaml:"evaluation_interval"`
		Tests              []testCase `yaml:"tests"`
	}
	testCase struct {
		Name     string      `yaml:"name"`
		Interval string      `yaml:"interval"`
		Input    []testInput `yaml:"input_series,omitempty"`
		Exprs    []testExpr  `yaml:"promql_expr_test"`
	}
	testInput struct {
		Series string `yaml:"series"`
		Values string `yaml:"values"`
	}
	testExpr struct {
		Expr     string       `yaml:"expr"`
		EvalTime string       `yaml:"eval_time"`
		Samples  []testSample `yaml:"exp_samples"`
	}
	testSample struct {
		Labels string  `yaml:"labels"`
		Value  float64 `yaml:"value"`
	}
)

// batch is a rule set's files, as they are or broken on purpose, and the
// scenarios to try on them.
type batch struct {
	name      string
	rules     *ruleSet
	files     []alerts.File
	scenarios []scenario
}

// failures are promtool's findings, by batch and scenario.
type failures map[string]map[string][]string

// promtool tries all batches, with as few runs as keep the processors busy.
func promtool(t *testing.T, batches []batch) failures {
	t.Helper()
	dir, found, program := t.TempDir(), failures{}, testenv.Promtool(t)
	slices.SortStableFunc(batches, func(a, b batch) int { return b.evaluations() - a.evaluations() })
	runs := make([]promtoolRun, min(runtime.NumCPU(), len(batches)))
	for _, b := range batches {
		least := slices.MinFunc(runs, func(a, b promtoolRun) int { return a.evaluations - b.evaluations })
		i := slices.IndexFunc(runs, func(r promtoolRun) bool { return r.evaluations == least.evaluations })
		runs[i].evaluations += b.evaluations()
		runs[i].files = append(runs[i].files, b.write(t, filepath.Join(dir, b.name)))
	}
	var all sync.WaitGroup
	for i := range runs {
		all.Go(func() { runs[i].run(t.Context(), program, filepath.Join(dir, fmt.Sprint(i, ".xml"))) })
	}
	all.Wait()
	for _, r := range runs {
		if r.err != nil {
			t.Fatal(r.err)
		}
		for _, s := range r.Suites {
			cases := map[string][]string{}
			for _, c := range s.Cases {
				cases[c.Name] = c.Failures
			}
			found[filepath.Base(filepath.Dir(s.Name))] = cases
		}
	}
	return found
}

// promtoolRun is one run of promtool over some test files, and its report.
type promtoolRun struct {
	files       []string
	evaluations int
	err         error
	Suites      []struct {
		Name  string `xml:"name,attr"`
		Cases []struct {
			Name     string   `xml:"name,attr"`
			Failures []string `xml:"failure"`
			Error    string   `xml:"error"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func (r *promtoolRun) run(ctx context.Context, program, report string) {
	promtool := exec.CommandContext(ctx, program, append([]string{"test", "rules", "--junit=" + report}, r.files...)...)
	promtool.Env = append(os.Environ(), "GOGC=400") // it is all garbage, and little of it
	out, runErr := promtool.CombinedOutput()
	content, err := os.ReadFile(report)
	if err == nil {
		err = xml.Unmarshal(content, r)
	}
	if err != nil {
		r.err = fmt.Errorf("promtool: %w, %w\n%s", runErr, err, out)
	}
	for _, s := range r.Suites {
		for _, c := range s.Cases {
			if c.Error != "" {
				r.err = fmt.Errorf("%s: %s", s.Name, c.Error)
			}
		}
	}
}

// evaluations is how much work a batch is.
func (b batch) evaluations() int {
	n := 0
	for _, s := range b.scenarios {
		n += int(s.end() / b.rules.evaluation())
	}
	return n
}

// write writes a batch's rule files and its test file, and gives the latter.
func (b batch) write(t *testing.T, dir string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	test := testFile{EvaluationInterval: b.rules.evaluation().String()}
	for _, f := range b.files {
		content, err := f.YAML()
		if err != nil {
			t.Fatalf("%s: %v", b.name, err)
		}
		name := "rules-" + f.Name + ".yml"
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
		test.RuleFiles = append(test.RuleFiles, name)
	}
	for _, s := range b.scenarios {
		test.Tests = append(test.Tests, s.test(t))
	}
	content, err := yaml.Marshal(test)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "test.yml")
	if err := os.WriteFile(file, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// test writes a scenario as promtool reads it.
func (s scenario) test(t *testing.T) testCase {
	t.Helper()
	c := testCase{Name: s.name, Interval: s.rules.scrape().String()}
	names, input := merged(s.targets)
	for _, name := range names {
		c.Input = append(c.Input, testInput{name, input[name]})
	}
	c.Input = append(c.Input, s.raw...)
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
		if name == series.LabelCriterion {
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

// play tries scenarios on the rules as they are generated.
func play(t *testing.T, scenarios []scenario) {
	t.Helper()
	var batches []batch
	at := map[*ruleSet]int{}
	seen := map[string]bool{}
	for _, s := range scenarios {
		if seen[s.name] {
			t.Fatalf("two scenarios are called %q", s.name)
		}
		seen[s.name] = true
		i, ok := at[s.rules]
		if !ok {
			i = len(batches)
			at[s.rules] = i
			batches = append(batches, batch{name: s.rules.name, rules: s.rules, files: s.rules.generated(t)})
		}
		batches[i].scenarios = append(batches[i].scenarios, s)
	}
	found := promtool(t, batches)
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			findings, ran := found[s.rules.name][s.name]
			if !ran {
				t.Fatal("promtool didn't try it")
			}
			for _, f := range findings {
				t.Error(f)
			}
		})
	}
}
