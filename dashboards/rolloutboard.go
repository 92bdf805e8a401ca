package dashboards

import (
	"fmt"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/series"
)

// rolloutBoard shows the traffic being shifted, and the two versions side by
// side.
func rolloutBoard(cv *canvas) {
	c := cv.checklist
	answer := []cell{{4, nextTile()}, {4, trafficTile()}, {4, holdTile()}, {4, phaseTile()}, {4, wrongTile()}}
	if len(c.Criteria) > 0 {
		answer = append([]cell{{4, verdictTile(c)}}, answer...)
	}
	cv.shelf(5, answer...)

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
	if len(targets) > 0 {
		cv.shelf(timelineHeight(len(targets)), cell{24, verdictTimeline("Targets over time", targets)})
	}
}

// holdTile says how much of the hold of the stage in progress is over.
func holdTile() panel {
	stage := stageInProgress()
	held := fmt.Sprintf("(time() - %s) and on (stage) %s", stageTickedAt(), stage)
	expr := withText(one(stage), series.LabelStage, "held", span(series.LabelStage, "held", "("+held+")"), stageShare())
	expr = withText(expr, series.LabelStage, "hold", span(series.LabelStage, "hold", stageHold()), stageShare())
	return panel{
		kind: "stat", title: "Hold",
		description: "How long the stage in progress is watched already, of how long the checklist wants it watched. A dash: nobody saw it begin.",
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
	role := list[0].Role
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
			Color: fixed(colourQuiet), Thresholds: plain(colourQuiet), Mappings: []mapping{verdictWords(role)},
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
