// Package markdown reads GitHub Flavored Markdown into the lines people see:
// headings, list items, text and table rows, each with the line it stands on
// and the list item it is nested in.
//
// What a line says inside stays Markdown until [Plain] is asked for its text. Code blocks and HTML blocks are left
// out: what they hold is an example or markup, not something to do.
package markdown

import "strings"

// Kind is the kind of a line.
type Kind uint8

// The kinds.
const (
	Text    Kind = iota // of a paragraph, or a further line of a list item
	Heading             // outside of lists and quotes
	Item                // the first line of a list item
	Row                 // of a table, below its header
)

// Line is one line of the document.
type Line struct {
	Kind   Kind
	Soft   bool   // continues the line before: no hard line break between them
	Level  uint8  // of a heading: 1 to 6
	No     int    // from 1
	Raw    string // the Markdown behind quote and list markers, trimmed
	Parent int    // the index of the item the line is nested in; -1 for none
	List   int    // of an item: which list it belongs to, from 1
	Block  int    // which paragraph, heading or table the line belongs to, from 1
	Cols   *Cols  // of a table's row; nil for all others
}

// Cols are the columns of a row.
type Cols struct {
	Header []string // the cells of the table's header, as Markdown
	Cells  []string // its cells, as Markdown

	plain []string
}

// Plain gives the cells as text.
func (r *Cols) Plain() []string {
	if r.plain == nil {
		r.plain = PlainAll(r.Cells)
	}
	return r.plain
}

// Document is a document's lines in order.
type Document struct {
	Lines []Line
	// TooDeep is the number of the first line that nests deeper than
	// MaxNesting; 0 for none.
	TooDeep int
}

// Read reads a document of UTF-8 text with `\n` line ends. Every text is a
// document.
func Read(source string) Document {
	b := read(source)
	return Document{Lines: b.lines, TooDeep: b.tooDeep}
}

func read(text string) *blocks {
	b := &blocks{lines: make([]Line, 0, estimate(text))}
	for text != "" {
		end := strings.IndexByte(text, '\n')
		if end < 0 {
			b.take(text)
			break
		}
		b.take(text[:end])
		text = text[end+1:]
	}
	b.closeTo(0)
	return b
}

// estimate is about how many lines a document gives: those with something on
// them, outside of fenced code. Many a plan is code for the most part.
func estimate(text string) int {
	n, fenced := 0, false
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		for line != "" && line[0] == ' ' {
			line = line[1:]
		}
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
		case !fenced && line != "":
			n++
		}
	}
	return n
}

// Unfence empties the lines that open and close fenced code blocks, so that
// what stands between them is read as Markdown.
func Unfence(source string) string {
	fences := read(source).fences
	var out strings.Builder
	out.Grow(len(source))
	no := 0
	for line := range strings.Lines(source) {
		if no++; len(fences) > 0 && fences[0] == no {
			fences = fences[1:]
			if strings.HasSuffix(line, "\n") {
				out.WriteByte('\n')
			}
			continue
		}
		out.WriteString(line)
	}
	return out.String()
}
