package alerts

import (
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/series"
)

// ofExporter are the recorded series that say what the exporter said.
var ofExporter = map[string]bool{
	series.LastPhase: true, series.LastDeclared: true, series.LastIncident: true, series.FailingSince: true,
}

// TestMeasuredRulesNeedNoExporter looks for series of the exporter in what the
// measured alerts of the sample read, through whatever is recorded: they stand
// behind an unless, where they can only suppress, or nowhere.
func TestMeasuredRulesNeedNoExporter(t *testing.T) {
	o := exampleOptions()
	o.Baseline = []Baseline{{Signal: criterion.Latency, Value: 0.05}, {Signal: criterion.Memory, Value: 256e6}}
	f, err := Rules(sample(t), o)
	if err != nil {
		t.Fatal(err)
	}
	recorded := map[string][]string{}
	for _, r := range f.Groups[0].Rules {
		recorded[r.Record] = append(recorded[r.Record], r.Expr)
	}
	measured := 0
	for _, r := range f.Groups[0].Rules {
		if r.Alert == "" || r.Labels[series.LabelKind] != string(criterion.Measured) && r.Alert != series.AlertCandidateDown {
			continue
		}
		measured++
		for _, name := range needed(t, r.Expr) {
			switch {
			case name == series.CriterionOK: // each criterion has its own, which follow
			case strings.HasPrefix(name, "cutover_") || ofExporter[name]:
				t.Errorf("%s of %q reads %s", r.Alert, r.Comment, name)
			default:
				for _, expr := range recorded[name] {
					for _, below := range needed(t, expr) {
						if strings.HasPrefix(below, "cutover_") || ofExporter[below] {
							t.Errorf("%s of %q reads %s, which reads %s", r.Alert, r.Comment, name, below)
						}
					}
				}
			}
		}
	}
	for _, r := range f.Groups[0].Rules {
		if r.Record != series.CriterionOK || kindOf(t, r.Labels[series.LabelID]) != criterion.Measured {
			continue
		}
		for _, name := range needed(t, r.Expr) {
			if !strings.HasPrefix(name, "cutover:signal:") {
				t.Errorf("the verdict on %q reads %s", r.Comment, name)
			}
		}
	}
	if measured < 5 {
		t.Errorf("%d measured alerts", measured)
	}
}

func kindOf(t *testing.T, id string) criterion.Kind {
	t.Helper()
	for _, c := range sample(t).Criteria {
		if c.ID == id {
			return c.Kind
		}
	}
	t.Fatalf("no criterion %q", id)
	return ""
}

// needed are the series that an expression can't do without: those behind an
// unless only suppress.
func needed(t *testing.T, expression string) []string {
	t.Helper()
	parsed, err := parser.NewParser(parser.Options{}).ParseExpr(expression)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	var visit func(parser.Node)
	visit = func(n parser.Node) {
		if b, ok := n.(*parser.BinaryExpr); ok && b.Op == parser.LUNLESS {
			visit(b.LHS)
			return
		}
		if v, ok := n.(*parser.VectorSelector); ok {
			names = append(names, v.Name)
		}
		for child := range parser.ChildrenIter(n) {
			visit(child)
		}
	}
	visit(parsed)
	return names
}
