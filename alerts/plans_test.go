package alerts_test

import (
	"fmt"
	"testing"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/internal/series"
)

// Lines of the checklists that the scenarios are about.
const (
	errorsLine  = "Error rate >1% for >5 minutes"
	latencyLine = "Response time degradation >50%"
)

// rollbackOn is a checklist with rollback criteria and nothing else.
func rollbackOn(lines ...string) string {
	text := "# Upgrade\n\n## Rollback Scenarios\n\n### Rollback Criteria\n"
	for _, l := range lines {
		text += "- [ ] " + l + "\n"
	}
	return text
}

// onErrors rolls back on errors, with all settings at their defaults.
var onErrors = &ruleSet{name: "errors", plans: map[string]string{"plan": rollbackOn(errorsLine)}}

// breach is the alert of a measured rollback criterion.
func breach(line string) alert { return criterionAlert(series.AlertRollback, line, "measured") }

// declaration is the alert of a rollback criterion that somebody declared.
func declaration(line string) alert { return criterionAlert(series.AlertRollback, line, "declared") }

func criterionAlert(name, line, kind string) alert {
	return alert{"alertname": name, series.LabelChecklist: "plan", series.LabelCriterion: line, series.LabelKind: kind}
}

// aboutPlan is an alert about the checklist that no criterion is behind.
func aboutPlan(name string) alert {
	return alert{"alertname": name, series.LabelChecklist: "plan"}
}

// recorded selects a signal as it is recorded of a track, rounded to six digits
// since increase() extrapolates.
func recorded(metric, signal, track string) string {
	return fmt.Sprintf("round(1e6 * sum(%s{signal=%q,statistic!~\"within.*\",track=%q,window=\"1m\"})) / 1e6", metric, signal, track)
}

var candidateErrors = recorded(series.SignalRatio, "error_ratio", series.Candidate)

// verdict selects the verdict on the criterion with a text.
func verdict(t *testing.T, r *ruleSet, line string) string {
	t.Helper()
	return fmt.Sprintf("sum(%s{id=%q})", series.CriterionOK, r.id(t, "plan", line))
}

func is(v float64) []float64 { return []float64{v} }

// Verdicts.
var (
	fine   = is(1)
	broken = is(0)
	open   []float64 // inconclusive
)

var _ = alerts.Options{}
