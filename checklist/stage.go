package checklist

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

const digits = "0123456789"

var (
	// traffic are the words by which a line says that a share of it moves.
	traffic = newPhrases(
		"-traffic-", "-canary-", "-rollout-", "-roll-out-", "-rolled-out-", "-rolling-out-", "-ramp-", "-ramped-", "-ramping-", "-users-",
		"-wave-", "-waves-", "-shift-", "-shifted-", "-trafic-", "-trafico-", "-tráfico-", "-trafiko-", "-трафик", "流量", "트래픽",
		"-usuarios-", "-usuários-", "-utilisateurs-", "-nutzer-", "-benutzer-", "-пользовател", "灰度", "用户", "用戶", "トラフィック", "カナリア",
		"사용자", "카나리",
	)
	stageWord  = newWording("stage", "step", "wave", "ramp", "canary", "phase", "rollout", "traffic")
	percentage = regexp.MustCompile(`(\d+(?:\.\d+)?)\s?%`)
	// quantities are words that make a percentage a measurement or a bound
	// rather than a share of the traffic.
	quantities = newPhrases(
		"-gt-", "-lt-", "-ge-", "-le-", "-error-", "-errors-", "-latency-", "-rate-", "-success-", "-cpu-", "-memory-", "-coverage-",
		"-pass-", "-uptime-", "-availability-", "-below-", "-above-", "-under-", "-over-", "-drop-", "-increase-in-", "-decrease-", "-complete-",
	)
	// chain matches steps in one line: 10% → 25% → 50% → 100%.
	chain       = regexp.MustCompile(`\d+(?:\.\d+)?\s?%(?:\s*(?:→|->|=>|➜|➔|⇒|,|/|then)\s*\d+(?:\.\d+)?\s?%)+`)
	shareColumn = newPhrases("-traffic-", "-share-", "-pct-", "-percent", "-users-", "-weight-", "-rollout-", "-canary-", "-split-",
		"-tráfico-", "-trafico-", "-trafic-", "-anteil-", "-трафик", "-доля-", "流量", "比例", "トラフィック", "트래픽")
	holdColumn = newPhrases("-duration-", "-hold-", "-soak-", "-time-", "-bake-", "-monitor", "-wait-", "-observ", "-dwell-", "-dauer-", "-min-duration-",
		"-duración-", "-duracion-", "-duração-", "-durée-", "-длительность-", "时长", "時間", "时间", "观察", "觀察", "期間", "기간")
)

// isStage says whether a line shifts a share of the traffic.
func isStage(text string) bool {
	if !hasPercentage(text) {
		return false
	}
	words := slug(text)
	return traffic.in(words) && !quantities.in(words)
}

// hasPercentage says whether percentage matches a text.
func hasPercentage(text string) bool {
	for i := range len(text) {
		if text[i] == '%' && percentEnds(text, i) {
			return true
		}
	}
	return false
}

// stages reads the traffic steps. A document may tell them several times, as
// tasks, headings, a table and in one line: the fullest telling counts, tasks
// before the others, because only they can be ticked.
func (d *document) stages() {
	var best []Stage
	most := 0
	for _, told := range [][]Stage{d.taskStages(), d.headingStages(), d.tableStages(), d.lineStages()} {
		if n := fullness(told); n > most {
			best, most = told, n
		}
	}
	names := titles{}
	for i := range best {
		best[i].Name = names.distinct(best[i].Name)
	}
	d.out.Stages = best
}

// fullness weighs a telling: the different shares, then whether it says how
// long to hold.
func fullness(told []Stage) int {
	shares := map[float64]bool{}
	holds := 0
	for _, s := range told {
		shares[s.Ratio] = true
		if s.Hold > 0 {
			holds = 1
		}
	}
	return 2*len(shares) + holds
}

// rising says whether shares only grow, and at least once: what isn't a plan's
// telling of stages rarely does.
func rising(told []Stage) bool {
	for i := 1; i < len(told); i++ {
		if told[i].Ratio <= told[i-1].Ratio {
			return false
		}
	}
	return len(told) > 1
}

// newStage makes a stage of a percentage as written; ok is false for none that
// a share of the traffic can be.
func newStage(percent string, line int, hold time.Duration) (s Stage, ok bool) {
	whole, fraction, _ := strings.Cut(percent, ".")
	if len(whole) > 3 || len(fraction) > 6 {
		return Stage{}, false
	}
	// Exactly as written: 12.5 is 0.125, not 12.5 / 100.
	whole = "000" + whole
	ratio, err := strconv.ParseFloat(whole[:len(whole)-2]+"."+whole[len(whole)-2:]+fraction, 64)
	if err != nil || ratio > 1 || ratio == 0 {
		return Stage{}, false
	}
	return Stage{Name: percent + "%", Line: line, Ratio: ratio, Hold: hold}, true
}

// taskStages reads stages from the plan's tasks: one task a stage, or a single
// task with all of them.
func (d *document) taskStages() []Stage {
	var out, longest []Stage
	for i := range d.out.Tasks {
		t := &d.out.Tasks[i]
		if t.Kind == Contingency || t.State == Cancelled || !isStage(t.Text) {
			continue
		}
		at := d.taskLines[i]
		told := d.chainStages(at)
		for j := range told {
			told[j].Task, told[j].Shifted = t.ID, t.State == Done
		}
		if told != nil {
			if fullness(told) > fullness(longest) {
				longest = told
			}
			continue
		}
		if s, ok := newStage(percentage.FindStringSubmatch(t.Text)[1], t.Line, d.hold(at)); ok {
			s.Task, s.Shifted = t.ID, t.State == Done
			out = append(out, s)
		}
	}
	if fullness(longest) > fullness(out) {
		return longest
	}
	return out
}

// chainStages reads the steps of one line; nil where it has no chain of rising
// shares.
func (d *document) chainStages(i int) []Stage {
	text := d.lines[i].text
	if strings.Count(text, "%") < 2 {
		return nil
	}
	steps := chain.FindString(text)
	if steps == "" {
		return nil
	}
	hold := time.Duration(0)
	if perStage.MatchString(text) {
		hold = parseDuration(text)
	}
	for j := i + 1; hold == 0 && j < len(d.lines) && j <= i+5 && d.lines[j].place == d.lines[i].place; j++ {
		if perStage.MatchString(d.lines[j].text) {
			hold = parseDuration(d.lines[j].text)
		}
	}
	var out []Stage
	for _, m := range percentage.FindAllStringSubmatch(steps, -1) {
		if s, ok := newStage(m[1], d.lines[i].No, hold); ok {
			out = append(out, s)
		}
	}
	if !rising(out) {
		return nil
	}
	return out
}

// lineStages reads stages from lines that are no tasks: the longest chain in
// one line, or items and labelled lines that each shift a share or several.
func (d *document) lineStages() []Stage {
	var single, all, longest []Stage
	for i := range d.lines {
		l := &d.lines[i]
		if l.task >= 0 || l.Kind == markdown.Heading || l.Kind == markdown.Row || l.place.contingency || !l.has(hasPercent) || !isStage(l.text) {
			continue
		}
		labelled := l.Kind == markdown.Item || l.bold == labelled && l.place.section >= 0
		if told := d.chainStages(i); told != nil {
			if len(told) > len(longest) {
				longest = told
			}
			if labelled {
				all = append(all, told...)
			}
			continue
		}
		if !labelled {
			continue
		}
		if s, ok := newStage(percentage.FindStringSubmatch(l.text)[1], l.No, d.hold(i)); ok {
			single, all = append(single, s), append(all, s)
		}
	}
	for _, told := range [][]Stage{single, all} {
		if rising(told) && fullness(told) > fullness(longest) {
			longest = told
		}
	}
	return longest
}

// headingStages reads stages from headings such as "Stage 3: 25%". One counts
// as shifted when every task below it is done.
func (d *document) headingStages() []Stage {
	var out []Stage
	for i := range d.lines {
		l := &d.lines[i]
		if l.Kind != markdown.Heading && l.use != leading || l.place.contingency || !l.has(hasPercent) {
			continue
		}
		m := percentage.FindAllStringSubmatch(l.text, -1)
		if len(m) != 1 || !stageWord.in(l.text) || quantities.in(slug(l.text)) {
			continue
		}
		end := i + 1
		for end < len(d.lines) && d.lines[end].place == l.place {
			end++
		}
		s, ok := newStage(m[0][1], l.No, stageLineHold(l.text))
		if !ok {
			continue
		}
		if s.Hold == 0 {
			s.Hold = d.holdBetween(i+1, end)
		}
		s.Shifted = d.allDone(i+1, end)
		out = append(out, s)
	}
	if !rising(out) {
		return nil
	}
	return out
}

// allDone says whether the lines have tasks, all of them done or cancelled.
func (d *document) allDone(from, to int) bool {
	tasks := 0
	for _, l := range d.lines[from:to] {
		if l.task < 0 {
			continue
		}
		if s := d.out.Tasks[l.task].State; s != Done && s != Cancelled {
			return false
		}
		tasks++
	}
	return tasks > 0
}

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
		if rising(told) && fullness(told) > fullness(best) {
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
