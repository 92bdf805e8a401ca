package alerts

import (
	"path/filepath"
	"testing"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/testenv"
)

// TestPromtool has promtool check and run what is generated, as whoever
// receives the files would.
func TestPromtool(t *testing.T) {
	dir := t.TempDir()
	c := sample(t)
	writeTree(t, dir, tree(t, c, exampleOptions()))
	rules := filepath.Join(dir, "rules")
	promtool := testenv.Promtool(t)
	testenv.Run(t, promtool, "check", "rules", "--lint=all", "--lint-fatal",
		filepath.Join(rules, c.Name+".yml"), filepath.Join(rules, "cutover.yml"))
	testenv.Run(t, promtool, "test", "rules", filepath.Join(rules, "tests", c.Name+"_test.yml"))
	testenv.Run(t, promtool, "test", "rules", filepath.Join(rules, "tests", "cutover_test.yml"))
	testenv.Run(t, promtool, "check", "config", "--syntax-only", filepath.Join(dir, "prometheus.yml"))
}

// TestPromtoolInstrumentations has promtool run the tests that are generated for
// each instrumentation, of lines that each of their signals can break. What
// differs between instrumentations is tried; the rest is TestPromtool's.
func TestPromtoolInstrumentations(t *testing.T) {
	t.Parallel() // with those that mostly wait
	c, err := checklist.Parse("plan.md", "plan", []byte("# Upgrade\n\n## Rollback Scenarios\n\n### Rollback Criteria\n"+
		"- [ ] Error rate >1% for >2 minutes\n- [ ] Response time degradation >50%\n"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var rules, tests []string
	for _, name := range Instrumentations() {
		writeTree(t, filepath.Join(dir, name), tree(t, c, Options{Instrumentation: name}))
		rules = append(rules, filepath.Join(dir, name, "rules", "plan.yml"))
		tests = append(tests, filepath.Join(dir, name, "rules", "tests", "plan_test.yml"))
	}
	promtool := testenv.Promtool(t)
	testenv.Run(t, promtool, append([]string{"check", "rules", "--lint=all", "--lint-fatal"}, rules...)...)
	testenv.Run(t, promtool, append([]string{"test", "rules", "--run=is fine$", "--run=is broken$", "--run=is gone$"}, tests...)...)
}
