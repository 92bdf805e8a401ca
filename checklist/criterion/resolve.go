package criterion

import (
	"math"
	"time"
)

// bound reads bound n of a clause.
func (r *reader) bound(c *clause, n int) {
	b := c.bounds[n]
	a := c.own(n)
	why := r.rowRefusal(c, b)
	if why == "" {
		why = c.refusal(n)
	}
	if why != "" {
		r.leave(c.text(b), why)
		return
	}
	c.complete(n, a)
	moved := r.movement(c, n, a)
	subjects := c.subjects(n, moved.relative())
	if why := c.vague(n, a, moved, subjects); why != "" {
		r.leave(c.text(b), why)
		return
	}
	if moved.better != 0 && !a.is(Ratio) && !a.unit.times && !subjects[0].known {
		moved = movement{} // "arbitration overhead < 50 ms" is what it takes, not by how much more
	}
	hold := c.hold(n)
	var room [4]fraction // for as many quantiles as people name at once
	for _, s := range subjects {
		why := doubt(s, b, a, moved)
		if c.withVersion(b, s) {
			why = "a version"
		}
		for i, value := range values(room[:0], a, s, b, moved) {
			if why != "" {
				break
			}
			var crit Criterion
			if crit, why = build(s, i, b, a, moved, value); why == "" {
				crit.For = hold
				r.add(crit, s, b, c)
			}
		}
		if why != "" {
			r.leave(c.text(b), why)
			return
		}
	}
	c.previous, c.moved = &subjects[len(subjects)-1], moved
}

func (c *clause) text(b bound) string {
	return joinText(c.phrases[b.first : b.last+1])
}

// own gives bound n an amount of its own, which a baseline or a unit seen
// before may complete.
func (c *clause) own(n int) *amount {
	p := &c.phrases[c.bounds[n].at]
	a := *p.amount
	p.amount = &a
	return &a
}

// complete gives an amount without a unit the one it must have: "> baseline *
// 1.5" is a multiple, and a target may leave out the unit of the measurement
// before it.
func (c *clause) complete(n int, a *amount) {
	b := c.bounds[n]
	if a.bare() && b.by == compare && b.at > b.first && c.phrases[b.at-1].class == baseline {
		a.unit = multiple
	}
	switch {
	case a.unit.times:
	case !a.bare():
		c.hint = a.unit
	case c.hint != unitless && !a.of && !c.namesNext(n) && (c.hint.base == RequestsPerSecond || !c.unitless(n)):
		a.unit = c.hint
		if !c.anythingFits(n) {
			a.unit = unitless
		}
	}
}

// movement finds out whether bound n is relative to the baseline, by what the
// clause, the bound before or the row's label says.
func (r *reader) movement(c *clause, n int, a *amount) movement {
	moved := c.movement(n)
	switch {
	case moved.relative() || !a.is(Ratio):
		return moved
	case r.moved.relative():
		return r.moved
	case c.moved.relative() && !fits(c.previous.meaning, a, false):
		return c.moved // "P95 increases by > 20%, P99 by > 50%"
	}
	return moved
}

// vague says why nobody can tell what bound n is about.
func (c *clause) vague(n int, a *amount, moved movement, subjects []subject) string {
	switch {
	case c.phrases[c.bounds[n].first].subject == tolerance && a.is(Ratio) && !moved.relative():
		return "how far from something that isn't said"
	case len(subjects) == 0:
		return "nothing says what is compared"
	case a.bare() && !subjects[0].known && c.betweenNumbers(n):
		return "two numbers compared"
	case c.forbids(n) && !subjects[0].known:
		return "what must not be, described"
	case a.of && !a.score(len(subjects[0].quantiles)):
		return "a count of work done"
	}
	return ""
}

// betweenNumbers says whether the sign of bound n compares one number with another:
// "not eligible (47 >= 25)".
func (c *clause) betweenNumbers(n int) bool {
	first := c.bounds[n].first
	return first > 0 && isSign(c.phrases[first]) && c.phrases[first-1].class == quantity
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
	if !c.previous.known {
		return c.previous.phrase != "" && c.nouns(c.segment(n)) == ""
	}
	return fits(c.previous.meaning, a, false)
}

// values gives the numbers of an amount that are criteria of s, in room: one, or one
// for each quantile.
func values(room []fraction, a *amount, s subject, b bound, m movement) []fraction {
	if a.upper != nil && upperCounts(b, s, m) {
		return append(room, *a.upper)
	}
	room = append(room, a.value)
	if len(s.quantiles) > 1 && 1+len(a.further) == len(s.quantiles) {
		return append(room, a.further...)
	}
	for len(room) < len(s.quantiles) {
		room = append(room, a.value)
	}
	return room
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

// hold finds how long bound n must last: the span within or behind it, or a span
// that opens the clause.
func (c *clause) hold(n int) time.Duration {
	for _, p := range c.phrases[c.bounds[n].first:c.bounds[n].last] {
		if p.class == span {
			return duration(p.amount)
		}
	}
	r := c.after(n)
	parted := false
	for i := r.from; i < r.to; i++ {
		if c.phrases[i].subject == driving {
			return 0
		}
		switch c.phrases[i].class {
		case span:
			return duration(c.phrases[i].amount)
		case load:
			if i > r.from || !c.phrases[c.bounds[n].at].amount.bare() {
				return 0 // but "> 1000 clients for 5 minutes"
			}
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
	ns := a.value.times(a.unit.scale).times(whole(float64(time.Second))).float()
	if ns >= math.MaxInt64 {
		return 0
	}
	return time.Duration(ns)
}
