package dashboards

import (
	"fmt"
	"strings"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/series"
)

// rolloutBoard shows the traffic being shifted, and the two versions side by
// side.
func rolloutBoard(cv *canvas) {
	c := cv.checklist
	answer := []cell{{5, nextTile()}, {4, trafficTile()}, {4, holdTile()}, {3, phaseTile()}, {4, cv.explained("exporter", wrongTile())}}
	if len(c.Criteria) > 0 {
		answer = append([]cell{{4, cv.explained("evidence", verdictTile(c))}}, answer...)
	}
	cv.shelf(tileHeight, answer...)

	over := []cell{{12, trafficGraph()}}
	if rollbacks := ofCriteria(c, criterion.Rollback); len(rollbacks) > 0 {
		over = append(over, cell{12, verdictTimeline("Rollback criteria over time", rollbacks)})
	}
	cv.shelf(8, over...)
	cv.shelves(9, 3, append(signalPanels(c, cv.options), instancesGraph(), stagesTable()))

	var targets []checklist.Criterion
	for _, t := range ofCriteria(c, criterion.Target) {
		if drawable(t, cv.options) && measuredIn(t.Scope).Test == "" {
			targets = append(targets, t)
		}
	}
	cv.details("Targets over time", func(l *layout) {
		if len(targets) > 0 {
			l.shelf(timelineHeight(len(targets)), cell{24, verdictTimeline("Targets over time", targets)})
		}
	})
	cv.details("Incidents and the frozen baseline", func(l *layout) {
		if len(c.Criteria) > 0 {
			l.shelf(8, cell{12, incidentsTable(c)}, cell{12, baselineTable()})
		}
	})
}

// incidentsTable lists what people declared through the exporter.
func incidentsTable(c *checklist.Checklist) panel {
	open := fmt.Sprintf("max by (kind, impact) (%s) > 0", of(series.IncidentOpen))
	drills := fmt.Sprintf("max by (kind) (%s) > 0", of(series.DrillOpen))
	kinds := criterionWords(c)
	kinds["other"] = word{Text: "other", Index: len(kinds)}
	return panel{
		kind: "table", title: "Open incidents",
		description:     "Incidents that somebody opened with \"cutover incident open\": one of a rollback criterion's kind declares it. A drill pages like one, and counts for nothing else.",
		targets:         []target{rows(fmt.Sprintf("%s or %s", open, constant(drills, "impact", "drill")))},
		options:         sorted("What"),
		transformations: show(column{"Value", "Open"}, column{"impact", "Impact"}, column{"kind", "What"}),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no incident is open", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral), Custom: tableDefaults(),
		}, Overrides: []override{
			named("Open", decimals(0), width(70)), named("Impact", width(110)), named("What", mapped(words(kinds))),
		}},
	}
}

// baselineTable lists the figures of the old version that outlive it.
func baselineTable() panel {
	var texts []string
	for _, u := range []struct {
		unit criterion.Unit
		like float64 // chooses the scale
	}{{criterion.Ratio, 0}, {criterion.Seconds, 0}, {criterion.Bytes, 0}, {criterion.RequestsPerSecond, 0}, {criterion.Count, 0}} {
		frozen := maxBy("signal, statistic", of(series.BaselineValue, equals(series.LabelUnit, string(u.unit))))
		texts = append(texts, written("signal, statistic", "value", frozen, scaleOf(u.unit, u.like)))
	}
	return panel{
		kind: "table", title: "Frozen baseline",
		description:     "Figures of the old version as \"cutover baseline record\" froze them: what comparisons use once it has no traffic. Freeze them before it is gone, and generate the rules again.",
		targets:         []target{rows(strings.Join(texts, " or "))},
		options:         sorted("Signal", "Statistic"),
		transformations: show(column{"signal", "Signal"}, column{"statistic", "Statistic"}, column{"value", "Value"}),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "nothing is frozen: run \"cutover baseline record\" while the old version has traffic",
			Color: fixed(colourNeutral), Thresholds: plain(colourNeutral), Custom: tableDefaults(),
		}, Overrides: []override{
			named("Signal", mapped(words(signalWords()))), named("Value", align("right"), width(150)),
		}},
	}
}

// holdTile says how much of the hold of the stage in progress is over.
func holdTile() panel {
	stage := stageInProgress()
	held := fmt.Sprintf("(time() - %s) and on (stage) %s", stageTickedAt(), stage)
	// Nobody saw a box being ticked that was when the exporter first looked. Since
	// when Prometheus knows it to be is better than nothing.
	known := fmt.Sprintf("((time() - min by (stage) (min_over_time(timestamp(%s == 1)[6h:1m]))) and on (stage) %s) unless on (stage) %s",
		of(series.StageShifted), stage, stageTickedAt())
	spans := fmt.Sprintf("%s or %s", span(series.LabelStage, "held", "("+held+")"),
		labelled(span(series.LabelStage, "held", "("+known+")"), "held", "over $1", "held"))
	expr := withText(one(stage), series.LabelStage, "held", "("+spans+")", stageShare())
	expr = withText(expr, series.LabelStage, "hold", span(series.LabelStage, "hold", stageHold()), stageShare())
	return panel{
		kind: "stat", title: "Hold",
		description: "How long the stage in progress is watched already, of how long the checklist wants it watched. \"over\": nobody saw it begin, but Prometheus knows it for so long.",
		targets: []target{
			now(expr, "{{held}} of {{hold}}"),
			now(unknown(of(series.StageTrafficRatio)), "unknown"),
			now(fmt.Sprintf("max(%s) unless on () %s", of(series.StageTrafficRatio), stage), "not begun"),
		},
		options: tile("name", "value"),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "unknown", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral),
		}},
	}
}

// trafficGraph draws the candidate's share as planned and as it is.
func trafficGraph() panel {
	planned := fmt.Sprintf("max(%s and on (stage) (%s == 1)) or 0 * max(%s)", stageShare(), stageTicked(), of(series.StageTrafficRatio))
	look := lines()
	look.FillOpacity = 10
	return panel{
		kind: "timeseries", title: "Traffic, planned and real",
		description: "The candidate's share of the requests beside the share of the largest ticked stage. " +
			"Where they part, somebody ticked without shifting, or shifted without ticking.",
		targets: []target{over(traffic(), "real"), over(planned, "planned")},
		options: graph(),
		fields: fieldConfig{Defaults: field{
			Unit: "percentunit", Min: pointer(0.0), Max: pointer(1.0), NoValue: "no stages seen, and no traffic measured",
			Color: fixed(colourQuiet), Thresholds: plain(colourQuiet), Custom: look,
		}, Overrides: []override{
			named("planned", colored(fixed(colourNeutral)), stepped("stepAfter"), custom("fillOpacity", 0),
				custom("lineStyle", lineStyle{Fill: "dash", Dash: []int{8, 8}})),
			named("real", colored(fixed(colourCandidate)), custom("lineWidth", 3)),
		}},
	}
}

// maxTimelines is how many criteria a timeline has room for.
const maxTimelines = 20

func timelineHeight(rows int) int { return min(rows, maxTimelines) + 4 }

// verdictTimeline shows the verdict of each criterion over time, a row each, in
// the order of the checklist.
func verdictTimeline(title string, list []checklist.Criterion) panel {
	list = list[:min(len(list), maxTimelines)]
	p := panel{
		kind: "state-timeline", title: title,
		description: "When each criterion was OK, BROKEN, or not to be judged (?). A short red piece in a long green bar is a burst that was over before the criterion's time was up.",
		points:      240,
		options: timelineOptions{
			AlignValue: "center", Legend: below(false), MergeValues: pointer(true), RowHeight: 0.85, ShowValue: "auto",
			Tooltip: tooltip{Mode: "single", Sort: "none"},
		},
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no verdicts: neither the exporter is scraped nor the rules are loaded",
			Color: fixed(colourQuiet), Thresholds: plain(colourQuiet), Mappings: []mapping{verdictHistory()},
			Custom: timelineField{FillOpacity: 80, LineWidth: 0},
		}},
	}
	for i, c := range list {
		verdict := fmt.Sprintf("min(%s)", of(series.CriterionOK, equals(series.LabelID, c.ID)))
		// Not judged is what one without any data is, too.
		p.targets = append(p.targets, over(fmt.Sprintf("2 * %s or on () vector(1)", verdict), refID(i)))
		p.fields.Overrides = append(p.fields.Overrides, named(refID(i), displayName(literal(c.Text))))
	}
	return p
}
