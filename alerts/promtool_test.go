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
// each instrumentation, of lines that each of their signals can break.
func TestPromtoolInstrumentations(t *testing.T) {
	promtool := testenv.Promtool(t)
	c, err := checklist.Parse("plan.md", "plan", []byte("# Upgrade\n\n## Rollback Scenarios\n\n### Rollback Criteria\n"+
		"- [ ] Error rate >1% for >5 minutes\n- [ ] Response time > 2 seconds\n- [ ] Response time degradation >50%\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Instrumentations() {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeTree(t, dir, tree(t, c, Options{Instrumentation: name}))
			rules := filepath.Join(dir, "rules")
			testenv.Run(t, promtool, "check", "rules", "--lint=all", "--lint-fatal", filepath.Join(rules, c.Name+".yml"))
			testenv.Run(t, promtool, "test", "rules", filepath.Join(rules, "tests", c.Name+"_test.yml"))
		})
	}
}
