package criterion

import "unicode"

// tokenKind is the kind of a token.
type tokenKind uint8

const (
	wordToken   tokenKind = iota // letters, perhaps with digits: "latency", "p95", "5xx"; one rune of an unspaced script
	numberToken                  // a number, in plain notation
	oddToken                     // a version, date, time of day or identifier: digits that are no quantity
	signToken                    // punctuation and symbols
	blankToken                   // a place to fill in: ____
)

// token is a piece of a line.
type token struct {
	kind     tokenKind
	text     string // lower-case, accents removed; a number in plain notation
	from, to int    // where it stands in the line, in runes
	glued    bool   // nothing stands between it and the token before
}

// lexer splits a line into tokens.
type lexer struct {
	text   []rune // folded: see fold
	source source // the same, to cut the tokens from
	pos    int
	glued  bool
	tokens []token
}

// lex splits a line into tokens. Markup (*, backticks, backslashes, tags) and
// pictographs separate tokens and are dropped.
func lex(text string) []token {
	folded := []rune(text)
	for i, r := range folded {
		folded[i] = fold(r)
	}
	l := &lexer{text: folded, source: sourceOf(string(folded)), tokens: make([]token, 0, len(folded)/4+4)}
	for l.pos < len(l.text) {
		l.next()
	}
	return l.tokens
}

func (l *lexer) next() {
	r := l.text[l.pos]
	switch {
	case r == '_':
		l.underscores()
	case isDigit(r):
		l.number()
	case isUnspaced(r):
		l.emit(wordToken, l.pos+1)
	case isLetter(r):
		l.word()
	case r == ' ' || r == '\t':
		l.pos++
		l.glued = false
	case r == '*' || r == '`' || r == '\\' || r == '"' || r == '“' || r == '”' || r == '\ufe0f':
		l.pos++ // markup leaves its neighbours glued: **<**5%
	case r == '<' && l.tag():
	case isGap(r):
		l.pos++
		l.glued = false
	default:
		l.sign()
	}
}

// emit adds the token that stands up to end.
func (l *lexer) emit(kind tokenKind, end int) { l.emitAs(kind, l.source.cut(l.pos, end), end) }

// emitAs adds a token whose text isn't as written.
func (l *lexer) emitAs(kind tokenKind, text string, end int) {
	l.tokens = append(l.tokens, token{kind, text, l.pos, end, l.glued})
	l.pos = end
	l.glued = true
}

// underscores reads a blank; a single underscore separates words.
func (l *lexer) underscores() {
	end := l.pos
	for end < len(l.text) && l.text[end] == '_' {
		end++
	}
	if end-l.pos > 1 {
		l.emitAs(blankToken, "", end)
		return
	}
	l.pos, l.glued = end, false
}

// word reads letters and the digits that belong to them: "p99.9", "a11y".
func (l *lexer) word() {
	end := l.pos
	digits := false
	for end < len(l.text) {
		r := l.text[end]
		if isDigit(r) {
			digits = true
		} else if (!isLetter(r) || isUnspaced(r)) && !(digits && r == '.' && end+1 < len(l.text) && isDigit(l.text[end+1])) {
			break
		}
		end++
	}
	// An identifier: AGI-36, UTF-8.
	if end+1 < len(l.text) && l.text[end] == '-' && isDigit(l.text[end+1]) && !digits {
		end++
		for end < len(l.text) && (isDigit(l.text[end]) || isLetter(l.text[end]) && !isUnspaced(l.text[end])) {
			end++
		}
	}
	l.emit(wordToken, end)
}

// number reads a number, or what only looks like one.
func (l *lexer) number() {
	plain, n := scanNumber(l.text[l.pos:])
	end := l.pos + n
	if rest := l.text[end:]; len(rest) >= 2 && rest[0] == 'x' && rest[1] == 'x' {
		l.emit(wordToken, end+2) // 5xx
		return
	}
	odd := plain == ""
	// Dates and times of day: 2025-11-21, 10:30, 24/11/2025; 4.5:1 too.
	for end+1 < len(l.text) && isDigit(l.text[end+1]) && (l.text[end] == ':' || n == 4 && l.text[end] == '-' && dateAhead(l.text[end:])) {
		odd = true
		end += 1 + digitsAhead(l.text[end+1:])
	}
	if odd {
		for end < len(l.text) && (isDigit(l.text[end]) || l.text[end] == '-' || l.text[end] == '.') {
			end++
		}
		l.emit(oddToken, end)
		return
	}
	l.emitAs(numberToken, plain, end)
}

// dateAhead says whether rest is the month of a date like 2025-11.
func dateAhead(rest []rune) bool { return digitsAhead(rest[1:]) == 2 }

// tag skips an HTML tag, which separates cells and sentences like a semicolon.
func (l *lexer) tag() bool {
	const longest = 40
	rest := l.text[l.pos:]
	if len(rest) < 3 || !(isLetter(rest[1]) || rest[1] == '/') {
		return false
	}
	for i := 1; i < len(rest) && i < longest; i++ {
		switch rest[i] {
		case '>':
			l.emitAs(signToken, ";", l.pos+i+1)
			return true
		case '<', '|':
			return false
		}
	}
	return false
}

// digraphs are the signs of two characters.
var digraphs = map[[2]rune]string{
	{'<', '='}: "≤", {'=', '<'}: "≤", {'>', '='}: "≥", {'-', '>'}: "→", {'=', '>'}: "→", {'=', '='}: "=", {'!', '='}: "≠",
	{'&', '&'}: "&", {'|', '|'}: "‖", {'/', '/'}: "/",
}

func (l *lexer) sign() {
	r := l.text[l.pos]
	if r == '-' && l.glued && l.pos+1 < len(l.text) && isLetter(l.text[l.pos+1]) {
		l.pos, l.glued = l.pos+1, false // a hyphen: sign-ups, 5-minute
		return
	}
	if l.pos+1 < len(l.text) {
		if text, ok := digraphs[[2]rune(l.text[l.pos:l.pos+2])]; ok {
			l.emitAs(signToken, text, l.pos+2)
			return
		}
	}
	l.emit(signToken, l.pos+1)
}

// isLetter is unicode.IsLetter with a short way for folded ASCII.
func isLetter(r rune) bool {
	if r < unicode.MaxASCII {
		return 'a' <= r && r <= 'z'
	}
	return unicode.IsLetter(r)
}

// isGap says whether a rune separates tokens and is dropped: spaces, pictographs,
// invisible marks.
func isGap(r rune) bool {
	return unicode.IsSpace(r) || r > unicode.MaxASCII && unicode.In(r, unicode.So, unicode.Cf, unicode.Mn)
}
