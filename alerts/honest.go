package alerts

import (
	"fmt"
	"time"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/promquery"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
)

// candidateDown fires when a candidate that had traffic is gone. It answers
// nothing then, so no error ratio shows it. A candidate that was drained before
// it went is left alone: one that had no request in its last scrape interval, or
// where there are always few, in its last window. Draining it for less looks like
// a crash. A few lost scrapes are none, at whatever pace.
// None where only runs of smoke tests are seen: then the exporter may be gone.
func (g *generator) candidateDown() []Rule {
	if g.query.Instrumentation.CountsRuns() {
		return nil
	}
	place, window := g.place(series.Candidate), promDuration(g.query.Windows()[0])
	traffic := fmt.Sprintf("max by (%s) (last_over_time(%s[%s])) > 0", series.LabelChecklist,
		g.query.TrafficSelector(place, promquery.Serving), declaredMemory)
	return []Rule{{
		Alert: series.AlertCandidateDown,
		Expr:  promquery.Format(fmt.Sprintf("%s unless on () (%s) %s", traffic, g.query.Present(place), g.unlessIdle(checklist.Scope{}))),
		For:   g.forOfDown(),
		Labels: map[string]string{
			series.LabelChecklist:   g.checklist.Name,
			series.LabelEnvironment: production,
			series.LabelSeverity:    severityCritical,
			series.LabelAction:      actionRollback,
		},
		Annotations: g.annotations(
			"Roll back: the candidate is gone",
			"The candidate had traffic, and now no instance of it answers a scrape. Requests that are sent to it fail without being counted as errors.",
		).with("rollback_steps", g.rollbackSteps()).
			with("measured", fmt.Sprintf("no instance answers; {{ $value | humanize }} requests in the last %s that were seen", window)).
			with("baseline", countTemplate(g.query.TrafficSelector(g.place(series.Baseline), promquery.Requests))+" requests in the last "+window).
			with("since", g.since(series.AlertCandidateDown, "", "")).
			with("timing", worstCase("the crash", delay{"scrape", g.options.ScrapeInterval}, delay{"wait", g.forOfDown()},
				delay{"two evaluations", 2 * g.options.EvaluationInterval})+restarts),
	}}
}

// forOfDown is how long the candidate has to be unseen.
func (g *generator) forOfDown() time.Duration {
	return max(g.query.Scale(time.Minute), 3*g.options.ScrapeInterval)
}

// signalMissing fires when traffic is shifted by the checklist, and nothing is
// measured of the candidate: then no rollback criterion can fire.
func (g *generator) signalMissing() Rule {
	return Rule{
		Alert: series.AlertSignalMissing,
		Expr: promquery.Format(fmt.Sprintf(
			"max by (%[1]s) (%[2]s{%[1]s=%[3]q,%[4]s=~\"%[5]s|%[6]s\"}) == 1 unless on (%[1]s) %[7]s > 0",
			series.LabelChecklist, series.RolloutPhase, g.checklist.Name, series.LabelPhase, rollout.Shifting, rollout.Soaking,
			g.query.TrafficSelector(g.place(series.Candidate), promquery.Requests))),
		For: g.query.Scale(5 * time.Minute),
		Labels: map[string]string{
			series.LabelChecklist: g.checklist.Name,
			series.LabelSeverity:  severityCritical,
		},
		Annotations: g.annotations("Nothing is measured of the candidate", g.missing()),
	}
}

// missing says what is not seen, and where to look.
func (g *generator) missing() string {
	const shifted, blind = "Traffic is shifted according to the checklist, but ", "Rollback criteria can't fire: watch the service by hand, and "
	if g.query.Instrumentation.CountsRuns() {
		return shifted + "no run of a critical smoke test of the candidate counts. " + blind +
			"look at the tests on the exporter's page /smoke/: either none runs, or all of both versions fail alike and the network between is suspected."
	}
	return shifted + "no request of the candidate is seen. " + blind + "check the scrape of the candidate and CUTOVER_CANDIDATE_SELECTOR."
}

// incidentAlerts fire while an incident is open that is none of the checklist's
// rollback criteria: nobody is told otherwise. One with a significant impact on
// customers pages. They are about what a person says, and so in whatever phase.
func (g *generator) incidentAlerts() []Rule {
	alert := func(impact, severity string) Rule {
		return Rule{
			Alert: series.AlertIncidentOpen,
			Expr: promquery.Format(fmt.Sprintf("max by (%[1]s, %[2]s) (last_over_time(%[3]s{%[1]s=%[4]q,%[5]s=%[6]q,%[2]s%[7]s}[%[8]s])) > 0",
				series.LabelChecklist, series.LabelImpact, series.LastIncident, g.checklist.Name, series.LabelKind, kindOther, impact, declaredMemory)),
			Labels: map[string]string{series.LabelKind: kindOther, series.LabelSeverity: severity},
			Annotations: g.annotations(
				"An incident is open, with impact on customers: {{ $labels.impact }}",
				"Somebody opened it with `cutover incident open`, as none of the checklist's rollback criteria. "+
					"1. Read who and what: `cutover incident list`. 2. Talk to them. 3. If it must be a rollback, open another of that criterion's kind: "+
					"`cutover incident open --kind` with a wrong one lists them. 4. When it is over: `cutover incident close`.",
			),
		}
	}
	return []Rule{alert(`="`+significant+`"`, severityCritical), alert(`!="`+significant+`"`, severityWarning)}
}

// Words of the journal: the kind of an incident that is no rollback criterion,
// and the impact that pages.
const (
	kindOther   = "other"
	significant = "significant"
)

// planned is the candidate's share of the traffic by the ticked stages.
func (g *generator) planned() string {
	by := fmt.Sprintf("max by (%s, %s)", series.LabelChecklist, series.LabelStage)
	only := fmt.Sprintf("{%s=%q}", series.LabelChecklist, g.checklist.Name)
	return fmt.Sprintf("max by (%[1]s) (%[2]s (%[3]s%[6]s) * on (%[1]s, %[5]s) %[2]s (%[4]s%[6]s))",
		series.LabelChecklist, by, series.StageTrafficRatio, series.StageShifted, series.LabelStage, only)
}

// mismatch is how far the real share of the traffic may be from the planned one.
const mismatch = "0.05"

// trafficMismatch fires when the load balancer does not do what the checklist
// says. None for a checklist without stages, and where only runs of smoke tests are
// seen.
func (g *generator) trafficMismatch() []Rule {
	if len(g.checklist.Stages) == 0 || g.query.Instrumentation.CountsRuns() {
		return nil
	}
	return []Rule{{
		Alert: series.AlertTrafficMismatch,
		Expr: promquery.Format(fmt.Sprintf("abs(%s{%s=%q} - on (%s) %s) > %s %s", series.TrafficRatio,
			series.LabelChecklist, g.checklist.Name, series.LabelChecklist, g.planned(), mismatch, g.unlessOver())),
		For:    g.query.Scale(5 * time.Minute),
		Labels: map[string]string{series.LabelChecklist: g.checklist.Name, series.LabelSeverity: severityWarning},
		Annotations: g.annotations(
			"The traffic is not split as ticked",
			"The candidate's real share of the requests is {{ $value | humanizePercentage }} away from the stage that is ticked. "+
				"Either the box or the load balancer is wrong.",
		).with("measured", fmt.Sprintf("{{ with query %q }}{{ . | first | value | humanizePercentage }}{{ end }}",
			fmt.Sprintf("%s{%s=%q}", series.TrafficRatio, series.LabelChecklist, g.checklist.Name))),
	}}
}

// holdsCutShort fire when a stage is ticked before the hold of the stage before
// it has passed, until it has.
func (g *generator) holdsCutShort() []Rule {
	var rules []Rule
	for i, next := range g.checklist.Stages[min(1, len(g.checklist.Stages)):] {
		stage := g.checklist.Stages[i]
		if stage.Hold == 0 {
			continue
		}
		of := func(metric string, s checklist.Stage) string {
			return fmt.Sprintf("max by (%[1]s) (%[2]s{%[1]s=%[3]q,%[4]s=%[5]q})", series.LabelChecklist, metric, g.checklist.Name, series.LabelStage, s.Name)
		}
		hold := g.query.Scale(stage.Hold)
		rules = append(rules, Rule{
			Comment: fmt.Sprintf("%s before %s at %s have passed", next.Name, promDuration(stage.Hold), stage.Name),
			Alert:   series.AlertHoldCutShort,
			Expr: promquery.Format(fmt.Sprintf("time() - %s < %d and on (%s) %s == 1 %s", of(series.StageShiftedTimestamp, stage),
				int(hold.Seconds()), series.LabelChecklist, of(series.StageShifted, next), g.unlessOver())),
			Labels: map[string]string{
				series.LabelChecklist: g.checklist.Name, series.LabelStage: next.Name, series.LabelSeverity: severityWarning,
			},
			Annotations: g.annotations(
				fmt.Sprintf("%s came before the hold at %s had passed", literal(next.Name), literal(stage.Name)),
				fmt.Sprintf("The plan holds %s for %s, and traffic went on to %s before that. "+
					"What would have shown in the rest of the hold shows at more traffic now.", literal(stage.Name), promDuration(hold), literal(next.Name)),
			),
		})
	}
	return rules
}

// claimContradicted fires when a ticked task is disproven by its tests. After a
// rollback that is as it must be.
func (g *generator) claimContradicted() Rule {
	by := fmt.Sprintf("by (%s, %s)", series.LabelChecklist, series.LabelID)
	on := fmt.Sprintf("on (%s, %s)", series.LabelChecklist, series.LabelID)
	only := fmt.Sprintf("{%s=%q}", series.LabelChecklist, g.checklist.Name)
	return Rule{
		Alert: series.AlertClaimContradicted,
		Expr: promquery.Format(fmt.Sprintf(
			"(max %[1]s (%[3]s%[6]s) == 1 and %[2]s min %[1]s (%[4]s%[6]s) == 0) * %[2]s group_left (section, task) max by (checklist, id, section, task) (%[5]s%[6]s) %[7]s",
			by, on, series.ChecklistTaskDone, series.ChecklistTaskVerified, series.ChecklistTaskInfo, only, g.unlessOver())),
		For:    g.query.Scale(time.Minute),
		Labels: map[string]string{series.LabelSeverity: severityWarning},
		Annotations: g.annotations(
			"Ticked, but disproven: {{ $labels.task }}",
			"The checklist says that “{{ $labels.task }}” ({{ $labels.section }}) is done, and a test of it fails. Either the box was ticked too early or it broke since.",
		),
	}
}

// rulesOutdated fires when the checklist's criteria changed after the rules were
// generated.
func (g *generator) rulesOutdated() Rule {
	only := fmt.Sprintf("{%s=%q}", series.LabelChecklist, g.checklist.Name)
	return Rule{
		Alert: series.AlertRulesOutdated,
		Expr: promquery.Format(fmt.Sprintf("max by (%[1]s, %[2]s) (%[3]s%[5]s) unless on (%[1]s, %[2]s) %[4]s%[5]s",
			series.LabelChecklist, series.LabelHash, series.ChecklistCriteriaHashInfo, series.RulesInfo, only)),
		For:    g.query.Scale(5 * time.Minute),
		Labels: map[string]string{series.LabelSeverity: severityWarning},
		Annotations: g.annotations(
			"The rules are not the checklist's",
			"The criteria in the checklist changed after these rules were generated: run `cutover generate` again and load what it writes.",
		),
	}
}
