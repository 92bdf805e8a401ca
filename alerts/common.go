package alerts

import (
	"fmt"
	"time"

	"github.com/cutover-dev/cutover/internal/promquery"
	"github.com/cutover-dev/cutover/internal/series"
)

// CommonRules writes the rules that are about the exporter and the alerting
// itself. They are needed once, however many checklists there are.
func CommonRules(o Options) (File, error) {
	if err := o.Check(); err != nil {
		return File{}, err
	}
	o = o.withDefaults()
	scale := promquery.Settings{TimeScale: o.TimeScale}.Scale
	rule := func(alert, expr string, wait time.Duration, severity, summary, description string) Rule {
		r := Rule{Alert: alert, Expr: promquery.Format(expr), For: scale(wait), Annotations: common(o, summary, description)}
		if severity != "" {
			r.Labels = map[string]string{series.LabelSeverity: severity}
		}
		return r
	}
	test := "environment, track, suite, test"
	rules := []Rule{
		{
			Comment: "When the tests began to fail, critical or not; 0 for those that pass",
			Record:  series.FailingSince,
			Expr:    failingSince("", series.SmokeSuccess, "", o),
		},
		rule(series.AlertExporterDown, fmt.Sprintf("absent(up{job=%q} == 1)", o.Job), time.Minute, severityCritical,
			"The cutover exporter is down",
			"Nothing of the checklist and no smoke test is seen any more. Measured rollback criteria go on; declared ones keep their last state for "+declaredMemory+"."),
		rule(series.AlertChecklistUnreadable, fmt.Sprintf("max by (checklist) (%s) == 0", series.SourceUp), 2*time.Minute, severityWarning,
			"The checklist can't be read",
			"The exporter shows the last state of {{ $labels.checklist }} that it could read. Its log says what is wrong with the file."),
		rule(series.AlertJournalUnwritable, fmt.Sprintf("min by (instance) (%s) == 0", series.JournalUp), time.Minute, severityWarning,
			"The journal can't be written",
			"What changes from now on, {{ $labels.instance }} keeps in memory only: a restart forgets it, and incidents can't be opened. "+
				"Don't restart it. 1. Look into its log for the reason. 2. Make room on the disk of CUTOVER_JOURNAL, or mend its permissions."),
		rule(series.AlertSmokeFailing, fmt.Sprintf("group by (%s) (%s)", test, failedTwice("")), 0, severityWarning,
			"Smoke test {{ $labels.test }} fails on the {{ $labels.track }}",
			"The test {{ $labels.suite }}/{{ $labels.test }} failed twice in a row. The exporter's page /smoke/ gives the reason, with request and answer."),
		rule(series.AlertSmokeStale, fmt.Sprintf("time() - max by (%[1]s) (%[2]s) > 4 * max by (%[1]s) (%[3]s) + %[4]g",
			test, series.SmokeLastRunTimestamp, series.SmokeInterval, o.ScrapeInterval.Seconds()), time.Minute, severityWarning,
			"Smoke test {{ $labels.test }} no longer runs",
			"The last run of {{ $labels.suite }}/{{ $labels.test }} ended {{ $value | humanizeDuration }} ago: what it said is old."),
		rule(series.AlertRuleFailing, `increase(prometheus_rule_evaluation_failures_total{rule_group=~".*;cutover.*"}[5m]) > 0`, 0, severityWarning,
			"A cutover rule can't be evaluated",
			"Rules of {{ $labels.rule_group }} fail to evaluate: the verdicts and alerts that depend on them are missing. Prometheus' own log says why."),
		rule(series.AlertWatchdog, "vector(1)", 0, "",
			"Alerting works",
			"This alert always fires. Send it to a heartbeat service that calls somebody when it stays away."),
	}
	return File{Name: "cutover", Groups: []Group{{Name: "cutover", Interval: o.EvaluationInterval, Rules: rules}}}, nil
}

// CommonRuleTests writes unit tests for the rule file of CommonRules, as
// RuleTests does for a checklist's.
func CommonRuleTests(o Options, ruleFile string) ([]byte, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	scale := promquery.Settings{TimeScale: o.TimeScale}.Scale
	step, slack := o.ScrapeInterval, 3*o.EvaluationInterval
	alert := func(name string) string { return fmt.Sprintf("alertname=%q", name) }
	up := fmt.Sprintf("up{job=%q}", o.Job)
	test := `{environment="production",track="candidate",suite="smoke",test="health"`
	changes := 10 * step // when each scenario's trouble begins

	return testFile([]scenario{
		{
			name:   "the exporter is down",
			input:  []input{{up, "1x10 0x400"}},
			checks: []check{{changes, alert(series.AlertExporterDown), false}, {changes + scale(time.Minute) + slack, alert(series.AlertExporterDown), true}},
		},
		{
			name:   "the checklist can't be read",
			input:  []input{{up, "1x400"}, {series.SourceUp + `{checklist="plan"}`, "1x10 0x400"}},
			checks: []check{{changes, alert(series.AlertChecklistUnreadable), false}, {changes + scale(2*time.Minute) + slack, alert(series.AlertChecklistUnreadable), true}},
		},
		{
			name: "a smoke test fails",
			input: []input{
				{series.SmokeSuccess + test + `,critical="true"}`, "1x10 0x400"},
				{series.SmokeLastRunTimestamp + test + "}", fmt.Sprintf("0+%gx400", step.Seconds())},
			},
			checks: []check{{changes, alert(series.AlertSmokeFailing), false}, {changes + 2*step + slack, alert(series.AlertSmokeFailing), true}},
		},
		{
			name: "a smoke test no longer runs",
			input: []input{
				{series.SmokeLastRunTimestamp + test + "}", "0x400"},
				{series.SmokeInterval + test + "}", fmt.Sprintf("%gx400", o.SmokeInterval.Seconds())},
			},
			checks: []check{{o.SmokeInterval, alert(series.AlertSmokeStale), false}, {4*o.SmokeInterval + step + scale(time.Minute) + slack, alert(series.AlertSmokeStale), true}},
		},
		{
			name:   "a rule can't be evaluated",
			input:  []input{{`prometheus_rule_evaluation_failures_total{rule_group="/rules/plan.yml;cutover-plan"}`, "0x10 1+1x400"}},
			checks: []check{{changes, alert(series.AlertRuleFailing), false}, {changes + slack, alert(series.AlertRuleFailing), true}},
		},
		{
			name:   "all is well, and alerting works",
			input:  []input{{up, "1x400"}},
			checks: []check{{changes, alert(series.AlertExporterDown), false}, {changes, alert(series.AlertWatchdog), true}},
		},
	}, o, ruleFile)
}
