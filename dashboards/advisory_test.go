package dashboards

import (
	"slices"
	"strings"
	"testing"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
)

// advised is a checklist whose memory has a target and, twice, a bound that only
// advises: what is bad meets it.
func advised() *checklist.Checklist {
	add := func(c *checklist.Checklist, id string, advisory bool, s criterion.Signal, op criterion.Comparison, v float64, u criterion.Unit) {
		c.Criteria = append(c.Criteria, checklist.Criterion{
			Criterion: criterion.Criterion{
				Role: criterion.Target, Kind: criterion.Measured, Advisory: advisory,
				Signal: s, Comparison: op, Value: v, Unit: u,
			},
			ID: id, Text: id, Section: "Run", Scope: checklist.Scope{Environment: production},
		})
	}
	c := &checklist.Checklist{Name: "advised", Sections: []checklist.Section{{Title: "Run"}}, Stages: []checklist.Stage{{Name: "10%", Ratio: 0.1}}}
	add(c, "run/memory", false, criterion.Memory, criterion.Less, 280e6, criterion.Bytes)
	add(c, "run/memory-alert", true, criterion.Memory, criterion.Greater, 400e6, criterion.Bytes)
	add(c, "run/scale-up", true, criterion.CPU, criterion.Greater, 0.7, criterion.Ratio)
	return c
}

// TestAdvisoryBounds wants a bound that only advises to be drawn as one, and
// never to be judged.
func TestAdvisoryBounds(t *testing.T) {
	panels, err := Panels(advised(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	find := func(title string) placed {
		i := slices.IndexFunc(panels, func(p Panel) bool { return p.Title == title })
		if i < 0 {
			t.Fatalf("there is no panel %q", title)
		}
		return panels[i].placed
	}
	var legends []string
	for _, q := range find("Memory per instance").targets {
		legends = append(legends, q.Legend)
	}
	// A breach of the target is filled, crossing the advice isn't.
	want := []string{"baseline", "candidate", "target < 280 MB", "breach 1", "look closer > 400 MB"}
	if !slices.Equal(legends, want) {
		t.Errorf("the graph shows %q, want %q", legends, want)
	}
	if slices.ContainsFunc(panels, func(p Panel) bool { return p.Title == "CPU per instance" }) {
		t.Error("nothing is recorded for advice alone, and yet it has a graph")
	}
	if n := len(find("Targets over time").targets); n != 1 {
		t.Errorf("%d targets have verdicts over time, want 1", n)
	}
	for _, count := range []string{find("Verdict").targets[0].Expr, find("Targets missed").targets[0].Expr} {
		if !strings.Contains(count, `id!~"run/memory-alert|run/scale-up"`) {
			t.Errorf("advice is counted as not judged in %s", count)
		}
	}
	table := find("Targets").targets[0].Expr
	for _, part := range []string{
		`label_replace(vector(4), "id", "run/memory-alert", "", "")`,
		`label_replace(label_replace(vector(0), "id", "run/memory-alert", "", ""), "measured", "not judged", "", "")`,
	} {
		if !strings.Contains(table, part) {
			t.Errorf("the table's query lacks %s: %s", part, table)
		}
	}
}
