package dashboards

import (
	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/rollout"
)

// overview fills one screen with the answer, its reasons and the next step; what
// one looks up stands below.
func overview(cv *canvas) {
	c := cv.checklist
	answer := []cell{{4, progressTile()}, {3, phaseTile()}}
	if staged(c) {
		answer = append(answer, cell{4, trafficTile()}, cell{5, nextTile()})
	}
	if len(c.Criteria) > 0 {
		answer = append(answer, cell{4, cv.explained("evidence", verdictTile(c))})
	}
	cv.shelf(tileHeight, append(answer, cell{4, cv.explained("exporter", wrongTile())})...)

	var reasons []cell
	if sections := planned(c); len(sections) > 0 {
		reasons = append(reasons, cell{8, sectionBars(sections)})
	}
	if rollbacks := ofCriteria(c, criterion.Rollback); len(rollbacks) > 0 {
		reasons = append(reasons, cell{16, cv.explained("evidence", criteriaTable("Rollback criteria", rollbacks, cv.options))})
	}
	cv.shelf(9, reasons...)

	graphs := signalPanels(c, cv.options)
	var next []cell
	if staged(c) {
		next = append(next, cell{8, cv.explained("rollout", stagesTable())})
	}
	for len(graphs) > 0 && len(next) < 3 {
		next = append(next, cell{8, cv.explained("rollout", graphs[0])})
		graphs = graphs[1:]
	}
	cv.shelf(8, next...)
	belowTheAnswer(cv)
	targets := ofCriteria(c, criterion.Target)
	cv.details("More signals", func(l *layout) { l.shelves(8, 3, graphs) })
	cv.details("Targets", func(l *layout) {
		if len(targets) > 0 {
			l.shelf(tableHeight(len(targets), 20), cell{24, cv.explained("evidence", criteriaTable("Targets", targets, cv.options))})
		}
	})
}

// belowTheAnswer is what one scrolls to: the tests, who runs what, and what
// people said.
func belowTheAnswer(cv *canvas) {
	c := cv.checklist
	if smokeTested(c) {
		cv.shelf(9, cell{24, cv.explained("smoke", smokeTable(selectFrom))})
	}
	var last []cell
	if staged(c) {
		last = append(last, cell{8, cv.explained("rollout", instancesGraph())})
	}
	if smokeTested(c) {
		last = append(last, cell{8, cv.explained("evidence", contradictedTable())})
	}
	if len(c.SignOffs)+len(c.Approvals) > 0 {
		last = append(last, cell{8, cv.explained("evidence", signOffTable())})
	}
	cv.shelf(9, last...)
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
