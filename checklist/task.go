package checklist

import (
	"strings"
	"unicode"
)

// tasks makes a task of every line with a box of its own.
func (d *document) tasks() {
	d.dashedParents = d.hasDashedParents()
	d.makeRoom()
	for i := range d.lines {
		l := &d.lines[i]
		if l.box == noBox || l.use != free && l.use != leading {
			continue
		}
		if len(d.out.Tasks) == MaxTasks {
			d.out.warn(l.No, "more than %d tasks; from here on they are left out", MaxTasks)
			return
		}
		t := Task{
			Line: l.No, Text: l.name, State: d.state(l), Kind: Plan, Leaf: true,
			Section: d.sectionTitle(l), Group: l.place.group, Environment: l.place.environment,
		}
		d.disagreement(l, t.State)
		if l.place.contingency {
			t.Kind = Contingency
		}
		if parent := d.enclosingTask(l); parent >= 0 {
			d.out.Tasks[parent].Leaf = false
		}
		l.task = len(d.out.Tasks)
		d.out.Tasks = append(d.out.Tasks, t)
		d.taskLines = append(d.taskLines, i)
	}
}

// makeRoom makes room for a task of every box.
func (d *document) makeRoom() {
	boxes := 0
	for i := range d.lines {
		if d.lines[i].box != noBox {
			boxes++
		}
	}
	boxes = min(boxes, MaxTasks)
	d.out.Tasks, d.taskLines = make([]Task, 0, boxes), make([]int, 0, boxes)
}

// hasDashedParents says whether some [-] has tasks nested below it: then [-]
// is work going on, because nobody plans below what is cancelled.
func (d *document) hasDashedParents() bool {
	for i := range d.lines {
		if l := &d.lines[i]; l.Parent >= 0 && l.box != noBox && d.lines[l.Parent].box == oddBox && d.lines[l.Parent].mark == '-' {
			return true
		}
	}
	return false
}

// maxDisagreements is how many are warned of one by one.
const maxDisagreements = 10

// disagreement warns where a sign behind the box says something else than the
// box does.
func (d *document) disagreement(l *line, state State) {
	if l.box == badge || l.box == signBox || l.name == "" {
		return
	}
	sign := cutSign(l.name)
	if sign.box != badge {
		before, last, _ := lastRune(l.name)
		if !strings.HasSuffix(strings.TrimRightFunc(before, unicode.IsSpace), ":") {
			return
		}
		if sign = cutSign(last); sign.box != badge {
			return
		}
	}
	says := signState(sign.mark)
	if (says == Done) == (state == Done) || state == Cancelled {
		return
	}
	switch d.disagreements++; {
	case d.disagreements <= maxDisagreements:
		d.out.warn(l.No, "the box says %s and %c says otherwise; the box counts", strings.ReplaceAll(string(state), "_", " "), sign.mark)
	case d.disagreements == maxDisagreements+1:
		d.out.warn(l.No, "here and below more boxes and signs disagree; the boxes count")
	}
}

// lastRune splits off a text's last character, a variation selector aside.
func lastRune(s string) (before, last string, ok bool) {
	s = strings.TrimSuffix(s, "\uFE0F")
	for i := len(s) - 1; i >= 0; i-- {
		if s[i]&0xC0 != 0x80 {
			return s[:i], s[i:], true
		}
	}
	return "", "", false
}

// enclosingTask is the index of the nearest task the line is nested in; -1 for
// none.
func (d *document) enclosingTask(l *line) int {
	for l.Parent >= 0 {
		l = &d.lines[l.Parent]
		if l.task >= 0 {
			return l.task
		}
	}
	return -1
}

// lineOf is the line of the task with the index given.
func (d *document) lineOf(task int) *line { return &d.lines[d.taskLines[task]] }
