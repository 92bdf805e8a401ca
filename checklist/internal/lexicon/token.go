package lexicon

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is the kind of a token.
type Kind uint8

// The kinds.
const (
	Word   Kind = iota // letters, perhaps with digits: "latency", "p95", "5xx"; one rune of an unspaced script
	Number             // a number, in plain notation
	Odd                // a version, date, time of day or identifier: digits that are no quantity
	Sign               // punctuation and symbols
	Blank              // a place to fill in: ____
)

// Token is a piece of a line.
type Token struct {
	Text     string // lower-case, accents removed; a number in plain notation
	From, To int32  // where it stands in the line as written, in bytes
	Kind     Kind
	Glued    bool // nothing stands between it and the token before
}

// Lexer splits lines into tokens, in memory that it uses again for the next line.
// Its zero value is ready; one goroutine may use it at a time.
type Lexer struct {
	memory memory
	tokens []Token
}

// Lex splits a line into tokens, which last until the next line; their texts last
// longer. Markup (*, backticks, backslashes, tags) and pictographs separate tokens
// and are dropped.
func (l *Lexer) Lex(line string) []Token {
	if l.tokens == nil {
		l.tokens = make([]Token, 0, 64) // more than most lines have
	}
	s := splitter{folded: foldLine(&l.memory, line), tokens: l.tokens[:0]}
	for s.pos < len(s.text) {
		s.next()
	}
	l.tokens = s.tokens
	return s.tokens
}

// splitter splits one line.
type splitter struct {
	folded
	pos    int
	glued  bool
	tokens []Token
}

// next reads on: a token, or what is none.
func (s *splitter) next() {
	switch c := s.text[s.pos]; {
	case isLetter(c):
		s.word()
	case c == ' ' || '\t' <= c && c <= '\r':
		s.gap(1)
	case isDigit(c):
		s.number()
	case c == '_':
		s.underscores()
	case c >= utf8.RuneSelf:
		s.wide()
	case c == '*' || c == '`' || c == '\\' || c == '"':
		s.drop(1) // markup leaves its neighbours glued: **<**5%
	case c == '<' && s.tag():
	default:
		s.sign()
	}
}

// gap passes over what separates tokens, drop over what doesn't.
func (s *splitter) gap(size int)  { s.pos, s.glued = s.pos+size, false }
func (s *splitter) drop(size int) { s.pos += size }

// wide reads what begins with a character beyond ASCII.
func (s *splitter) wide() {
	r, size := utf8.DecodeRuneInString(s.text[s.pos:])
	switch {
	case r == '–' || r == '—' || r == '→' || r == '≤' || r == '≥': // the usual ones, without a search
		s.emit(Sign, s.pos+size)
	case isUnspaced(r):
		s.emit(Word, s.pos+size)
	case inAlphabet(r):
		s.word()
	case r == '“' || r == '”' || r == '\ufe0f':
		s.drop(size)
	case unicode.IsSpace(r) || unicode.In(r, unicode.So, unicode.Cf, unicode.Mn):
		s.gap(size) // pictographs and invisible marks
	default:
		s.emit(Sign, s.pos+size)
	}
}

// emit adds the token that stands up to end.
func (s *splitter) emit(kind Kind, end int) { s.emitAs(kind, s.text[s.pos:end], end) }

// emitAs adds a token whose text isn't as written.
func (s *splitter) emitAs(kind Kind, text string, end int) {
	from, to := s.written(s.pos, end)
	s.tokens = append(s.tokens, Token{text, from, to, kind, s.glued})
	s.pos, s.glued = end, true
}

// underscores reads a blank; a single underscore separates words.
func (s *splitter) underscores() {
	end := s.pos
	for end < len(s.text) && s.text[end] == '_' {
		end++
	}
	if end-s.pos > 1 {
		s.emitAs(Blank, "", end)
		return
	}
	s.gap(1)
}

// word reads letters and the digits that belong to them: "p99.9", "a11y".
func (s *splitter) word() {
	if rest := s.text[s.pos:]; rest[0] == 'h' && (strings.HasPrefix(rest, "https://") || strings.HasPrefix(rest, "http://")) {
		s.gap(addressLength(rest))
		return
	}
	end, digits := s.pos, false
	for end < len(s.text) {
		c := s.text[end]
		if isLetter(c) {
			end++
			continue
		}
		if isDigit(c) {
			digits = true
			end++
			continue
		}
		if c == '.' && digits && end+1 < len(s.text) && isDigit(s.text[end+1]) {
			end++
			continue
		}
		n := s.letter(end)
		if n == 0 {
			break
		}
		end += n
	}
	// An identifier: AGI-36, UTF-8.
	if end+1 < len(s.text) && s.text[end] == '-' && isDigit(s.text[end+1]) && !digits {
		end++
		for end < len(s.text) {
			n := s.letter(end)
			if n == 0 && !isDigit(s.text[end]) {
				break
			}
			end += max(n, 1)
		}
	}
	s.emit(Word, end)
}

// addressLength is how much of a text belongs to the URL it begins with.
func addressLength(text string) int {
	if end := strings.IndexAny(text, " \t)|<>\"`"); end >= 0 {
		return end
	}
	return len(text)
}

// letter gives the length of the letter of a spaced script at i; 0 for none.
func (s *splitter) letter(i int) int {
	c := s.text[i]
	if isLetter(c) {
		return 1
	}
	if c < utf8.RuneSelf {
		return 0
	}
	r, size := utf8.DecodeRuneInString(s.text[i:])
	if !inAlphabet(r) || isUnspaced(r) {
		return 0
	}
	return size
}

// number reads a number, or what only looks like one.
func (s *splitter) number() {
	plain, n := scanNumber(s.text[s.pos:])
	end := s.pos + n
	if rest := s.text[end:]; len(rest) >= 2 && rest[0] == 'x' && rest[1] == 'x' {
		s.emit(Word, end+2) // 5xx
		return
	}
	odd := plain == ""
	// Dates and times of day: 2025-11-21, 10:30, 24/11/2025; 4.5:1 too.
	for end+1 < len(s.text) && isDigit(s.text[end+1]) && (s.text[end] == ':' || n == 4 && s.text[end] == '-' && dateAhead(s.text[end:])) {
		odd = true
		end += 1 + digitsAhead(s.text[end+1:])
	}
	if odd {
		for end < len(s.text) && (isDigit(s.text[end]) || s.text[end] == '-' || s.text[end] == '.') {
			end++
		}
		s.emit(Odd, end)
		return
	}
	s.emitAs(Number, plain, end)
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
func (s *splitter) tag() bool {
	const longest = 40
	rest := s.text[s.pos:]
	if len(rest) < 3 || rest[1] != '/' && !s.anyLetter(s.pos+1) {
		return false
	}
	runes := 0
	for i, r := range rest {
		switch {
		case runes == longest, i > 0 && r == '<', r == '|':
			return false
		case r == '>':
			if name, _, _ := strings.Cut(strings.Trim(rest[1:i], "/"), " "); inlineTags[name] {
				s.drop(i + 1)
				return true
			}
			s.emitAs(Sign, ";", s.pos+i+1)
			return true
		}
		runes++
	}
	return false
}

// anyLetter says whether a letter stands at i, of whatever script.
func (s *splitter) anyLetter(i int) bool {
	r, _ := utf8.DecodeRuneInString(s.text[i:])
	return inAlphabet(r)
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
func (s *splitter) opensNumber() bool {
	if s.pos == 0 {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(s.text[:s.pos])
	return unicode.IsSpace(r) || r == '<' || r == '>' || r == '=' || r == '≤' || r == '≥' || r == '('
}

func (s *splitter) sign() {
	if s.pos+1 < len(s.text) {
		if s.text[s.pos] == '.' && isDigit(s.text[s.pos+1]) && s.opensNumber() {
			if digits := digitsAhead(s.text[s.pos+1:]); digits < MaxDigits {
				s.emitAs(Number, "0."+s.text[s.pos+1:s.pos+1+digits], s.pos+1+digits)
				return
			}
		}
		if s.text[s.pos] == '-' && s.glued && s.anyLetter(s.pos+1) {
			s.gap(1) // a hyphen: sign-ups, 5-minute
			return
		}
		if text := digraph(s.text[s.pos : s.pos+2]); text != "" {
			s.emitAs(Sign, text, s.pos+2)
			return
		}
	}
	s.emit(Sign, s.pos+1)
}
