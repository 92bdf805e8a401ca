package dashboards

import (
	"fmt"

	"github.com/cutover-dev/cutover/internal/series"
)

// smokeWords are the words of a test's result.
func smokeWords() mapping {
	return words(map[string]word{
		"0":  {Text: "FAILING", Color: colourBroken, Index: 0},
		"1":  {Text: "OK", Color: colourOK, Index: 1},
		"-1": {Text: dash, Color: colourQuiet, Index: 2},
	})
}

// smokeSigns are the signs of a test's results where there is no room for words.
func smokeSigns() mapping {
	return words(map[string]word{
		"0":  {Text: "✕", Color: colourBroken, Index: 0},
		"1":  {Text: "✓", Color: colourOK, Index: 1},
		"-1": {Text: dash, Color: colourQuiet, Index: 2},
	})
}

const byTest = "environment, track, suite, test"

// maxTests is how many tests a table lists.
const maxTests = 100

// smokeTable shows the tests that a selection finds, the failing first.
func smokeTable(find func(metric string, more ...string) string) panel {
	known := minBy(byTest, find(series.SmokeSuccess))
	expr := minBy(byTest+", critical", find(series.SmokeSuccess))
	// Replicas may have found different causes; one of them is enough.
	reasons := fmt.Sprintf("topk by (%s) (1, %s)", byTest, maxBy(byTest+", "+series.LabelReason, find(series.SmokeFailureInfo)))
	expr = withText(expr, byTest, series.LabelReason, reasons, known)
	expr = withText(expr, byTest, "took", written(byTest, "took", maxBy(byTest, find(series.SmokeDuration)), scale{1000, " ms", 1}), known)
	expr = withText(expr, byTest, "last", span(byTest, "last", "(time() - "+maxBy(byTest, find(series.SmokeLastRunTimestamp))+")"), known)
	return panel{
		kind: "table", title: "Smoke tests",
		description: fmt.Sprintf("The last result of each test, the failing first; at most %d tests. A failing critical test is what a rollback criterion about broken functionality looks at. "+
			"The reason in full is on the exporter's status page.", maxTests),
		targets: []target{rows(fmt.Sprintf("bottomk(%d, %s)", maxTests, expr))},
		options: sorted("Result", "Suite", "Test", "Track"),
		transformations: show(column{"Value", "Result"}, column{"test", "Test"}, column{"reason", "Reason"}, column{"suite", "Suite"},
			column{"environment", "Environment"}, column{"track", "Track"}, column{"critical", "Critical"}, column{"took", "Took"}, column{"last", "Last run"}),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no smoke test has run yet", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral), Custom: tableDefaults(),
		}, Overrides: []override{
			named("Result", onColour(), oldOnColour(), width(100), align("center"), mapped(smokeWords())),
			named("Reason", custom("minWidth", 180)),
			named("Suite", width(100)),
			named("Environment", width(110)),
			named("Track", width(90)),
			named("Critical", width(75), mapped(words(map[string]word{"true": {Text: "critical"}, "false": {Text: "", Index: 1}}))),
			named("Took", align("right"), width(85)),
			named("Last run", align("right"), width(100), mapped(ago())),
		}},
	}
}
