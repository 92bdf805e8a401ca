//go:build mutation

package alerts_test

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/internal/series"
)

// A mutant is the rules without one clause of the generator's. It writes the same
// for both tracks, every window and every criterion.
type mutant struct {
	name  string // the rule and the clause
	tries []try  // that can still miss the clause, in order
}

// A try is a mutant's rules as some rule set has them, and a few of its scenarios.
type try struct {
	rules     *ruleSet
	cuts      []cut
	scenarios []scenario
}

// A cut takes a clause of a rule away, or its waiting.
type cut struct {
	name   string // alike for what the generator writes alike
	rule   string // as ruleName has it
	remove mutation
}

// fewScenarios are tried at once: most mutants are found out by the first ones.
const fewScenarios = 6

// TestEveryClause takes every clause of the rules away that has a side to it (and,
// unless, or, a comparison with a number, a wait), one at a time, whether or not
// somebody thought of it as a guard. Some scenario must fail without it.
func TestEveryClause(t *testing.T) {
	mutants := mutants(t)
	alive := mutants
	for round := 1; slices.ContainsFunc(alive, func(m *mutant) bool { return len(m.tries) > 0 }); round++ {
		var batches []batch
		for i, m := range alive {
			if len(m.tries) == 0 {
				continue
			}
			files := m.tries[0].rules.generated(t)
			for _, c := range m.tries[0].cuts {
				mutate(files, c.only())
			}
			batches = append(batches, batch{name: fmt.Sprint("mutant-", i), rules: m.tries[0].rules, files: files, scenarios: m.tries[0].scenarios})
		}
		t.Logf("round %d: %d mutants", round, len(batches))
		found := promtool(t, batches)
		var left []*mutant
		for i, m := range alive {
			if len(m.tries) > 0 && foundOut(found[fmt.Sprint("mutant-", i)], m.tries[0].scenarios) {
				continue
			}
			m.tries = m.tries[min(1, len(m.tries)):]
			left = append(left, m)
		}
		alive = left
	}
	t.Logf("%d mutants, of which %d live", len(mutants), len(alive))
	for _, m := range alive {
		if reason, known := equivalent(m.name); !known {
			t.Errorf("nobody misses it: %s", m.name)
		} else {
			t.Logf("%s: %s", reason, m.name)
		}
	}
}

// foundOut says whether any of the scenarios failed, or couldn't be tried at all.
func foundOut(found map[string][]string, scenarios []scenario) bool {
	return slices.ContainsFunc(scenarios, func(s scenario) bool {
		findings, ran := found[s.name]
		return !ran || len(findings) > 0
	})
}

// mutants are all there are in the rule sets of the scenarios but those of two days.
// Of the instrumentations the default, and runs of smoke tests, stand for the others.
func mutants(t *testing.T) []*mutant {
	t.Helper()
	bySet := map[*ruleSet][]scenario{}
	var sets []*ruleSet
	for _, s := range scenarios(t) {
		if s.rules == everySixMinutes || s.rules.options.Instrumentation != "" && s.rules != onRuns {
			continue
		}
		if bySet[s.rules] == nil {
			sets = append(sets, s.rules)
		}
		bySet[s.rules] = append(bySet[s.rules], s)
	}
	all := map[string]*mutant{}
	var order []*mutant
	for _, set := range sets {
		slices.SortStableFunc(bySet[set], func(a, b scenario) int { return cmp.Compare(a.end(), b.end()) })
		alike := map[string][]cut{}
		for _, c := range set.cuts(t) {
			if all[c.name] == nil {
				all[c.name] = &mutant{name: c.name}
				order = append(order, all[c.name])
			}
			alike[c.name] = append(alike[c.name], c)
		}
		for name, cuts := range alike {
			for some := range slices.Chunk(bySet[set], fewScenarios) {
				all[name].tries = append(all[name].tries, try{set, cuts, some})
			}
		}
	}
	for _, m := range order { // the quickest first
		slices.SortStableFunc(m.tries, func(a, b try) int { return cmp.Compare(a.scenarios[0].end(), b.scenarios[0].end()) })
	}
	return order
}

// cuts are those of a rule set.
func (r *ruleSet) cuts(t *testing.T) []cut {
	t.Helper()
	var cuts []cut
	for _, f := range r.generated(t) {
		for _, g := range f.Groups {
			for _, rule := range g.Rules {
				name := ruleName(rule)
				add := func(what string, m mutation) {
					cuts = append(cuts, cut{r.alike(t, name+": "+what), name, m})
				}
				for n := 0; ; n++ {
					text, ok := clause(rule.Expr, n)
					if !ok {
						break
					}
					add(fmt.Sprintf("%d. %s", n+1, text), removeClause(n))
				}
				if rule.For > 0 {
					add("for", atOnce)
				}
				if rule.KeepFiringFor > 0 {
					add("keep_firing_for", letGoAtOnce)
				}
			}
		}
	}
	return cuts
}

// only restricts a cut to its rule.
func (c cut) only() mutation {
	return func(r *alerts.Rule) {
		if ruleName(*r) == c.rule {
			c.remove(r)
		}
	}
}

// ruleName tells a rule from the others of its file.
func ruleName(r alerts.Rule) string {
	name := r.Record + r.Alert
	for _, label := range []string{
		series.LabelSignal, series.LabelStatistic, series.LabelTrack, series.LabelWindow, series.LabelTest,
		series.LabelKind, series.LabelID, series.LabelCriterion, series.LabelStage, series.LabelSeverity,
	} {
		if v := r.Labels[label]; v != "" {
			name += " " + v
		}
	}
	return name
}

// alike takes out of a name what differs between tracks, windows, criteria and
// checklists.
func (r *ruleSet) alike(t *testing.T, name string) string {
	t.Helper()
	for plan := range r.plans {
		for _, c := range r.checklist(t, plan).Criteria {
			name = strings.ReplaceAll(name, c.ID, "CRITERION")
		}
	}
	for _, d := range differing {
		name = d.what.ReplaceAllString(name, d.alike)
	}
	return name
}

// differing is what the generator fills in.
var differing = []struct {
	what  *regexp.Regexp
	alike string
}{
	{regexp.MustCompile(`\b(\d+[smh])+\b`), "WINDOW"},
	{regexp.MustCompile(`\b(error|success)_ratio\b`), "RATIO"},
	{regexp.MustCompile(`vector\([\d.]+\)`), "FROZEN"},
	{regexp.MustCompile(`baseline|candidate|"(blue|green|load)"`), "TRACK"},
	{regexp.MustCompile(`"(plan|other)"`), "PLAN"},
	{regexp.MustCompile(`"(production|staging)"`), "ENVIRONMENT"},
	{regexp.MustCompile(` (sustained|peak)-load-test|,test="[^"]*"`), ""},
	{regexp.MustCompile(`within_\w+|\bp9[59]\b|\b0\.9[59]\b`), "QUANTILE"},
	{regexp.MustCompile(`le=~"[^"]*"`), "BOUND"},
	{regexp.MustCompile(`\b(25|50|100)%`), "STAGE"},
	{regexp.MustCompile(`< (900|1800)$`), "< HOLD"},
}

// clause is the n-th clause of an expression: its operator and right side.
func clause(expression string, n int) (string, bool) {
	found := ""
	rewrite(parsedExpr(expression), cutting(n, func(b *parser.BinaryExpr) { found = b.Op.String() + " " + b.RHS.String() }))
	return found, found != ""
}

func removeClause(n int) mutation {
	return func(r *alerts.Rule) {
		r.Expr = rewrite(parsedExpr(r.Expr), cutting(n, func(*parser.BinaryExpr) {})).String()
	}
}

// cutting leaves of the n-th clause its left side.
func cutting(n int, see func(*parser.BinaryExpr)) func(parser.Expr) parser.Expr {
	i := 0
	return func(e parser.Expr) parser.Expr {
		b, ok := e.(*parser.BinaryExpr)
		if !ok || b.ReturnBool {
			return e
		}
		_, number := b.RHS.(*parser.NumberLiteral)
		if !b.Op.IsSetOperator() && (!b.Op.IsComparisonOperator() || !number) {
			return e
		}
		if i++; i-1 != n {
			return e
		}
		see(b)
		return b.LHS
	}
}

func parsedExpr(expression string) parser.Expr {
	parsed, err := parser.NewParser(parser.Options{}).ParseExpr(expression)
	if err != nil {
		panic(err) // what was generated is checked elsewhere
	}
	return parsed
}

// equivalents are clauses that no scenario here can miss, and why.
var equivalents = []struct{ text, reason string }{
	{"(container_", "shown by the series of django-prometheus, which is not among the rule sets here"},
	{`or (0 * cutover:signal:count{checklist=PLAN,environment=ENVIRONMENT,signal="requests",statistic="total",track="TRACK",window="WINDOW"})`, "the exporter counts failed runs from 0"},
	{"business mean WINDOW: 1. >= -Inf", "only a query that divides gives NaN, and no rule set here has one: internal/promquery TestReplacedQuery shows it"},
	{"cutover:criterion:ok CRITERION: 1. > 60", "a throughput that isn't reached alarms nobody: only the verdict on the boards differs"},
	{"serving total TRACK WINDOW: 5. or 0 * ", "an instance that nobody asked for a window counts as drained, too; only one that goes sooner shows the clause"},
}

func equivalent(name string) (reason string, known bool) {
	for _, e := range equivalents {
		if strings.Contains(name, e.text) {
			return e.reason, true
		}
	}
	return "", false
}
