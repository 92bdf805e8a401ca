package dashboards

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
)

func progressTile() panel {
	done := orZero("sum(" + tasksPlanned(tasksDone) + ")")
	total := "sum(" + tasksPlanned(tasksCounted) + ")"
	ratio := fmt.Sprintf("(%s / %s)", done, total)
	return panel{
		kind: "stat", title: "Progress",
		description: "Ticked tasks of all tasks of the plan. Cancelled tasks and those for the case of a rollback don't count.",
		targets:     []target{now(withNumber(withNumber(ratio, "done", done), "total", total), "{{done}} of {{total}} tasks")},
		options:     tile("value_and_name", "value"),
		fields: fieldConfig{Defaults: field{
			Unit: "percentunit", Decimals: pointer(0), NoValue: "no tasks seen",
			Color: fixed(colourNeutral), Thresholds: plain(colourNeutral),
		}},
	}
}

func phaseTile() panel {
	var overrides []override
	for _, p := range rollout.Phases() {
		overrides = append(overrides, named(string(p), displayName(phaseWord(p))))
	}
	return panel{
		kind: "stat", title: "Phase",
		description: "Where the rollout is: planned until the first traffic is shifted, shifting, soaking for 48 hours at full traffic, done; or rolled back.",
		targets: []target{
			now(maxBy(series.LabelPhase, of(series.RolloutPhase))+" == 1", "{{phase}}"),
			now(unknown(of(series.RolloutPhase)), "unknown"),
		},
		options: tile("name", "value"),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "unknown", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral),
		}, Overrides: overrides},
	}
}

// unknown has a value while nothing matches a selector, for tiles that show the
// name of a series: they have no word of their own for having none.
func unknown(selector string) string { return fmt.Sprintf("vector(0) unless on () max(%s)", selector) }

func phaseWord(p rollout.Phase) string {
	switch p {
	case rollout.Planned:
		return "Planned"
	case rollout.Shifting:
		return "Shifting"
	case rollout.Soaking:
		return "Soaking"
	case rollout.Done:
		return "Done"
	case rollout.RolledBack:
		return "ROLLED BACK"
	}
	return string(p)
}

func trafficTile() panel {
	stage := stageInProgress()
	return panel{
		kind: "stat", title: "Candidate traffic",
		description: "The candidate's real share of the requests, and the stage that is ticked. If they differ, the proxy doesn't do what the checklist says.",
		targets: []target{
			now(fmt.Sprintf("%s * on () group_left (stage) %s", traffic(), one(stage)), "planned {{stage}}"),
			now(fmt.Sprintf("%s unless on () %s", traffic(), stage), "no stage yet"),
		},
		options: tile("value_and_name", "value"),
		fields: fieldConfig{Defaults: field{
			Unit: "percentunit", Decimals: pointer(0), NoValue: "not measured",
			Color: fixed(colourCandidate), Thresholds: plain(colourCandidate),
		}},
	}
}

// nextTile has a query for each thing that may be next; one of them answers.
func nextTile() panel {
	next, stage, left, stop := stageNext(), stageInProgress(), holdLeft(), stopped()
	minutes := fmt.Sprintf("ceil(%s / 60) > 0", left)
	unlessStopped := func(expr string) string { return fmt.Sprintf("(%s) unless on () %s", expr, stop) }
	return panel{
		kind: "stat", title: "Next step",
		description: "The next traffic stage and when the hold of this one is over. While a rollback criterion is broken, the next step is to roll back.",
		targets: []target{
			now(unlessStopped(withNumber(one(next), "minutes", "("+minutes+")")), "{{stage}} in {{minutes}} min"),
			now(unlessStopped(fmt.Sprintf("%s and on () (%s <= 0)", next, left)), "Shift to {{stage}}"),
			now(unlessStopped(fmt.Sprintf("(%s and on () %s) unless on () %s", next, stage, left)), "Then {{stage}}"),
			now(unlessStopped(fmt.Sprintf("%s unless on () %s", next, stage)), "Begin: {{stage}}"),
			now(unlessStopped(fmt.Sprintf("%s unless on () %s", stage, next)), "Watch at {{stage}}"),
			now(fmt.Sprintf("%s unless on () (%s)", rollbackCalledFor(), inPhase("rolled_back")), "ROLL BACK"),
			now(inPhase("rolled_back"), "Find the cause"),
			now(inPhase("done"), "Nothing left"),
			now(unknown(of(series.StageTrafficRatio)), "unknown"),
		},
		options: tile("name", "value"),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "unknown", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral),
		}, Overrides: []override{named("ROLL BACK", colored(fixed(colourBroken)))}},
	}
}

// The values of the verdict tile, the worst highest.
const (
	allNotYet = -1 // nothing is judged, and nothing runs yet that could be
	allUnsure = 0
	allOK     = 1
	allMissed = 2
	allBroken = 3
	allDown   = 4 // the candidate is gone
)

func verdictTile(c *checklist.Checklist) panel {
	fine := verdicts() + " == 1"
	for _, cr := range c.Criteria {
		if cr.Kind == criterion.Measured {
			// What nobody declared isn't proof enough.
			fine += " and on (id) " + maxBy(series.LabelID, of(series.CriterionThreshold))
			break
		}
	}
	always := func(expr string, value int) string { return fmt.Sprintf("max(0 * (%s) + %d)", expr, value) }
	worst := "(" + strings.Join([]string{
		always(candidateDown(), allDown),
		always(rollbackBroken(), allBroken),
		always(verdicts(ofRole("target"))+" == 0", allMissed),
		always(fine, allOK),
		always(inPhase(string(rollout.Planned)), allNotYet),
		fmt.Sprintf("vector(%d)", allUnsure),
	}, " or ") + ")"
	count := func(expr string) string { return orZero("count(" + expr + ")") }
	expr := withNumber(worst, "broken", count(verdicts()+" == 0"))
	expr = withNumber(expr, "unsure", count(fmt.Sprintf("%s unless on (id) %s", criteria(), verdicts())))
	expr = withNumber(expr, "ok", count(verdicts()+" == 1"))
	return panel{
		kind: "stat", title: "Verdict",
		description: "The worst verdict of all criteria, and how many are broken, not judged (?) and ok. " +
			"ROLL BACK: a rollback criterion is broken; follow the checklist's rollback steps. " +
			"DOWN: the candidate had traffic and is gone; roll back too. " +
			"MISSED: a target isn't met; don't go on before you know why. " +
			"NO DATA: traffic is on the candidate, but nothing measures it; see whether the rules are loaded and the selectors fit.",
		targets: []target{now(expr, "{{broken}} broken · {{unsure}} ? · {{ok}} ok")},
		options: tile("value_and_name", "background_solid"),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no criteria seen", Thresholds: plain(colourQuiet), Color: byThresholds(),
			Mappings: []mapping{words(map[string]word{
				strconv.Itoa(allDown):   {Text: "DOWN", Color: colourBroken, Index: 0},
				strconv.Itoa(allBroken): {Text: "ROLL BACK", Color: colourBroken, Index: 1},
				strconv.Itoa(allMissed): {Text: "MISSED", Color: colourUnsure, Index: 2},
				strconv.Itoa(allOK):     {Text: "OK", Color: colourOK, Index: 3},
				strconv.Itoa(allUnsure): {Text: "NO DATA", Color: colourUnsure, Index: 4},
				strconv.Itoa(allNotYet): {Text: "NOT YET", Color: colourQuiet, Index: 5},
			})},
		}},
	}
}

// wrongTile says in three numbers whether to believe the rest of the board.
func wrongTile() panel {
	alarm := words(map[string]word{"0": {Text: "none", Color: colourNeutral}})
	failing := fmt.Sprintf("count(%s == 0) or 0 * max(%s)", smoke(), series.SmokeSuccess)
	list := tile("value_and_name", "value")
	list.Orientation, list.JustifyMode = "horizontal", "auto"
	return panel{
		kind: "stat", title: "What is wrong",
		description: "Contradicted: tasks that are ticked although their tests fail. Failing: smoke tests. " +
			"Checklist: STALE while the exporter can't read it, then this board shows the last good state; DOWN while there is no exporter to read it.",
		targets: []target{
			now(fmt.Sprintf("count(%s) or 0 * max(%s)", contradicted(), of(series.ChecklistTaskDone)), "contradicted"),
			now(failing, "failing"),
			now(fmt.Sprintf("max(%s) or vector(-1)", of(series.SourceUp)), "checklist"),
		},
		options: list,
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: dash, Color: byThresholds(), Mappings: []mapping{alarm},
			Thresholds: plain(colourNeutral).from(1, colourBroken),
		}, Overrides: []override{named("checklist", mapped(words(map[string]word{
			"1":  {Text: "read", Color: colourNeutral, Index: 0},
			"0":  {Text: "STALE", Color: colourBroken, Index: 1},
			"-1": {Text: "DOWN", Color: colourBroken, Index: 2},
		})))}},
	}
}
