package dashboards

import (
	"fmt"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/series"
)

// evidence lays side by side what the checklist promises and what machines
// found.
func evidence(cv *canvas) {
	c := cv.checklist
	targets := ofCriteria(c, criterion.Target)
	answer := []cell{{4, progressTile()}, {4, verdictTile(c)}}
	if len(targets) > 0 {
		answer = append(answer, cell{4, targetsTile(c)})
	}
	if smokeTested(c) {
		answer = append(answer, cell{4, provenTile()})
	}
	if len(c.Blanks) > 0 {
		answer = append(answer, cell{4, blanksTile()})
	}
	if len(c.SignOffs)+len(c.Approvals) > 0 {
		answer = append(answer, cell{4, signaturesTile()})
	}
	cv.shelf(tileHeight, answer...)

	if len(targets) > 0 {
		cv.shelf(tableHeight(len(targets), 20), cell{24, criteriaTable("Targets", targets, cv.options)})
	}
	if rollbacks := ofCriteria(c, criterion.Rollback); len(rollbacks) > 0 {
		cv.shelf(tableHeight(len(rollbacks), 12), cell{24, criteriaTable("Rollback criteria", rollbacks, cv.options)})
	}
	var tables []cell
	if smokeTested(c) {
		tables = append(tables, cell{16, provenTable()})
	}
	if len(c.Blanks) > 0 {
		tables = append(tables, cell{8, blanksTable()})
	}
	cv.shelf(10, tables...)
	cv.details("Load tests", func(l *layout) { l.shelves(8, 3, loadTestPanels(c, cv.options)) })
}

func targetsTile(c *checklist.Checklist) panel {
	verdict := verdicts(ofRole("target"))
	all := maxBy(series.LabelID, of(series.CriterionThreshold, append(judgedOnly(c), ofRole("target"))...))
	count := func(expr string) string { return orZero("count(" + expr + ")") }
	missed := count(verdict + " == 0")
	expr := withNumber(fmt.Sprintf("(%s and on () max(%s))", missed, all), "met", count(verdict+" == 1"))
	expr = withNumber(expr, "open", count(fmt.Sprintf("%s unless on (id) %s", all, verdict)))
	return panel{
		kind: "stat", title: "Targets missed",
		description: "How many targets are missed now, and how many are met and not judged (?). A target waits for its time: one of a load test is judged while the test runs.",
		targets:     []target{now(expr, "{{met}} met · {{open}} ?")},
		options:     tile("value_and_name", "value"),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no targets seen", Color: byThresholds(), Thresholds: fromOne(colourNeutral, colourBroken),
			Mappings: []mapping{words(map[string]word{"0": {Text: "none", Color: colourNeutral}})},
		}},
	}
}

// shareTile is a tile that says how many of how many, in per cent and in words.
func shareTile(title, description, part, whole, legend, none string) panel {
	return panel{
		kind: "stat", title: title, description: description,
		targets: []target{now(withNumber(withNumber(fmt.Sprintf("(%s / (%s > 0))", part, whole), "part", part), "whole", whole), legend)},
		options: tile("value_and_name", "value"),
		fields: fieldConfig{Defaults: field{
			Unit: "percentunit", Decimals: pointer(0), NoValue: none, Color: fixed(colourNeutral), Thresholds: plain(colourNeutral),
		}},
	}
}

func provenTile() panel {
	verified := minBy(series.LabelID, of(series.ChecklistTaskVerified))
	return shareTile("Proven by tests",
		"How many of the tasks that tests can prove are proven, whether ticked or not.",
		orZero(fmt.Sprintf("count(%s == 1)", verified)), fmt.Sprintf("count(%s)", verified), "{{part}} of {{whole}} tasks", "no test has run")
}

func blanksTile() panel {
	all := "max by (section, state) (%s)"
	filled := fmt.Sprintf("sum("+all+")", of(series.ChecklistBlanks, `state="filled"`))
	return shareTile("Blanks filled",
		"How many places to fill in have something in them. What was measured belongs there before somebody signs.",
		orZero(filled), fmt.Sprintf("sum("+all+")", of(series.ChecklistBlanks)), "{{part}} of {{whole}} blanks", "no blanks seen")
}

func signaturesTile() panel {
	signed, approved := maxBy(series.LabelSection, of(series.ChecklistSignedOff)), maxBy(series.LabelRole, of(series.ChecklistApproved))
	all := fmt.Sprintf("(%s or %s)", signed, approved)
	return shareTile("Signed",
		"How many sections are signed off and roles have approved.",
		fmt.Sprintf("sum(%s)", all), fmt.Sprintf("count(%s)", all), "{{part}} of {{whole}} signatures", "no sign-offs seen")
}

func provenTable() panel {
	verified := minBy(series.LabelID, of(series.ChecklistTaskVerified))
	done := maxBy(series.LabelID, of(series.ChecklistTaskDone))
	box := fmt.Sprintf("%s or %s", constant(done+" == 1", "box", "ticked"), constant(done+" == 0", "box", "open"))
	expr := fmt.Sprintf("bottomk(100, %s * on (id) group_left (section, task) %s)",
		withText(verified, series.LabelID, "box", "("+box+")", verified),
		one(maxBy("id, section, task", of(series.ChecklistTaskInfo))))
	return panel{
		kind: "table", title: "Tasks that tests prove",
		description:     "What tests found about a task, beside its box. DISPROVEN and ticked: the box or the service is wrong. PROVEN and open: it may be ticked.",
		targets:         []target{rows(expr)},
		options:         sorted("Found", "Section"),
		transformations: show(column{"Value", "Found"}, column{"box", "Box"}, column{"task", "Task"}, column{"section", "Section"}),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no test has found anything yet", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral), Custom: tableDefaults(),
		}, Overrides: []override{
			named("Found", onColour(), oldOnColour(), width(120), align("center"), mapped(words(map[string]word{
				"0": {Text: "DISPROVEN", Color: colourBroken, Index: 0},
				"1": {Text: "PROVEN", Color: colourOK, Index: 1},
			}))),
			named("Box", width(80)),
		}},
	}
}

func blanksTable() panel {
	empty := fmt.Sprintf("max by (section) (%s) > 0", of(series.ChecklistBlanks, `state="empty"`))
	o := sorted()
	o.SortBy = []sortBy{{Name: "Empty", Desc: true}}
	return panel{
		kind: "table", title: "Blanks still empty",
		description:     "How many places to fill in are empty, by section.",
		targets:         []target{rows(empty)},
		options:         o,
		transformations: show(column{"section", "Section"}, column{"Value", "Empty"}),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no blank is empty", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral), Custom: tableDefaults(),
		}, Overrides: []override{named("Empty", align("right"), width(80))}},
	}
}

// loadTestPanels are the graphs of what load tests measure.
func loadTestPanels(c *checklist.Checklist, o Options) []panel {
	var out []panel
	seen := map[checklist.Scope]bool{}
	for _, cr := range c.Criteria {
		if cr.Scope.Test == "" || seen[cr.Scope] {
			continue
		}
		seen[cr.Scope] = true
		for _, s := range signals(c, o, cr.Scope) {
			out = append(out, s.loadTestGraph(cr.Group))
		}
	}
	return out
}
