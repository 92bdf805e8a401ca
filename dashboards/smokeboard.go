package dashboards

import (
	"fmt"

	"github.com/cutover-dev/cutover/internal/series"
)

// picked narrows smoke series to the environments and tracks that the reader
// chose.
func picked(metric string, more ...string) string {
	return selectFrom(metric, append([]string{`environment=~"$environment"`, `track=~"$track"`}, more...)...)
}

// smokeBoard shows the tests of the running services.
func smokeBoard(cv *canvas) {
	cv.variables = append(cv.variables,
		picker(series.LabelEnvironment, "Environment", series.SmokeSuccess),
		picker(series.LabelTrack, "Track", series.SmokeSuccess))
	cv.shelf(tileHeight, cell{4, passingTile()}, cell{4, criticalTile()}, cell{4, slowestTile()}, cell{4, oldestTile()}, cell{8, failuresGraph()})
	cv.shelf(10, cell{9, suitesTable()}, cell{15, smokeHistory()})
	cv.shelf(10, cell{24, smokeTable(picked)})
	cv.details("Suites and durations over time", func(l *layout) {
		l.shelf(10, cell{14, suiteHistory()}, cell{10, durationsGraph()})
	})
}

func lastResults(more ...string) string { return minBy(byTest, picked(series.SmokeSuccess, more...)) }

func passingTile() panel {
	results := lastResults()
	total := fmt.Sprintf("count(%s)", results)
	passing := fmt.Sprintf("(count(%s == 1) or 0 * max(%s))", results, picked(series.SmokeSuccess))
	ratio := fmt.Sprintf("%s / %s", passing, total)
	return panel{
		kind: "stat", title: "Works",
		description: "How many of the tests passed when they last ran. Below ALL, the failing ones stand first in the table below.",
		targets: []target{
			now(withNumber(withNumber("("+ratio+")", "passing", passing), "total", total), "{{passing}} of {{total}} pass"),
			now(fmt.Sprintf("vector(-1) unless on () max(%s)", picked(series.SmokeSuccess)), "no results"),
		},
		options: tile("value_and_name", "background"),
		fields: fieldConfig{Defaults: field{
			Unit: "percentunit", Decimals: pointer(0), NoValue: "NOT RUN", Color: byThresholds(),
			Mappings: []mapping{words(map[string]word{
				"1":  {Text: "ALL", Color: colourOK, Index: 0},
				"-1": {Text: "NOT RUN", Color: colourQuiet, Index: 1},
			})},
			Thresholds: fromOne(colourBroken, colourOK),
		}},
	}
}

func criticalTile() panel {
	results := lastResults(`critical="true"`)
	return panel{
		kind: "stat", title: "Critical tests",
		description: "How many critical tests fail. Two failures in a row on the candidate break the criterion about critical functionality.",
		targets:     []target{now(fmt.Sprintf("count(%s == 0) or 0 * max(%s)", results, picked(series.SmokeSuccess)), "failing")},
		options:     tile("value_and_name", "value"),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "not run", Color: byThresholds(),
			Mappings:   []mapping{words(map[string]word{"0": {Text: "none", Color: colourNeutral}})},
			Thresholds: fromOne(colourNeutral, colourBroken),
		}},
	}
}

func slowestTile() panel {
	return panel{
		kind: "stat", title: "Slowest test",
		description: "The test that took longest when it last ran.",
		targets:     []target{now(fmt.Sprintf("topk(1, %s)", maxBy("test, track", picked(series.SmokeDuration))), "{{test}} {{track}}")},
		options:     tile("value_and_name", "value"),
		fields: fieldConfig{Defaults: field{
			Unit: "s", NoValue: "not run", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral),
		}},
	}
}

func oldestTile() panel {
	return panel{
		kind: "stat", title: "Oldest result",
		description: "How long ago the test ran that didn't run for longest. Much more than the interval between runs: the runner hangs, or the exporter is gone.",
		targets:     []target{now(fmt.Sprintf("topk(1, time() - %s)", maxBy("test, track", picked(series.SmokeLastRunTimestamp))), "{{test}} {{track}}")},
		options:     tile("value_and_name", "value"),
		fields: fieldConfig{Defaults: field{
			Unit: "s", Decimals: pointer(0), NoValue: "not run", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral),
		}},
	}
}

const bySuite = "environment, track, suite"

// suitesTable has a row for each suite where it runs, those that fail first.
func suitesTable() panel {
	results := lastResults()
	total := fmt.Sprintf("count by (%s) (%s)", bySuite, results)
	failing := fmt.Sprintf("(count by (%[1]s) (%[2]s == 0) or 0 * %[3]s)", bySuite, results, total)
	o := sorted()
	o.SortBy = []sortBy{{Name: "Result", Desc: true}}
	return panel{
		kind: "table", title: "Suites",
		description:     "How many tests of each suite fail, where it runs; the worst first. Failures on the baseline too: suspect what tests, not what is tested.",
		targets:         []target{rows(withText(failing, bySuite, "tests", written(bySuite, "tests", total, scale{1, "", 1}), total))},
		options:         o,
		transformations: show(column{"Value", "Result"}, column{"suite", "Suite"}, column{"environment", "Environment"}, column{"track", "Track"}, column{"tests", "Tests"}),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no smoke test has run yet", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral), Custom: tableDefaults(),
		}, Overrides: []override{
			named("Result", onColour(), oldOnColour(), width(100), align("center"), unit("suffix: fail"), decimals(0),
				colored(byThresholds()), property{"thresholds", fromOne(colourOK, colourBroken)},
				mapped(words(map[string]word{"0": {Text: "OK", Color: colourOK}}))),
			named("Tests", align("right"), width(65)),
		}},
	}
}

// maxHistories is how many rows a history has room for.
const maxHistories = 16

// smokeHistory has a row for each test. Where there are more than it has room
// for, it shows those that failed most; they stand first anyway.
func smokeHistory() panel {
	results := grouped(worstResults(byTest))
	share := fmt.Sprintf("(1 - %s)", grouped(minBy(byTest, fmt.Sprintf("avg_over_time(%s[$__range] @ end())", picked(series.SmokeSuccess)))))
	worst := fmt.Sprintf("topk(%d, %s)", maxHistories, share)
	const name = "{{suite}}: {{test}} · {{track}} {{environment}}"
	return history("Results over time",
		fmt.Sprintf("Each test's results over the chosen time, those that failed first and the others by suite; the %d that failed most. A gap: it didn't run.", maxHistories),
		over(fmt.Sprintf("%s and (%s > 0)", results, worst), name),
		over(fmt.Sprintf("%s and (%s == 0)", results, worst), name))
}

// suiteHistory has a row for each suite where it runs.
func suiteHistory() panel {
	return history("Suites over time",
		fmt.Sprintf("Whether all tests of a suite passed, where it runs; at most %d. A gap: it didn't run.", 2*maxHistories),
		over(fmt.Sprintf("bottomk(%d, %s)", 2*maxHistories, grouped(worstResults(bySuite))), "{{suite}} · {{track}} {{environment}}"))
}

// worstResults has 0 at each moment since whose predecessor a test failed: a graph
// has room for few moments, and a short failure is not to fall between two.
func worstResults(by string) string {
	return minBy(by, fmt.Sprintf("min_over_time(%s[$__rate_interval])", picked(series.SmokeSuccess)))
}

// grouped makes Prometheus, which sorts by the names of labels, begin with the
// suite.
func grouped(expr string) string { return labelled(expr, "Suite", "$1", series.LabelSuite) }

func history(title, description string, ask ...target) panel {
	// Without a single series Grafana blames the data for lacking a time.
	never := fmt.Sprintf("vector(-1) unless on () max(last_over_time(%s[$__range] @ end()))", picked(series.SmokeSuccess))
	return panel{
		kind: "status-history", title: title, description: description,
		targets: append(ask, over(never, "no smoke test has run yet")),
		points:  45,
		options: timelineOptions{
			ColWidth: 0.9, Legend: below(false), RowHeight: 0.85, ShowValue: "auto",
			Tooltip: tooltip{Mode: "single", Sort: "none"},
		},
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no smoke test has run yet", Color: fixed(colourQuiet), Thresholds: plain(colourQuiet),
			Mappings: []mapping{smokeSigns()}, Custom: timelineField{FillOpacity: 80, LineWidth: 0},
		}},
	}
}

func durationsGraph() panel {
	return panel{
		kind: "timeseries", title: "Durations",
		description: "How long the slowest test of each track took.",
		targets:     []target{over(maxBy(series.LabelTrack, picked(series.SmokeDuration)), "slowest, {{track}}")},
		options:     graph(),
		fields: fieldConfig{Defaults: field{
			Unit: "s", Min: pointer(0.0), NoValue: "no smoke test has run yet", Color: fixed(colourQuiet), Thresholds: plain(colourQuiet), Custom: lines(),
		}, Overrides: byTrack()},
	}
}

// byTrack colours series whose name ends in their track.
func byTrack() []override {
	return []override{
		matching(series.Baseline+"$", colored(fixed(colourBaseline))),
		matching(series.Candidate+"$", colored(fixed(colourCandidate))),
	}
}

func failuresGraph() panel {
	failing := fmt.Sprintf(`sum by (track) (max by (%s) (rate(%s[$__rate_interval])))`, byTest, picked(series.SmokeRuns, series.LabelResult+`="failure"`))
	runs := fmt.Sprintf(`sum by (track) (max by (%s, result) (rate(%s[$__rate_interval])))`, byTest, picked(series.SmokeRuns))
	return panel{
		kind: "timeseries", title: "Failing runs",
		description: "The share of the runs of each track that failed.",
		targets:     []target{over(fmt.Sprintf("%s / (%s > 0)", failing, runs), "{{track}}")},
		options:     graph(),
		fields: fieldConfig{Defaults: field{
			Unit: "percentunit", Min: pointer(0.0), Max: pointer(1.0), NoValue: "no smoke test has run yet",
			Color: fixed(colourQuiet), Thresholds: plain(colourQuiet), Custom: lines(),
		}, Overrides: byTrack()},
	}
}
