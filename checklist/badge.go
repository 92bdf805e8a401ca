package checklist

import "github.com/cutover-dev/cutover/checklist/internal/markdown"

// usage is how a list, or a column of a table, uses boxes and badges.
type usage struct {
	boxes    bool // has a real box
	progress bool // has ⏳ or 🚧, which are never ornaments
	badges   bool
	variable bool // [X] stands for a figure: the column has "[X%]", too
}

func (u *usage) add(b box, mark rune) {
	switch {
	case b == noBox:
	case b != badge:
		u.boxes = true
	default:
		u.progress = u.progress || signState(mark) == InProgress
		u.badges = true
	}
}

// states says whether badges are states there, rather than ornaments. In a
// document without boxes they always are.
func (u usage) states(documentHasBoxes bool) bool {
	return u.boxes || u.progress || !documentHasBoxes
}

// badges decides which ✅, ❌ and ⏳ at the head of list items and in tables are
// states. The others lose their box; people are told of the first.
func (d *document) badges() {
	hasBoxes := d.hasBoxes()
	d.rows(hasBoxes)
	var lists map[int]usage
	told := false
	for i := range d.lines {
		l := &d.lines[i]
		if l.box != badge || l.Kind == markdown.Row {
			continue
		}
		item := l.Kind == markdown.Item
		if item && lists == nil {
			lists = d.lists()
		}
		if item && lists[l.List].states(hasBoxes) {
			continue
		}
		l.box = noBox
		if item && !told {
			told = true
			d.out.warn(l.No, "%c at the head of list items is taken for an ornament, here and below: this file's tasks have boxes", l.mark)
		}
	}
}

// lists says how each list uses boxes and badges.
func (d *document) lists() map[int]usage {
	lists := map[int]usage{}
	for i := range d.lines {
		l := &d.lines[i]
		if l.Kind != markdown.Item || l.box == noBox {
			continue
		}
		u := lists[l.List]
		u.add(l.box, l.mark)
		lists[l.List] = u
	}
	return lists
}

// hasBoxes says whether the document has real boxes, in which case badges alone
// make no task.
func (d *document) hasBoxes() bool {
	for i := range d.lines {
		l := &d.lines[i]
		if l.box != noBox && l.box != badge {
			return true
		}
		if l.Cols == nil {
			continue
		}
		for _, cell := range l.Cols.Cells {
			if b := cutBox(cell, true).box; b != noBox && b != badge {
				return true
			}
		}
	}
	return false
}
