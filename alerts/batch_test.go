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
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/internal/testenv"
)

// play tries scenarios on the rules as they are generated.
func play(t *testing.T, scenarios []scenario) {
	t.Helper()
	var batches []batch
	last := map[*ruleSet]int{}   // its last batch
	where := map[string]string{} // the batch of a scenario
	for _, s := range scenarios {
		if where[s.name] != "" {
			t.Fatalf("two scenarios are called %q", s.name)
		}
		i, ok := last[s.rules]
		if !ok || len(batches[i].scenarios) == fullBatch {
			i = len(batches)
			last[s.rules] = i
			batches = append(batches, batch{name: fmt.Sprint(s.rules.name, "-", i), rules: s.rules, files: s.rules.generated(t)})
		}
		where[s.name] = batches[i].name
		batches[i].scenarios = append(batches[i].scenarios, s)
	}
	found := promtool(t, batches)
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			findings, ran := found[where[s.name]][s.name]
			if !ran {
				t.Fatal("promtool didn't try it")
			}
			for _, f := range findings {
				t.Error(f)
			}
		})
	}
}

// fullBatch is how many scenarios a batch holds, so that batches are alike.
const fullBatch = 8

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
				if c.Error != "" {
					cases[c.Name] = append(cases[c.Name], c.Error)
				}
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
		for _, g := range f.Groups {
			for i := range g.Rules {
				g.Rules[i].Annotations = nil // they take time, and decide nothing
			}
		}
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
