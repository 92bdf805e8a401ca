package dashboards

import (
	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
)

// overview fills one screen with the answer, its reasons and the next step; what
// one looks up stands below.
func overview(cv *canvas) {
	c := cv.checklist
	answer := []cell{{4, progressTile()}, {4, phaseTile()}}
	if staged(c) {
		answer = append(answer, cell{4, trafficTile()}, cell{4, nextTile()})
	}
	if len(c.Criteria) > 0 {
		answer = append(answer, cell{4, cv.explained("evidence", verdictTile(c))})
	}
	cv.shelf(5, append(answer, cell{4, cv.explained("exporter", wrongTile())})...)

	var reasons []cell
	if sections := planned(c); len(sections) > 0 {
		reasons = append(reasons, cell{8, sectionBars(sections)})
	}
	if rollbacks := ofCriteria(c, criterion.Rollback); len(rollbacks) > 0 {
		reasons = append(reasons, cell{16, cv.explained("evidence", criteriaTable("Rollback criteria", rollbacks))})
	}
	cv.shelf(9, reasons...)

	graphs := signalPanels(c, cv.options)
	var next []cell
	if staged(c) {
		next = append(next, cell{8, cv.explained("rollout", stagesTable())})
	}
	for len(graphs) > 0 && len(next) < 3 {
		next = append(next, cell{8, graphs[0]})
		graphs = graphs[1:]
	}
	cv.shelf(8, next...)
	details(cv, graphs)
}

// details are what one looks up.
func details(cv *canvas, graphs []panel) {
	c := cv.checklist
	if smokeTested(c) {
		cv.shelf(10,
			cell{16, cv.explained("smoke", smokeTable(series.SmokeSuccess, series.SmokeDuration, series.SmokeLastRunTimestamp))},
			cell{8, cv.explained("evidence", contradictedTable())})
	}
	if staged(c) {
		graphs = append(graphs, instancesGraph())
	}
	cv.shelves(8, 3, graphs)
	var last []cell
	targets, signatures := ofCriteria(c, criterion.Target), len(c.SignOffs)+len(c.Approvals)
	if len(targets) > 0 {
		last = append(last, cell{16, criteriaTable("Targets", targets)})
	}
	if signatures > 0 {
		last = append(last, cell{8, signOffTable()})
	}
	cv.shelf(tableHeight(max(len(targets), min(signatures, 8)), 20), last...)
}

// smokeTested says whether smoke tests have anything to do with a checklist:
// they prove a task of it, or a criterion is about them.
func smokeTested(c *checklist.Checklist) bool {
	for _, cr := range c.Criteria {
		if cr.Kind == criterion.Smoke {
			return true
		}
	}
	return len(rollout.Evidence(c, rollout.WellKnown())) > 0
}
