package criterion

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

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
	text     string // lower-case, accents removed; a number in plain notation
	from, to int32  // where it stands in the line as written, in bytes
	kind     tokenKind
	glued    bool // nothing stands between it and the token before
}

// lexer splits a line into tokens.
type lexer struct {
	folded
	pos    int
	glued  bool
	tokens []token
}

// lex splits a line into tokens, which it appends to room; their texts may be kept
// with others. Markup (*, backticks, backslashes, tags) and pictographs separate
// tokens and are dropped.
func lex(with *texts, room []token, line string) []token {
	l := lexer{folded: foldLine(with, line), tokens: room}
	for l.pos < len(l.text) {
		l.next()
	}
	return l.tokens
}

// next reads on: a token, or what is none.
func (l *lexer) next() {
	switch c := l.text[l.pos]; {
	case isLetter(c):
		l.word()
	case c == ' ' || '\t' <= c && c <= '\r':
		l.gap(1)
	case isDigit(c):
		l.number()
	case c == '_':
		l.underscores()
	case c >= utf8.RuneSelf:
		l.wide()
	case c == '*' || c == '`' || c == '\\' || c == '"':
		l.drop(1) // markup leaves its neighbours glued: **<**5%
	case c == '<' && l.tag():
	default:
		l.sign()
	}
}

// gap passes over what separates tokens, drop over what doesn't.
func (l *lexer) gap(size int)  { l.pos, l.glued = l.pos+size, false }
func (l *lexer) drop(size int) { l.pos += size }

// wide reads what begins with a character beyond ASCII.
func (l *lexer) wide() {
	r, size := utf8.DecodeRuneInString(l.text[l.pos:])
	switch {
	case r == '–' || r == '—' || r == '→' || r == '≤' || r == '≥': // the usual ones, without a search
		l.emit(signToken, l.pos+size)
	case isUnspaced(r):
		l.emit(wordToken, l.pos+size)
	case unicode.IsLetter(r):
		l.word()
	case r == '“' || r == '”' || r == '\ufe0f':
		l.drop(size)
	case unicode.IsSpace(r) || unicode.In(r, unicode.So, unicode.Cf, unicode.Mn):
		l.gap(size) // pictographs and invisible marks
	default:
		l.emit(signToken, l.pos+size)
	}
}

// emit adds the token that stands up to end.
func (l *lexer) emit(kind tokenKind, end int) { l.emitAs(kind, l.text[l.pos:end], end) }

// emitAs adds a token whose text isn't as written.
func (l *lexer) emitAs(kind tokenKind, text string, end int) {
	from, to := l.written(l.pos, end)
	l.tokens = append(l.tokens, token{text, from, to, kind, l.glued})
	l.pos, l.glued = end, true
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
	l.gap(1)
}

// word reads letters and the digits that belong to them: "p99.9", "a11y".
func (l *lexer) word() {
	if rest := l.text[l.pos:]; rest[0] == 'h' && (strings.HasPrefix(rest, "https://") || strings.HasPrefix(rest, "http://")) {
		l.gap(addressLength(rest))
		return
	}
	end, digits := l.pos, false
	for end < len(l.text) {
		c := l.text[end]
		if isLetter(c) {
			end++
			continue
		}
		if isDigit(c) {
			digits = true
			end++
			continue
		}
		if c == '.' && digits && end+1 < len(l.text) && isDigit(l.text[end+1]) {
			end++
			continue
		}
		n := l.letter(end)
		if n == 0 {
			break
		}
		end += n
	}
	// An identifier: AGI-36, UTF-8.
	if end+1 < len(l.text) && l.text[end] == '-' && isDigit(l.text[end+1]) && !digits {
		end++
		for end < len(l.text) {
			n := l.letter(end)
			if n == 0 && !isDigit(l.text[end]) {
				break
			}
			end += max(n, 1)
		}
	}
	l.emit(wordToken, end)
}

// addressLength is how much of a text belongs to the URL it begins with.
func addressLength(text string) int {
	if end := strings.IndexAny(text, " \t)|<>\"`"); end >= 0 {
		return end
	}
	return len(text)
}

// letter gives the length of the letter of a spaced script at i; 0 for none.
func (l *lexer) letter(i int) int {
	c := l.text[i]
	if isLetter(c) {
		return 1
	}
	if c < utf8.RuneSelf {
		return 0
	}
	r, size := utf8.DecodeRuneInString(l.text[i:])
	if !unicode.IsLetter(r) || isUnspaced(r) {
		return 0
	}
	return size
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
func dateAhead(rest string) bool { return digitsAhead(rest[1:]) == 2 }

// inlineTags are the HTML tags that separate nothing.
var inlineTags = map[string]bool{
	"b": true, "strong": true, "i": true, "em": true, "u": true, "s": true, "code": true, "kbd": true, "span": true,
	"mark": true, "font": true, "sub": true, "sup": true, "small": true, "a": true,
}

// tag reads an HTML tag, which separates cells and sentences like a semicolon
// unless it only marks text up. It says whether there is one.
func (l *lexer) tag() bool {
	const longest = 40
	rest := l.text[l.pos:]
	if len(rest) < 3 || rest[1] != '/' && !l.anyLetter(l.pos+1) {
		return false
	}
	runes := 0
	for i, r := range rest {
		switch {
		case runes == longest, i > 0 && r == '<', r == '|':
			return false
		case r == '>':
			if name, _, _ := strings.Cut(strings.Trim(rest[1:i], "/"), " "); inlineTags[name] {
				l.drop(i + 1)
				return true
			}
			l.emitAs(signToken, ";", l.pos+i+1)
			return true
		}
		runes++
	}
	return false
}

// anyLetter says whether a letter stands at i, of whatever script.
func (l *lexer) anyLetter(i int) bool {
	r, _ := utf8.DecodeRuneInString(l.text[i:])
	return unicode.IsLetter(r)
}

// digraph is the sign that two characters are together; empty for none.
func digraph(two string) string {
	switch two {
	case "<=", "=<":
		return "≤"
	case ">=":
		return "≥"
	case "->", "=>":
		return "→"
	case "==":
		return "="
	case "!=":
		return "≠"
	case "&&":
		return "&"
	case "||", "<<":
		return "‖"
	case "//":
		return "/"
	}
	return ""
}

// opensNumber says whether the point at hand may open a number, as in ".5%".
func (l *lexer) opensNumber() bool {
	if l.pos == 0 {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(l.text[:l.pos])
	return unicode.IsSpace(r) || r == '<' || r == '>' || r == '=' || r == '≤' || r == '≥' || r == '('
}

func (l *lexer) sign() {
	if l.pos+1 < len(l.text) {
		if l.text[l.pos] == '.' && isDigit(l.text[l.pos+1]) && l.opensNumber() {
			if digits := digitsAhead(l.text[l.pos+1:]); digits < maxDigits {
				l.emitAs(numberToken, "0."+l.text[l.pos+1:l.pos+1+digits], l.pos+1+digits)
				return
			}
		}
		if l.text[l.pos] == '-' && l.glued && l.anyLetter(l.pos+1) {
			l.gap(1) // a hyphen: sign-ups, 5-minute
			return
		}
		if text := digraph(l.text[l.pos : l.pos+2]); text != "" {
			l.emitAs(signToken, text, l.pos+2)
			return
		}
	}
	l.emit(signToken, l.pos+1)
}
