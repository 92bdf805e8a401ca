package alerts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/promquery"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
)

// Severities, and the action that marks an alert as a call for rollback.
const (
	severityCritical = "critical"
	severityWarning  = "warning"
	actionRollback   = "rollback"
)

// measured records the traffic of both tracks and every signal that a criterion
// needs, each once.
func (g *generator) measured() []Rule {
	var recordings []promquery.Recording
	for _, track := range []string{series.Baseline, series.Candidate} {
		place := g.place(track)
		recordings = append(recordings, g.query.Traffic(place)...)
		if r, ok := g.query.Instances(place); ok {
			recordings = append(recordings, r)
		}
	}
	if !g.query.Instrumentation.CountsRuns() {
		recordings = append(recordings, g.query.Serving(g.place(series.Candidate)), g.trafficRatio())
	}
	for _, j := range g.judged {
		if t := j.criterion.Scope; t.Test != "" && len(j.recordings) > 0 {
			recordings = append(recordings, g.query.Traffic(g.loadTest(t))...)
		}
		recordings = append(recordings, j.recordings...)
		recordings = append(recordings, g.beside(j)...)
	}
	var rules []Rule
	seen := map[string]bool{}
	for _, r := range recordings {
		if seen[r.Selector()] {
			continue
		}
		seen[r.Selector()] = true
		rules = append(rules, Rule{Comment: describe(r), Record: r.Name, Expr: r.Expr, Labels: r.Labels})
	}
	return rules
}

// describe says what a recording is: "latency p95 of the candidate, 1m".
func describe(r promquery.Recording) string {
	l := r.Labels
	switch r.Name {
	case series.TrafficRatio:
		return "The candidate's share of the requests"
	case series.InstancesCount:
		return "Instances of the " + l[series.LabelTrack] + " by version"
	}
	if l[series.LabelSignal] == promquery.Serving {
		return "Requests of the " + l[series.LabelTrack] + ", 0 once it is drained, " + l[series.LabelWindow]
	}
	text := strings.ReplaceAll(l[series.LabelSignal], "_", " ")
	switch statistic := l[series.LabelStatistic]; statistic {
	case "mean", "total":
	default:
		text += " " + strings.ReplaceAll(statistic, "_", " ")
	}
	if track := l[series.LabelTrack]; track != "" {
		text += " of the " + track
	}
	if test := l[series.LabelTest]; test != "" {
		text += " in the " + test
	}
	return strings.ToUpper(text[:1]) + text[1:] + ", " + l[series.LabelWindow]
}

// beside measures the baseline for a criterion that needs only the candidate:
// people want to see the two side by side.
func (g *generator) beside(j judged) []promquery.Recording {
	c := j.criterion
	if len(j.recordings) == 0 || c.Scope.Test != "" || c.Signal == criterion.Business {
		return nil
	}
	r, err := g.query.Measure(c.Signal, c.Quantile, g.place(series.Baseline))
	if err != nil {
		return nil // then the candidate's can't be measured either
	}
	return []promquery.Recording{r}
}

// trafficRatio records the candidate's real share of the traffic.
func (g *generator) trafficRatio() promquery.Recording {
	candidate := g.query.TrafficSelector(g.place(series.Candidate), promquery.Requests)
	baseline := g.query.TrafficSelector(g.place(series.Baseline), promquery.Requests)
	by := "sum by (" + series.LabelChecklist + ")"
	return promquery.Recording{
		Name:   series.TrafficRatio,
		Labels: map[string]string{series.LabelChecklist: g.checklist.Name},
		Expr: promquery.Format(fmt.Sprintf("(%[1]s (%[2]s) or 0 * %[1]s (%[3]s)) / (%[1]s (%[2]s or %[3]s) > 0)",
			by, candidate, baseline)),
	}
}

// remembered records what the exporter says of the rollout, for the time when it
// is gone. Without the labels of who said it: of an exporter that moved to
// another host, the last word would stand beside the new one's for hours.
func (g *generator) remembered() []Rule {
	last := func(record, metric, label, comment string) Rule {
		return Rule{
			Comment: comment,
			Record:  record,
			Expr: promquery.Format(fmt.Sprintf("max by (%[1]s, %[2]s) (%[3]s{%[1]s=%[4]q})",
				series.LabelChecklist, label, metric, g.checklist.Name)),
		}
	}
	return []Rule{
		last(series.LastPhase, series.RolloutPhase, series.LabelPhase, "The rollout's phase, while the exporter says it"),
		last(series.LastDeclared, series.CriterionDeclared, series.LabelID, "What is declared, while the exporter says it"),
		last(series.LastIncident, series.IncidentOpen, series.LabelKind+", "+series.LabelImpact, "How many incidents are open, while the exporter says it"),
	}
}

// verdicts records every judged criterion's verdict.
func (g *generator) verdicts() []Rule {
	var rules []Rule
	for _, j := range g.judged {
		if j.ok == "" {
			continue
		}
		rules = append(rules, Rule{
			Comment: j.criterion.Text,
			Record:  series.CriterionOK,
			Expr:    promquery.Format(j.ok),
			Labels: map[string]string{
				series.LabelChecklist: g.checklist.Name,
				series.LabelID:        j.criterion.ID,
				series.LabelRole:      string(j.criterion.Role),
				series.LabelSection:   j.criterion.Section,
			},
		})
	}
	return rules
}

// alerts writes the alerts of the criteria, and those that keep them honest.
func (g *generator) alerts() []Rule {
	var rules []Rule
	for _, j := range g.judged {
		if j.criterion.Role == criterion.Rollback {
			if j.ok != "" && j.criterion.Kind != criterion.Declared {
				rules = append(rules, g.rollbackAlert(j))
			}
			rules = append(rules, g.declaredAlert(j))
		} else if j.ok != "" {
			rules = append(rules, g.targetAlert(j))
		}
	}
	rules = append(rules, g.incidentAlerts()...)
	rules = slices.Concat(rules, g.candidateDown(), []Rule{g.signalMissing()}, g.trafficMismatch(), g.holdsCutShort(), []Rule{g.claimContradicted(), g.rulesOutdated()})
	for _, r := range rules {
		for name, value := range r.Labels {
			r.Labels[name] = literal(value) // an alert's labels are templates too
		}
	}
	return append(rules, g.drillAlert())
}

// rollbackAlert fires when a rollback criterion is broken for as long as its
// line says.
func (g *generator) rollbackAlert(j judged) Rule {
	c := j.criterion
	return Rule{
		Comment:       c.Text,
		Alert:         series.AlertRollback,
		Expr:          promquery.Format(g.broken(c) + " " + g.unlessIdle(c.Scope)),
		For:           g.forOf(c),
		KeepFiringFor: g.keepFiring(),
		Labels:        g.criterionLabels(c, severityCritical, actionRollback, string(c.Kind)),
		Annotations:   g.rollbackAnnotations(j),
	}
}

// declaredAlert fires as soon as somebody declares a rollback criterion.
func (g *generator) declaredAlert(j judged) Rule {
	c := j.criterion
	return Rule{
		Comment:     c.Text,
		Alert:       series.AlertRollback,
		Expr:        promquery.Format(g.declared(c) + " > 0 " + g.unlessOver()),
		Labels:      g.criterionLabels(c, severityCritical, actionRollback, string(criterion.Declared)),
		Annotations: g.declaredAnnotations(j),
	}
}

// kindDrill is the kind of an alert that is a drill.
const kindDrill = "drill"

// drillAlert fires while a drill is open, in whatever phase: it takes the way of
// a rollback alert, to prove that the page arrives. Whoever acts on rollback
// alerts by machine leaves out those with drill="true".
func (g *generator) drillAlert() Rule {
	return Rule{
		Alert: series.AlertRollback,
		Expr: promquery.Format(fmt.Sprintf("max by (%[1]s, %[2]s) (%[3]s{%[1]s=%[4]q}) > 0",
			series.LabelChecklist, series.LabelKind, series.DrillOpen, g.checklist.Name)),
		Labels: map[string]string{
			series.LabelCriterion: "{{ $labels.kind }}",
			series.LabelKind:      kindDrill,
			series.LabelDrill:     "true",
			series.LabelSeverity:  severityCritical,
			series.LabelAction:    actionRollback,
		},
		Annotations: g.annotations(
			"DRILL: a rollback alert that is not one",
			"Somebody opened a drill to see whether a rollback alert arrives. It does: nothing is to be done. Close it with `cutover incident close`.",
		),
	}
}

// targetAlert fires when a target is missed.
func (g *generator) targetAlert(j judged) Rule {
	c := j.criterion
	return Rule{
		Comment:       c.Text,
		Alert:         series.AlertTargetMissed,
		Expr:          promquery.Format(g.broken(c) + " " + g.unlessIdle(c.Scope)),
		For:           g.forOf(c),
		KeepFiringFor: g.keepFiring(),
		Labels:        g.criterionLabels(c, severityWarning, "", string(c.Kind)),
		Annotations:   g.targetAnnotations(j),
	}
}

func (g *generator) criterionLabels(c checklist.Criterion, severity, action, kind string) map[string]string {
	l := map[string]string{
		series.LabelChecklist: g.checklist.Name,
		series.LabelCriterion: c.ID,
		series.LabelSection:   c.Section,
		series.LabelKind:      kind,
		series.LabelSeverity:  severity,
	}
	if c.Scope.Environment != "" {
		l[series.LabelEnvironment] = c.Scope.Environment
	}
	if action != "" {
		l[series.LabelAction] = action
	}
	return l
}

// broken is true while the last verdict of a criterion was that it is broken. A
// verdict that is missing for a few scrapes must not restart the alert's clock.
func (g *generator) broken(c checklist.Criterion) string {
	return fmt.Sprintf("max by (%s) (last_over_time(%s{%s=%q,%s=%q}[%s])) == 0", series.LabelChecklist,
		series.CriterionOK, series.LabelChecklist, g.checklist.Name, series.LabelID, c.ID, g.options.memory())
}

// memory is how long a gap in the data may be that changes nothing.
func (o Options) memory() string {
	return promDuration(8 * max(o.ScrapeInterval, o.EvaluationInterval))
}

// unlessOver suppresses an alert once the rollout is over. The exporter's series
// may only suppress: without them the alert fires.
func (g *generator) unlessOver() string {
	return fmt.Sprintf("unless on (%[1]s) max by (%[1]s) (last_over_time(%[2]s{%[1]s=%[3]q,%[4]s=~\"%[5]s|%[6]s\"}[%[7]s])) == 1",
		series.LabelChecklist, series.LastPhase, g.checklist.Name, series.LabelPhase, rollout.Done, rollout.RolledBack, declaredMemory)
}

// shifted is the candidate's share of the traffic from which on it is more than
// warm-up and tests.
const shifted = "0.01"

// unlessIdle suppresses an alert about production before the first stage, too:
// when nothing is shifted, there is nothing to roll back. Real traffic counts
// more than a box that nobody ticked. Load tests come before any shift.
func (g *generator) unlessIdle(s checklist.Scope) string {
	if s.Test != "" {
		return g.unlessOver()
	}
	if g.query.Instrumentation.CountsRuns() {
		return fmt.Sprintf("%[1]s unless on (%[2]s) max by (%[2]s) (last_over_time(%[3]s{%[2]s=%[4]q,%[5]s=%[6]q}[%[7]s])) == 1",
			g.unlessOver(), series.LabelChecklist, series.LastPhase, g.checklist.Name, series.LabelPhase, rollout.Planned, declaredMemory)
	}
	return fmt.Sprintf("%[1]s unless on (%[2]s) (max by (%[2]s) (last_over_time(%[3]s{%[2]s=%[4]q,%[5]s=%[6]q}[%[7]s])) == 1 "+
		"unless on (%[2]s) max_over_time(%[8]s{%[2]s=%[4]q}[%[9]s]) >= %[10]s)",
		g.unlessOver(), series.LabelChecklist, series.LastPhase, g.checklist.Name, series.LabelPhase, rollout.Planned, declaredMemory,
		series.TrafficRatio, promDuration(g.query.Scale(baselineMemory)), shifted)
}

// forOf is how long the criterion's alert waits: what the line promises, or the
// default. A smoke test that failed twice in a row has waited enough. One failed
// run proves nothing, and stays in sight for less than a window and a run.
func (g *generator) forOf(c checklist.Criterion) time.Duration {
	if g.countsRuns(c) {
		return max(g.query.Scale(cmp.Or(c.For, g.options.DefaultFor)), g.query.Windows()[0]+g.options.SmokeInterval)
	}
	if c.For > 0 || c.Kind == criterion.Smoke {
		return g.query.Scale(c.For)
	}
	return g.query.Scale(g.options.DefaultFor)
}

// keepFiring bridges gaps in the data of a firing alert.
func (g *generator) keepFiring() time.Duration { return g.query.Scale(5 * time.Minute) }
