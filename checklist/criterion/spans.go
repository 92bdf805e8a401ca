package criterion

import (
	"slices"
	"strings"

	"github.com/cutover-dev/cutover/checklist/internal/lexicon"
)

// settleSpans finds the quantities of a clause that bound nothing: the time a
// bound must last ("for > 5 minutes", "(15 min)"), the time between looks
// ("every 15 min"), the load ("500 users", "10% of traffic"), and quantiles in
// words ("for 95% of requests", "percentile 95").
//
// What it is given stays as it is: where nothing changes, that comes back.
func (r *reader) settleSpans(in []phrase) []phrase {
	var out []phrase // nil as long as nothing has changed
	before := in[:0]
	compared := false
	for i := 0; i < len(in); {
		settled, n := settle(in, i, compared, before)
		if n > 0 && out == nil {
			out = r.space(len(in))
			out = append(out, in[:i]...)
		}
		if n == 0 {
			settled, n = in[i], 1
		}
		if n > 1 {
			settled.text = joinText(in[i : i+n])
		}
		if settled.class == compare || settled.class == compareDue {
			compared = true
		}
		i += n
		if before = in[:i]; out != nil {
			out = append(out, settled)
			before = out
		}
	}
	return before
}

func joinText(ph []phrase) string {
	texts := make([]string, len(ph))
	for i, p := range ph {
		texts[i] = p.text
	}
	return strings.Join(texts, " ")
}

// settle reads what begins at in[i] and gives the phrase it becomes and the
// number of phrases it takes; 0 for a phrase that stays as it is.
func settle(in []phrase, i int, compared bool, before []phrase) (phrase, int) {
	p := in[i]
	switch p.class {
	case lasting:
		return settleLasting(in, i)
	case compare, compareDue:
		if i+1 < len(in) && isShareOfRequests(in, i+1) && (p.op == GreaterOrEqual || p.op == Greater) && boundsTime(in[i+2:]) {
			return quantileOf(in[i+1]), 2 // "at least 99% of requests within 300 ms"
		}
		if settled, n := settleCompare(in, i, before); n > 0 {
			return settled, n
		}
		if !compared && outlasted(in, i) {
			return spanOf(p, in[i+1]), 2
		}
		if p.class == compare {
			return p, 0
		}
		j := i + 1
		if p.op == Greater && j < len(in) && in[j].class == quantity && in[j].amount.is(Seconds) && (compared || shared(before)) {
			return spanOf(p, in[j]), 2 // "over 5 minutes"
		}
		if compared && j < len(in) && in[j].class == quantity {
			if k := skip(in, j+1, filler); k < len(in) && in[k].class == load {
				p.meaning = &driven
				return p, k - i + 1 // "under 500 users"
			}
			if in[j].amount.is(RequestsPerSecond) {
				return plainly(p), 2
			}
		}
	case sampling:
		j := skip(in, i+1, filler, openParen, colon)
		if j == i+1 && j < len(in) && in[j].class == quantity && in[j].amount.is(Seconds) && p.text == "per" {
			return spanOf(p, in[j]), 2 // Italian
		}
		if j < len(in) && in[j].class == quantity && (in[j].amount.is(Seconds) || in[j].amount.bare()) {
			return plainly(p), j - i + 1
		}
		return plainly(p), 1
	case percentile:
		if p.value == "" && i+1 < len(in) && in[i+1].class == quantity && (in[i+1].amount.bare() || in[i+1].amount.is(Ratio)) {
			p.meaning = quantileOf(in[i+1]).meaning
			return p, 2
		}
	case quantity:
		return settleQuantity(in, i, before)
	case openParen:
		if parenSpan(in, i, before) {
			return spanOf(p, in[i+1]), 3
		}
	}
	return p, 0
}

// settleCompare reads the comparators that compare no number of their own:
// "5% more than 10 minutes" is how long, "10% slower than baseline" is which way.
func settleCompare(in []phrase, i int, before []phrase) (phrase, int) {
	p := in[i]
	named := len(before) > 1 && before[len(before)-1].class == baseline // "> 3x baseline über 5 Minuten"
	if named {
		before = before[:len(before)-1]
	}
	if len(before) == 0 || before[len(before)-1].class != quantity {
		return p, 0
	}
	last := before[len(before)-1].amount
	if i+1 < len(in) && in[i+1].class == quantity && in[i+1].amount.is(Seconds) && !last.is(Seconds) &&
		!p.behind && p.op != Less && p.op != LessOrEqual && len(before) > 1 {
		return spanOf(p, in[i+1]), 2
	}
	j := skip(in, i+1, filler)
	if named || isSign(p) || p.class == compareDue && p.op == Less || j == len(in) || in[j].class != baseline || !last.is(Ratio) && !last.unit.times {
		return p, 0
	}
	p.meaning = comparedChange(p)
	return p, j + 1 - i
}

// outlasted says whether the comparator at i tells how long a bound must last
// that comes behind: "länger als 10 Minuten über 2 %".
func outlasted(in []phrase, i int) bool {
	if in[i].op != Greater || in[i].behind || isSign(in[i]) || i+1 == len(in) || in[i+1].class != quantity || !in[i+1].amount.is(Seconds) {
		return false
	}
	j := skip(in, i+2, filler)
	return j+1 < len(in) && isCompare(in[j]) && in[j+1].class == quantity && in[j+1].amount.is(Ratio)
}

// comparedChange says which way "slower than baseline" moves.
func comparedChange(p phrase) *meaning {
	switch {
	case p.better < 0:
		return &worse
	case p.better > 0:
		return &improvement
	case p.op == Less, p.op == LessOrEqual:
		return &decrease
	}
	return &increase
}

// shared says whether a share was named shortly before.
func shared(before []phrase) bool {
	return slices.ContainsFunc(before[max(0, len(before)-2*reach):], func(p phrase) bool { return p.class == quantity && p.amount.is(Ratio) })
}

func isCompare(p phrase) bool { return p.class == compare || p.class == compareDue }

// parenSpan says whether a time in parentheses behind a bound is how long that
// must last: "> 1% (15 min)". Behind a bound that is a time itself it must be
// much longer: "> 1500 ms (15 min)".
func parenSpan(in []phrase, i int, before []phrase) bool {
	return i+2 < len(in) && in[i+2].class == closeParen && outlasts(in[i+1], before)
}

// outlasts says whether p is a time right behind a bound that is none itself or a
// much shorter one.
func outlasts(p phrase, before []phrase) bool {
	if p.class != quantity || !p.amount.is(Seconds) || len(before) < 2 {
		return false
	}
	last := before[len(before)-1]
	if last.class != quantity || !isCompare(before[len(before)-2]) {
		return false
	}
	span := seconds(p.amount)
	return !last.amount.is(Seconds) || span >= 30 && span > 10*seconds(last.amount)
}

func seconds(a *amount) float64 { return a.value.times(a.unit.scale).float() }

// settleLasting reads "for [at least] 5 minutes", "for 95% of requests" and
// "during a traffic spike".
func settleLasting(in []phrase, i int) (phrase, int) {
	p := in[i]
	if k := skip(in, i+1, filler, load); p.subject == occasion && k < len(in) && in[k].class == change {
		return plainly(p), k + 1 - i
	}
	if k := skip(in, i+1, filler); k < len(in) {
		of := isMost(in[k]) && k+1 < len(in) && in[k+1].text == "of" && boundsTime(in[:i]) // "≤ 100ms for 95% of interactions"
		if of || isShareOfRequests(in, k) {
			return quantileOf(in[k]), k + 1 - i
		}
	}
	j := i + 1
	for j < len(in) && j <= i+reach && (in[j].class == filler || in[j].class == lasting || isCompare(in[j]) || in[j].class == floor || in[j].class == plus) {
		j++
	}
	if j < len(in) && in[j].class == quantity {
		if !in[j].amount.is(Seconds) || describes(in, j) {
			return plainly(p), 1
		}
		if j+1 < len(in) && (in[j+1].class == lastingEnd || in[j+1].class == lasting) {
			return spanOf(p, in[j]), j + 2 - i
		}
		return spanOf(p, in[j]), j + 1 - i
	}
	p.meaning = &where
	return p, 1
}

// describes says whether a time is an attribute of the word behind it: "for
// 10-minute recordings".
func describes(in []phrase, i int) bool {
	return strings.Contains(in[i].text, "-") && i+1 < len(in) && in[i+1].class == plainWord
}

func settleQuantity(in []phrase, i int, before []phrase) (phrase, int) {
	p := in[i]
	j := i + 1
	if isShareOfRequests(in, i) && (len(before) == 0 || !isCompare(before[len(before)-1])) && boundsTime(in[j:]) {
		return quantileOf(p), 1
	}
	if isMost(p) && opensClause(before) && boundsTime(in[j:]) {
		switch {
		case sharesThings(in, j):
			share := quantileOf(p)
			share.subject = things
			return share, 1
		case j < len(in) && in[j].class == signal && in[j].signal == Latency:
			return quantileOf(p), 1 // "95%响应时间 < 5秒"
		}
	}
	if p.amount.is(Seconds) && j < len(in) && in[j].class == lastingEnd {
		return spanOf(p, p), 2
	}
	if j == len(in) && outlasts(p, before) {
		return spanOf(p, p), 1 // "> 1% 5m"
	}
	if n := spanBetween(in, i, before) + spanBefore(in, i); n > 0 {
		return spanOf(p, p), n
	}
	if isMost(p) && followsRequests(p, before) && boundsTime(in[j:]) {
		return quantileOf(p), 1 // "リクエストの95%が300ms以内"
	}
	if p.amount.bare() && perTime(in, j) {
		per := *p.amount
		per.per = true
		p.amount = &per
		return p, 1
	}
	k := skip(in, j, filler)
	if compared := len(before) > 0 && isCompare(before[len(before)-1]); compared && circumstantial(in[j:k]) {
		return p, 0 // "< 1% at full load"
	}
	if k < len(in) && in[k].class == load && (p.amount.is(Ratio) || p.amount.unit.times || p.amount.bare() && (len(before) == 0 || !isCompare(before[len(before)-1]))) {
		if p.amount.bare() {
			p.meaning = &driven
			return p, k - i + 1
		}
		return plainly(p), k - i + 1
	}
	return p, 0
}

// opensClause says whether nothing but a dash stands before.
func opensClause(before []phrase) bool {
	return len(before) == 0 || len(before) == 1 && before[0].class == dash
}

// sharesThings says whether what the share before in[i] is of is named there, and
// compared with a time: "95 % der Aufträge dauern < 2 s".
func sharesThings(in []phrase, i int) bool {
	j := skip(in, i, filler)
	k := skip(in, j, plainWord)
	return j > i && k > j && k <= j+2 && k+1 < len(in) && isCompare(in[k]) && in[k+1].class == quantity && in[k+1].amount.is(Seconds) &&
		!circumstantial(in[i:j])
}

// spanBetween says how many phrases a time takes that stands between a number
// and the comparator behind it, as in verb-final languages: "85% を 10分以上
// 超えた"; 0 for any other.
func spanBetween(in []phrase, i int, before []phrase) int {
	last := beforeFillers(before, len(before)-1)
	if !in[i].amount.is(Seconds) || last < 0 || before[last].class != quantity || last > 0 && isCompare(before[last-1]) {
		return 0
	}
	j := skip(in, i+1, filler)
	if j < len(in) && in[j].behind && in[j].op == GreaterOrEqual {
		j = skip(in, j+1, filler)
	}
	if j == len(in) || !in[j].behind {
		return 0
	}
	return j - i
}

// spanBefore says how many phrases a time takes whose comparator stands behind
// it, before what is compared with another number: "5분 이상 90%를 넘으면"; 0 for
// any other.
func spanBefore(in []phrase, i int) int {
	j := skip(in, i+1, filler)
	if !in[i].amount.is(Seconds) || j == len(in) || !in[j].behind || in[j].op == Less {
		return 0
	}
	k := skip(in, j+1, filler, signal, percentile)
	if k == len(in) || in[k].class != quantity || in[k].amount.is(Seconds) && k == j+1 {
		return 0
	}
	if next := skip(in, k+1, filler); next < len(in) && isCompare(in[next]) {
		return j + 1 - i
	}
	return 0
}

// circumstantial says whether one of the fillers behind a share begins where or
// when it holds.
func circumstantial(fillers []phrase) bool {
	return slices.ContainsFunc(fillers, func(p phrase) bool { return p.subject == circumstance })
}

// perTime says whether a count is one per time, "5 errors per hour", which no
// unit of a criterion says.
func perTime(in []phrase, i int) bool {
	i = min(skip(in, i, plainWord, signal), i+2)
	if i+1 >= len(in) || in[i].class != sampling && in[i].text != "/" {
		return false
	}
	u, n := matchUnit(new(lexicon.Lexer).Lex(in[i+1].text))
	return n > 0 && u.base == Seconds
}

// boundsTime says whether a time follows soon.
func boundsTime(in []phrase) bool {
	for _, p := range in[:min(len(in), 2*reach)] {
		if p.class == quantity && p.amount.is(Seconds) {
			return true
		}
	}
	return false
}

// skip gives the first index from i on whose phrase has none of the classes.
func skip(in []phrase, i int, classes ...class) int {
	for i < len(in) {
		found := false
		for _, c := range classes {
			found = found || in[i].class == c
		}
		if !found {
			return i
		}
		i++
	}
	return i
}

// beforeFillers gives the last index up to i whose phrase is no filler; -1 for
// none.
func beforeFillers(in []phrase, i int) int {
	for i >= 0 && in[i].class == filler {
		i--
	}
	return i
}

// spanOf makes the time t a span that begins where p does.
func spanOf(p, t phrase) phrase {
	p.meaning = only(span)
	p.amount = t.amount
	return p
}

// plainly takes a phrase's meaning away.
func plainly(p phrase) phrase {
	p.meaning = only(filler)
	return p
}
