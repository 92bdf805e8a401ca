package merge

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// line is a line of a text: where it starts, where its line break is, and where
// the next line starts.
type line struct{ start, end, next int }

// content is a line's text without the blanks around it.
func (l line) content(text []byte) string {
	return strings.Trim(string(text[l.start:l.end]), " \t")
}

// indent counts the blanks that a line begins with.
func (l line) indent(text []byte) int {
	s := text[l.start:l.end]
	return len(s) - len(bytes.TrimLeft(s, " "))
}

// lineBreaks are what YAML's parser counts as the end of a line, the longest
// first.
var lineBreaks = []string{"\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029"}

// splitLines finds the lines of a text. The last one has no line break, and is
// missing where a text ends with one.
func splitLines(text []byte) []line {
	var out []line
	start := 0
	for at := 0; at < len(text); {
		if n := lineBreak(text[at:]); n > 0 {
			out = append(out, line{start, at, at + n})
			at += n
			start = at
			continue
		}
		at++
	}
	if start < len(text) {
		out = append(out, line{start, len(text), len(text)})
	}
	return out
}

// lineBreak is the length of the line break that a text begins with, or 0.
func lineBreak(text []byte) int {
	if text[0] >= ' ' && text[0] < utf8.RuneSelf {
		return 0
	}
	for _, b := range lineBreaks {
		if bytes.HasPrefix(text, []byte(b)) {
			return len(b)
		}
	}
	return 0
}

// newline is the line break that a text is written with.
func newline(text []byte) string {
	if i := bytes.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
