package criterion

import (
	"cmp"
	"slices"
	"strings"
)

// bound is a number that a clause compares something with.
type bound struct {
	first, last int // the phrases it takes, comparator and quantity
	at          int // the quantity
	op          Comparison
	due         bool  // compares nothing but a known signal
	under       bool  // by how much the baseline is missed: "below baseline by 5%"
	by          class // what made it a bound: compare, demand, ceiling, floor, warning, plus
	flipped     bool
}

// bounds finds the bounds of a clause, in the order of the text.
func bounds(ph []phrase) []bound {
	taken := make([]bool, len(ph))
	found := make([]bound, 0, 2) // hardly a clause has more
	for i := range ph {
		if !isCompare(ph[i]) || taken[i] {
			continue
		}
		if b, ok := comparedBound(ph, i, taken); ok {
			found = append(found, b)
			for j := b.first; j <= b.last; j++ {
				taken[j] = true
			}
		}
	}
	for i := range ph {
		if ph[i].class == quantity && !taken[i] {
			if b, ok := demandedBound(ph, i, taken); ok {
				found = append(found, b)
				taken[i] = true
			}
		}
	}
	slices.SortFunc(found, func(a, b bound) int { return cmp.Compare(a.at, b.at) })
	return found
}

// reach is how many phrases may stand between a comparator and its number
// ("exceeds the baseline by 50%").
const reach = 4

// comparedBound reads the comparator at i with its number.
func comparedBound(ph []phrase, i int, taken []bool) (bound, bool) {
	b := bound{first: i, op: ph[i].op, by: compare}
	at := numberAhead(ph, i, taken)
	if back := numberBehind(ph, i, taken); back >= 0 && (ph[i].behind || at < 0 && !isSign(ph[i]) && !comparesAhead(ph[i])) {
		b.at, b.first, b.last = back, back, i
	} else if at >= 0 && !ph[i].behind {
		b.at, b.last = at, at
	} else {
		return bound{}, false
	}
	// A sign says that something is compared, whatever it is; words ("at least
	// two reviewers") say so of a share, or of a signal.
	b.due = ph[i].class == compareDue || !isSign(ph[i]) && !ph[b.at].amount.is(Ratio)
	if negated(ph, i, b.last) || b.last+1 < len(ph) && ph[b.last+1].class == change && ph[b.last+1].subject == denied {
		b.op, b.flipped = b.op.Negated(), true
	}
	if (b.op == Less || b.op == GreaterOrEqual) && missesBy(ph[i:max(i, b.at)]) {
		b.op, b.under = b.op.Mirrored(), true
	}
	return b, true
}

// missesBy says whether a comparator and what follows it say by how much the
// baseline is missed: "below baseline by more than".
func missesBy(ph []phrase) bool {
	for i := 1; i < len(ph); i++ {
		if ph[i].text == "by" && ph[i-1].class == baseline {
			return true
		}
	}
	return false
}

// comparesAhead says whether a comparator compares with what follows, whatever
// that is: "99% smaller than its predecessor" bounds nothing.
func comparesAhead(p phrase) bool { return strings.HasSuffix(lowered(p.text), " than") }

func isSign(p phrase) bool {
	switch p.text {
	case "<", ">", "≤", "≥", "<=", ">=", "=<":
		return true
	}
	return false
}

// numberAhead finds the quantity that the comparator at i compares with.
func numberAhead(ph []phrase, i int, taken []bool) int {
	for j := i + 1; j < len(ph) && j <= i+reach; j++ {
		switch ph[j].class {
		case quantity:
			if taken[j] {
				return -1
			}
			return j
		case filler, baseline, percentile, plus, dash, openParen, colon, demand, lasting:
		case compare:
			if ph[j-1].text != "by" {
				return -1 // but "exceed the baseline by more than 5%"
			}
		case plainWord:
			if k := skip(ph, j, plainWord); k == len(ph) || ph[k].class != baseline {
				return -1 // but "≤ single-node baseline + 20%"
			}
		default:
			return -1
		}
	}
	return -1
}

// numberBehind finds the quantity before a comparator that follows its number.
func numberBehind(ph []phrase, i int, taken []bool) int {
	for j := i - 1; j >= 0 && j >= i-reach; j-- {
		switch ph[j].class {
		case quantity:
			if taken[j] {
				return -1
			}
			return j
		case filler, negation, span:
		default:
			return -1
		}
	}
	return -1
}

// negated says whether a negation stands before the comparator at i, with
// nothing but a change and what changes between: "no memory increase > 10%", "must
// not degrade write throughput by more than 5%". In parentheses a share of the
// baseline, which ends at last, explains the negation: "not degraded (> 90% of
// baseline)".
func negated(ph []phrase, i, last int) bool {
	moved := ph[i].rival
	explains := last+2 < len(ph) && ph[last+1].class == filler && ph[last+2].class == baseline
	named := false
	for j := i - 1; j >= 0 && j >= i-2*reach; j-- {
		switch ph[j].class {
		case negation:
			return moved || !named || ph[j].subject == ofSignal
		case change:
			moved = true
		case openParen:
			if explains {
				return false
			}
		case filler:
		case signal, plainWord:
			named = true
		default:
			return false
		}
	}
	return false
}

// demandedBound reads a quantity without a comparator that a word near it
// makes a bound: "target: 200ms", "500ms max", "95%+". The nearest such word
// decides, so that a measurement beside a target stays a measurement.
func demandedBound(ph []phrase, i int, taken []bool) (bound, bool) {
	a := ph[i].amount
	b := bound{first: i, last: i, at: i, due: true}
	if a.orMore {
		b.op, b.by = GreaterOrEqual, plus
		b.due = !a.is(Ratio)
		return b, a.upper == nil && (!a.bare() || endsAt(ph, i+1))
	}
	word := demandBefore(ph, i, taken)
	if word < 0 {
		word = demandAfter(ph, i, taken)
	}
	if word < 0 || ph[word].class == measured {
		return bound{}, false
	}
	if ph[word].class == warning && a.upper != nil {
		return bound{}, false // "warning: 10-25%" is a band
	}
	b.by, b.op = ph[word].class, ph[word].op
	return b, true
}

// endsAt says whether nothing that a number counts stands at i: "90+" is a
// score, "100+ documents" are not.
func endsAt(ph []phrase, i int) bool {
	return i >= len(ph) || ph[i].class == comma || ph[i].class == closeParen || ph[i].class == joiner
}

func isDemand(c class) bool {
	return c == demand || c == ceiling || c == floor || c == warning || c == measured
}

// demandBefore finds the word before the quantity at i that says what the
// number is: a demand or a measurement.
func demandBefore(ph []phrase, i int, taken []bool) int {
	for j := i - 1; j >= 0; j-- {
		if taken[j] || ph[j].class == quantity || ph[j].class == closeParen || ph[j].class == odd {
			return -1
		}
		if isDemand(ph[j].class) && (ph[j].class != warning || i-j <= reach) {
			return j
		}
	}
	return -1
}

// demandAfter finds the demand word behind the quantity at i: "100% pass rate
// required".
func demandAfter(ph []phrase, i int, taken []bool) int {
	if i+3 < len(ph) && ph[i+1].class == openParen && isDemand(ph[i+2].class) && ph[i+3].class == closeParen {
		return i + 2 // "99.9% (SLA)"
	}
	for j := i + 1; j < len(ph) && j <= i+reach; j++ {
		switch c := ph[j].class; {
		case c == warning && j+1 == len(ph) && skip(ph, i+1, filler) == j && ph[i].amount.is(Ratio):
			return j // "85%告警"
		case taken[j] || c == quantity || c == openParen || c == closeParen || c == comma || c == colon || c == dash || c == warning:
			return -1
		case isDemand(c):
			if ph[j].subject == ahead {
				return -1
			}
			return j
		}
	}
	return -1
}
