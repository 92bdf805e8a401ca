package criterion

import "math/big"

// phrase is a piece of a line with what it does there.
type phrase struct {
	meaning
	from, to int // where it stands in the line, in runes
	text     string
	amount   amount // of a quantity; of a blank only its unit
}

// amount is a number as written, with its unit.
type amount struct {
	values []*big.Rat // several in "150/250 ms"
	upper  *big.Rat   // the upper end of a range, or nil
	unit   unit
	bare   bool // no unit is written
	orMore bool // "95%+"
	approx bool // "~45s": an estimate
	scaled bool // magnified: "10K"
	of     bool // a fraction, "43/43": work done, unless it is a score, "4.5/5"
}

func (a amount) is(base Unit) bool {
	return !a.bare && !a.unit.foreign && a.unit.base == base && !a.unit.times
}

// phraser turns tokens into phrases.
type phraser struct {
	line    []rune // as written, for what the case of letters says
	tokens  []token
	pos     int
	phrases []phrase
}

func phrases(line []rune) []phrase {
	p := &phraser{line: line, tokens: lex(line)}
	p.phrases = make([]phrase, 0, len(p.tokens))
	for p.pos < len(p.tokens) {
		p.next()
	}
	return p.phrases
}

func (p *phraser) next() {
	tok := p.tokens[p.pos]
	switch tok.kind {
	case numberToken:
		p.quantity()
	case oddToken:
		p.emit(meaning{class: odd}, 1)
	case blankToken:
		u, n := units().match(p.tokens[p.pos+1:])
		p.emit(meaning{class: blank}, 1+n)
		p.phrases[len(p.phrases)-1].amount = amount{unit: u, bare: n == 0}
	case signToken:
		p.sign(tok)
	case wordToken:
		p.word(tok)
	}
}

// emit adds a phrase of n tokens.
func (p *phraser) emit(m meaning, n int) *phrase {
	first, last := p.tokens[p.pos], p.tokens[p.pos+n-1]
	p.phrases = append(p.phrases, phrase{
		meaning: m, from: first.from, to: last.to, text: string(p.line[first.from:last.to]),
	})
	p.pos += n
	return &p.phrases[len(p.phrases)-1]
}

// word reads a known phrase, a quantile ("p95"), a number word, or leaves the
// word plain.
func (p *phraser) word(tok token) {
	if value, ok := quantileName(tok.text); ok {
		p.emit(meaning{class: percentile, value: value}, 1)
		return
	}
	m, n := words().match(p.tokens[p.pos:])
	switch {
	case m == nil:
		p.emit(meaning{class: plainWord}, 1)
	case m.class == numeral:
		p.numberWord(m, n)
	default:
		p.emit(*m, n)
	}
}

// numberWord reads "five percent" or "twice"; a number word without a unit is
// a plain word, as "one" in "one of them".
func (p *phraser) numberWord(m *meaning, n int) {
	a := amount{values: []*big.Rat{rational(m.value)}}
	size := 0
	if m.subject == "times" {
		a.unit = unit{times: true, scale: big.NewRat(1, 1)}
	} else if a.unit, size = units().match(p.tokens[p.pos+n:]); size == 0 {
		p.emit(meaning{class: plainWord}, n)
		return
	}
	p.emit(meaning{class: quantity}, n+size).amount = a
}

// quantileName reads p95, p99.9, p999.
func quantileName(word string) (string, bool) {
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
func (p *phraser) sign(tok token) {
	switch tok.text {
	case "<":
		p.emit(less, 1)
	case ">":
		p.emit(greater, 1)
	case "≤":
		p.emit(lessOrEqual, 1)
	case "≥":
		p.emit(greaterOrEqual, 1)
	case "%":
		if p.pos+1 < len(p.tokens) && p.tokens[p.pos+1].kind == numberToken && p.tokens[p.pos+1].glued {
			p.prefixPercent() // Turkish writes %5
			return
		}
		p.emit(meaning{class: plainWord}, 1)
	case "$", "€", "£", "¥", "₩", "₺", "₽":
		n := 1
		for p.pos+n < len(p.tokens) && p.tokens[p.pos+n].kind == numberToken {
			n++
		}
		p.emit(meaning{class: odd}, n)
	case "#", "§", "=", "≠", "{", "}", "‖", "±":
		p.emit(meaning{class: odd}, 1)
	case "(":
		if u, n := p.unitAt(p.pos + 1); n > 0 && p.is(p.pos+1+n, ")") && !u.times && !(tok.glued && n == 1 && p.tokens[p.pos+1].to-p.tokens[p.pos+1].from == 1) {
			p.emit(meaning{class: blank}, n+2).amount = amount{unit: u} // "Response time (ms)"
			return
		}
		p.emit(meaning{class: openParen}, 1)
	default:
		if class, ok := punctuation[tok.text]; ok {
			p.emit(meaning{class: class}, 1)
			return
		}
		if tok.text == "." && (p.pos+1 == len(p.tokens) || !p.tokens[p.pos+1].glued) || tok.text == "!" || tok.text == "?" {
			p.emit(meaning{class: stop}, 1)
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
	a := amount{values: []*big.Rat{rational(p.tokens[p.pos+1].text)}, unit: unit{base: Ratio, scale: big.NewRat(1, 100)}}
	p.emit(meaning{class: quantity}, 2).amount = a
}
