package checklist

import (
	"regexp"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

// The titles of the columns that tell a wave's share and how long to hold it.
var (
	shareColumn = newPhrases("-traffic-", "-share-", "-pct-", "-percent", "-users-", "-weight-", "-rollout-", "-canary-", "-split-",
		"-tráfico-", "-trafico-", "-trafic-", "-anteil-", "-трафик", "-доля-", "流量", "比例", "トラフィック", "트래픽")
	holdColumn = newPhrases("-duration-", "-hold-", "-soak-", "-time-", "-bake-", "-monitor", "-wait-", "-observ", "-dwell-", "-dauer-", "-min-duration-",
		"-duración-", "-duracion-", "-duração-", "-durée-", "-длительность-", "时长", "時間", "时间", "观察", "觀察", "期間", "기간")
)

// tableStages reads the fullest table of waves: a column of shares and, with
// luck, one of durations.
func (d *document) tableStages() []Stage {
	var best []Stage
	for from := range d.lines {
		l := &d.lines[from]
		if l.Kind != markdown.Row || from > 0 && d.lines[from-1].Block == l.Block || l.place.contingency {
			continue
		}
		share, hold := -1, -1
		for c, name := range d.head(l).slugs {
			switch {
			case share < 0 && (shareColumn.in(name) || l.Cols.Header[c] == "%"):
				share = c
			case hold < 0 && holdColumn.in(name):
				hold = c
			}
		}
		if share < 0 {
			continue
		}
		var told []Stage
		for i := from; i < len(d.lines) && d.lines[i].Block == l.Block; i++ {
			if s, ok := d.rowStage(&d.lines[i], share, hold); ok {
				told = append(told, s)
			}
		}
		if told = rising(told); fullness(told) > fullness(best) {
			best = told
		}
	}
	return best
}

// wholeShare matches a cell that is a share and nothing else, or nearly.
var wholeShare = regexp.MustCompile(`^\D{0,12}?(\d+(?:\.\d+)?)\s?%(?:\s.{0,30})?$`)

func (d *document) rowStage(l *line, share, hold int) (Stage, bool) {
	cells := l.Cols.Plain()
	if share >= len(cells) {
		return Stage{}, false
	}
	cell := cells[share]
	m := wholeShare.FindStringSubmatch(cell)
	if m == nil || strings.ContainsAny(cell, "<>≤≥+-−") {
		return Stage{}, false
	}
	var h time.Duration
	if hold >= 0 && hold < len(cells) {
		h = parseDuration(cells[hold])
	}
	s, ok := newStage(m[1], l.No, h)
	if ok && l.task >= 0 {
		t := &d.out.Tasks[l.task]
		s.Task, s.Shifted = t.ID, t.State == Done
	}
	return s, ok
}
