package alerts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cutover-dev/cutover/alerts"
)

// A guard is a part of the generated rules that keeps them right where a plain
// rule is wrong.
type guard struct {
	name    string
	remove  mutation
	shownBy string // the scenario that goes wrong without it
}

// A mutation changes a rule, or leaves it alone.
type mutation func(*alerts.Rule)

// TestGuards takes the guards away one by one: without any of them, the
// scenario that is named with it must fail.
func TestGuards(t *testing.T) {
	all := map[string]scenario{}
	for _, s := range scenarios(t) {
		all[s.name] = s
	}
	var batches []batch
	list := guards()
	for i, g := range list {
		s, ok := all[g.shownBy]
		if !ok {
			t.Fatalf("%s: there is no scenario %q", g.name, g.shownBy)
		}
		files := s.rules.generated(t)
		if !mutate(files, g.remove) {
			t.Errorf("%s: the rules have no such guard", g.name)
			continue
		}
		batches = append(batches, batch{name: fmt.Sprint("guard-", i), rules: s.rules, files: files, scenarios: []scenario{s}})
	}
	found := promtool(t, batches)
	for i, g := range list {
		t.Run(g.name, func(t *testing.T) {
			if len(found[fmt.Sprint("guard-", i)][g.shownBy]) == 0 {
				t.Errorf("nobody misses it: %q passes without", g.shownBy)
			}
		})
	}
}

// mutate changes rule files, and says whether it found anything to change.
func mutate(files []alerts.File, m mutation) bool {
	changed := false
	for _, f := range files {
		for _, g := range f.Groups {
			for i := range g.Rules {
				before := fmt.Sprint(g.Rules[i])
				m(&g.Rules[i])
				changed = changed || fmt.Sprint(g.Rules[i]) != before
			}
		}
	}
	return changed
}

// of restricts a mutation to the rules with an alert's or a record's name.
func of(name string, m mutation) mutation {
	return func(r *alerts.Rule) {
		if r.Alert == name || r.Record == name {
			m(r)
		}
	}
}

// both is one mutation after the other.
func both(first, then mutation) mutation {
	return func(r *alerts.Rule) {
		first(r)
		then(r)
	}
}

// expr is a mutation of parts of a rule's expression.
func expr(change func(parser.Expr) parser.Expr) mutation {
	return func(r *alerts.Rule) {
		parsed, err := parser.NewParser(parser.Options{}).ParseExpr(r.Expr)
		if err != nil {
			panic(err) // what was generated is checked elsewhere
		}
		before := parsed.String()
		if after := rewrite(parsed, change).String(); after != before {
			r.Expr = after
		}
	}
}

// rewrite replaces the parts of an expression, innermost first.
func rewrite(e parser.Expr, change func(parser.Expr) parser.Expr) parser.Expr {
	switch e := e.(type) {
	case *parser.BinaryExpr:
		e.LHS, e.RHS = rewrite(e.LHS, change), rewrite(e.RHS, change)
	case *parser.AggregateExpr:
		e.Expr = rewrite(e.Expr, change)
	case *parser.ParenExpr:
		e.Expr = rewrite(e.Expr, change)
	case *parser.UnaryExpr:
		e.Expr = rewrite(e.Expr, change)
	case *parser.Call:
		for i := range e.Args {
			e.Args[i] = rewrite(e.Args[i], change)
		}
	case *parser.SubqueryExpr:
		e.Expr = rewrite(e.Expr, change)
	case *parser.MatrixSelector:
		e.VectorSelector = rewrite(e.VectorSelector, change)
	}
	return change(e)
}

// without takes an operator and its right side away, where that side contains
// all of these texts.
func without(op parser.ItemType, texts ...string) mutation {
	return expr(func(e parser.Expr) parser.Expr {
		if b, ok := e.(*parser.BinaryExpr); ok && b.Op == op && !b.ReturnBool && containsAll(b.RHS.String(), texts) {
			return b.LHS
		}
		return e
	})
}

// now takes a function over a range of time away, so that only the moment
// counts.
func now(function string, texts ...string) mutation {
	return expr(func(e parser.Expr) parser.Expr {
		if c, ok := e.(*parser.Call); ok && c.Func.Name == function && containsAll(c.String(), texts) {
			if m, ok := c.Args[0].(*parser.MatrixSelector); ok {
				return m.VectorSelector
			}
		}
		return e
	})
}

// unmatched takes the matchers of a label away.
func unmatched(label string) mutation {
	return expr(func(e parser.Expr) parser.Expr {
		if v, ok := e.(*parser.VectorSelector); ok {
			for i, m := range v.LabelMatchers {
				if m.Name == label {
					v.LabelMatchers = slices.Delete(v.LabelMatchers, i, i+1)
					break
				}
			}
		}
		return e
	})
}

// aggregated aggregates by another operator.
func aggregated(from, to parser.ItemType) mutation {
	return expr(func(e parser.Expr) parser.Expr {
		if a, ok := e.(*parser.AggregateExpr); ok && a.Op == from {
			a.Op = to
		}
		return e
	})
}

// written replaces text in an expression on one line.
func written(from, to string) mutation {
	return func(r *alerts.Rule) {
		parsed, err := parser.NewParser(parser.Options{}).ParseExpr(r.Expr)
		if err != nil {
			panic(err)
		}
		if line := parsed.String(); strings.Contains(line, from) {
			r.Expr = strings.ReplaceAll(line, from, to)
		}
	}
}

func atOnce(r *alerts.Rule)      { r.For = 0 }
func letGoAtOnce(r *alerts.Rule) { r.KeepFiringFor = 0 }

// waits is another wait.
func waits(d time.Duration) mutation { return func(r *alerts.Rule) { r.For = d } }

func containsAll(s string, texts []string) bool {
	return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(s, text) })
}
