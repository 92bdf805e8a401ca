package checklist

import (
	"strings"
	"unicode"

	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

// statusColumn are the words by which a column says that its signs are states.
var statusColumn = phrases{
	"-status-", "-state-", "-done-", "-complete", "-check", "-result-", "-ok-", "-ready-", "-passed-", "-verified-",
	"-statut-", "-estado-", "-stato-", "-erledigt-", "-статус-", "-durum-", "-状态-", "-상태-",
}

// answers are the column titles that make boxes below them options to choose
// from.
var answers = phrases{"-yes-", "-no-", "-go-", "-no-go-", "-pass-", "-fail-", "-ja-", "-nein-", "-oui-", "-non-", "-si-", "-sim-"}

// rows finds the boxes in table rows: the row's first cell with words names the
// task. Badges such as ✅ are states where their column uses them so.
func (d *document) rows(documentHasBoxes bool) {
	for from := 0; from < len(d.lines); {
		to := from + 1
		for to < len(d.lines) && d.lines[to].Kind == markdown.Row && d.lines[to].Block == d.lines[from].Block {
			to++
		}
		if d.lines[from].Kind == markdown.Row {
			d.table(d.lines[from:to], documentHasBoxes)
		}
		from = to
	}
}

// table reads the rows of one table.
func (d *document) table(rows []line, documentHasBoxes bool) {
	header := rows[0].Header
	used := make([]usage, len(header))
	for i := range rows {
		for c, cell := range rows[i].Cells {
			m := cutBox(cell, true)
			used[c].add(m.box, m.mark)
		}
	}
	states := make([]bool, len(header))
	for c := range header {
		states[c] = used[c].boxes || used[c].badges && statusColumn.in(slug(markdown.Plain(header[c]))) && used[c].states(documentHasBoxes)
	}
	for i := range rows {
		if rows[i].use == free {
			d.row(&rows[i], states)
		}
	}
}

// row finds a row's name and its boxes.
func (d *document) row(l *line, columns []bool) {
	var boxes []marked
	var at []int
	for c, cell := range l.Cells {
		m := cutBox(cell, true)
		if m.box != noBox && columns[c] {
			boxes, at = append(boxes, m), append(at, c)
			cell = m.rest
		}
		if l.name == "" && strings.ContainsFunc(cell, unicode.IsLetter) && (m.box == noBox || c == 0) {
			l.name = markdown.Plain(cell)
		}
	}
	if len(boxes) == 0 {
		return
	}
	if l.name == "" {
		l.name = markdown.Plain(boxes[0].rest)
	}
	if d.rowChoice(l, boxes, at) {
		return
	}
	l.box, l.mark = boxes[0].box, boxes[0].mark
	for _, b := range boxes[1:] {
		if (b.mark == markDone || signStates[b.mark] == Done) != (l.mark == markDone || signStates[l.mark] == Done) {
			l.mark = '⏳' // some, not all
		}
	}
}

// rowChoice takes a row for a choice where its boxes stand below answers.
func (d *document) rowChoice(l *line, boxes []marked, at []int) bool {
	if len(boxes) < 2 {
		return false
	}
	c := Choice{Line: l.No, Section: d.sectionTitle(l), Label: l.name}
	for i, column := range at {
		title := markdown.Plain(l.Header[column])
		if !answers.in(slug(title)) {
			return false
		}
		c.Options = append(c.Options, title)
		if m := boxes[i].mark; m == markDone || signStates[m] == Done {
			c.Selected = append(c.Selected, title)
		}
	}
	l.use = option
	d.out.Choices = append(d.out.Choices, c)
	return true
}
