package dashboards

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
)

// What the boards ask, in PromQL. Everything has one value per thing: replicas
// are gone before anything is counted.

// tasksPlanned counts the tasks of the plan; contingency tasks are no progress.
func tasksPlanned(matchers ...string) string {
	matchers = append([]string{equals(series.LabelKind, "plan")}, matchers...)
	return maxBy("section, group, state", of(series.ChecklistTasks, matchers...))
}

const (
	tasksDone    = `state="done"`
	tasksCounted = `state!="cancelled"`
)

// Verdicts by criterion: 1 ok, 0 broken. What is judged by anybody and broken
// for one counts as broken.
func verdicts(matchers ...string) string {
	return minBy(series.LabelID, of(series.CriterionOK, matchers...))
}

// criteria are all criteria of the checklist, judged or not.
func criteria(matchers ...string) string {
	return fmt.Sprintf("(%s or %s)",
		maxBy(series.LabelID, of(series.CriterionThreshold, matchers...)),
		maxBy(series.LabelID, of(series.CriterionDeclared)))
}

// judgedOnly leaves out the criteria that only advise.
func judgedOnly(c *checklist.Checklist) []string {
	var ids []string
	for _, cr := range c.Criteria {
		if cr.Advisory {
			ids = append(ids, regexp.QuoteMeta(cr.ID))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return []string{series.LabelID + "!~" + quote(strings.Join(ids, "|"))}
}

func ofRole(role string) string { return series.LabelRole + `="` + role + `"` }

const firing = `alertstate="firing"`

// fires has a series while an alert of the checklist fires. Alerts wait for as
// long as a line says ("for >5 minutes"), verdicts don't; so alerts decide what
// to do, and verdicts say how things are.
func fires(alert string) string {
	return fmt.Sprintf("max(%s)", of("ALERTS", "alertname="+quote(alert), firing))
}

// rollbackBroken has a series for each rollback criterion that is broken.
func rollbackBroken() string { return verdicts(ofRole("rollback")) + " == 0" }

// rollbackCalledFor has a series while the next step is to roll back. A candidate
// that is gone fails no request, so that no criterion can tell.
func rollbackCalledFor() string {
	return fmt.Sprintf("(%s or %s)", fires(series.AlertRollback), fires(series.AlertCandidateDown))
}

func inPhase(phases string) string {
	return fmt.Sprintf("max(%s) == 1", of(series.RolloutPhase, series.LabelPhase+`=~"`+phases+`"`))
}

func traffic() string { return fmt.Sprintf("max(%s)", of(series.TrafficRatio)) }

func stageShare() string  { return maxBy(series.LabelStage, of(series.StageTrafficRatio)) }
func stageTicked() string { return maxBy(series.LabelStage, of(series.StageShifted)) }
func stageHold() string   { return maxBy(series.LabelStage, of(series.StageHoldSeconds)) }
func stageTickedAt() string {
	return maxBy(series.LabelStage, of(series.StageShiftedTimestamp))
}

// stageInProgress is the largest ticked stage.
func stageInProgress() string {
	return fmt.Sprintf("topk(1, %s and on (stage) (%s == 1))", stageShare(), stageTicked())
}

// stageNext is the smallest stage that isn't ticked.
func stageNext() string {
	return fmt.Sprintf("bottomk(1, %s and on (stage) (%s == 0))", stageShare(), stageTicked())
}

// holdLeft is how long the stage in progress is still to be watched, in seconds;
// absent when nobody saw it begin.
func holdLeft() string {
	return fmt.Sprintf("max((%s + on (stage) %s - time()) and on (stage) %s)", stageHold(), stageTickedAt(), stageInProgress())
}

// stopped is there while nobody should take a next step.
func stopped() string {
	over := inPhase(string(rollout.Done) + "|" + string(rollout.RolledBack))
	return fmt.Sprintf("(%s or %s or max(%s))", over, rollbackCalledFor(), rollbackBroken())
}

// contradicted are the tasks that are ticked although their tests fail.
func contradicted() string {
	return fmt.Sprintf("(%s == 1) and on (id) (%s == 0)",
		maxBy(series.LabelID, of(series.ChecklistTaskDone)),
		minBy(series.LabelID, of(series.ChecklistTaskVerified)))
}

// smoke is the last result of every smoke test: 1 passed, 0 failed.
func smoke() string {
	return minBy("environment, track, suite, test, critical", series.SmokeSuccess)
}
