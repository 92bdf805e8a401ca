package alerts_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/series"
)

// Lines of the checklists that the scenarios are about.
const (
	errorsLine   = "Error rate >1% for >5 minutes"
	latencyLine  = "Response time degradation >50%"
	smokeLine    = "Critical functionality broken"
	incidentLine = "Security incident"
	ordersLine   = ">10% drop in orders"
)

// rollbackOn is a checklist with rollback criteria and nothing else.
func rollbackOn(lines ...string) string {
	return "# Upgrade\n\n## Rollback Scenarios\n\n### Rollback Criteria\n" + boxes(lines)
}

// aimingFor is a checklist with targets of the deployment in production.
func aimingFor(lines ...string) string {
	return "# Upgrade\n\n## Production Deployment\n\n### Deployment Metrics\n" + boxes(lines)
}

func boxes(lines []string) string {
	text := ""
	for _, l := range lines {
		text += "- [ ] " + l + "\n"
	}
	return text
}

func one(name, markdown string, o alerts.Options) *ruleSet {
	return &ruleSet{name: name, plans: map[string]string{"plan": markdown}, options: o}
}

// The rule sets that scenarios share. Where a set sets nothing, scrapes and
// evaluations are 15 s apart and a window needs 30 requests.
var (
	onErrors  = one("errors", rollbackOn(errorsLine), alerts.Options{})
	onLatency = one("latency", rollbackOn(latencyLine), alerts.Options{
		Baseline: []alerts.Baseline{{Signal: criterion.Latency, Value: 0.05}},
	})
	onWords = one("words", rollbackOn(smokeLine, incidentLine), alerts.Options{})
	staged  = one("staged", "# Upgrade\n\n## Production Deployment\n\n### Blue-Green Deployment\n"+
		"- [ ] Traffic shifted: 10%\n  - [ ] Monitored for 15 minutes\n"+
		"- [ ] Traffic shifted: 25%\n  - [ ] Monitored for 15 minutes\n"+
		"- [ ] Traffic shifted: 50%\n  - [ ] Monitored for 30 minutes\n"+
		"- [ ] Traffic shifted: 100%\n  - [ ] Monitored for 2 hours\n\n"+
		"## Rollback Scenarios\n\n### Rollback Criteria\n- [ ] "+errorsLine+"\n", alerts.Options{})
	everyHalfMinute = one("half-minute", rollbackOn(errorsLine), alerts.Options{
		ScrapeInterval: 30 * time.Second, EvaluationInterval: 30 * time.Second, SmokeInterval: time.Minute,
	})
	everyMinute = one("minute", rollbackOn(errorsLine), alerts.Options{
		ScrapeInterval: time.Minute, EvaluationInterval: time.Minute, SmokeInterval: 2 * time.Minute,
	})
)

// breach is the alert of a measured rollback criterion.
func breach(line string) alert { return criterionAlert(series.AlertRollback, line, "measured") }

// functionality is the alert of a rollback criterion that smoke tests judge.
func functionality() alert { return criterionAlert(series.AlertRollback, smokeLine, "smoke") }

// declaration is the alert of a rollback criterion that somebody declared.
func declaration(line string) alert { return criterionAlert(series.AlertRollback, line, "declared") }

// miss is the alert of a target.
func miss(line string) alert { return criterionAlert(series.AlertTargetMissed, line, "measured") }

func criterionAlert(name, line, kind string) alert {
	return alert{"alertname": name, series.LabelChecklist: "plan", series.LabelCriterion: line, series.LabelKind: kind}
}

// aboutPlan is an alert about the checklist that no criterion is behind.
func aboutPlan(name string) alert {
	return alert{"alertname": name, series.LabelChecklist: "plan"}
}

var (
	candidateDown = aboutPlan(series.AlertCandidateDown)
	signalMissing = aboutPlan(series.AlertSignalMissing)
	exporterDown  = alert{"alertname": series.AlertExporterDown}
)

// recorded is a signal as it is recorded of a track, rounded to six digits
// since increase() extrapolates.
func recorded(metric, signal, track string) string {
	return fmt.Sprintf("round(1e6 * sum(%s{signal=%q,statistic!~\"within.*\",track=%q,window!~\"5m|15m\"})) / 1e6", metric, signal, track)
}

var (
	candidateErrors  = recorded(series.SignalRatio, "error_ratio", series.Candidate)
	candidateLatency = recorded(series.SignalSeconds, "latency", series.Candidate)
	share            = "round(1e6 * sum(" + series.TrafficRatio + ")) / 1e6"
)

// verdict is the verdict on the criterion with a text.
func verdict(t *testing.T, r *ruleSet, line string) string {
	t.Helper()
	return fmt.Sprintf("sum(%s{id=%q})", series.CriterionOK, r.id(t, "plan", line))
}

func is(v float64) []float64 { return []float64{v} }

// Verdicts.
var (
	fine   = is(1)
	broken = is(0)
	open   []float64 // inconclusive, and so not there
)

// well is n scrapes with everything as it should be.
func well(n int) step { return during(n, serving(healthy)) }

// bad is n scrapes with so many requests answered well and not.
func bad(n, ok, errors int) step { return during(n, serving(load{ok: ok, errors: errors})) }
