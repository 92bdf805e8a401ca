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
		description: "The next traffic stage and when the hold of this one is over. While a rollback alert fires, the next step is to roll back; while a rollback criterion is broken, but not yet for as long as its line says, to wait.",
		targets: []target{
			now(unlessStopped(withNumber(one(next), "minutes", "("+minutes+")")), "{{stage}} in {{minutes}} min"),
			now(unlessStopped(fmt.Sprintf("%s and on () (%s <= 0)", next, left)), "Shift to {{stage}}"),
			now(unlessStopped(fmt.Sprintf("(%s and on () %s) unless on () %s", next, stage, left)), "Then {{stage}}"),
			now(unlessStopped(fmt.Sprintf("%s unless on () %s", next, stage)), "Begin: {{stage}}"),
			now(unlessStopped(fmt.Sprintf("%s unless on () %s", stage, next)), "Watch at {{stage}}"),
			now(fmt.Sprintf("%s unless on () (%s)", rollbackCalledFor(), inPhase("rolled_back")), "ROLL BACK"),
			now(fmt.Sprintf("max(%s) unless on () (%s or %s)", rollbackBroken(), rollbackCalledFor(), inPhase("rolled_back|done")), "Wait: breach"),
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
	allNotYet = iota - 1 // nothing is judged, and nothing runs yet that could be
	allUnsure
	allOK
	allMissed
	allBreach // broken, but not yet for as long as the line says
	allBroken
	allDown // the candidate is gone
)

// proof are the verdicts that make all of them OK: of a measured rollback
// criterion where there is one, since what nobody declared proves little.
func proof(c *checklist.Checklist) string {
	fine := verdicts() + " == 1"
	measured := maxBy(series.LabelID, of(series.CriterionThreshold))
	for _, cr := range c.Criteria {
		if recordable(cr) && cr.Role == criterion.Rollback {
			return fmt.Sprintf("%s == 1 and on (id) %s", verdicts(ofRole("rollback")), measured)
		}
		if recordable(cr) {
			fine = fmt.Sprintf("%s == 1 and on (id) %s", verdicts(), measured)
		}
	}
	return fine
}

func verdictTile(c *checklist.Checklist) panel {
	always := func(expr string, value int) string { return fmt.Sprintf("max(0 * (%s) + %d)", expr, value) }
	worst := "(" + strings.Join([]string{
		always(fires(series.AlertCandidateDown), allDown),
		always(fires(series.AlertRollback), allBroken),
		always(rollbackBroken(), allBreach),
		always(fires(series.AlertTargetMissed), allMissed),
		always(proof(c), allOK),
		always(inPhase(string(rollout.Planned)), allNotYet),
		fmt.Sprintf("vector(%d)", allUnsure),
	}, " or ") + ")"
	count := func(expr string) string { return orZero("count(" + expr + ")") }
	expr := withNumber(worst, "broken", count(verdicts()+" == 0"))
	expr = withNumber(expr, "unsure", count(fmt.Sprintf("%s unless on (id) %s", criteria(judgedOnly(c)...), verdicts())))
	expr = withNumber(expr, "ok", count(verdicts()+" == 1"))
	return panel{
		kind: "stat", title: "Verdict",
		description: "What the criteria come to, and how many are broken, not judged (?) and ok at this moment. " +
			"ROLL BACK: a rollback alert fires; follow the checklist's rollback steps. " +
			"DOWN: the candidate had traffic and is gone; roll back too. " +
			"BREACH: a rollback criterion is broken, but not yet for as long as its line says; don't go on. " +
			"MISSED: an alert about a target fires; don't go on before you know why. " +
			"NO DATA: traffic is on the candidate, but nothing measures it; see whether the rules are loaded and the selectors fit.",
		targets: []target{now(expr, "{{broken}} broken · {{unsure}} ? · {{ok}} ok")},
		options: tile("value_and_name", "background"),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no criteria seen", Thresholds: plain(colourQuiet), Color: byThresholds(),
			Mappings: []mapping{words(map[string]word{
				strconv.Itoa(allDown):   {Text: "DOWN", Color: colourBroken, Index: 0},
				strconv.Itoa(allBroken): {Text: "ROLL BACK", Color: colourBroken, Index: 1},
				strconv.Itoa(allBreach): {Text: "BREACH", Color: colourUnsure, Index: 2},
				strconv.Itoa(allMissed): {Text: "MISSED", Color: colourUnsure, Index: 3},
				strconv.Itoa(allOK):     {Text: "OK", Color: colourOK, Index: 4},
				strconv.Itoa(allUnsure): {Text: "NO DATA", Color: colourUnsure, Index: 5},
				strconv.Itoa(allNotYet): {Text: "NOT YET", Color: colourQuiet, Index: 6},
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
		description: "Contradicted: tasks that are ticked although their tests fail. Failing: smoke tests. Incidents: those that are open. " +
			"Checklist: STALE while the exporter can't read it, then this board shows the last good state; DOWN while there is no exporter to read it.",
		targets: []target{
			now(fmt.Sprintf("count(%s) or 0 * max(%s)", contradicted(), of(series.ChecklistTaskDone)), "contradicted"),
			now(failing, "failing"),
			now(fmt.Sprintf("sum(max by (kind, impact) (%s))", of(series.IncidentOpen)), "incidents"),
			now(fmt.Sprintf("max(%s) or vector(-1)", of(series.SourceUp)), "checklist"),
		},
		options: list,
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: dash, Color: byThresholds(), Mappings: []mapping{alarm},
			Thresholds: fromOne(colourNeutral, colourBroken),
		}, Overrides: []override{named("checklist", mapped(words(map[string]word{
			"1":  {Text: "read", Color: colourNeutral, Index: 0},
			"0":  {Text: "STALE", Color: colourBroken, Index: 1},
			"-1": {Text: "DOWN", Color: colourBroken, Index: 2},
		})))}},
	}
}
