package markdown

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLink bounds how far a link's destination is looked for, so that unclosed
// parentheses cost linear time.
const maxLink = 2000

// Plain gives the text of one line of Markdown: emphasis, code spans, links,
// images, comments and formatting tags are taken away and what they enclose is
// kept. Runs of three and more underscores stay: they are blanks to fill in.
// Tags that only look like HTML (`<script>`, `<target>`) stay as text.
func Plain(s string) string {
	s = strings.TrimSpace(s)
	if !hasMarkup(s) {
		return s
	}
	var room [512]byte
	p := plain{src: s, out: append(room[:0], s...)}
	p.scan()
	if !p.cut {
		return s
	}
	kept := 0
	for _, c := range p.out {
		p.out[kept] = c
		if c != gone {
			kept++
		}
	}
	return string(bytes.TrimSpace(p.out[:kept]))
}

// PlainAll gives the text of each: the same slice where none has markup.
func PlainAll(markdown []string) []string {
	out := markdown
	for i, s := range markdown {
		text := Plain(s)
		if text == s {
			continue
		}
		if &out[0] == &markdown[0] {
			out = slices.Clone(markdown)
		}
		out[i] = text
	}
	return out
}

// hasMarkup says whether a text has a character that can be markup.
func hasMarkup(s string) bool {
	for i := range len(s) {
		if markup[s[i]] {
			return true
		}
	}
	return false
}

// markup are the bytes that can be markup.
var markup = func() (is [256]bool) {
	for _, c := range []byte("\\`<&[]*_~") {
		is[c] = true
	}
	return is
}()

// gone stands for each byte that is taken away. No UTF-8 has it.
const gone = 0xFF

// plain is one reading of a line from left to right. Every look ahead is
// bounded or remembered, which keeps it linear.
type plain struct {
	src     string
	out     []byte           // the same with what is taken away gone
	cut     bool             // something is
	runs    [3][4]int        // the last open emphasis run of each character and size: its position and one, 0 for none
	noTicks map[int]struct{} // lengths of backtick runs that have no partner ahead
	noClose bool             // no `-->` ahead
	floor   int              // runs opened before it can no longer close
}

// runOf is the place of a kind of emphasis run among the runs.
func (p *plain) runOf(char byte, size int) *int {
	return &p.runs[strings.IndexByte("*_~", char)][size]
}

// remove takes a stretch of the line away.
func (p *plain) remove(start, end int) {
	p.cut = true
	for i := start; i < end; i++ {
		p.out[i] = gone
	}
}

// replace puts something else, which isn't longer, in the place of a stretch.
func (p *plain) replace(start, end int, put string) {
	p.remove(start, end)
	copy(p.out[start:end], put)
}

func (p *plain) scan() {
	s := p.src
	var room [16]int
	open := room[:0] // positions of `[`
	for i := 0; i < len(s); {
		switch s[i] {
		case '\\':
			if i+1 < len(s) && isPunct(s[i+1]) {
				p.remove(i, i+1)
				i++
			}
			i++
		case '`':
			i = p.code(i)
		case '<':
			i = p.angle(i)
		case '&':
			i = p.entity(i)
		case '[':
			open = append(open, i)
			i++
		case ']':
			if n := len(open); n > 0 {
				i, open = p.link(open[n-1], i), open[:n-1]
				continue
			}
			i++
		case '*', '_', '~':
			i = p.emphasis(i)
		default:
			for i++; i < len(s) && !markup[s[i]]; i++ {
			}
		}
	}
}

func isPunct(b byte) bool {
	return b > ' ' && b < utf8.RuneSelf && !isWord(b)
}

func isWord(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// runLength counts the bytes equal to the one at i.
func runLength(s string, i int) int {
	n := 1
	for i+n < len(s) && s[i+n] == s[i] {
		n++
	}
	return n
}

func (p *plain) code(i int) int {
	n := runLength(p.src, i)
	if _, none := p.noTicks[n]; none {
		return i + n
	}
	for j := i + n; j < len(p.src); {
		k := strings.IndexByte(p.src[j:], '`')
		if k < 0 {
			break
		}
		j += k
		m := runLength(p.src, j)
		if m == n {
			p.remove(i, i+n)
			p.remove(j, j+n)
			return j + n
		}
		j += m
	}
	if p.noTicks == nil {
		p.noTicks = map[int]struct{}{}
	}
	p.noTicks[n] = struct{}{}
	return i + n
}

// formatting lists the HTML tags that only dress text up.
var formatting = map[string]bool{
	"a": true, "b": true, "br": true, "code": true, "del": true, "details": true, "div": true, "em": true,
	"font": true, "i": true, "img": true, "ins": true, "kbd": true, "li": true, "mark": true, "p": true,
	"s": true, "samp": true, "small": true, "span": true, "strong": true, "sub": true, "summary": true,
	"sup": true, "u": true, "ul": true,
}

func (p *plain) angle(i int) int {
	s := p.src
	if strings.HasPrefix(s[i:], "<!--") {
		if !p.noClose {
			if k := strings.Index(s[i+4:], "-->"); k >= 0 {
				end := i + 4 + k + 3
				p.remove(i, end)
				return end
			}
			p.noClose = true
		}
		return i + 1
	}
	j := i + 1
	if j < len(s) && s[j] == '/' {
		j++
	}
	name := j
	for j < len(s) && isWord(s[j]) && j-name < 10 {
		j++
	}
	rest := s[j:min(len(s), j+maxLink)]
	end := strings.IndexAny(rest, "<>")
	if end < 0 || rest[end] != '>' {
		return i + 1
	}
	closing := j + end + 1
	switch tag := strings.ToLower(s[name:j]); {
	case formatting[tag] && (end == 0 || rest[0] == ' ' || rest[0] == '/'):
		put := ""
		if tag == "br" {
			put = " "
		}
		p.replace(i, closing, put)
		return closing
	case (tag == "http" || tag == "https" || tag == "mailto") && rest[0] == ':':
		p.remove(i, i+1)
		p.remove(closing-1, closing)
		return closing
	}
	return i + 1
}

// entities are the character references people type.
var entities = []struct{ name, char string }{
	{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", `"`}, {"&nbsp;", " "}, {"&#39;", "'"},
	{"&le;", "≤"}, {"&ge;", "≥"}, {"&rarr;", "→"}, {"&ndash;", "–"}, {"&mdash;", "—"},
}

func (p *plain) entity(i int) int {
	for _, e := range entities {
		if strings.HasPrefix(p.src[i:], e.name) {
			p.replace(i, i+len(e.name), e.char)
			return i + len(e.name)
		}
	}
	return i + 1
}

// link handles a pair of brackets: with a destination or a reference behind
// them they enclose a link's text or an image's description.
func (p *plain) link(open, i int) int {
	s := p.src
	if i+1 >= len(s) {
		return i + 1
	}
	end := 0
	switch s[i+1] {
	case '(':
		end = closingParen(s, i+1)
	case '[':
		if k := strings.IndexAny(s[i+2:min(len(s), i+2+maxLink)], "[]"); k > 0 && s[i+2+k] == ']' && !isBox(s[i+1:i+2+k+1]) {
			end = i + 2 + k + 1
		}
	}
	if end == 0 {
		return i + 1
	}
	if open > 0 && s[open-1] == '!' {
		p.remove(open-1, open+1)
	} else {
		p.remove(open, open+1)
	}
	p.remove(i, end)
	return end
}

func isBox(s string) bool { return s == "[ ]" || s == "[x]" || s == "[X]" }

// closingParen finds the end of a destination that opens at i; 0 for none.
func closingParen(s string, i int) int {
	depth := 0
	for j := i; j < len(s) && j < i+maxLink; j++ {
		switch s[j] {
		case '\\':
			j++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return j + 1
			}
		}
	}
	return 0
}

// besideSlash says whether the two underscores at i are part of a date to fill
// in: __/__/____.
func besideSlash(s string, i int) bool {
	return i > 0 && s[i-1] == '/' || i+2 < len(s) && s[i+2] == '/'
}

// emphasis handles a run of `*`, `_` or `~`: it closes the last run of the same
// kind where it can, otherwise it opens one where it can.
func (p *plain) emphasis(i int) int {
	s := p.src
	n := runLength(s, i)
	char := s[i]
	if char == '_' && (n > 2 || n == 2 && besideSlash(s, i)) || char == '~' && n != 2 || n > 3 {
		return i + n
	}
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+n:])
	opens := i+n < len(s) && !unicode.IsSpace(after)
	closes := i > 0 && !unicode.IsSpace(before)
	if char == '_' { // a_b_c is one word
		wordBefore := i > 0 && (unicode.IsLetter(before) || unicode.IsDigit(before))
		wordAfter := i+n < len(s) && (unicode.IsLetter(after) || unicode.IsDigit(after))
		opens, closes = opens && !wordBefore, closes && !wordAfter
	}
	run := p.runOf(char, n)
	if at := *run - 1; at >= 0 && closes && at >= p.floor {
		p.remove(at, at+n)
		p.remove(i, i+n)
		*run = 0
		p.floor = max(p.floor, at)
		return i + n
	}
	if opens {
		*run = i + 1
	}
	return i + n
}
