package criterion

import (
	"slices"
	"strings"
)

// queries are pieces of PromQL and of code.
var queries = []string{"rate(", "sum(", "increase(", "histogram_quantile(", "sum by", "count(", "len(", ".length", "$(", "&&", "||", "[5m]"}

// isExpression says whether a line is PromQL or code: its numbers are other
// people's rules.
func isExpression(text string) bool {
	if !mayBeExpression(text) {
		return false
	}
	text = lowered(text)
	return slices.ContainsFunc(queries, func(piece string) bool { return strings.Contains(text, piece) })
}

// mayBeExpression is the cheap question that spares most lines the search: each
// of the queries has one of these signs glued to what stands before it.
func mayBeExpression(text string) bool {
	for i := 1; i < len(text); i++ {
		before := text[i-1]
		switch text[i] {
		case '(':
			if before != ' ' {
				return true
			}
		case '&', '|':
			if before == text[i] {
				return true
			}
		case '5':
			if before == '[' {
				return true
			}
		case 'l', 'L':
			if before == '.' {
				return true
			}
		case 'b', 'B':
			if before == ' ' && i > 1 && text[i-2]|0x20 == 'm' {
				return true
			}
		}
	}
	return false
}

// rowRefusal says why a bound in a table row is none of the row's label. A
// condition on time alone ("rollback if > 10 min") is how long the label's own
// criterion must last.
func (r *reader) rowRefusal(c *clause, b bound) string {
	switch {
	case r.row == nil:
	case b.by == plus && r.row.compared > 0:
		return "a measurement beside a bound"
	case r.headed && c.phrases[b.at].amount.is(Seconds) && c.conditional(b):
		last := &r.reading.Criteria[len(r.reading.Criteria)-1]
		last.For = duration(c.phrases[b.at].amount)
		return "how long the row's criterion must last"
	}
	return ""
}

// conditional says whether "if" stands right before a bound.
func (c *clause) conditional(b bound) bool {
	for i := b.first - 1; i >= 0 && i >= b.first-2; i-- {
		if c.phrases[i].class == condition {
			return true
		}
	}
	return false
}

// score says whether an amount with slashes bounds something: a score ("4.5/5")
// or one number for each of so many quantiles.
func (a *amount) score(quantiles int) bool {
	if quantiles > 1 && 1+len(a.further) == quantiles {
		return true
	}
	best := a.further[0].float()
	return a.bare() && len(a.further) == 1 && a.value.float() < best && (best == 5 || best == 10 || best == 100)
}

// refusal says why bound n can be no criterion whatever it is about.
func (c *clause) refusal(n int) string {
	b := c.bounds[n]
	a := c.phrases[b.at].amount
	switch {
	case a.unit.foreign || a.per:
		return "the unit can't be said in a criterion"
	case a.approx:
		return "an estimate"
	}
	if c.aside(n) {
		return "a part of what is compared"
	}
	if b.by == compare && b.first > 0 && isVersus(c.phrases[b.first-1]) && (b.first == 1 || c.phrases[b.first-2].class != baseline) {
		return "what something else has"
	}
	for i := b.first - 1; i >= c.free && i >= b.first-reach; i-- {
		switch c.phrases[i].class {
		case runtime:
			if a.bare() {
				return "a version"
			}
		case signal, comma, percentile:
			return ""
		}
	}
	if b.first > 0 && c.bounds[0].first < b.first && a.is(Seconds) && isWindow(c.phrases[b.first-1]) {
		return "the window of the bound before it"
	}
	if i := b.last + 1; i < len(c.phrases) && a.bare() && (c.phrases[i].class == runtime || c.phrases[i].class == odd) {
		return "a version, a cost or a formula"
	}
	return ""
}

func isVersus(p phrase) bool { return p.class == filler && p.subject == former }

// withVersion says whether a bound about s compares with another version of the
// service: "3.13 at least as fast as 3.12", "queue no longer than on 3.12".
func (c *clause) withVersion(b bound, s subject) bool {
	if b.by != compare || !c.isVersion(b.at) {
		return false
	}
	p := c.phrases[b.first]
	scored := s.known && s.signal == Other && s.good == Greater && s.subject != "performance"
	switch {
	case isSign(p):
		return false
	case p.rival && !scored:
		return true
	}
	for i := b.first + 1; i < b.at; i++ {
		if isWindow(c.phrases[i]) || lowered(c.phrases[i].text) == "on" {
			return true
		}
	}
	for i := b.first - 1; i >= 0; i-- {
		if c.phrases[i].class == comma || c.phrases[i].class == openParen {
			return false
		}
		if c.isVersion(i) && (i == 0 || c.phrases[i-1].class != colon) {
			return true
		}
	}
	return false
}

// isVersion says whether phrase i can be a version's number: 3.12, but not 0.5.
func (c *clause) isVersion(i int) bool {
	p := c.phrases[i]
	if p.class != quantity || !p.amount.plain() || p.amount.scaled {
		return false
	}
	major, minor, ok := strings.Cut(p.text, ".")
	return ok && major != "" && major[0] != '0' && len(minor) <= 2 && strings.Trim(major+minor, "0123456789") == ""
}

// aside says whether bound n only says more about what the next one bounds:
// "slow queries (> 1s) < 1%".
func (c *clause) aside(n int) bool {
	b := c.bounds[n]
	return n+1 < len(c.bounds) && c.bounds[n+1].first == b.last+2 && b.first > 0 &&
		c.phrases[b.first-1].class == openParen && c.phrases[b.last+1].class == closeParen
}

// isWindow says whether a phrase opens a time window: "5 errors in < 1h".
func isWindow(p phrase) bool {
	switch lowered(p.text) {
	case "in", "en", "em", "im", "within", "в":
		return true
	}
	return false
}

// doubt says why a bound about s is left alone.
func doubt(s subject, b bound, a *amount, m movement) string {
	if s.known {
		if a.bare() && (b.by == plus && s.good != Greater || b.by == demand && s.signal == Business) {
			return "a count of work, not a bound"
		}
		if (b.by == plus || b.by == floor || b.by == ceiling) && !m.relative() && (b.op == LessOrEqual) != (s.good == Less) {
			return "a size to provide, not a bound"
		}
		return ""
	}
	if a.unit.times && !m.named {
		return "a multiple of nothing known"
	}
	if b.due {
		return "nothing known is demanded"
	}
	return ""
}
