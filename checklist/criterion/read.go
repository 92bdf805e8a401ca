package criterion

import (
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist/internal/lexicon"
)

// Reading is what a line says.
type Reading struct {
	Criteria []Criterion
	// Left lists what looked like a demand and was left alone, and why.
	Left []Reason
}

// Reason says why a part of a line is no criterion.
type Reason struct {
	Text string // the part as written: "for 15 minutes"
	Why  string // "a number without a comparison or a target is a measurement"
}

// Parse reads the criteria of a line, in the order of the text.
func Parse(l Line) []Criterion { return Read(l).Criteria }

// Read reads the criteria of a line, and says what it left alone. It takes time linear in the
// length of the line and never fails: what it can't be sure of it leaves
// alone, for a wrong reading is worse than none. Whoever reads many lines of one
// place finds [At] faster.
func Read(l Line) Reading {
	p := At(l.Headings)
	for _, item := range l.Above {
		p = p.Under(item)
	}
	if l.Header != nil {
		p = p.Table(l.Header)
	}
	if l.Cells != nil {
		return p.ReadRow(l.Cells)
	}
	return p.Read(l.Text)
}

// Read reads a line that stands in the place, as the function [Read] does. A
// line that begins with a bar is a table row.
func (p *Place) Read(line string) Reading { return new(Scratch).Read(p, line) }

// ReadRow reads a table row that stands in the place. See [Place.Table].
func (p *Place) ReadRow(cells []string) Reading { return new(Scratch).ReadRow(p, cells) }

// Read reads a line as [Place.Read] does.
func (s *Scratch) Read(p *Place, line string) Reading {
	if !counts(line) && p.stance(s) != trigger {
		return Reading{} // where no event is named, only numbers demand
	}
	r := s.begin(p)
	text := lexicon.Clean(line)
	switch cells := splitRow(text); {
	case cells != nil:
		r.readRow(r.newRow(cells))
	case len(text) > 0 && text[0] == '#':
		r.leave(line, "a heading demands nothing")
	case isExpression(line):
		r.leave(line, "an expression of a query language")
	default:
		r.text(r.phrases(text), nil)
	}
	if len(r.reading.Criteria) == 0 && !r.blank {
		r.named(line)
	}
	return r.reading
}

// ReadRow reads a table row as [Place.ReadRow] does.
func (s *Scratch) ReadRow(p *Place, cells []string) Reading {
	r := s.begin(p)
	s.cells = s.cells[:0]
	for _, cell := range cells {
		s.cells = append(s.cells, lexicon.Clean(cell))
	}
	if w := r.newRow(s.cells); w.counts {
		r.readRow(w)
	}
	return r.reading
}

// reader collects the reading of one line.
type reader struct {
	*Scratch
	place   *Place
	reading Reading
	hint    *unit         // the unit last seen
	blank   bool          // the line holds a place to fill in
	held    time.Duration // a span that bounds nothing: "for 2+ minutes"
	said    stance        // what the text being read says itself
	column  *column       // of the cell beside the row's label that is being read; nil outside of one
	row     *row          // nil outside of one
	headed  bool          // the row's label holds a criterion itself
	moved   movement      // what the row's label says of the way its numbers move
}

func (r *reader) leave(text, why string) {
	r.reading.Left = append(r.reading.Left, Reason{text, why})
}

// text reads a sentence, a list item or a table cell, clause by clause. What
// it stands under is the subject of bounds that have none of their own; nil is
// what the place is about. It gives the subject of the last bound.
func (r *reader) text(ph []phrase, under *subject) *subject {
	r.said = saidIn(ph)
	if col := r.column; col != nil {
		if col.stance != neutral {
			r.said = col.stance
		}
		if col.demand != nil {
			ph = append(append(r.space(1+len(ph)), *col.demand), ph...)
		}
	}
	for len(ph) > 0 {
		end := 0
		for end < len(ph) && ph[end].class != stop && ph[end].class != arrow {
			end++
		}
		if about := headOf(ph, end); about != nil {
			under = about
		} else {
			under = r.clause(ph[:end], under)
		}
		ph = ph[min(end+1, len(ph)):]
	}
	return under
}

// headOf gives what a short clause that ends at end says the next one is about:
// "Availability. SLO: 99.9%".
func headOf(ph []phrase, end int) *subject {
	if end > reach || end+1 >= len(ph) || mayBound(ph[:end]) {
		return nil
	}
	about := subjectOf(ph[:end])
	if !about.known || about.weak {
		return nil
	}
	return &about
}

func (r *reader) clause(ph []phrase, under *subject) *subject {
	if !mayBound(ph) {
		return under
	}
	ph = r.settleSpans(ph)
	c := &clause{phrases: ph, bounds: bounds(ph), hint: r.hint, inCell: r.column != nil}
	if len(c.bounds) > 0 {
		c.phrases = append(r.space(len(ph)), ph...) // whose amounts the bounds may complete
		if under == nil {
			under = r.place.subject(r.Scratch)
		}
		c.previous = under
		c.warns, c.scales = speaks(ph)
	}
	for i := range ph {
		if c.hint == unitless && (ph[i].class == blank && !ph[i].amount.bare() || reported(ph, i)) {
			c.hint = ph[i].amount.unit
		}
	}
	for n := range c.bounds {
		r.bound(c, n)
		if !c.aside(n) {
			c.free = max(c.free, c.bounds[n].last+1)
		}
	}
	r.leftOver(c)
	r.hint = c.hint
	if len(c.bounds) == 0 {
		return under
	}
	return c.previous
}

// mayBound says whether anything in a clause may be a bound, or looks like one:
// a number with a unit, a place to fill in, or some number and a word that
// demands one.
func mayBound(ph []phrase) bool {
	numbers, demands := false, false
	for _, p := range ph {
		switch p.class {
		case blank:
			return true
		case quantity:
			if !p.amount.plain() {
				return true
			}
			numbers = true
		case compare, compareDue, demand, ceiling, floor, warning, measured:
			demands = true
		}
	}
	return numbers && demands
}

// reported says whether an amount is a measurement with its target behind it,
// which may leave the unit out: "Throughput: 1,204 req/sec (target: >1,150)".
func reported(ph []phrase, i int) bool {
	if ph[i].class != quantity || ph[i].amount.bare() || ph[i].amount.unit.times || ph[i].amount.unit.foreign || i+2 >= len(ph) {
		return false
	}
	before := beforeFillers(ph, i-1)
	if before < 0 || ph[before].class != colon || ph[i+1].class != openParen && ph[i+1].class != comma {
		return false
	}
	switch ph[i+2].class {
	case demand, ceiling, floor, compare:
		return true
	}
	return false
}

// leftOver gives the reasons for the amounts of a clause that bound nothing. A
// plain number without a unit looks like no demand: it names or counts
// something, "Python 3.13", "step 2".
func (r *reader) leftOver(c *clause) {
	rest := c.bounds
	for i, p := range c.phrases {
		if len(rest) > 0 && rest[0].at == i {
			rest = rest[1:]
			continue
		}
		switch p.class {
		case quantity:
			if p.amount.plain() {
				continue
			}
			why := "a number without a comparison or a target is a measurement"
			if p.amount.approx {
				why = "an estimate"
			} else if p.amount.of {
				why = "a count of work done"
			}
			r.leave(p.text, why)
		case span:
			if len(c.bounds) == 0 {
				r.held = duration(p.amount)
				r.leave(p.text, "a time to wait or watch bounds nothing")
			}
		case blank:
			r.blank = true
		}
	}
}

func lowered(text string) string { return strings.ToLower(text) }
