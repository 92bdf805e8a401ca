package criterion

import (
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/cutover-dev/cutover/checklist/internal/lexicon"
)

// quantity reads a number with all that belongs to it: "10K msg/sec",
// "42-45ms", "150/250 ms", "95%+", "99th percentile", "4.5/5", "2x".
func (p *phraser) quantity() {
	start := p.pos
	if p.release() || p.ordinal() || p.status() {
		return
	}
	a := p.amounts.in(unitless)
	var at int
	a.value, at = p.number(a, start)
	at = p.moreNumbers(a, at)
	at = p.unit(a, at)
	at = p.nines(a, at)
	a.regroup(p.tokens[start].Text)
	if p.is(at, "+") && p.tokens[at].Glued && !p.isNumber(at+1) {
		a.orMore = true
		at++
		at = p.unit(a, at)
	}
	if a.bare() && p.is(at, "-") && p.tokens[at].Glued && at+1 < len(p.tokens) && !p.tokens[at+1].Glued {
		p.emit(only(odd), at+1-start) // "the 20- and 50-client profiles"
		return
	}
	at = p.inflection(p.counted(a, at))
	if start > 0 && p.is(start-1, "~") {
		a.approx = true
	}
	p.emit(only(quantity), at-start).amount = a
}

// nines reads "3 nines" as the share of 99.9 %.
func (p *phraser) nines(a *amount, at int) int {
	const most = 9
	if !a.bare() || at == len(p.tokens) || p.tokens[at].Text != "nines" || a.value.under != 1 || a.value.over < 1 || a.value.over > most {
		return at
	}
	all := 1.0
	for range int(a.value.over) {
		all *= 10
	}
	a.value, a.unit = fraction{all - 1, all}, share
	return at + 1
}

// inflection passes over the ending that Turkish gives a number or its unit
// behind an apostrophe: "%2'yi", "300 ms'den".
func (p *phraser) inflection(at int) int {
	const longest = 6
	if at+1 < len(p.tokens) && p.is(at, "'") && p.tokens[at].Glued && p.tokens[at+1].Glued &&
		p.tokens[at+1].Kind == lexicon.Word && len(p.tokens[at+1].Text) <= longest {
		return at + 2
	}
	return at
}

// quantileEnding says whether the ending at i makes a share a quantile, as in
// Turkish "%95'lik yanıt süresi".
func (p *phraser) quantileEnding(i int) bool {
	return p.inflection(i) > i && (p.tokens[i+1].Text == "lik" || p.tokens[i+1].Text == "luk")
}

// counters are what is counted where "per second" stands before the number:
// "毎秒1,500リクエスト", "초당 1,500건".
var counters = sync.OnceValue(func() *lexicon.Lexicon[meaning] {
	return newLexicon([]entry{{noise, "リクエスト, 件, 回, 次, 次请求, 个请求, 请求, 笔, 条, 个, 건, 회, 개, 요청, 개 요청, 건의 요청, 트랜잭션, istek, islem, sorgu"}})
})

// counted passes over what is counted per second, or before a comparator: "1,000件以上".
func (p *phraser) counted(a *amount, at int) int {
	if !a.bare() {
		return at
	}
	_, n := counters().Match(p.tokens[at:])
	if n == 0 {
		return at
	}
	if last := len(p.phrases) - 1; last >= 0 && p.phrases[last].implied == RequestsPerSecond {
		return at + n
	}
	if next, _ := words().Match(p.tokens[at+n:]); next == nil || !next.behind {
		return at
	}
	return at + n
}

// release reads the number of a version behind a slash: "HTTP/1.1", "nginx/1.25".
func (p *phraser) release() bool {
	i := p.pos - 2
	if i < 0 || !p.is(i+1, "/") || !p.tokens[i+1].Glued || !p.tokens[i+2].Glued ||
		p.tokens[i].Kind != lexicon.Word || strings.ContainsAny(p.tokens[i].Text, "0123456789") {
		return false
	}
	p.emit(only(odd), 1)
	return true
}

// betweenUnits are the words that may stand between a number and its unit: "5
// consecutive minutes".
var betweenUnits = map[string]bool{
	"consecutive": true, "straight": true, "continuous": true, "full": true, "whole": true, "successive": true,
}

// regroup takes the point of "1.500 req/s" for a separator of thousands, as
// most of Europe writes it: nobody states requests per second, milliseconds or
// a round count to three decimals.
func (a *amount) regroup(plain string) {
	before, decimals, _ := strings.Cut(plain, ".")
	if len(decimals) != 3 || before == "0" || len(before) > 3 || a.scaled || a.upper != nil || len(a.further) > 0 {
		return
	}
	milliseconds := a.is(Seconds) && a.unit.scale.compare(one) < 0
	if a.is(RequestsPerSecond) || milliseconds || a.bare() && decimals[2] == '0' {
		a.value = a.value.times(whole(1000))
	}
}

// is says whether the token at i is the sign.
func (p *phraser) is(i int, sign string) bool {
	return i < len(p.tokens) && p.tokens[i].Kind == lexicon.Sign && p.tokens[i].Text == sign
}

func (p *phraser) isNumber(i int) bool {
	return i < len(p.tokens) && p.tokens[i].Kind == lexicon.Number
}

// number reads the number at i with its magnitude ("10K") for an amount, and gives the place
// behind it.
func (p *phraser) number(a *amount, i int) (fraction, int) {
	value := fractionOf(p.tokens[i].Text)
	i++
	if i < len(p.tokens) && p.tokens[i].Kind == lexicon.Word {
		tok := p.tokens[i]
		raw := p.line[tok.From:tok.To]
		factor, ok := magnitudes[raw]
		if ok && (tok.Glued || len(raw) > 2 || p.isRate(i+1)) {
			value = value.times(whole(factor))
			a.scaled = true
			i++
		}
	}
	return value, i
}

// isRate says whether requests per second, or the like, stand at i: "1.5 k req/s".
func (p *phraser) isRate(i int) bool {
	u, n := p.unitAt(i)
	return n > 0 && u.base == RequestsPerSecond
}

// moreNumbers reads the rest of a range ("42-45", "42ms - 45", "1 bis 2"), of
// a list ("150/250") or of a fraction ("4.5/5").
func (p *phraser) moreNumbers(a *amount, i int) int {
	if j, ok := p.rangeAt(i); ok {
		upper, end := p.number(a, j)
		a.upper = &upper
		return end
	}
	for p.is(i, "/") {
		next := i + 1
		if first := p.pos - 1; first >= 0 && p.tokens[first].Kind == lexicon.Sign && p.is(next, p.tokens[first].Text) {
			next++ // "<50/<150 ms"
		}
		if !p.isNumber(next) {
			break
		}
		var value fraction
		value, i = p.number(a, next)
		a.further, a.of = append(a.further, value), true
	}
	return i
}

// rangeAt says where the upper end of a range stands whose lower end ends at i.
func (p *phraser) rangeAt(i int) (int, bool) {
	const longest = 4 // a unit, in tokens
	for j := i; j <= i+longest; j++ {
		if !p.isRange(j) {
			continue
		}
		_, n := p.unitAt(i)
		return j + 1, j == i || j == i+n
	}
	return 0, false
}

// isRange says whether the sign of a range and a number stand at i.
func (p *phraser) isRange(i int) bool {
	return p.isNumber(i+1) && (p.is(i, "-") || p.is(i, "–") || p.is(i, "—") || p.is(i, "~"))
}

// unit reads the unit at i into an amount that has none yet, and gives the
// place behind it.
func (p *phraser) unit(a *amount, i int) int {
	if !a.bare() {
		return i
	}
	at := i
	if at < len(p.tokens) && betweenUnits[p.tokens[at].Text] {
		at++
	}
	u, n := p.unitAt(at)
	if n == 0 {
		return i
	}
	a.unit = u
	at += n
	if per, n := p.unitAt(at); n > 1 && per.foreign {
		a.unit = per // "50 MB per hour"
		at += n
	}
	return at
}

// unitAt finds the unit that begins at i.
func (p *phraser) unitAt(i int) (*unit, int) {
	if i >= len(p.tokens) || p.tokens[i].Kind == lexicon.Number {
		return unitless, 0
	}
	u, n := matchUnit(p.tokens[i:])
	if n == 1 && p.tokens[i].Text == "分" && !p.minutes(i+1) {
		return unitless, 0
	}
	return u, n
}

// afterMinutes are what follows 分 where it is the minute.
const afterMinutes = "間间以後后前未超経继継続续毎每"

// minutes says whether 分, before the token at i, is the Japanese minute. In
// Chinese it is a point, 80分, for minutes are 分钟 there.
func (p *phraser) minutes(i int) bool {
	return i < len(p.tokens) && strings.Contains(afterMinutes, p.tokens[i].Text) ||
		strings.ContainsFunc(p.line, isKana) || !strings.ContainsFunc(p.line, isOtherHan)
}

// isKana says whether a rune is written in Japanese only.
func isKana(r rune) bool { return 'ぁ' <= r && r <= 'ヿ' }

func isOtherHan(r rune) bool { return r != '分' && unicode.Is(unicode.Han, r) }

// ordinal reads "99th percentile" and "percentile 99" is left to the reader of
// phrases.
func (p *phraser) ordinal() bool {
	value, i := fractionOf(p.tokens[p.pos].Text), p.pos+1
	if i < len(p.tokens) && p.tokens[i].Kind == lexicon.Word && p.tokens[i].Glued {
		switch p.tokens[i].Text {
		case "th", "st", "nd", "rd", "e", "eme", "o", "й", "-й":
			i++
		}
	}
	for p.is(i, ".") || p.is(i, "%") || p.is(i, "-") {
		i++
	}
	if i < len(p.tokens) && p.tokens[i].Text == "й" {
		i++ // "90-й процентиль"
	}
	if i >= len(p.tokens) {
		return false
	}
	if p.is(i-1, "%") && p.tokens[i].Text == "ile" { // "99%ile"
		p.emit(&meaning{class: percentile, value: quantile(value)}, i+1-p.pos)
		return true
	}
	m, n := quantileWords().Match(p.tokens[i:])
	if m == nil || m.value != "" {
		return false
	}
	p.emit(&meaning{class: percentile, value: quantile(value)}, i+n-p.pos)
	return true
}

// status reads "503 errors", "429 rate": a share of answers with that status.
func (p *phraser) status() bool {
	code := p.tokens[p.pos].Text
	if len(code) != 3 || code[0] != '4' && code[0] != '5' || p.pos+1 == len(p.tokens) {
		return false
	}
	switch p.tokens[p.pos+1].Text {
	case "rate", "error", "errors", "response", "responses":
		p.emit(&errors, 2)
		return true
	}
	return false
}

// quantile names the quantile that is a share in per cent: 99.9 is "0.999000".
func quantile(percent fraction) string {
	return strconv.FormatFloat(fraction{percent.over, percent.under * 100}.float(), 'f', 6, 64)
}
