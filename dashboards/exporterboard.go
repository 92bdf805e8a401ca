package dashboards

import (
	"fmt"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/series"
)

// exporter shows whether to believe the other boards.
func exporter(cv *canvas) {
	cv.shelf(tileHeight, cell{5, sourceTile()}, cell{5, rulesTile()}, cell{5, watchdogTile()}, cell{5, journalTile()}, cell{4, replicasTile()})
	cv.shelf(9, cell{24, alertsTable(criterionWords(cv.checklist))})
	last := []cell{{12, readGraph()}}
	if smokeTested(cv.checklist) {
		last = append(last, cell{12, resultsGraph()})
	}
	cv.shelf(8, last...)
}

// criterionWords are the lines of criteria in place of their ids.
func criterionWords(c *checklist.Checklist) map[string]word {
	out := map[string]word{}
	for i, cr := range c.Criteria[:min(len(c.Criteria), maxDescribed)] {
		out[cr.ID] = word{Text: literal(cr.Text), Index: i}
	}
	return out
}

// stateTile is a tile that says one of some words.
func stateTile(title, description string, m map[string]word, ask ...target) panel {
	return panel{
		kind: "stat", title: title, description: description, targets: ask,
		options: tile("value", "background"),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "unknown", Color: byThresholds(), Thresholds: plain(colourQuiet), Mappings: []mapping{words(m)},
		}},
	}
}

func sourceTile() panel {
	return stateTile("Checklist",
		"READ: the exporter reads the checklist. UNREADABLE: it can't, and shows the last good state; its log says why. NO EXPORTER: Prometheus doesn't scrape one.",
		map[string]word{
			"1":  {Text: "READ", Color: colourOK, Index: 0},
			"0":  {Text: "UNREADABLE", Color: colourBroken, Index: 1},
			"-1": {Text: "NO EXPORTER", Color: colourBroken, Index: 2},
		},
		now(fmt.Sprintf("max(%s) or vector(-1)", of(series.SourceUp)), "checklist"))
}

// rulesTile compares the criteria that the loaded rules were generated from
// with those of the checklist.
func rulesTile() panel {
	hash, loaded := maxBy(series.LabelHash, of(series.ChecklistCriteriaHashInfo)), maxBy(series.LabelHash, of(series.RulesInfo))
	return stateTile("Rules",
		"CURRENT: the loaded rules were generated from these criteria. OUTDATED: the criteria changed since; run \"cutover generate\" and load what it writes. NOT LOADED: Prometheus evaluates no rules of this checklist.",
		map[string]word{
			"2": {Text: "CURRENT", Color: colourOK, Index: 0},
			"1": {Text: "OUTDATED", Color: colourUnsure, Index: 1},
			"0": {Text: "NOT LOADED", Color: colourBroken, Index: 2},
		},
		now(fmt.Sprintf("max(0 * (%s and on (hash) %s) + 2) or max(0 * (%s) + 1) or vector(0)", loaded, hash, loaded), "rules"))
}

func journalTile() panel {
	return stateTile("Journal",
		"KEPT: what changes is remembered beyond a restart. NOT WRITTEN: it can't be written, and what changed since is lost with the exporter: is the disk full? NONE: CUTOVER_JOURNAL isn't set, so that stages begin anew with every restart.",
		map[string]word{
			"1":  {Text: "KEPT", Color: colourOK, Index: 0},
			"0":  {Text: "NOT WRITTEN", Color: colourBroken, Index: 1},
			"-1": {Text: "NONE", Color: colourQuiet, Index: 2},
		},
		now(fmt.Sprintf("min(%s) or vector(-1)", series.JournalUp), "journal"))
}

func watchdogTile() panel {
	watchdog := selectFrom("ALERTS", "alertname="+quote(series.AlertWatchdog), firing)
	return stateTile("Alerting",
		"WORKS: the watchdog alert fires, as it always should. SILENT: Prometheus evaluates no alerts of ours, so nobody would be paged.",
		map[string]word{
			"1": {Text: "WORKS", Color: colourOK, Index: 0},
			"0": {Text: "SILENT", Color: colourBroken, Index: 1},
		},
		now(fmt.Sprintf("max(%s) or vector(0)", watchdog), "watchdog"))
}

func replicasTile() panel {
	return panel{
		kind: "stat", title: "Exporters",
		description: "How many exporters Prometheus scrapes, by version. Several of one version are replicas; several versions mean that an upgrade isn't finished.",
		targets: []target{now(labelledWhereMissing(
			fmt.Sprintf(`count_values by (version) ("replicas", count by (version) (max by (version, instance) (%s)))`, series.BuildInfo),
			series.LabelVersion, "no version"), "{{replicas}} × {{version}}")},
		options: tile("name", "value"),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "none", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral),
		}},
	}
}

func alertsTable(criteria map[string]word) panel {
	states := `alertstate=~"firing|pending"`
	ours := of("ALERTS", states)
	common := selectFrom("ALERTS", `alertname=~"Cutover.+"`, `checklist=""`, `alertname!=`+quote(series.AlertWatchdog), states)
	by := "alertname, alertstate, criterion, severity"
	return panel{
		kind: "table", title: "Alerts",
		description: "What fires and what is about to: alerts of this checklist, and those about the exporter and the tests. Critical ones page.",
		targets:     []target{rows(labelledWhereMissing(fmt.Sprintf("%s or %s", maxBy(by, ours), maxBy(by, common)), series.LabelCriterion, dash))},
		options:     sorted("State", "Severity"),
		transformations: show(column{"alertstate", "State"}, column{"alertname", "Alert"},
			column{"severity", "Severity"}, column{"criterion", "Criterion"}),
		fields: fieldConfig{Defaults: field{
			Unit: "none", NoValue: "no alert fires", Color: fixed(colourNeutral), Thresholds: plain(colourNeutral), Custom: tableDefaults(),
		}, Overrides: []override{
			named("State", onColour(), oldOnColour(), width(100), align("center"), mapped(words(map[string]word{
				"firing":  {Text: "FIRING", Color: colourBroken, Index: 0},
				"pending": {Text: "pending", Color: colourUnsure, Index: 1},
			}))),
			named("Severity", width(100)),
			named("Criterion", mapped(words(criteria))),
		}},
	}
}

// labelledWhereMissing gives a value to series without a label.
func labelledWhereMissing(expr, label, value string) string {
	return fmt.Sprintf(`label_replace(%s, "%s", "%s", "%s", "")`, expr, label, value, label)
}

// ages draws numbers of seconds, so that less than a minute looks like nothing.
func ages() graphField {
	look := lines()
	look.AxisSoftMax = pointer(60.0)
	return look
}

func readGraph() panel {
	return panel{
		kind: "timeseries", title: "Age of the checklist",
		description: "How long ago the checklist was last read. A rising line: it can't be read, or the exporter is gone; both have their alert.",
		targets:     []target{over(fmt.Sprintf("time() - max(%s)", of(series.SourceLastSuccess)), "age")},
		options:     alone(),
		fields: fieldConfig{Defaults: field{
			Unit: "s", Min: pointer(0.0), NoValue: "no exporter is scraped", Color: fixed(colourQuiet), Thresholds: plain(colourQuiet), Custom: ages(),
		}},
	}
}

// alone is a graph of a single series, which needs no legend.
func alone() graphOptions {
	o := graph()
	o.Legend = below(false)
	return o
}

func resultsGraph() panel {
	return panel{
		kind: "timeseries", title: "Age of test results",
		description: "How long ago the test ran that didn't run for longest, by track. A rising line: the runner stands still, and what the other boards say of tests is old.",
		targets:     []target{over(fmt.Sprintf("time() - min by (track) (%s)", maxBy(byTest, series.SmokeLastRunTimestamp)), "{{track}}")},
		options:     graph(),
		fields: fieldConfig{Defaults: field{
			Unit: "s", Min: pointer(0.0), NoValue: "no smoke test has run yet", Color: fixed(colourQuiet), Thresholds: plain(colourQuiet), Custom: ages(),
		}, Overrides: byTrack()},
	}
}
