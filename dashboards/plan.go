package dashboards

import (
	"fmt"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/series"
)

// planned are the sections that have tasks of the plan.
func planned(c *checklist.Checklist) []string {
	has := map[string]bool{}
	for _, t := range c.Tasks {
		if t.Kind == checklist.Plan && t.Leaf {
			has[t.Section] = true
		}
	}
	var out []string
	for _, s := range c.Sections {
		if has[s.Title] {
			out = append(out, s.Title)
		}
	}
	return out
}

// maxBars is how many sections have a bar of their own.
const maxBars = 26

// sectionBars has a query for each section: their order is the document's, and
// Prometheus has no other way to keep it.
func sectionBars(sections []string) panel {
	share := func(matchers ...string) string {
		total := "sum by (section) (" + tasksPlanned(append(matchers, tasksCounted)...) + ")"
		done := "sum by (section) (" + tasksPlanned(append(matchers, tasksDone)...) + ")"
		return fmt.Sprintf("(%s or 0 * %s) / %s", done, total, total)
	}
	var targets []target
	if len(sections) > maxBars {
		targets = append(targets, now(fmt.Sprintf("bottomk(%d, %s)", maxBars, share()), "{{section}}"))
	} else {
		for _, s := range sections {
			targets = append(targets, now(share(equals(series.LabelSection, s)), "{{section}}"))
		}
	}
	return panel{
		kind: "bargauge", title: "Progress by section",
		description: "Ticked tasks of each section, in the order of the checklist; of more than 26 those that are least done.",
		targets:     targets,
		options: barGaugeOptions{
			DisplayMode: "gradient", Legend: below(false), MaxVizHeight: 300, MinVizHeight: 12, MinVizWidth: 0,
			NamePlacement: "left", Orientation: "horizontal", ReduceOptions: last(), ShowUnfilled: true,
			Sizing: "auto", ValueMode: "text",
		},
		fields: fieldConfig{Defaults: field{
			Unit: "percentunit", Decimals: pointer(0), Min: pointer(0.0), Max: pointer(1.0),
			NoValue: "no tasks seen: is the exporter scraped?", Color: fixed(colourQuiet), Thresholds: plain(colourQuiet),
		}},
	}
}

func contradictedTable() panel {
	expr := fmt.Sprintf("topk(50, (%s) * on (id) group_left (section, task) %s)",
		one(contradicted()), maxBy("id, section, task", of(series.ChecklistTaskInfo)))
	return panel{
		kind: "table", title: "Ticked, yet disproven",
		description: "Tasks whose box is ticked although the tests that prove them fail. Either the box or the service is wrong.",
		targets:     []target{rows(expr)},
		options:     sorted("Section"),
		transformations: show(
			column{"task", "Task"}, column{"section", "Section"}),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no claim is contradicted", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral), Custom: tableDefaults(),
		}},
	}
}

func signOffTable() panel {
	who := func(expr, label string) string {
		return fmt.Sprintf(`label_replace(%s, "who", "$1", "%s", "(.*)")`, expr, label)
	}
	expr := fmt.Sprintf("max by (who) (%s or %s)",
		who(maxBy(series.LabelSection, of(series.ChecklistSignedOff)), series.LabelSection),
		who(maxBy("role", of(series.ChecklistApproved)), "role"))
	return panel{
		kind: "table", title: "Sign-offs and approvals",
		description: "Sections to be signed off and roles to approve, the missing first.",
		targets:     []target{rows(expr)},
		options:     sorted("State"),
		transformations: show(
			column{"Value", "State"}, column{"who", "Who"}),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no sign-off seen", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral), Custom: tableDefaults(),
		}, Overrides: []override{
			named("State", inColour(), oldInColour(), width(120), mapped(words(map[string]word{
				"0": {Text: "missing", Color: colourNeutral, Index: 0},
				"1": {Text: "signed", Color: colourQuiet, Index: 1},
			}))),
		}},
	}
}
