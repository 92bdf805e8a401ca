package criterion

import (
	"slices"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist/internal/lexicon"
)

// splitRow gives the cells of a line that is a table row; nil for any other.
func splitRow(line string) []string {
	row := strings.TrimSpace(line)
	if len(row) < 2 || row[0] != '|' {
		return nil
	}
	cells, start := []string{}, 1
	for i := 1; i < len(row); i++ {
		if row[i] == '|' && row[i-1] != '\\' {
			cells = append(cells, row[start:i])
			start = i + 1
		}
	}
	if start < len(row) {
		cells = append(cells, row[start:])
	}
	return cells
}

// column is what a table's header says of its cells.
type column struct {
	demand *phrase // a word that makes its plain numbers bounds: "Target", "Max"; nil for none
	skip   string  // why its cells are not read: "Actual"
	stance stance
	holds  bool     // its times say how long a bound must last
	about  *subject // nil unless its name is a signal
}

// column reads a column name.
func (s *Scratch) column(name string) column {
	var col column
	ph := s.phrases(lexicon.Clean(name))
	if about := subjectOf(ph); about.known && !about.weak {
		col.about = &about
	}
	for i, p := range ph {
		switch p.class {
		case demand, ceiling, floor, warning:
			if col.demand == nil {
				word := ph[i]
				col.demand = &word
			}
		case measured, baseline:
			col.skip = "a column of measurements"
		case sampling:
			col.skip = "a column of schedules"
		case lasting, lastingEnd:
			col.holds = true
		}
	}
	if about := s.topics(name); about.has(aboutRollback) {
		col.stance = trigger
	} else if about.has(aboutAlerts) {
		col.stance = alerting
	}
	if col.demand != nil {
		col.skip = ""
	}
	return col
}

// row is a table row being read.
type row struct {
	reader   *reader
	cells    []cell
	counts   bool // a cell holds a number
	label    int  // the cell that names the row; -1 for none
	compared int  // how many cells compare

	rollsBack, asked bool // whether a cell orders a rollback, found out when first asked
}

// cell is a cell of the row being read.
type cell struct {
	text  string
	tells bool // may hold something that bounds or helps to read a bound
	read  bool // phrases have been found
	found []phrase
}

// phrases are a cell's, found when first asked for: most cells of most rows hold
// nothing that the reader needs.
func (w *row) phrases(i int) []phrase {
	c := &w.cells[i]
	if !c.read {
		c.found, c.read = w.reader.phrases(c.text), true
	}
	return c.found
}

// mayTell says whether a cell without a number may hold something that bounds or
// helps to read a bound: a place to fill in, a unit in parentheses.
func mayTell(text string) bool {
	if strings.Contains(text, "__") || strings.Contains(text, "（") {
		return true
	}
	const longest = 40 // that a unit is
	for {
		_, behind, ok := strings.Cut(text, "(")
		if !ok {
			return false
		}
		if strings.IndexByte(behind[:min(len(behind), longest)], ')') > 0 {
			return true
		}
		text = behind
	}
}

func (r *reader) newRow(texts []string) *row {
	w := &r.Scratch.row
	*w = row{reader: r, cells: append(w.cells[:0], make([]cell, len(texts))...)}
	for i, text := range texts {
		counted := counts(text)
		w.counts = w.counts || counted
		w.cells[i].text, w.cells[i].tells = text, counted || mayTell(text)
		if holdsComparison(text) {
			w.compared++
		}
	}
	return w
}

// mayBound is the cheap question that spares most rows the rest: whether a cell
// holds what may be a bound or looks like one.
func (w *row) mayBound() bool {
	for i := range w.cells {
		if !w.cells[i].tells {
			continue
		}
		if col := w.reader.place.table.column(w.reader.Scratch, i); col.skip != "" || col.demand != nil || mayBound(w.phrases(i)) {
			return true
		}
	}
	return false
}

// holdsComparison says whether a sign that compares stands in a text.
func holdsComparison(text string) bool {
	return strings.IndexByte(text, '<') >= 0 || strings.IndexByte(text, '>') >= 0 ||
		strings.Contains(text, "≤") || strings.Contains(text, "≥")
}

// readRow reads a table row: every compared cell is a bound on the row's label.
func (r *reader) readRow(w *row) {
	if !w.mayBound() {
		return
	}
	if w.label = w.findLabel(); w.label < 0 {
		return
	}
	r.row = w
	label := w.phrases(w.label)
	about := r.text(label, nil)
	if r.headed = len(r.reading.Criteria) > 0; !r.headed {
		named := subjectOf(label)
		about = &named
	}
	if about.phrase == "" {
		about = r.place.subject(r.Scratch)
	}
	about = r.detail(about)
	r.moved = labelMovement(label)
	for i := range w.cells {
		if i != w.label && w.cells[i].tells {
			r.cell(i, about)
		}
	}
	if len(r.reading.Criteria) == 0 && r.place.table == nil {
		r.planned(*about)
	}
}

// ordersRollback says whether a cell beside the label orders a rollback.
func (w *row) ordersRollback() bool {
	for i := range w.cells {
		if w.asked {
			break
		}
		w.rollsBack = w.rollsBack || i != w.label && w.orders(i)
	}
	w.asked = true
	return w.rollsBack
}

// detail gives the row's subject with what the cells between its label and its
// first bound say of it: the quantile in "| Latency | P99 response time | < 2s |".
// The unit in "| Latency | ms | < 200 |" is noted for the bounds.
func (r *reader) detail(about *subject) *subject {
	w := r.row
	for i := w.label + 1; i < len(w.cells) && w.compared > 0; i++ {
		ph := w.phrases(i)
		if slices.ContainsFunc(ph, func(p phrase) bool { return p.class == quantity || isCompare(p) }) {
			break
		}
		if found := quantilesIn(ph); len(found) > 0 && len(about.quantiles) == 0 {
			detailed := *about
			detailed.quantiles = found
			about = &detailed
		}
		if len(ph) > reach {
			continue
		}
		tokens := r.lex(w.cells[i].text)
		if u, n := matchUnit(tokens); n > 0 && n == len(tokens) && !u.foreign && !u.times {
			r.hint = u
		}
	}
	return about
}

func (r *reader) cell(i int, about *subject) {
	text := r.row.cells[i].text
	col := r.place.table.column(r.Scratch, i)
	switch {
	case col.skip != "":
		if counts(text) {
			r.leave(strings.TrimSpace(text), col.skip)
		}
		return
	case r.holds(r.row.phrases(i), col):
		return
	}
	r.column = col
	if !about.known && col.about != nil {
		about = col.about
	}
	r.text(r.row.phrases(i), about)
	r.column = nil
}

// holds says whether a cell tells nothing but how long the row's bounds must
// last, by its column or by itself ("sustained for 5 minutes"), and sees to it.
func (r *reader) holds(ph []phrase, col *column) bool {
	if len(ph) == 0 || !col.holds && ph[0].class != lasting && ph[len(ph)-1].class != lastingEnd {
		return false
	}
	ph = r.settleSpans(ph)
	if !col.holds && ph[0].class == span && duration(ph[0].amount) >= 24*time.Hour {
		return false // "28-day rolling" is what is looked at
	}
	if ph[0].class != span && !(col.holds && ph[0].class == quantity) || !col.holds && len(ph) > 1 || !ph[0].amount.is(Seconds) {
		return false
	}
	for n := range r.reading.Criteria {
		r.reading.Criteria[n].For = duration(ph[0].amount)
	}
	return true
}

// orders says whether a cell orders a rollback, and nothing else.
func (w *row) orders(cell int) bool {
	if !w.cells[cell].read && !backs().MayOccur(w.cells[cell].text) {
		return false
	}
	orders := false
	for _, p := range w.phrases(cell) {
		switch p.class {
		case rollback:
			orders = true
		case quantity, blank, odd, condition, signal, comma:
			return false
		}
	}
	return orders && len(w.phrases(cell)) <= reach && !w.reader.topics(w.cells[cell].text).has(aboutSteps)
}

// planned reads a row without comparisons as a plan: the value now, the range
// to reach, on the better side of it, and perhaps the gain.
func (r *reader) planned(about subject) {
	if about.good == "" || !about.known {
		return
	}
	for i := r.row.label + 2; i < len(r.row.cells); i++ {
		now, goal := r.row.lone(i-1), r.row.lone(i)
		if now == nil || goal == nil || now.amount.upper != nil || goal.amount.upper == nil ||
			now.amount.unit.base != goal.amount.unit.base || !fits(about.meaning, goal.amount, false) {
			continue
		}
		b := bound{op: LessOrEqual, by: demand}
		end := *goal.amount.upper
		better := end.compare(now.amount.value) < 0
		if about.good == Greater {
			b.op, end = GreaterOrEqual, goal.amount.value
			better = end.compare(now.amount.value) > 0
		}
		if !better {
			continue
		}
		amount := *goal.amount
		amount.value, amount.upper = end, nil
		if crit, why := build(about, 0, b, &amount, movement{}, end); why == "" {
			r.add(crit, about, b, &clause{})
		}
		return
	}
}

// lone gives the quantity that is all a cell holds.
func (w *row) lone(cell int) *phrase {
	if !counts(w.cells[cell].text) {
		return nil
	}
	ph := w.phrases(cell)
	if len(ph) != 1 || ph[0].class != quantity || ph[0].amount.bare() || ph[0].amount.approx {
		return nil
	}
	return &ph[0]
}
