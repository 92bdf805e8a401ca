package criterion

import (
	"slices"
)

// movement is what a clause says about a bound relative to the baseline.
type movement struct {
	change Change
	better int
	shift  bool // the number is a multiple of the baseline: N times is N − 1 more
	named  bool // what it is relative to, or how it moves, is written
}

func (m movement) relative() bool { return m.change != Absolute || m.better != 0 || m.shift }

// movement finds out whether bound n is relative to the baseline: a change
// word beside it, a multiple, a share of the baseline, "baseline + 10%".
func (c *clause) movement(n int) movement {
	b := c.bounds[n]
	a := c.phrases[b.at].amount
	m := c.changeAfter(n)
	if !m.relative() {
		m = c.changeBefore(n)
	}
	if a.unit.times {
		m.shift = true
		for i := b.first; i < len(c.phrases) && i <= b.last+reach; i++ {
			if c.phrases[i].class == baseline {
				m.named = true
			}
		}
		if i := b.last + 1; i < len(c.phrases) && c.phrases[i].class == measured {
			m.named = true // "1.5x current"
		}
	}
	plus := b.at > 0 && (c.phrases[b.at-1].class == plus || c.phrases[b.at-1].class == dash)
	if m.relative() || !a.is(Ratio) && (a.bare() || a.unit.times || !plus) {
		return m
	}
	for i := b.first; i < b.at; i++ {
		if c.phrases[i].class == baseline {
			m.change, m.named = Increase, true
			if c.phrases[b.at-1].class == dash || b.under {
				m.change = Decrease
			}
		}
	}
	if m.relative() || !a.is(Ratio) {
		return m
	}
	r := c.after(n)
	i := skip(c.phrases[:r.to], r.from, filler)
	versus := slices.ContainsFunc(c.phrases[r.from:i], isVersus)
	if i > r.from {
		if circumstantial(c.phrases[r.from:i]) {
			return m // "5% in normal operation"
		}
		i = min(skip(c.phrases[:r.to], i, plainWord), i+2) // "of single-node baseline"
	}
	if i >= r.to || c.phrases[i].class != baseline {
		return m
	}
	m.named = true
	switch {
	case b.op == LessOrEqual && b.due:
		m.better = -1 // "within 10% of baseline"
	case versus && a.value.compare(half) < 0:
		m.change = Increase // "20% relative to baseline"
	case i > r.from:
		m.shift = true // "90% of baseline"
	}
	return m
}

func (c *clause) changeAfter(n int) movement {
	r := c.after(n)
	plains := 0
	for i := r.from; i < r.to; i++ {
		switch p := c.phrases[i]; p.class {
		case change:
			return movement{change: p.change, better: p.better, named: true}
		case plainWord, signal:
			if plains++; plains > 2 || p.class == signal && !fits(p.meaning, c.phrases[c.bounds[n].at].amount, true) {
				return movement{}
			}
		case filler, baseline, percentile:
		default:
			return movement{}
		}
	}
	return movement{}
}

// changeBefore looks for a change word before the bound. One that qualifies a
// signal behind it ("reduced latency < 50ms") says nothing about the number,
// unless it is a loss or is followed by "in" ("increase in errors > 10%").
func (c *clause) changeBefore(n int) movement {
	r := c.segment(n)
	a := c.phrases[c.bounds[n].at].amount
	named := false
	for i := r.to - 1; i >= r.from; i-- {
		p := c.phrases[i]
		named = named || p.class == signal
		if named && p.class == colon {
			return movement{} // "Latency spike: P95 latency > 2s"
		}
		if p.class != change {
			continue
		}
		if a.bare() && !a.unit.times {
			return movement{}
		}
		if before := beforeFillers(c.phrases, i-1); before >= r.from && c.phrases[before].subject == occasion {
			return movement{} // "recovery after a spike"
		}
		qualifies := i+1 < r.to && c.phrases[i+1].class == signal && p.subject != ofSubject || c.asks(r, i)
		if qualifies && p.better >= 0 || c.explains(i, n) || c.reaches(p, n) {
			return movement{}
		}
		if text := c.phrases[r.to-1].text; r.to-1 > i && (text == "to" || text == "auf" || text == "a" || text == "à") {
			return movement{}
		}
		return movement{change: p.change, better: p.better, named: true}
	}
	return movement{}
}

// asks says whether the change at i is a verb that opens a condition before its
// subject, as in German, and says nothing of how far: "Sinkt die Erfolgsquote
// unter 98 %".
func (c *clause) asks(r region, i int) bool {
	next := skip(c.phrases[:r.to], i+1, filler)
	return i == 0 && next > i+1 && next < r.to && c.phrases[next].class == signal &&
		c.phrases[i].subject == opening && !circumstantial(c.phrases[next:r.to])
}

// explains says whether bound n stands in parentheses behind the change at i and
// has a subject or a baseline of its own there: "performance degradation (> 200
// ms query latency)", "not degraded (> 90% of baseline)".
func (c *clause) explains(i, n int) bool {
	b := c.bounds[n]
	if b.first == 0 || b.first <= i || c.phrases[b.first-1].class != openParen {
		return false
	}
	r := c.after(n)
	return c.signalAfter(r, c.phrases[b.at].amount, false, n) >= 0 ||
		r.from < r.to && c.phrases[r.from].text == "of"
}

// reaches says whether bound n, in parentheses behind a decrease, is what is
// reached and not by how much: "response times reduced (< 100 ms)".
func (c *clause) reaches(p phrase, n int) bool {
	b := c.bounds[n]
	a := c.phrases[b.at].amount
	return p.change == Decrease && (b.op == Less || b.op == LessOrEqual) && !a.is(Ratio) && !a.unit.times &&
		b.first > 0 && c.phrases[b.first-1].class == openParen
}

// settle turns a movement into the fields of a criterion about a signal whose
// good values lie on the given side.
func (m movement) settle(good Comparison, op Comparison, value fraction) (Change, Comparison, fraction) {
	moved := m.change
	if moved == Absolute && m.better != 0 {
		rises := m.better > 0
		if good == Less {
			rises = !rises
		}
		moved = Decrease
		if rises {
			moved = Increase
		}
	}
	if !m.shift {
		return moved, op, value
	}
	value = value.minus(one)
	switch {
	case moved != Absolute:
	case value.over < 0: // "90% of baseline" is a decrease of 10 %, which turns the comparison around
		return Decrease, op.Mirrored(), fraction{-value.over, value.under}
	default:
		moved = Increase
	}
	return moved, op, value
}
