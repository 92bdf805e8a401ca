package checklist

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// box is the kind of box a line or a table cell begins with.
type box uint8

const (
	noBox   box = iota
	gfmBox      // [ ] or [x] in a list item: a task on GitHub, too
	oddBox      // a box of characters that GitHub's renderer doesn't take: [~], [ x ], **[ ]**, outside of a list
	signBox     // a character that is a box: ☐ ☑
	badge       // a sign that may be a state or an ornament: ✅ ❌ ⏳
)

// Marks inside a box, beside the signs themselves.
const (
	markOpen = ' '
	markDone = 'x'
)

// sign is the kind of box that a character is: a signBox wherever it stands, a
// badge where the document uses it so; noBox for others.
func sign(r rune) box {
	switch r {
	case '☐', '☑', '☒', '□', '▢', '◻', '◽', '⬜', '🔲', '🗹', '🗷':
		return signBox
	case '✅', '❌', '⏳', '✔', '✓', '✗', '✘', '❎', '🚧':
		return badge
	}
	return noBox
}

// signState says what a sign states; empty for what is none. ❌ says that it isn't
// done.
func signState(r rune) State {
	switch r {
	case '☐', '□', '▢', '◻', '◽', '⬜', '🔲', '❌', '✗', '✘':
		return Open
	case '☑', '☒', '🗹', '🗷', '✅', '✔', '✓', '❎':
		return Done
	case '⏳', '🚧':
		return InProgress
	}
	return ""
}

// hasSignBox says whether a text has a character that is a box.
func hasSignBox(text string) bool {
	for i := asciiPrefix(text); i < len(text); i++ {
		if telling[text[i]] != wideByte {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(text[i:]); sign(r) == signBox {
			return true
		}
	}
	return false
}

// marked is a box with what follows it.
type marked struct {
	box  box
	mark rune   // of a gfmBox or oddBox: ' ', 'x', '~', '-', '/'; otherwise the sign
	rest string // the Markdown behind the box
}

// cutBox takes the box off the front of Markdown. Inside a list item more is
// taken for a box than in running text.
func cutBox(raw string, item bool) marked {
	if raw == "" {
		return marked{}
	}
	switch c := raw[0]; {
	case c == '[':
		return cutBracket(raw, item)
	case c == '*' || c == '_':
		return cutBold(raw, item)
	case (c == '-' || c == '+') && !item && strings.HasPrefix(raw[1:], "["): // -[ ] without the space
		m := cutBracket(raw[1:], true)
		if m.box != noBox {
			m.box = oddBox
			return m
		}
	case c >= utf8.RuneSelf:
		return cutSign(raw)
	}
	return marked{rest: raw}
}

// cutBracket reads [ ] and its relatives. GitHub's renderer takes a task as
// done when its line has an [x] anywhere, and so does this.
func cutBracket(raw string, item bool) marked {
	end := strings.IndexByte(raw[:min(len(raw), 8)], ']')
	if end < 0 {
		return marked{rest: raw}
	}
	inner, rest := raw[1:end], raw[end+1:]
	spaced := rest == "" || rest[0] == ' ' || rest[0] == '\t'
	if spaced && item && (inner == " " || inner == "x" || inner == "X") {
		m := marked{gfmBox, markOpen, strings.TrimSpace(rest)}
		if strings.Contains(raw, "[x]") || strings.Contains(raw, "[X]") {
			m.mark = markDone
		}
		return m
	}
	mark, ok := markOf(inner)
	spaced = spaced || strings.HasPrefix(rest, "\u00a0")
	switch {
	case !ok, inner == "" && !item, isGuess(mark) && !item:
		return marked{rest: raw}
	case inner == " " && item && rest != "" && rest[0] != '(' && rest[0] != '[' && rest[0] != ':':
		spaced = true // [ ]text is no link
	}
	if !spaced {
		return marked{rest: raw}
	}
	return marked{oddBox, mark, trimSpace(rest)}
}

// markOf reads what stands between the brackets of a box.
func markOf(inner string) (rune, bool) {
	switch trimSpace(inner) {
	case "":
		return markOpen, true
	case "x", "X", "✓", "✔", "✅", "☑", "√":
		return markDone, true
	case "~":
		return '~', true
	case "-":
		return '-', true
	case "/":
		return '/', true
	case "!", ">", "<", "?", "*", "+", ".", "=":
		return rune(trimSpace(inner)[0]), true
	}
	return 0, false
}

// isGuess says whether what a mark means differs so much between tools that
// nobody can guess it: [!], [>], [?]. Such a task counts as open.
func isGuess(mark rune) bool { return strings.ContainsRune("!><?*+.=", mark) }

// cutBold reads **[ ]** text and **[ ] text**.
func cutBold(raw string, item bool) marked {
	n := 0
	for n < len(raw) && n < 3 && raw[n] == raw[0] {
		n++
	}
	if n == len(raw) || raw[n] != '[' {
		if raw[0] == '*' && n == 1 && !item { // *[ ] without the space
			return marked{rest: raw}
		}
		return marked{rest: raw}
	}
	emphasis := raw[:n]
	end := strings.IndexByte(raw[:min(len(raw), n+8)], ']')
	if end < 0 {
		return marked{rest: raw}
	}
	if after, ok := strings.CutPrefix(raw[end+1:], emphasis); ok {
		if mark, ok := markOf(raw[n+1 : end]); ok && (after == "" || after[0] == ' ' || after[0] == '\t' || after[0] == ':') {
			return marked{oddBox, mark, trimSpace(after)}
		}
		return marked{rest: raw}
	}
	m := cutBracket(raw[n:], item)
	if m.box == noBox {
		return marked{rest: raw}
	}
	if n == 1 && !strings.Contains(m.rest, emphasis) { // *[ ] text: a marker without its space
		return marked{oddBox, m.mark, m.rest}
	}
	return marked{oddBox, m.mark, emphasis + m.rest}
}

// cutSign reads ☐ text and ✅ text.
func cutSign(raw string) marked {
	r, n := utf8.DecodeRuneInString(raw)
	b := sign(r)
	if b == noBox {
		return marked{rest: raw}
	}
	return marked{b, r, trimSpace(strings.TrimPrefix(raw[n:], "\uFE0F"))}
}

// trimSpace trims as strings.TrimSpace does, which includes the no-break space.
func trimSpace(s string) string { return strings.TrimFunc(s, unicode.IsSpace) }

// isDecoration says whether r is an emoji or sign that carries no word.
func isDecoration(r rune) bool {
	switch {
	case r >= 0x2190 && r < 0x2C00, r >= 0x1F000 && r < 0x1FB00:
		return true
	}
	return r == 0xFE0F || r == 0x200D || r == 0x20E3
}

// undecorated gives s without emoji and signs.
func undecorated(s string) string {
	if !strings.ContainsFunc(s, isDecoration) {
		return strings.TrimSpace(s)
	}
	s = strings.Map(func(r rune) rune {
		if isDecoration(r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// struck says whether Markdown is struck through from its beginning, at most a
// remark standing behind: ~~Warm the caches~~ (no cache any more).
func struck(raw string) bool {
	rest, ok := strings.CutPrefix(raw, "~~")
	if !ok {
		return false
	}
	text, remark, ok := strings.Cut(rest, "~~")
	remark = strings.TrimLeft(remark, " .:*")
	return ok && strings.TrimSpace(text) != "" && (remark == "" || strings.ContainsRune("(-–—→", []rune(remark)[0]))
}
