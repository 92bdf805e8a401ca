package dashboards

// smokeWords are the words of a test's result.
func smokeWords() mapping {
	return words(map[string]word{
		"0":  {Text: "FAILING", Color: colourBroken, Index: 0},
		"1":  {Text: "OK", Color: colourOK, Index: 1},
		"-1": {Text: dash, Color: colourQuiet, Index: 2},
	})
}

// smokeTable shows the tests that the selectors of their result, duration and
// last run find.
func smokeTable(success, duration, lastRun string) panel {
	known := minBy(byTest, success)
	expr := minBy(byTest+", critical", success)
	expr = withText(expr, byTest, "took", written(byTest, "took", maxBy(byTest, duration), scale{1000, " ms", 1}), known)
	expr = withText(expr, byTest, "last", span(byTest, "last", "(time() - "+maxBy(byTest, lastRun)+")"), known)
	return panel{
		kind: "table", title: "Smoke tests",
		description: "The last result of each test, the failing first. A failing critical test is what a rollback criterion about broken functionality looks at.",
		targets:     []target{rows(expr)},
		options:     sorted("Result", "Test", "Track"),
		transformations: show(column{"Value", "Result"}, column{"test", "Test"}, column{"track", "Track"},
			column{"environment", "Environment"}, column{"critical", "Critical"}, column{"took", "Took"}, column{"last", "Last run"}),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no smoke test has run yet", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral), Custom: tableDefaults(),
		}, Overrides: []override{
			named("Result", cells(cellOptions{Type: "color-background", Mode: "basic"}), width(100), align("center"), mapped(smokeWords())),
			named("Critical", mapped(words(map[string]word{"true": {Text: "critical"}, "false": {Text: "", Index: 1}}))),
			named("Took", align("right"), width(90)),
			named("Last run", align("right"), width(110), mapped(ago())),
		}},
	}
}
