package dashboards

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/series"
)

func ofCriteria(c *checklist.Checklist, role criterion.Role) []checklist.Criterion {
	var out []checklist.Criterion
	for _, cr := range c.Criteria {
		if cr.Role == role {
			out = append(out, cr)
		}
	}
	return out
}

// maxDescribed is how many criteria of a role a table describes; a row beyond
// them shows the criterion's id.
const maxDescribed = 200

// criteriaTable has a row for each criterion, the broken first: the verdict, the
// line as people wrote it, and the measured value beside its bound. Values of
// different units stand in one column, so Prometheus writes them as text.
func criteriaTable(title string, list []checklist.Criterion, o Options) panel {
	list = list[:min(len(list), maxDescribed)]
	role := ofRole(string(list[0].Role))
	all, boundTitle := maxBy(series.LabelID, of(series.CriterionThreshold, role)), "Must be"
	if list[0].Role == criterion.Rollback {
		all, boundTitle = criteria(role), "Roll back if"
	}
	known := fmt.Sprintf("(%s or on (id) %s or on (id) %s)", all, verdicts(role), firingCriteria(list[0].Role))
	expr := fmt.Sprintf("%s or on (id) %d * %s", firingCriteria(list[0].Role), verdictOK, verdicts(role))
	if never := neverJudged(list, o); never != "" {
		expr += fmt.Sprintf(" or on (id) (%s) and on (id) %s", never, all)
	}
	expr = fmt.Sprintf("(%s or on (id) %s)", expr, one(all))
	if values := measuredTexts(list, o); values != "" {
		expr = withText(expr, series.LabelID, "measured", values, known)
	}
	// More columns say in words what the id stands for.
	for _, column := range []string{"bound", "line", "place"} {
		expr = labelled(expr, column, "$1", series.LabelID)
	}
	lines, bounds, places := map[string]word{}, map[string]word{}, map[string]word{}
	for i, c := range list {
		lines[c.ID] = word{Text: literal(c.Text), Index: i}
		bounds[c.ID] = word{Text: boundText(c), Index: i}
		places[c.ID] = word{Text: literal(standsUnder(c)), Index: i}
	}
	columns := []column{{"Value", "Verdict"}, {"line", "Criterion"}, {"measured", "Measured"}, {"bound", boundTitle}}
	if slices.ContainsFunc(list, func(c checklist.Criterion) bool { return standsUnder(c) != standsUnder(list[0]) }) {
		columns = append(columns, column{"place", "Where"})
	}
	return panel{
		kind: "table", title: title,
		description: "Each criterion with its verdict, the worst first. ROLL BACK or MISSED: its alert fires. BROKEN: it is broken, but not yet for as long as its line says. " +
			"?: nobody can judge it now; beside it stands why. advice: it says when to look closer, and nothing judges it.",
		targets:         []target{rows(expr)},
		options:         sorted("Verdict"),
		transformations: show(columns...),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no verdicts: neither the exporter is scraped nor the rules are loaded", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral), Custom: tableDefaults(),
		}, Overrides: []override{
			named("Verdict", onColour(), oldOnColour(), width(100), align("center"), mapped(verdictWords(list[0].Role))),
			named("Criterion", mapped(words(lines))),
			named("Measured", align("right"), width(180)),
			named(boundTitle, align("right"), width(190), mapped(words(bounds))),
			named("Where", mapped(words(places))),
		}},
	}
}

// firingCriteria has -1 for each criterion whose alert fires.
func firingCriteria(role criterion.Role) string {
	alert := series.AlertTargetMissed
	if role == criterion.Rollback {
		alert = series.AlertRollback
	}
	alerts := maxBy(series.LabelCriterion, of("ALERTS", "alertname="+quote(alert), firing))
	return fmt.Sprintf("(-1 * max by (id) (%s))", labelled(alerts, series.LabelID, "$1", series.LabelCriterion))
}

// standsUnder says where a criterion stands: its group, under the section's name.
func standsUnder(c checklist.Criterion) string {
	if c.Group == "" {
		return c.Section
	}
	return c.Section + ", " + c.Group
}

// whyUnmeasured says why nothing measures what a criterion is about; empty where
// something does.
func whyUnmeasured(c checklist.Criterion, o Options) string {
	switch {
	case c.Kind != criterion.Measured:
		return ""
	case c.Advisory:
		return "not judged"
	case c.Scope.Test == "" && measuredIn(c.Scope).Environment != production:
		return "not in production"
	case !recordable(c):
		return "nothing measures it"
	case !drawable(c, o):
		return "no query measures it"
	}
	return ""
}

// neverJudged is the PromQL of a series for each criterion that nothing judges.
func neverJudged(list []checklist.Criterion, o Options) string {
	var out []string
	for _, c := range list {
		value := verdictNever
		if c.Advisory {
			value = verdictAdvisory
		}
		if whyUnmeasured(c, o) != "" {
			out = append(out, constant(fmt.Sprintf("vector(%d)", value), series.LabelID, c.ID))
		}
	}
	return strings.Join(out, " or ")
}

// measuredTexts is the PromQL of a series for each criterion, whose label
// "measured" says what is measured in the way people write it.
func measuredTexts(list []checklist.Criterion, o Options) string {
	byScale := map[scale][]string{}
	var scales []scale
	var texts []string
	var missing []string // what stands where nothing is measured just now
	for _, c := range list {
		id := constant("vector(0)", series.LabelID, c.ID)
		if why := whyUnmeasured(c, o); why != "" {
			texts = append(texts, constant(id, "measured", why))
			continue
		}
		switch c.Kind {
		case criterion.Smoke:
			texts = append(texts, constant(failingTests(), series.LabelID, c.ID))
		case criterion.Declared:
			declared := maxBy(series.LabelID, of(series.CriterionDeclared, equals(series.LabelID, c.ID)))
			texts = append(texts, constant(declared+" == 0", "measured", "not declared"), constant(declared+" > 0", "measured", "declared"))
		case criterion.Measured:
			value, sc, ok := measuredValue(c)
			if !ok {
				continue
			}
			if byScale[sc] == nil {
				scales = append(scales, sc)
			}
			byScale[sc] = append(byScale[sc], constant(value, series.LabelID, c.ID))
			missing = append(missing, constant(id, "measured", whyMissing(c)))
		}
	}
	for _, sc := range scales {
		texts = append(texts, written(series.LabelID, "measured", strings.Join(byScale[sc], " or "), sc))
	}
	out := strings.Join(texts, " or ")
	if len(missing) > 0 {
		out = fmt.Sprintf("(%s) or on (id) (%s)", out, strings.Join(missing, " or "))
	}
	return out
}

// whyMissing says why there may be no value of something that is measured.
func whyMissing(c checklist.Criterion) string {
	switch {
	case c.Scope.Test != "":
		return "no load test runs"
	case c.Change != criterion.Absolute:
		return "nothing to compare" // the old version has no traffic any more, and wasn't frozen
	}
	return "no data"
}

// failingTests counts the critical tests of the candidate that fail.
func failingTests() string {
	last := minBy("environment, suite, test", selectFrom(series.SmokeSuccess,
		series.LabelCritical+`="true"`, series.LabelTrack+`="`+series.Candidate+`"`))
	return written("", "measured", fmt.Sprintf("count(%[1]s == 0) or 0 * count(%[1]s)", last), scale{1, " failing", 1})
}

// measuredValue is what a criterion's value is compared with: the recorded
// signal of the candidate, or its change against the baseline.
func measuredValue(c checklist.Criterion) (expr string, sc scale, ok bool) {
	if !recordable(c) {
		return "", scale{}, false
	}
	_, u := recorded(c.Signal)
	s := signal{scope: measuredIn(c.Scope), name: c.Signal, statistic: c.Statistic()}
	candidate, baseline := s.measured(series.Candidate), s.measured(series.Baseline)
	change := scale{100, " %", 0.1}
	switch c.Change {
	case criterion.Increase:
		return fmt.Sprintf("%s / %s - 1", candidate, baseline), change, true
	case criterion.Decrease:
		return fmt.Sprintf("1 - %s / %s", candidate, baseline), change, true
	}
	return candidate, scaleOf(u, c.Value), true
}
