package dashboards

import (
	"slices"

	"github.com/cutover-dev/cutover/checklist"
)

// rowChoice is a choice of panels that stand together in somebody else's dashboard.
type rowChoice struct {
	name string
	has  func(panels []Panel, p Panel) bool
}

// rowChoices are those there are. What the first board shows at the top is the
// answer; the others are the details that explain it.
func rowChoices() []rowChoice {
	named := func(identities ...string) func([]Panel, Panel) bool {
		return func(_ []Panel, p Panel) bool { return slices.Contains(identities, p.placed.identity()) }
	}
	return []rowChoice{
		{"answer", func(all []Panel, p Panel) bool { return p.Board == all[0].Board && p.placed.y == 0 }},
		{"criteria", named("Rollback criteria", "Targets")},
		{"signals", func(all []Panel, p Panel) bool { return p.Board == all[0].Board && p.placed.kind == "timeseries" }},
		{"stages", named("Stages", "Traffic, planned and real")},
		{"smoke", named("Smoke tests", "Ticked, yet disproven")},
	}
}

// RowNames are the rows that [Row] knows, the most useful first.
func RowNames() []string {
	var names []string
	for _, r := range rowChoices() {
		names = append(names, r.name)
	}
	return names
}

// Row chooses those of a checklist's [Panels] that make up a row for somebody
// else's dashboard. A checklist without anything for it, or a row that there
// isn't, gives none.
func Row(panels []Panel, name string) []Panel {
	var out []Panel
	for _, r := range rowChoices() {
		for _, p := range panels {
			if r.name == name && r.has(panels, p) {
				out = append(out, p)
			}
		}
	}
	// Signals first, wherever the boards have them.
	slices.SortStableFunc(out, func(a, b Panel) int { return order(a) - order(b) })
	return out
}

func order(p Panel) int {
	if p.placed.identity() == "Instances by version" {
		return 1
	}
	return 0
}

// Heading is the title of a row of a checklist's panels, where Grafana shows it
// as it stands.
func Heading(c *checklist.Checklist) string { return literal(c.Name) + " · Cutover" }
