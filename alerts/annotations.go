package alerts

import (
	"fmt"
	"strconv"
	"strings"

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
	if j.baseline != "" {
		a.with("baseline", valueTemplate(j.baseline, c.Signal))
	}
	return a
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
		with("since", g.since(c)).
		with("timing", g.timing(c))
}

// since is when the criterion broke: Prometheus keeps it for pending and firing
// alerts.
func (g *generator) since(c checklist.Criterion) string {
	query := fmt.Sprintf("ALERTS_FOR_STATE{alertname=%q,%s=%q,%s=%q,%s=%q}", series.AlertRollback,
		series.LabelChecklist, g.checklist.Name, series.LabelCriterion, c.ID, series.LabelKind, c.Kind)
	return fmt.Sprintf("{{ with query %s }}{{ . | first | value | humanizeTimestamp }}{{ end }}", strconv.Quote(query))
}

// timing is how long it takes at worst from the moment it breaks to the
// notification, with the parts.
func (g *generator) timing(c checklist.Criterion) string {
	o := g.options
	window := g.query.Windows()[0]
	what := "window"
	if c.Kind == criterion.Smoke {
		window, what = 2*o.SmokeInterval, "two runs of the test"
	}
	worst := o.ScrapeInterval + window + g.forOf(c) + 2*o.EvaluationInterval
	return fmt.Sprintf("At worst %s from onset to notification: scrape %s, %s %s, wait %s, two evaluations %s. "+
		"A restart of Prometheus begins the wait anew: two of them side by side don't.",
		promDuration(worst), promDuration(o.ScrapeInterval), what, promDuration(window), promDuration(g.forOf(c)), promDuration(2*o.EvaluationInterval))
}

func (g *generator) declaredAnnotations(j judged) annotations {
	c := j.criterion
	return g.criterionAnnotations(j, "Roll back: "+literal(c.Text)+" (declared)",
		fmt.Sprintf("Somebody declared “%s” (%s) by ticking its box in the checklist. Untick it to withdraw.", literal(c.Text), literal(placeName(c)))).
		with("rollback_steps", g.rollbackSteps())
}

func (g *generator) targetAnnotations(j judged) annotations {
	c := j.criterion
	return g.criterionAnnotations(j, "Target missed: "+literal(c.Text),
		fmt.Sprintf("The checklist's target “%s” (%s) is missed for %s.", literal(c.Text), literal(placeName(c)), promDuration(g.forOf(c))))
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

// literal makes text from the checklist safe inside a template: it must come out
// as it stands.
func literal(text string) string {
	const open = "{{"
	return strings.ReplaceAll(text, open, `{{"{{"}}`)
}
