package criterion

import (
	"math/big"
	"slices"
	"strings"
	"time"
)

// Reading is what a line says, with the reasons.
type Reading struct {
	Criteria []Criterion
	// Reasons say of each of the Criteria, at the same place, how it was read.
	Reasons []string
	// Left lists what looked like a demand and was left alone.
	Left []Reason
}

// Reason says why a part of a line is no criterion.
type Reason struct {
	Text string // the part as written: "for 15 minutes"
	Why  string // "a number without a comparison or a target is a measurement"
}

// Parse reads the criteria of a line, in the order of the text.
func Parse(l Line) []Criterion { return Read(l).Criteria }

// Read reads the criteria of a line and says why. It takes time linear in the
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
func (p *Place) Read(line string) Reading {
	if p.stance != trigger && !counts(line) {
		return Reading{} // where no event is named, only numbers demand
	}
	r := &reader{place: p}
	text := clean(line)
	switch cells := splitRow(text); {
	case cells != nil:
		r.row(cells)
	case len(text) > 0 && text[0] == '#':
		r.leave(line, "a heading demands nothing")
	case isExpression(line):
		r.leave(line, "an expression of a query language")
	default:
		r.text(phrases(text), p.subject)
	}
	if len(r.reading.Criteria) == 0 && !r.blank {
		r.named(line)
	}
	return r.reading
}

// ReadRow reads a table row that stands in the place. See [Place.Table].
func (p *Place) ReadRow(cells []string) Reading {
	if !slices.ContainsFunc(cells, counts) {
		return Reading{}
	}
	r := &reader{place: p}
	cleaned := make([]string, len(cells))
	for i, cell := range cells {
		cleaned[i] = clean(cell)
	}
	r.row(cleaned)
	return r.reading
}

// reader collects the reading of one line.
type reader struct {
	place     *Place
	reading   Reading
	hint      unit          // the unit last seen
	blank     bool          // the line holds a place to fill in
	held      time.Duration // a span that bounds nothing: "for 2+ minutes"
	said      stance        // what the text being read says itself
	column    column        // the column being read
	inRow     bool
	rollsBack bool     // a cell of the row orders a rollback
	headed    bool     // the row's label holds a criterion itself
	moved     movement // what the row's label says of the way its numbers move
	compared  int      // how many of the row's cells compare
}

func (r *reader) leave(text, why string) {
	r.reading.Left = append(r.reading.Left, Reason{text, why})
}

// text reads a sentence, a list item or a table cell, clause by clause. What
// it stands under is the subject of bounds that have none of their own. It
// gives the subject of the last bound.
func (r *reader) text(ph []phrase, under subject) subject {
	r.said = saidIn(ph)
	if r.column.stance != neutral {
		r.said = r.column.stance
	}
	if r.column.demand != nil {
		ph = append([]phrase{*r.column.demand}, ph...)
	}
	for len(ph) > 0 {
		end := 0
		for end < len(ph) && ph[end].class != stop && ph[end].class != arrow {
			end++
		}
		under = r.clause(ph[:end], under)
		ph = ph[min(end+1, len(ph)):]
	}
	return under
}

func (r *reader) clause(ph []phrase, under subject) subject {
	if !slices.ContainsFunc(ph, func(p phrase) bool { return p.class == quantity || p.class == blank }) {
		return under
	}
	ph = settleSpans(ph)
	c := &clause{phrases: ph, bounds: bounds(ph), previous: under, hint: r.hint}
	c.warns, c.scales = speaks(ph)
	for i := range ph {
		if c.hint.base == "" && (ph[i].class == blank && !ph[i].amount.bare || reported(ph, i)) {
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
	return c.previous
}

// reported says whether an amount is a measurement with its target behind it,
// which may leave the unit out: "Throughput: 1,204 req/sec (target: >1,150)".
func reported(ph []phrase, i int) bool {
	if ph[i].class != quantity || ph[i].amount.bare || ph[i].amount.unit.times || ph[i].amount.unit.foreign || i+2 >= len(ph) {
		return false
	}
	before := i - 1
	for before >= 0 && ph[before].class == filler {
		before--
	}
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

// bound reads bound n of a clause.
func (r *reader) bound(c *clause, n int) {
	b := c.bounds[n]
	text := c.text(b)
	if why := r.rowRefusal(c, b); why != "" {
		r.leave(text, why)
		return
	}
	own := *c.phrases[b.at].amount // which a baseline or a hint may complete
	a := &own
	c.phrases[b.at].amount = a
	if why := c.refusal(n); why != "" {
		r.leave(text, why)
		return
	}
	if a.bare && b.by == compare && b.at > b.first && c.phrases[b.at-1].class == baseline {
		a.unit, a.bare = unit{times: true, scale: one}, false // "> baseline * 1.5"
	}
	if a.bare && c.hint.base != "" && !a.of && !a.unit.times && !c.namesNext(n) && (c.hint.base == RequestsPerSecond || !c.unitless(n)) {
		a.unit, a.bare = c.hint, false
		if !c.anythingFits(n) {
			a.unit, a.bare = unit{}, true
		}
	} else if !a.bare && !a.unit.times {
		c.hint = a.unit
	}
	moved := c.movement(n)
	if !moved.relative() && c.moved.relative() && a.is(Ratio) && !fits(&c.previous.meaning, a, false) {
		moved = c.moved // "P95 increases by > 20%, P99 by > 50%"
	}
	if !moved.relative() && r.moved.relative() && a.is(Ratio) {
		moved = r.moved
	}
	if c.phrases[b.first].subject == tolerance && a.is(Ratio) && !moved.relative() {
		r.leave(text, "how far from something that isn't said")
		return
	}
	subjects := c.subjects(n, moved.relative())
	if c.forbids(n) && len(subjects) > 0 && !subjects[0].known {
		r.leave(text, "what must not be, described")
		return
	}
	if len(subjects) == 0 {
		r.leave(text, "nothing says what is compared")
		return
	}
	if a.of && !a.score(len(subjects[0].quantiles)) {
		r.leave(text, "a count of work done")
		return
	}
	hold := c.hold(n)
	for _, s := range subjects {
		if c.withVersion(b, s) {
			r.leave(text, "a version")
			return
		}
		if why := doubt(s, b, a, moved); why != "" {
			r.leave(text, why)
			return
		}
		for i, value := range values(a, s, b, moved) {
			crit, why := build(s, i, b, a, moved, value)
			if why != "" {
				r.leave(text, why)
				return
			}
			crit.For = hold
			r.add(crit, s, b, c)
		}
	}
	c.previous, c.moved = subjects[len(subjects)-1], moved
}

func (c *clause) text(b bound) string {
	return joinText(c.phrases[b.first : b.last+1])
}

// unitless says whether bound n is about a signal whose numbers need no unit,
// so that the unit seen before isn't theirs: "latency < 500ms, throughput > 1000".
func (c *clause) unitless(n int) bool {
	before := c.signalsBefore(c.before(n), c.phrases[c.bounds[n].at].amount, false)
	return len(before) > 0 && c.phrases[before[0]].signal == Throughput
}

// anythingFits says whether a signal beside bound n can have its amount.
func (c *clause) anythingFits(n int) bool {
	a := c.phrases[c.bounds[n].at].amount
	if before := c.signalsBefore(c.before(n), a, false); len(before) > 0 {
		return c.phrases[before[0]].signal != Other
	}
	return c.previous.known && fits(&c.previous.meaning, a, false)
}

// values gives the numbers of an amount that are criteria of s: one, or one
// for each quantile.
func values(a *amount, s subject, b bound, m movement) []*big.Rat {
	switch {
	case a.upper != nil && upperCounts(b, s, m):
		return []*big.Rat{a.upper}
	case len(s.quantiles) > 1 && len(a.values) == len(s.quantiles):
		return a.values
	case len(s.quantiles) > 1:
		all := make([]*big.Rat, len(s.quantiles))
		for i := range all {
			all[i] = a.values[0]
		}
		return all
	}
	return a.values[:1]
}

// upperCounts says which end of a range bounds: the upper one of an upper
// bound, but a reduction by 5 to 8 % is one by 5 % at least.
func upperCounts(b bound, s subject, m movement) bool {
	switch b.op {
	case Less, LessOrEqual:
		return true
	case "":
		return s.good == Less && !m.relative()
	}
	return false
}

// hold finds how long bound n must last: the span behind it, or a span that
// opens the clause.
func (c *clause) hold(n int) time.Duration {
	r := c.after(n)
	parted := false
	for i := r.from; i < r.to; i++ {
		switch c.phrases[i].class {
		case span:
			return duration(c.phrases[i].amount)
		case load:
			return 0
		case comma:
			parted = true
		case signal, percentile:
			if parted {
				return 0 // "error rate > 1%, P95 over its SLO for ten minutes"
			}
		}
	}
	if n == 0 {
		for i := range c.bounds[0].first {
			switch c.phrases[i].class {
			case span:
				return duration(c.phrases[i].amount)
			case load, plainWord:
				return 0
			}
		}
	}
	return 0
}

// duration turns an amount of seconds into a duration; one too long to say is 0.
func duration(a *amount) time.Duration {
	ns := new(big.Rat).Mul(a.values[0], a.unit.scale)
	ns.Mul(ns, big.NewRat(int64(time.Second), 1))
	whole := new(big.Int).Quo(ns.Num(), ns.Denom())
	if !whole.IsInt64() {
		return 0
	}
	return time.Duration(whole.Int64())
}

func lowered(text string) string { return strings.ToLower(text) }
