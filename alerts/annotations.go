package alerts

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/series"
)

// annotations are an alert's annotations. Their values are templates that
// Prometheus expands: text from the checklist goes through literal.
type annotations map[string]string

func (a annotations) with(name, template string) annotations {
	if template != "" {
		a[name] = template
	}
	return a
}

// common are the annotations of every alert.
func common(o Options, summary, description string) annotations {
	return annotations{"summary": summary, "description": description}.
		with("runbook_url", literal(o.RunbookURL))
}

// annotations are those of an alert about this checklist.
func (g *generator) annotations(summary, description string) annotations {
	a := common(g.options, summary, description).with("checklist_url", literal(g.options.ChecklistURL))
	if g.options.GrafanaURL != "" && g.options.DashboardUID != "" {
		a.with("dashboard_url", literal(strings.TrimSuffix(g.options.GrafanaURL, "/")+"/d/"+g.options.DashboardUID)+dashboardMoment)
	}
	return a
}

// dashboardMoment shows the hour before the alert and half an hour after it, in
// milliseconds: the page may be opened much later.
const dashboardMoment = `?from={{ with query "time() - 3600" }}{{ . | first | value | printf "%.0f" }}000{{ end }}` +
	`&to={{ with query "time() + 1800" }}{{ . | first | value | printf "%.0f" }}000{{ end }}`

func (g *generator) criterionAnnotations(j judged, summary, description string) annotations {
	c := j.criterion
	a := g.annotations(summary, description).
		with("line", literal(c.Text)).
		with("place", literal(placeName(c)))
	if url := g.options.ChecklistURL; url != "" {
		if strings.Contains(url, "/blob/") && !strings.Contains(url, "?") {
			url += "?plain=1" // a forge shows lines in the plain view only
		}
		a.with("checklist_url", literal(fmt.Sprintf("%s#L%d", url, c.Line)))
	}
	if j.measured != "" {
		a.with("measured", valueTemplate(j.measured, c.Signal))
	}
	if baseline := g.baselineBeside(j); baseline != "" {
		a.with("baseline", valueTemplate(baseline, c.Signal))
	}
	if j.failing != "" {
		a.with("measured", countTemplate(j.failing)+" of the candidate's critical tests failed twice in a row").
			with("baseline", countTemplate(failingTests(series.Baseline))+" of its critical tests fail")
	}
	return a
}

// baselineBeside is PromQL for what the old version has of the same, for people to
// compare: what the verdict compares with, or what is recorded for the purpose.
func (g *generator) baselineBeside(j judged) string {
	if j.baseline != "" {
		return j.baseline
	}
	beside := g.beside(j)
	switch {
	case len(beside) == 0:
		return ""
	case g.timesRuns(j.criterion.Signal):
		return perChecklist(beside[0])
	default:
		return g.reference(beside[0])
	}
}

func (g *generator) rollbackAnnotations(j judged) annotations {
	c := j.criterion
	description := fmt.Sprintf("The checklist says to roll back on “%s” (%s), and it is so for %s.",
		literal(c.Text), literal(placeName(c)), promDuration(g.forOf(c)))
	if c.For == 0 {
		description += " The line names no duration: this wait is the default."
	}
	if c.Kind == criterion.Smoke {
		description = fmt.Sprintf("The checklist says to roll back on “%s” (%s), and a critical smoke test of the candidate failed twice in a row. "+
			"If tests of everything fail at once, suspect the network between the tests and the service.",
			literal(c.Text), literal(placeName(c)))
	}
	description += " A resolved alert means that it is no longer observed, not that all is well."
	return g.criterionAnnotations(j, "Roll back: "+literal(c.Text), description).
		with("rollback_steps", g.rollbackSteps()).
		with("since", g.sinceOf(series.AlertRollback, c, c.Kind)).
		with("timing", g.timing(c))
}

// since is when an alert's condition came true: Prometheus keeps it for pending
// and firing alerts, once they were evaluated. An alert that doesn't wait fires at
// its first evaluation: otherwise is for that.
func (g *generator) since(alertname, more, otherwise string) string {
	query := fmt.Sprintf("ALERTS_FOR_STATE{alertname=%q,%s=%q%s}", alertname, series.LabelChecklist, g.checklist.Name, more)
	return fmt.Sprintf("{{ with query %s }}{{ . | first | value | humanizeTimestamp }}%s{{ end }}", strconv.Quote(query), otherwise)
}

// orNow is the moment of the evaluation.
const orNow = `{{ else }}{{ with query "time()" }}{{ . | first | value | humanizeTimestamp }}{{ end }}`

func (g *generator) sinceOf(alertname string, c checklist.Criterion, kind criterion.Kind) string {
	otherwise := ""
	if kind == criterion.Declared || g.forOf(c) == 0 {
		otherwise = orNow
	}
	return g.since(alertname, fmt.Sprintf(",%s=%q,%s=%q", series.LabelCriterion, c.ID, series.LabelKind, kind), otherwise)
}

// delay is a part of the time that it takes to notify somebody.
type delay struct {
	what   string
	length time.Duration
}

// worstCase is how long it takes at worst from some moment to the notification,
// with the parts; those of no length are left out.
func worstCase(from string, delays ...delay) string {
	var sum time.Duration
	var parts []string
	for _, d := range delays {
		if d.length > 0 {
			sum += d.length
			parts = append(parts, d.what+" "+promDuration(d.length))
		}
	}
	return fmt.Sprintf("At worst %s from %s to notification: %s.", promDuration(sum), from, strings.Join(parts, ", "))
}

// restarts is what a restart of Prometheus does to an alert that waits.
const restarts = " A restart of Prometheus begins the wait anew: two of them side by side don't."

// timing is how long it takes at worst from the moment it breaks to the
// notification.
func (g *generator) timing(c checklist.Criterion) string {
	o := g.options
	scrape, evaluations := delay{"scrape", o.ScrapeInterval}, delay{"two evaluations", 2 * o.EvaluationInterval}
	if c.Kind == criterion.Smoke {
		return worstCase("onset", scrape, delay{"two runs of the test", 2 * o.SmokeInterval}, evaluations) +
			" A test with an interval of its own takes two of that."
	}
	return worstCase("onset", scrape, delay{"window", g.query.Windows()[0]}, delay{"wait", g.forOf(c)}, evaluations) + restarts
}

func (g *generator) declaredAnnotations(j judged) annotations {
	c := j.criterion
	return g.criterionAnnotations(j, "Roll back: "+literal(c.Text)+" (declared)",
		fmt.Sprintf("Somebody declared “%s” (%s): its box is ticked in the checklist, or an incident of its kind is open. Untick it or close the incident to withdraw.",
			literal(c.Text), literal(placeName(c)))).
		with("rollback_steps", g.rollbackSteps()).
		with("since", g.sinceOf(series.AlertRollback, c, criterion.Declared)).
		with("timing", worstCase("when the exporter knows it", delay{"scrape", g.options.ScrapeInterval}, delay{"evaluation", g.options.EvaluationInterval}))
}

func (g *generator) targetAnnotations(j judged) annotations {
	c := j.criterion
	return g.criterionAnnotations(j, "Target missed: "+literal(c.Text),
		fmt.Sprintf("The checklist's target “%s” (%s) is missed for %s.", literal(c.Text), literal(placeName(c)), promDuration(g.forOf(c)))).
		with("since", g.sinceOf(series.AlertTargetMissed, c, c.Kind)).
		with("timing", g.timing(c))
}

// rollbackSteps are the checklist's own steps of a rollback, numbered: the
// contingency tasks that are not themselves criteria.
func (g *generator) rollbackSteps() string {
	criteria := map[string]bool{}
	for _, c := range g.checklist.Criteria {
		criteria[c.Task] = true
	}
	var steps []string
	for _, t := range g.checklist.Tasks {
		if t.Kind == checklist.Contingency && !criteria[t.ID] {
			steps = append(steps, strconv.Itoa(len(steps)+1)+". "+literal(t.Text))
		}
	}
	return strings.Join(steps, "\n")
}

// placeName says where a criterion stands: "Rollback Scenarios › Rollback Criteria".
func placeName(c checklist.Criterion) string {
	if c.Group == "" {
		return c.Section
	}
	return c.Section + " › " + c.Group
}

// valueTemplate shows the value of an expression in the signal's unit.
func valueTemplate(expr string, signal criterion.Signal) string {
	format := "humanize"
	switch unitOf(signal) {
	case criterion.Ratio:
		format = "humanizePercentage"
	case criterion.Seconds:
		format = "humanizeDuration"
	case criterion.Bytes:
		format = `humanize | printf "%sB"`
	}
	return fmt.Sprintf("{{ with query %s }}{{ . | first | value | %s }}{{ else }}no data{{ end }}", strconv.Quote(expr), format)
}

// countTemplate shows the value of an expression that counts, and 0 where it finds
// nothing.
func countTemplate(expr string) string {
	return fmt.Sprintf("{{ with query %s }}{{ . | first | value | humanize }}{{ else }}0{{ end }}", strconv.Quote(expr))
}

// literal makes text from the checklist safe inside a template: it must come out
// as it stands.
func literal(text string) string {
	const open = "{{"
	return strings.ReplaceAll(text, open, `{{"{{"}}`)
}
