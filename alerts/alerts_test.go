package alerts

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// sample parses the checklist that is part of the program.
func sample(t testing.TB) *checklist.Checklist {
	t.Helper()
	const file = "../internal/source/builtin/python-3.13.md"
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, "python-3.13", source)
}

func parse(t testing.TB, name string, source []byte) *checklist.Checklist {
	t.Helper()
	c, err := checklist.Parse(name+".md", name, source)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// exampleOptions are those of the committed examples.
func exampleOptions() Options {
	return Options{
		ChecklistURL: "https://git.example.org/team/service/blob/main/python-3.13.md",
		RunbookURL:   "https://wiki.example.org/runbooks/python-3.13",
		GrafanaURL:   "https://grafana.example.org",
		DashboardUID: "cutover-python-3_13-overview",
	}
}

// tree renders everything that is generated for a checklist, by path.
func tree(t testing.TB, c *checklist.Checklist, o Options) map[string][]byte {
	t.Helper()
	rules, err := Rules(c, o)
	if err != nil {
		t.Fatal(err)
	}
	common, err := CommonRules(o)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	add := func(name string) func([]byte, error) {
		return func(content []byte, err error) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			files[name] = content
		}
	}
	add("rules/" + c.Name + ".yml")(rules.YAML())
	add("rules/cutover.yml")(common.YAML())
	add("rules/tests/cutover_test.yml")(CommonRuleTests(o, "../cutover.yml"))
	add("rules/tests/" + c.Name + "_test.yml")(RuleTests(c, o, "../"+c.Name+".yml"))
	add("alertmanager/alertmanager.yml")(Alertmanager(exampleReceivers()))
	add("alertmanager/routes.yml")(Routes(exampleReceivers()))
	add("prometheus.yml")(Scrape(o))
	return files
}

func writeTree(t testing.TB, dir string, files map[string][]byte) {
	t.Helper()
	for name, content := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestGoldenExamples compares everything generated from the sample checklist
// with the committed examples.
func TestGoldenExamples(t *testing.T) {
	files := tree(t, sample(t), exampleOptions())
	if *update {
		if err := os.RemoveAll("examples"); err != nil {
			t.Fatal(err)
		}
	}
	for name, got := range files {
		compare(t, filepath.Join("examples", name), got)
	}
}

func TestOptionsThatAreNotPromQL(t *testing.T) {
	for _, tt := range []struct {
		options Options
		want    string
	}{
		{Options{CandidateSelector: `slot=green`}, `candidate selector "slot=green": not label matchers such as slot="green": 1:7: parse error: unexpected identifier "green" in label matching, expected string`},
		{Options{Queries: map[criterion.Signal]string{"latency": "sum("}}, `query of latency: not PromQL: 1:5: parse error: unclosed left parenthesis`},
		{Options{Instrumentation: "rails"}, `instrumentation "rails" is not known: use one of django-prometheus, envoy, fastapi-instrumentator, haproxy, ingress-nginx, istio, opentelemetry, opentelemetry-milliseconds, smoke, starlette-exporter, traefik`},
	} {
		err := tt.options.Check()
		if err == nil || err.Error() != tt.want {
			t.Errorf("Check() = %v\nwant %s", err, tt.want)
		}
	}
}

// TestGoldenJudgements says of every criterion of the sample whether it is
// judged, and if not, why.
func TestGoldenJudgements(t *testing.T) {
	judgements, err := Judgements(sample(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, j := range judgements {
		fmt.Fprintf(&got, "%s: %s\n", j.Criterion.ID, cmp.Or(j.Reason, "judged"))
	}
	compare(t, "testdata/judgements.txt", []byte(got.String()))
}

// compare compares with a golden file, or rewrites it.
func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		writeTree(t, ".", map[string][]byte{file: got})
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
		return
	}
	if diff := gocmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-golden +got)\n%s", file, diff)
	}
}

func BenchmarkRules(b *testing.B) {
	c := sample(b)
	b.ReportAllocs()
	for b.Loop() {
		f, err := Rules(c, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.YAML(); err != nil {
			b.Fatal(err)
		}
	}
}
