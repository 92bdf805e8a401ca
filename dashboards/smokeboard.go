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

const byTest = "environment, track, suite, test"

// smokeBoard shows the tests of the running services.
func smokeBoard(cv *canvas) {
	cv.variables = append(cv.variables,
		picker(series.LabelEnvironment, "Environment", series.SmokeSuccess),
		picker(series.LabelTrack, "Track", series.SmokeSuccess))
	cv.shelf(5, cell{4, passingTile()}, cell{4, criticalTile()}, cell{4, slowestTile()}, cell{4, oldestTile()}, cell{8, failuresGraph()})
	cv.shelf(10, cell{24, smokeHistory()})
	cv.shelf(10,
		cell{16, smokeTable(picked(series.SmokeSuccess), picked(series.SmokeDuration), picked(series.SmokeLastRunTimestamp))},
		cell{8, durationsGraph()})
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
		options: tile("value_and_name", "background_solid"),
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

func smokeHistory() panel {
	// Without a single series Grafana blames the data for lacking a time.
	never := fmt.Sprintf("vector(-1) unless on () max(last_over_time(%s[$__range] @ end()))", picked(series.SmokeSuccess))
	return panel{
		kind: "status-history", title: "Results over time",
		description: "Each test's results over the chosen time; at most fifty tests. A gap: it didn't run. Failures on the baseline too: suspect what tests, not what is tested.",
		targets: []target{
			over(fmt.Sprintf("topk(50, %s)", minBy("environment, track, test", picked(series.SmokeSuccess))), "{{test}} · {{track}} {{environment}}"),
			over(never, "no smoke test has run yet"),
		},
		points: 90,
		options: timelineOptions{
			ColWidth: 0.9, Legend: below(false), RowHeight: 0.85, ShowValue: "never",
			Tooltip: tooltip{Mode: "single", Sort: "none"},
		},
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no smoke test has run yet", Color: fixed(colourQuiet), Thresholds: plain(colourQuiet),
			Mappings: []mapping{smokeWords()}, Custom: timelineField{FillOpacity: 80, LineWidth: 0},
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
		matching(series.Baseline+"$", colored(&colour{Mode: "shades", Fixed: colourBaseline})),
		matching(series.Candidate+"$", colored(&colour{Mode: "shades", Fixed: colourCandidate})),
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
