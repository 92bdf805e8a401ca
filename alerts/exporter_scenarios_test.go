package alerts_test

import (
	"testing"

	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
)

// independence is that measured criteria need no exporter, and that it may only
// suppress.
func independence(t *testing.T) []scenario {
	failing := []step{well(8), bad(32, 95, 5)}
	says := func(n int, rep report) step { return during(n, reporting(t, onErrors, rep)) }
	return complete(t, onErrors, []scenario{
		{
			name:    "the exporter is down all along, and the candidate fails",
			targets: []target{green(failing...), cutover(down(40))},
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}, {alert: exporterDown, from: "1m"}},
		},
		{
			name:    "no exporter was ever there",
			targets: []target{green(failing...), {`job="cutover",instance="none"`, []step{gone(40)}}},
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}, {alert: exporterDown, from: "1m"}},
		},
		{
			name:    "the exporter misses three scrapes",
			targets: []target{green(well(32)), cutover(says(12, report{}), down(3), says(17, report{}))},
		},
		{
			name: "nothing is ticked, and the candidate has traffic: measured requests decide",
			targets: []target{green(failing...), blue(well(40)),
				cutover(says(40, report{phase: rollout.Planned}))},
			alerts: []firing{{alert: breach(errorsLine), from: "7m"}},
		},
		{
			// Forty requests a minute beside eight thousand are a warm-up.
			name: "the candidate fails while it is warmed up",
			targets: []target{green(bad(40, 5, 5)), blue(bad(40, 2000, 0)),
				cutover(says(40, report{phase: rollout.Planned}))},
			values: []value{{"7m", verdict(t, onErrors, errorsLine), broken}, {"7m", share, is(0.004975)}},
		},
		{
			name: "the candidate restarts while it is warmed up",
			targets: []target{green(bad(12, 10, 0), down(12), bad(8, 10, 0)), blue(bad(32, 2000, 0)),
				cutover(says(32, report{phase: rollout.Planned}))},
		},
		{
			name:    "the candidate is warmed up and fails, and nobody says in which phase",
			targets: []target{green(bad(40, 5, 5)), blue(bad(40, 2000, 0)), cutover(down(40))},
			alerts:  []firing{{alert: breach(errorsLine), from: "5m45s"}, {alert: exporterDown, from: "1m"}},
		},
		{
			name:    "the candidate crashes under traffic that nobody ticked",
			targets: []target{green(well(12), down(28)), blue(well(40)), cutover(says(40, report{phase: rollout.Planned}))},
			alerts:  []firing{{alert: candidateDown, from: "4m"}},
		},
		{
			name:    "soaking at full traffic",
			targets: []target{green(failing...), cutover(says(40, report{phase: rollout.Soaking}))},
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}},
		},
		{
			name:    "after the rollback nothing fires, however bad the candidate is",
			targets: []target{green(failing...), cutover(says(40, report{phase: rollout.RolledBack}))},
		},
		{
			name:    "after the end nothing fires",
			targets: []target{green(failing...), cutover(says(40, report{phase: rollout.Done}))},
		},
		{
			// keep_firing_for knows no exception: it rings for five minutes more.
			name: "the rollback is executed while the alert fires",
			targets: []target{green(well(8), bad(48, 95, 5)),
				cutover(says(30, report{}), says(26, report{phase: rollout.RolledBack}))},
			alerts: []firing{{breach(errorsLine), "7m", "12m30s"}},
		},
		{
			name: "a second try after a rollback",
			targets: []target{green(well(8), bad(40, 95, 5)),
				cutover(says(16, report{phase: rollout.RolledBack}), says(32, report{}))},
			alerts: []firing{{alert: breach(errorsLine), from: "9m"}},
		},
		{
			// The one that knew of the rollback is no more; it must not silence
			// the second try.
			name: "the exporter moves to another host between the rollback and the second try",
			targets: []target{green(failing...), cutover(says(4, report{phase: rollout.RolledBack}), gone(36)),
				{`job="cutover",instance="cutover-2"`, []step{gone(4), says(36, report{})}}},
			alerts: []firing{{alert: breach(errorsLine), from: "7m"}},
		},
		{
			name: "the exporter is gone after the rollback: it stays over",
			targets: []target{green(failing...),
				cutover(says(16, report{phase: rollout.RolledBack}), down(24))},
			alerts: []firing{{alert: exporterDown, from: "5m"}},
		},
		{
			name: "two replicas disagree while one is slow to read the plan",
			targets: []target{green(failing...), cutover(says(40, report{})),
				{`job="cutover",instance="cutover-2"`, []step{says(12, report{phase: rollout.Planned}), says(28, report{})}}},
			alerts: []firing{{alert: breach(errorsLine), from: "7m"}},
		},
		{
			name: "two replicas after the rollback",
			targets: []target{green(failing...), cutover(says(40, report{phase: rollout.RolledBack})),
				{`job="cutover",instance="cutover-2"`, []step{says(40, report{phase: rollout.RolledBack})}}},
		},
		{
			name: "one of two replicas goes down",
			targets: []target{green(well(24)), cutover(says(24, report{})),
				{`job="cutover",instance="cutover-2"`, []step{says(8, report{}), down(16)}}},
		},
	})
}

// declarations is what people declare.
func declarations(t *testing.T) []scenario {
	says := func(r *ruleSet, n int, declared ...string) step {
		return during(n, reporting(t, r, report{declared: declared}))
	}
	replica := func(n int, steps ...step) target {
		return target{`job="cutover",instance="cutover-` + string(rune('0'+n)) + `"`, steps}
	}
	open := func(impact string) alert {
		return alert{"alertname": series.AlertIncidentOpen, series.LabelChecklist: "plan", series.LabelKind: "other", series.LabelImpact: impact}
	}
	return complete(t, onWords, []scenario{
		{
			name:    "declared and withdrawn",
			targets: []target{green(well(24)), cutover(says(onWords, 8), says(onWords, 8, incidentLine), says(onWords, 8))},
			alerts:  []firing{{declaration(incidentLine), "2m", "4m"}},
			values: []value{
				{"1m45s", verdict(t, onWords, incidentLine), fine}, {"2m", verdict(t, onWords, incidentLine), broken},
				{"4m", verdict(t, onWords, incidentLine), fine},
			},
		},
		{
			name:    "the exporter is gone while an incident is declared",
			targets: []target{green(well(48)), cutover(says(onWords, 8, incidentLine), down(40))},
			alerts:  []firing{{alert: declaration(incidentLine), from: "0s"}, {alert: exporterDown, from: "3m"}},
		},
		{
			name:    "withdrawn while nobody sees it: it ends when the exporter is back",
			targets: []target{green(well(32)), cutover(says(onWords, 8, incidentLine), down(8), says(onWords, 16))},
			alerts:  []firing{{declaration(incidentLine), "0s", "4m"}, {exporterDown, "3m", "4m"}},
		},
		{
			name:    "a smoke criterion is declared though the tests pass",
			targets: []target{green(well(16)), cutover(says(onWords, 8), says(onWords, 8, smokeLine))},
			alerts:  []firing{{alert: declaration(smokeLine), from: "2m"}},
		},
		{
			name:    "a measured criterion is declared though nothing is measured",
			rules:   onErrors,
			targets: []target{green(well(16)), cutover(says(onErrors, 8), says(onErrors, 8, errorsLine))},
			alerts:  []firing{{alert: declaration(errorsLine), from: "2m"}},
			values:  []value{{"3m", verdict(t, onErrors, errorsLine), fine}},
		},
		{
			name:    "measured and declared are two alerts",
			rules:   onErrors,
			targets: []target{green(well(8), bad(24, 95, 5)), cutover(says(onErrors, 16), says(onErrors, 16, errorsLine))},
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}, {alert: declaration(errorsLine), from: "4m"}},
		},
		{
			name: "one of two replicas has read the tick",
			targets: []target{green(well(24)),
				replica(1, says(onWords, 8), says(onWords, 16, incidentLine)),
				replica(2, says(onWords, 12), says(onWords, 12, incidentLine))},
			alerts: []firing{{alert: declaration(incidentLine), from: "2m"}},
			values: []value{{"2m", verdict(t, onWords, incidentLine), broken}, {"4m", verdict(t, onWords, incidentLine), broken}},
		},
		{
			// As where the exporter moves to another host.
			name: "a replica dies while an incident is declared, and the other sees it withdrawn",
			targets: []target{green(well(24)),
				replica(1, says(onWords, 8, incidentLine), down(16)),
				replica(2, says(onWords, 8, incidentLine), says(onWords, 16))},
			alerts: []firing{{declaration(incidentLine), "0s", "2m"}},
		},
		{
			name: "declared after the rollback",
			targets: []target{green(well(16)),
				cutover(during(16, reporting(t, onWords, report{phase: rollout.RolledBack, declared: []string{incidentLine}})))},
		},
		{
			name: "an incident of no criterion's kind, minor and then significant",
			targets: []target{green(well(32)), cutover(says(onWords, 8),
				incident(t, 8, "", "minor"), incident(t, 8, "", "significant"), says(onWords, 8))},
			alerts: []firing{{open("minor"), "2m", "4m"}, {open("significant"), "4m", "6m"}},
		},
		{
			name:    "an incident is opened after the rollback: somebody hears of it",
			targets: []target{green(well(16)), cutover(incident(t, 16, rollout.RolledBack, "none"))},
			alerts:  []firing{{alert: open("none"), from: "0s"}},
		},
		{
			name:    "the exporter is gone while an incident is open",
			targets: []target{green(well(48)), cutover(incident(t, 8, "", "minor"), down(40))},
			alerts:  []firing{{alert: open("minor"), from: "0s"}, {alert: exporterDown, from: "3m"}},
		},
		{
			name: "one of two replicas knows of an incident, and then both",
			targets: []target{green(well(24)), replica(1, says(onWords, 8), incident(t, 16, "", "none")),
				replica(2, says(onWords, 12), incident(t, 12, "", "none"))},
			alerts: []firing{{alert: open("none"), from: "2m"}},
			values: []value{{"4m", `sum(cutover:incident:open)`, is(1)}},
		},
		{
			name:    "declared before anything is shifted",
			targets: []target{cutover(during(16, reporting(t, onWords, report{phase: rollout.Planned, declared: []string{incidentLine}})))},
			alerts:  []firing{{alert: declaration(incidentLine), from: "0s"}},
		},
	})
}

// incident is n scrapes with an incident open that is no criterion's.
func incident(t *testing.T, n int, phase rollout.Phase, impact string) step {
	return during(n, reporting(t, onWords, report{phase: phase, incidents: map[string]int{impact: 1}}))
}

// ruleFailures is Prometheus' own count of a group's failed evaluations.
const ruleFailures = `prometheus_rule_evaluation_failures_total{rule_group="/etc/prometheus/rules/plan.yml;cutover-plan"}`

// honesty is what keeps the others honest.
func honesty(t *testing.T) []scenario {
	says := func(n int, rep report) step { return during(n, reporting(t, onErrors, rep)) }
	claim := func(proven bool) report { return report{tasks: []task{{id: "build/image", proven: proven}}} }
	contradicted := alert{"alertname": series.AlertClaimContradicted, series.LabelChecklist: "plan", series.LabelID: "build/image"}
	return complete(t, onErrors, []scenario{
		{
			name:    "a ticked task is disproven, and then proven",
			targets: []target{green(well(32)), cutover(says(8, claim(true)), says(12, claim(false)), says(12, claim(true)))},
			alerts:  []firing{{contradicted, "3m", "5m"}},
		},
		{
			name:    "an open task is disproven, as it must be",
			targets: []target{green(well(16)), cutover(says(16, report{tasks: []task{{id: "build/image", open: true}}}))},
		},
		{
			name:    "a drill is opened, and closed",
			targets: []target{green(well(24)), cutover(says(8, report{}), says(8, report{drills: 1}), says(8, report{}))},
			alerts: []firing{{alert{
				"alertname": series.AlertRollback, series.LabelChecklist: "plan", series.LabelCriterion: "other", series.LabelKind: "drill",
			}, "2m", "4m"}},
		},
		{
			name:    "a test fails once",
			targets: []target{green(well(16)), cutover(says(8, claim(true)), says(3, claim(false)), says(5, claim(true)))},
		},
		{
			name:    "a ticked task is disproven after the rollback, as it must be",
			targets: []target{green(well(16)), cutover(says(16, report{phase: rollout.RolledBack, tasks: claim(false).tasks}))},
		},
		{
			name: "two replicas see a disproven task",
			targets: []target{green(well(16)), cutover(says(16, claim(false))),
				{`job="cutover",instance="cutover-2"`, []step{says(16, claim(false))}}},
			alerts: []firing{{alert: contradicted, from: "1m"}},
		},
		{
			name: "a rule fails to evaluate, and then not",
			targets: []target{green(well(40)), {`job="prometheus",instance="prometheus-1"`, []step{
				during(8, func(e exposition) { e[ruleFailures] = 0 }),
				during(4, func(e exposition) { e[ruleFailures]++ }),
				during(28, nil),
			}}},
			alerts: []firing{{alert{"alertname": series.AlertRuleFailing}, "2m", "7m30s"}},
		},
		{
			name:    "the criteria changed after the rules were generated",
			targets: []target{green(well(40)), cutover(says(8, report{}), says(24, report{outdated: true}), says(8, report{}))},
			alerts: []firing{{
				alert{"alertname": series.AlertRulesOutdated, series.LabelChecklist: "plan", series.LabelHash: "000000000000"}, "7m", "8m",
			}},
		},
		{
			name: "one of two replicas can't write its journal, until it can",
			targets: []target{green(well(24)), cutover(says(8, report{}), says(12, report{noJournal: true}), says(4, report{})),
				{`job="cutover",instance="cutover-2"`, []step{says(24, report{})}}},
			alerts: []firing{{alert{"alertname": series.AlertJournalUnwritable}, "3m", "5m"}},
		},
		{
			name:    "the checklist can't be read",
			targets: []target{green(well(24)), cutover(says(8, report{}), says(12, report{unreadable: true}), says(4, report{}))},
			alerts:  []firing{{aboutPlan(series.AlertChecklistUnreadable), "4m", "5m"}},
		},
	})
}
