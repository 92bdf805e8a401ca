package alerts_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"golang.org/x/sync/errgroup"

	"github.com/cutover-dev/cutover/internal/testenv"
)

// TestFormat compares every expression in the examples with what promtool makes
// of it.
func TestFormat(t *testing.T) {
	files, err := filepath.Glob("examples/rules/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	promtool := testenv.Promtool(t)
	var all errgroup.Group
	all.SetLimit(4)
	for expr, where := range expressions(t, files) {
		all.Go(func() error {
			out, err := exec.CommandContext(t.Context(), promtool, "--experimental", "promql", "format", expr).Output()
			if err != nil {
				return fmt.Errorf("%s: %w", where, err)
			}
			if diff := cmp.Diff(strings.TrimRight(string(out), "\n"), expr); diff != "" {
				return fmt.Errorf("%s (-promtool +ours)\n%s", where, diff)
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Error(err)
	}
}

// expressions are the different expressions of rule files, with one rule that
// has each.
func expressions(t *testing.T, files []string) map[string]string {
	t.Helper()
	exprs := map[string]string{}
	for _, file := range files {
		groups, errs := rulefmt.ParseFile(file, false, model.UTF8Validation, parser.NewParser(parser.Options{}), nil)
		if len(errs) > 0 {
			t.Fatal(errs[0])
		}
		for _, g := range groups.Groups {
			for _, r := range g.Rules {
				exprs[r.Expr] = file + ": " + r.Record + r.Alert
			}
		}
	}
	return exprs
}

// TestLint has promtool check the rules of every rule set of the scenarios, and
// so of every instrumentation, with all it can find fault with.
func TestLint(t *testing.T) {
	args := []string{"check", "rules", "--lint=all", "--lint-fatal"}
	dir, seen := t.TempDir(), map[*ruleSet]bool{}
	for _, s := range scenarios(t) {
		if seen[s.rules] {
			continue
		}
		seen[s.rules] = true
		for _, f := range s.rules.generated(t) {
			content, err := f.YAML()
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, s.rules.name+"-"+f.Name+".yml")
			if err := os.WriteFile(file, content, 0o644); err != nil {
				t.Fatal(err)
			}
			args = append(args, file)
		}
	}
	testenv.Run(t, testenv.Promtool(t), args...)
}
