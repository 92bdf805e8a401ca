package criterion

import (
	"strings"
	"unicode/utf8"

	"github.com/cutover-dev/cutover/checklist/internal/lexicon"
)

// phrase is a piece of a line with what it does there. Meanings are shared with
// the tables, and amounts with the phrases they were copied from: to change one,
// copy it.
type phrase struct {
	*meaning
	text   string
	amount *amount // of a quantity; of a blank only its unit; nil for the others
}

// amount is a number as written, with its unit.
type amount struct {
	value   fraction
	further []fraction // the others of "150/250 ms"
	upper   *fraction  // the upper end of a range; nil for none
	unit    *unit      // unitless where none is written
	orMore  bool       // "95%+"
	approx  bool       // "~45s": an estimate
	scaled  bool       // magnified: "10K"
	of      bool       // a part of a whole, "43/43": work done, unless it is a score, "4.5/5"
	per     bool       // so many per time, which no unit of a criterion says
}

// bare says whether no unit is written.
func (a *amount) bare() bool { return a.unit == unitless }

func (a *amount) is(base Unit) bool {
	return a != nil && a.unit.base == base && !a.unit.foreign && !a.unit.times
}

// classes are the meanings that are a class and nothing else.
var classes = func() (all [stop + 1]meaning) {
	for c := range all {
		all[c].class = class(c)
	}
	return all
}()

// only is the meaning of a phrase of which nothing but its class is known.
func only(c class) *meaning { return &classes[c] }

// plain says whether an amount is one number and nothing else.
func (a *amount) plain() bool {
	return a.bare() && !a.orMore && !a.approx && !a.of && a.upper == nil
}

// phraser turns tokens into phrases.
type phraser struct {
	line    string // as written, for what the case of letters says
	tokens  []lexicon.Token
	pos     int
	phrases []phrase
	amounts *amounts // where to make them
}

// phrasesIn gives the phrases of a line that has been split, in room, which is
// empty and holds as many as there are tokens.
func phrasesIn(room []phrase, amounts *amounts, line string, tokens []lexicon.Token) []phrase {
	p := phraser{line: line, tokens: tokens, phrases: room, amounts: amounts}
	for p.pos < len(p.tokens) {
		p.next()
	}
	return p.phrases
}

func (p *phraser) next() {
	tok := p.tokens[p.pos]
	switch tok.Kind {
	case lexicon.Number:
		p.quantity()
	case lexicon.Odd:
		p.emit(only(odd), 1)
	case lexicon.Blank:
		u, n := matchUnit(p.tokens[p.pos+1:])
		p.emit(only(blank), 1+n).amount = p.amounts.in(u)
	case lexicon.Sign:
		p.sign(tok)
	case lexicon.Word:
		p.word(tok)
	}
}

// emit adds a phrase of n tokens.
func (p *phraser) emit(m *meaning, n int) *phrase {
	text := p.line[p.tokens[p.pos].From:p.tokens[p.pos+n-1].To]
	p.phrases = append(p.phrases, phrase{meaning: m, text: text})
	p.pos += n
	return &p.phrases[len(p.phrases)-1]
}

// word reads a known phrase, a quantile ("p95", "p(95)"), a number word, or leaves the
// word plain.
func (p *phraser) word(tok lexicon.Token) {
	name, length := tok.Text, 1
	if name == "p" && p.is(p.pos+1, "(") && p.isNumber(p.pos+2) && p.is(p.pos+3, ")") {
		name, length = "p"+p.tokens[p.pos+2].Text, 4
	}
	if value, ok := quantileName(name); ok {
		p.emit(&meaning{class: percentile, value: value}, length)
		return
	}
	m, n := words().Match(p.tokens[p.pos:])
	switch {
	case len(tok.Text) == 1 && p.is(p.pos+1, "#") && p.tokens[p.pos+1].Glued:
		p.emit(only(plainWord), 2) // C#
	case m == nil && !p.compound(tok.Text):
		p.emit(only(plainWord), 1)
	case m == nil:
	case m.class == numeral:
		p.numberWord(m, n)
	default:
		p.emit(m, n)
	}
}

// compound reads a German noun of a signal and its change, "Latenzanstieg", as
// the two words it is made of.
func (p *phraser) compound(word string) bool {
	const shortest = 10 // that such a noun is
	for i := 0; i < len(compoundHeads) && len(word) >= shortest; i++ {
		stem, ok := strings.CutSuffix(word, compoundHeads[i].phrases)
		if !ok {
			continue
		}
		for _, link := range []string{"", "s", "n"} {
			m, _ := words().Match([]lexicon.Token{{Kind: lexicon.Word, Text: strings.TrimSuffix(stem, link)}})
			if m != nil && m.class == signal {
				p.emit(m, 1)
				p.phrases = append(p.phrases, phrase{meaning: &compoundHeads[i].meaning})
				return true
			}
		}
	}
	return false
}

// numberWord reads "five percent" or "twice"; a number word without a unit is
// a plain word, as "one" in "one of them".
func (p *phraser) numberWord(m *meaning, n int) {
	a := p.amounts.in(multiple)
	size := 0
	if m.subject != "times" {
		a.unit = unitless
		if size = p.unit(a, p.pos+n) - p.pos - n; size == 0 {
			p.emit(only(plainWord), n)
			return
		}
	}
	a.value = fractionOf(m.value)
	p.emit(only(quantity), n+size).amount = a
}

// quantileName reads p95, p99.9, p999, tp99.
func quantileName(word string) (string, bool) {
	word = strings.TrimPrefix(word, "t")
	if len(word) < 3 || len(word) > 6 || word[0] != 'p' {
		return "", false
	}
	digits := ""
	for i, r := range word[1:] {
		switch {
		case isDigit(r):
			digits += string(r)
		case r == '.' && i == 2:
		default:
			return "", false
		}
	}
	return "0." + digits, len(digits) >= 2 && word != "p100"
}

// sign reads a sign that means something between words.
func (p *phraser) sign(tok lexicon.Token) {
	switch tok.Text {
	case "<":
		p.emit(&less, 1)
	case ">":
		p.emit(&greater, 1)
	case "≤":
		p.emit(&lessOrEqual, 1)
	case "≥":
		p.emit(&greaterOrEqual, 1)
	case "%":
		if p.pos+1 < len(p.tokens) && p.tokens[p.pos+1].Kind == lexicon.Number && !p.is(p.pos+2, "%") {
			p.prefixPercent() // Turkish writes %5
			return
		}
		p.emit(only(plainWord), 1)
	case "$", "€", "£", "¥", "₩", "₺", "₽":
		n := 1
		for p.pos+n < len(p.tokens) && p.tokens[p.pos+n].Kind == lexicon.Number {
			n++
		}
		p.emit(only(odd), n)
	case "±":
		if n := len(p.phrases); n > 0 && p.phrases[n-1].class == baseline {
			p.emit(only(plus), 1) // "within baseline ± 10%"
			return
		}
		p.emit(only(odd), 1)
	case "#", "§", "=", "≠", "{", "}", "‖":
		p.emit(only(odd), 1)
	case "(":
		if u, n := p.unitAt(p.pos + 1); n > 0 && p.is(p.pos+1+n, ")") && !u.times && !(tok.Glued && n == 1 && utf8.RuneCountInString(p.tokens[p.pos+1].Text) == 1) {
			p.emit(only(blank), n+2).amount = p.amounts.in(u) // "Response time (ms)"
			return
		}
		p.emit(only(openParen), 1)
	default:
		if class, ok := punctuation[tok.Text]; ok {
			p.emit(only(class), 1)
			return
		}
		if tok.Text == "." && (p.pos+1 == len(p.tokens) || !p.tokens[p.pos+1].Glued) || tok.Text == "!" || tok.Text == "?" {
			p.emit(only(stop), 1)
			return
		}
		p.pos++
	}
}

var punctuation = map[string]class{
	"(": openParen, ")": closeParen, ":": colon, ",": comma, "+": plus, "-": dash, "–": dash, "—": dash,
	"→": arrow, ";": stop, "|": stop, "。": stop, "~": filler, "'": filler,
	"/": joiner, "&": joiner,
}

func (p *phraser) prefixPercent() {
	a := p.amounts.in(percent)
	a.value = fractionOf(p.tokens[p.pos+1].Text)
	if a.value.compare(half) >= 0 && p.quantileEnding(p.pos+2) {
		p.emit(&meaning{class: percentile, value: quantile(a.value)}, 4)
		return
	}
	p.emit(only(quantity), p.inflection(p.pos+2)-p.pos).amount = a
}
