package alerts

import (
	"path/filepath"
	"testing"

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
