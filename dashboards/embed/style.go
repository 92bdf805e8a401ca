package embed

import (
	"bytes"
	"strings"
)

// style is how a dashboard's text is laid out where panels go.
type style struct {
	before  string // white space in front of an element of the list
	newline string // empty where an element stands on one line
	outer   string // the indentation of an element's closing brace
	unit    string // one step of indentation
	colon   string // white space behind a colon
	comma   string // white space behind a comma, where an element stands on one line
}

// style is that of the list of panels: its last panel shows it, or where there
// is none the dashboard around it.
func (b board) style() style {
	n := len(b.panels)
	if n == 0 {
		s := b.styleOf(b.around)
		s.outer += s.unit + s.unit
		if s.newline != "" {
			s.before = s.newline + s.outer
		}
		return s
	}
	s := b.styleOf(b.panels[n-1].span)
	start := b.list.start + 1
	if n > 1 {
		start = b.panels[n-2].end
	}
	gap := b.text[start:b.panels[n-1].start]
	s.before = string(gap[bytes.IndexByte(gap, ',')+1:])
	if n == 1 && !strings.Contains(s.before, "\n") { // the first may stick to the bracket
		s.before = s.comma
	}
	return s
}

// styleOf is how the object at a place is laid out.
func (b board) styleOf(at span) style {
	s := style{colon: " ", comma: " "}
	keys := members(b.text, at)
	if len(keys) == 0 {
		return s
	}
	first := keys[0].value
	s.colon = space(b.text[:first.start], false)
	if strings.Contains(s.colon, "\n") {
		s.colon = " "
	}
	if len(keys) > 1 {
		behind := b.text[first.end:at.end]
		s.comma = space(behind[bytes.IndexByte(behind, ',')+1:], true)
	} else if s.colon == "" {
		s.comma = ""
	}
	inner, outer := space(b.text[at.start+1:at.end], true), space(b.text[:at.end-1], false)
	newline := strings.LastIndexByte(inner, '\n')
	if newline < 0 {
		return s
	}
	s.newline, s.comma, s.unit = "\n", " ", "  "
	if strings.HasSuffix(inner[:newline], "\r") {
		s.newline = "\r\n"
	}
	s.outer = outer[strings.LastIndexByte(outer, '\n')+1:]
	if unit, ok := strings.CutPrefix(inner[newline+1:], s.outer); ok && unit != "" {
		s.unit = unit
	}
	return s
}

// space is the white space at the beginning or the end of a text.
func space(text []byte, atBeginning bool) string {
	if atBeginning {
		return string(text[:len(text)-len(bytes.TrimLeftFunc(text, isSpace))])
	}
	return string(text[len(bytes.TrimRightFunc(text, isSpace)):])
}

// lay lays out compact JSON.
func (s style) lay(compact []byte) []byte {
	var out bytes.Buffer
	depth, quoted := 0, false
	line := func() {
		if s.newline != "" {
			out.WriteString(s.newline + s.outer + strings.Repeat(s.unit, depth))
		}
	}
	for i := 0; i < len(compact); i++ {
		c := compact[i]
		switch {
		case quoted:
			out.WriteByte(c)
			switch c {
			case '\\':
				i++
				out.WriteByte(compact[i])
			case '"':
				quoted = false
			}
		case c == '{' || c == '[':
			out.WriteByte(c)
			if next := compact[i+1]; next == '}' || next == ']' {
				out.WriteByte(next)
				i++
				continue
			}
			depth++
			line()
		case c == '}' || c == ']':
			depth--
			line()
			out.WriteByte(c)
		case c == ',':
			out.WriteByte(c)
			if s.newline == "" {
				out.WriteString(s.comma)
			}
			line()
		case c == ':':
			out.WriteString(":" + s.colon)
		default:
			quoted = c == '"'
			out.WriteByte(c)
		}
	}
	return out.Bytes()
}
