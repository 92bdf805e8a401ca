package dashboards

import (
	"fmt"
	"strings"

	"github.com/cutover-dev/cutover/internal/series"
)

func stagesTable() panel {
	const by = series.LabelStage
	current, next, ticked := stageInProgress(), stageNext(), stageTicked()
	expr := stageShare()
	expr = withText(expr, by, "state", strings.Join([]string{
		constant(one(current), "state", "NOW"),
		constant(one(next), "state", "next"),
		constant(one(fmt.Sprintf("(%s == 1) unless on (stage) %s", ticked, current)), "state", "passed"),
	}, " or "), stageShare())
	expr = withText(expr, by, "hold", span(by, "hold", stageHold()), stageShare())
	expr = withText(expr, by, "since", span(by, "since", "(time() - "+stageTickedAt()+")"), stageShare())
	expr = withText(expr, by, "real", written(by, "real",
		fmt.Sprintf("%s * on () group_left (stage) %s", traffic(), one(current)), scale{100, " %", 1}), stageShare())
	return panel{
		kind: "table", title: "Stages",
		description: "The traffic stages as planned: the candidate's share and how long to watch it; its real share in the stage in progress, and how long ago each stage was ticked.",
		targets:     []target{rows(expr)},
		options:     sorted("Share"),
		transformations: show(column{"Value", "Share"}, column{"state", "State"}, column{"real", "Real share"},
			column{"hold", "Hold"}, column{"since", "Ticked"}),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no stages seen: is the exporter scraped?",
			Color: fixed(colourNeutral), Thresholds: plain(colourNeutral), Custom: tableDefaults(),
		}, Overrides: []override{
			named("Share", unit("percentunit"), decimals(0), align("right"), width(75)),
			named("State", inColour(), oldInColour(), width(75), mapped(words(map[string]word{
				"NOW":    {Text: "NOW", Color: colourCandidate, Index: 0},
				"next":   {Text: "next", Color: colourNeutral, Index: 1},
				"passed": {Text: "passed", Color: colourNeutral, Index: 2},
				dash:     {Text: "later", Color: colourQuiet, Index: 3},
			}))),
			named("Real share", align("right"), width(95)),
			named("Hold", align("right"), width(75)),
			named("Ticked", align("right"), custom("minWidth", 80), mapped(ago())),
		}},
	}
}

// ago completes a span of time to a phrase.
func ago() mapping {
	return mapping{Type: "regex", Options: struct {
		Pattern string `json:"pattern"`
		Result  word   `json:"result"`
	}{"/^([0-9].*)$/", word{Text: "$1 ago"}}}
}

func instancesGraph() panel {
	look := lines()
	look.FillOpacity, look.LineWidth, look.LineInterpolation = 60, 1, "stepAfter"
	look.Stacking = &stacking{Group: "A", Mode: "normal"}
	return panel{
		kind: "timeseries", title: "Instances by version",
		description: "How many instances run which version: the truest progress bar of a migration. Both tracks at zero: nothing reports a version.",
		targets: []target{over(
			maxBy("track, version", of(series.InstancesCount)), "{{version}} {{track}}")},
		options: graph(),
		fields: fieldConfig{Defaults: field{
			Unit: "none", Decimals: pointer(0), Min: pointer(0.0), NoValue: "no instance reports its version",
			Color: fixed(colourQuiet), Thresholds: plain(colourQuiet), Custom: look,
		}, Overrides: append(byTrack(),
			// An axis writes marks that it leaves out as missing values.
			matching(".*", noValue("")))},
	}
}
