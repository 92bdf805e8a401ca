// Package markdown reads GitHub Flavored Markdown into the lines people see:
// headings, list items, text and table rows, each with the line it stands on
// and the list item it is nested in.
//
// The block structure is goldmark's. What a line says inside stays Markdown
// until [Plain] is asked for its text. Code blocks and HTML blocks are left
// out: what they hold is an example or markup, not something to do.
package markdown

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

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
	No     int      // from 1
	Level  int      // of a heading: 1 to 6
	Raw    string   // the Markdown behind quote and list markers, trimmed
	Parent int      // the index of the item the line is nested in; -1 for none
	List   int      // of an item: which list it belongs to, from 1
	Block  int      // which paragraph, heading or table the line belongs to, from 1
	Soft   bool     // continues the line before: no hard line break between them
	Header []string // of a row: the cells of the table's header
	Cells  []string // of a row: its cells
}

// Document is a document's lines in order.
type Document struct {
	Lines []Line
	// TooDeep is the number of the first line that nests deeper than
	// MaxNesting; 0 for none.
	TooDeep int
}

// Read reads a document of UTF-8 text with `\n` line ends. Every text is a
// document; the error is a fault of the Markdown parser's, which must not bring
// down a program that reads other people's files.
func Read(source []byte) (doc Document, err error) {
	limit := &nesting{exceededAt: -1}
	root, err := parse(source, limit)
	if err != nil {
		return Document{}, err
	}
	r := reader{source: string(source), starts: lineStarts(source)}
	r.lines = make([]Line, 0, written(source))
	r.children(root, -1)
	doc.Lines = r.lines
	if limit.exceededAt >= 0 {
		doc.TooDeep = r.lineAt(limit.exceededAt)
	}
	return doc, nil
}

// parse gives the tree of a document.
func parse(source []byte, limit *nesting) (root ast.Node, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the Markdown parser failed: %v", fault)
		}
	}()
	pc := parser.NewContext()
	pc.Set(nestingKey, limit)
	return blocks().Parse(text.NewReader(source), parser.WithContext(pc)), nil
}

func lineStarts(source []byte) []int {
	starts := make([]int, 1, 1+len(source)/32)
	for i, b := range source {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// written counts the lines that have something on them.
func written(source []byte) int {
	n := 0
	blank := true
	for _, b := range source {
		switch b {
		case '\n':
			blank = true
		case ' ', '\t':
		default:
			if blank {
				n++
			}
			blank = false
		}
	}
	return n
}

// reader walks the tree. It recurses as deep as the tree is, which the parser
// bounds.
type reader struct {
	source        string
	starts        []int
	lines         []Line
	lists, blocks int
}

func (r *reader) lineAt(offset int) int {
	return sort.Search(len(r.starts), func(i int) bool { return r.starts[i] > offset })
}

func (r *reader) children(n ast.Node, parent int) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		r.block(c, parent)
	}
}

func (r *reader) block(n ast.Node, parent int) {
	switch n.Kind() {
	case ast.KindHeading:
		r.heading(n.(*ast.Heading), parent)
	case ast.KindParagraph, kindLines:
		r.text(n, Line{Kind: Text, Parent: parent})
	case ast.KindList:
		r.lists++
		list := r.lists
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			r.item(item, list, parent)
		}
	case ast.KindBlockquote:
		r.children(n, parent)
	case kindTable:
		r.table(n, parent)
	}
}

// item reads a list item. One that begins with something else than text has no
// line of its own; what it holds is nested where the item itself is.
func (r *reader) item(n ast.Node, list, parent int) {
	first := n.FirstChild()
	self := len(r.lines)
	if box, ok := n.AttributeString(emptyBox); ok {
		r.blocks++
		b := box.(boxAt)
		r.lines = append(r.lines, Line{Kind: Item, No: r.lineAt(b.offset), Raw: b.raw, Parent: parent, List: list, Block: r.blocks})
		first = first.NextSibling()
	} else if first != nil && r.isText(first) {
		r.text(first, Line{Kind: Item, Parent: parent, List: list})
		first = first.NextSibling()
	}
	for i := self + 1; i < len(r.lines); i++ {
		r.lines[i].Kind, r.lines[i].Parent, r.lines[i].List = Text, self, 0
	}
	if len(r.lines) == self { // no line of its own
		self = parent
	}
	for ; first != nil; first = first.NextSibling() {
		r.block(first, self)
	}
}

// isText says whether a block can be the text of an item. A line underlined
// into a heading can: its box is still one.
func (r *reader) isText(n ast.Node) bool {
	switch n.Kind() {
	case ast.KindParagraph, kindLines:
		return true
	case ast.KindHeading:
		return n.Lines().Len() > 0 && !strings.HasSuffix(strings.TrimRight(r.source[:n.Lines().At(0).Start], " \t"), "#")
	}
	return false
}

// heading reads a heading. Inside a list or quote it is text: it divides the
// item, not the document.
func (r *reader) heading(n *ast.Heading, parent int) {
	at := len(r.lines)
	kind := Heading
	if p := n.Parent(); p == nil || p.Kind() != ast.KindDocument {
		kind = Text
	}
	r.text(n, Line{Kind: kind, Level: n.Level, Parent: parent})
	if len(r.lines) < at+2 {
		return
	}
	words := make([]string, 0, 2) // a heading underlined with === may span lines
	for _, l := range r.lines[at:] {
		words = append(words, l.Raw)
	}
	r.lines = r.lines[:at+1]
	r.lines[at].Raw = strings.Join(words, " ")
}

// text appends the lines of a block after the pattern of l.
func (r *reader) text(n ast.Node, l Line) {
	r.blocks++
	l.Block = r.blocks
	segments := n.Lines()
	for i := range segments.Len() {
		s := segments.At(i)
		raw := strings.TrimRight(r.source[s.Start:s.Stop], "\n")
		l.No = r.lineAt(s.Start)
		l.Raw = strings.Trim(raw, " \t")
		r.lines = append(r.lines, l)
		l.Soft = !strings.HasSuffix(raw, "  ") && !strings.HasSuffix(raw, `\`)
	}
}

// table appends a table's rows.
func (r *reader) table(n ast.Node, parent int) {
	r.blocks++
	segments := n.Lines()
	value := func(i int) string {
		s := segments.At(i)
		return r.source[s.Start:s.Stop]
	}
	header := firstCells(value(0), MaxColumns)
	for i := 2; i < segments.Len(); i++ { // below the delimiter row
		row := firstCells(value(i), len(header)) // GFM drops excess cells
		r.lines = append(r.lines, Line{
			Kind: Row, No: r.lineAt(segments.At(i).Start), Raw: strings.TrimSpace(value(i)),
			Parent: parent, Block: r.blocks, Header: header, Cells: row,
		})
	}
}

// MaxColumns is how many columns of a table are read.
const MaxColumns = 100

func firstCells(row string, n int) []string {
	var out []string
	for c := range cells(row) {
		if len(out) == n {
			break
		}
		out = append(out, c)
	}
	return out
}

// Unfence empties the lines that open and close fenced code blocks, so that
// what stands between them is read as Markdown. A document that can't be parsed
// comes back as it is.
func Unfence(source []byte) []byte {
	root, err := parse(source, &nesting{exceededAt: -1})
	if err != nil {
		return source
	}
	out := slices.Clone(source)
	// The tree is as deep as the parser lets it be, so walking it is safe.
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if f, ok := n.(*ast.FencedCodeBlock); ok && entering {
			blankLine(out, f.Pos())
			if k := f.Lines().Len(); k > 0 {
				blankLine(out, f.Lines().At(k-1).Stop)
			}
		}
		return ast.WalkContinue, nil
	})
	return out
}

// blankLine empties the line around an offset when it is a fence.
func blankLine(text []byte, at int) {
	if at < 0 || at >= len(text) {
		return
	}
	start := at
	for start > 0 && text[start-1] != '\n' {
		start--
	}
	end := at
	for end < len(text) && text[end] != '\n' {
		end++
	}
	if line := string(text[start:end]); strings.Contains(line, "```") || strings.Contains(line, "~~~") {
		for i := start; i < end; i++ {
			text[i] = ' '
		}
	}
}
