package criterion

import (
	"slices"
	"strings"
)

// unnamed finds the subject of a bound that has no known signal beside it:
// nothing stands there at all and the subject before goes on, a quantile with
// a time is a latency, or it is something the tables don't know.
func (c *clause) unnamed(n int, a *amount, changed bool, quantiles []string) []subject {
	if a.is(Seconds) && len(quantiles) == 0 && c.rollsBack(n) {
		m := other("rollback time", Less)
		return []subject{{meaning: &m, known: true, phrase: m.subject}}
	}
	if a.is(RequestsPerSecond) && !c.about(n) {
		return []subject{{meaning: &throughput, known: true, phrase: "a rate of requests"}}
	}
	nouns := c.nouns(c.segment(n))
	if ofTime(quantiles, nouns) && !c.ofThings(n) && (a.is(Seconds) || a.unit.times) && (!c.previous.known || c.previous.signal == Latency || !fits(c.previous.meaning, a, changed)) {
		return []subject{{meaning: &latency, known: true, phrase: "a quantile of a time"}}
	}
	if c.previous.placed && (a.bare() || c.namesNext(n)) {
		return nil
	}
	if nouns != "" && (c.inCell && c.previous.known || c.lists(n, a)) && fits(c.previous.meaning, a, changed) {
		return []subject{*c.previous}
	}
	if nouns == "" && c.previous.phrase != "" && fits(c.previous.meaning, a, changed) {
		return []subject{*c.previous}
	}
	if nouns != "" && a.is(Seconds) && c.ends(n) {
		m := other(nouns, Less)
		return []subject{{meaning: &m, known: true, phrase: nouns}}
	}
	switch {
	case c.unfit(n), a.bare() && c.loads(n):
		return nil
	case nouns != "":
	case c.previous.weak && !c.previous.placed:
		nouns = c.previous.nouns // a label like "Incident response"
	default:
		nouns = c.nouns(c.after(n))
	}
	if nouns == "" {
		return nil
	}
	return []subject{{meaning: &meaning{class: signal, signal: Other, subject: nouns}, phrase: nouns}}
}

// ofThings says whether bound n's quantile is a share of things that are named:
// "98 % der Exporte dauern < 3 s".
func (c *clause) ofThings(n int) bool {
	r := c.before(n)
	return slices.ContainsFunc(c.phrases[r.from:max(r.from, r.to)], func(p phrase) bool { return p.class == percentile && p.subject == things })
}

// ofTime says whether quantiles make the words beside them a latency: "checkout
// P95", but "average session" is a time of its own.
func ofTime(quantiles []string, nouns string) bool {
	return len(quantiles) > 0 && (quantiles[0] != mean.value || nouns == "")
}

// ends says whether "completes" or the like stands right before bound n.
func (c *clause) ends(n int) bool {
	r := c.before(n)
	for i := r.to - 1; i >= r.from && c.phrases[i].class == filler; i-- {
		if c.phrases[i].subject == completion {
			return true
		}
	}
	return false
}

// forbids says whether bound n stands in parentheses and tells more of what a
// negation forbids: "no stuck jobs (> 4 hours)".
func (c *clause) forbids(n int) bool {
	b := c.bounds[n]
	if b.flipped || b.first == 0 || c.phrases[b.first-1].class != openParen {
		return false
	}
	return slices.ContainsFunc(c.phrases[max(0, b.first-2*reach):b.first], func(p phrase) bool { return p.class == negation })
}

// lists says whether bound n belongs to a list whose subject stands before a
// colon: "P99 latency: reads < 100ms, writes < 5s".
func (c *clause) lists(n int, a *amount) bool {
	if n == 0 || !c.previous.known || a.bare() || !a.is(c.phrases[c.bounds[0].at].amount.unit.base) {
		return false
	}
	named := false
	for _, p := range c.phrases[:min(c.bounds[0].first, 2*reach)] {
		if p.class == colon {
			return named
		}
		named = named || p.class == signal && p.signal == c.previous.signal || p.class == percentile
	}
	return false
}

// loads says whether bound n counts users or the like, which is how hard a
// service is driven and not how well it does.
func (c *clause) loads(n int) bool {
	r := c.segment(n)
	i := r.to - 1
	for i > r.from && (c.phrases[i].class == filler || c.phrases[i].class == colon) {
		i--
	}
	return i >= r.from && c.phrases[i].class == load
}

// namesNext says whether a plain word follows bound n: "8% win-rate gain" is
// about itself, whatever the heading says.
func (c *clause) namesNext(n int) bool {
	r := c.after(n)
	i := skip(c.phrases[:r.to], r.from, filler)
	return i < r.to && c.phrases[i].class == plainWord
}

// unfit says whether a signal stands before bound n that can't have its
// amount: "latency < 50" lacks a unit and is no bound on something else.
func (c *clause) unfit(n int) bool {
	r := c.segment(n)
	for i := r.from; i < r.to; i++ {
		if c.phrases[i].class == signal && !c.phrases[i].weak {
			return true
		}
	}
	return false
}

// about says whether a signal stands before bound n that is more than a word
// for requests.
func (c *clause) about(n int) bool {
	r := c.before(n)
	for i := r.from; i < r.to; i++ {
		if p := c.phrases[i]; p.class == signal && !(p.weak && (p.signal == Latency || p.signal == Throughput)) && p.subject != "performance" {
			return true
		}
	}
	return c.previous.known && r.from == r.to
}

// rollsBack says whether a rollback stands before bound n, as what takes the
// time and not as what follows from it.
func (c *clause) rollsBack(n int) bool {
	r, back := c.before(n), false
	for i := r.from; i < r.to; i++ {
		switch c.phrases[i].class {
		case rollback:
			back = true
		case condition:
			return false
		}
	}
	return back
}

// segment is the part of the text before bound n behind its last comma or "if":
// "page if > 5%" is not about pages.
func (c *clause) segment(n int) region {
	r := c.before(n)
	for i := r.to - 1; i >= r.from; i-- {
		if p := c.phrases[i].class; p == comma || p == condition || p == closeParen && skip(c.phrases[:r.to], i+1, filler, colon) < r.to {
			r.from = i + 1
			break
		}
	}
	return r
}

// maxSubject is how many words name an unknown subject.
const maxSubject = 6

// nouns gives the words of a region that the tables don't know as anything
// but names, in lower case.
func (c *clause) nouns(r region) string {
	var room [maxSubject]string
	words := room[:0]
	for i := r.from; i < r.to && len(words) < maxSubject; i++ {
		switch p := &c.phrases[i]; p.class {
		case plainWord, signal, load, runtime:
			words = append(words, lowered(p.text))
		}
	}
	return strings.Join(words, " ")
}
