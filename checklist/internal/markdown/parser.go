package markdown

import (
	"bytes"
	"sync"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// MaxNesting is how deep lists and quotes may nest; what is nested deeper is
// read as text.
const MaxNesting = 100

// blocks is a goldmark parser for the block structure of GitHub Flavored
// Markdown, made at first use. It keeps nothing between documents. Inline markup is left to [Plain], which needs one line at
// a time and no tree: a line of ten million brackets costs no nodes. Link
// reference definitions stay text for the same reason.
var blocks = sync.OnceValue(func() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(shallow{parser.NewListParser()}, 300),
			util.Prioritized(items{parser.NewListItemParser()}, 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(shallow{parser.NewBlockquoteParser()}, 800),
			util.Prioritized(parser.NewHTMLBlockParser(), 900),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithParagraphTransformers(util.Prioritized(tables{}, 200)),
	)
})

// nesting remembers where the nesting limit was first met: the source offset,
// or -1. It stands in the context of a document's parsing.
type nesting struct{ exceededAt int }

var nestingKey = parser.NewContextKey()

// shallow is a container's parser that refuses to nest beyond MaxNesting, so
// that neither the tree nor a walk over it can grow with hostile input.
type shallow struct{ parser.BlockParser }

func (s shallow) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	depth := 0
	for n := parent; n != nil; n = n.Parent() {
		if k := n.Kind(); k == ast.KindList || k == ast.KindBlockquote {
			depth++
		}
	}
	if depth < MaxNesting {
		return s.BlockParser.Open(parent, reader, pc)
	}
	_, at := reader.Position()
	node, state := s.BlockParser.Open(parent, reader, pc)
	if node == nil {
		return nil, state
	}
	// It would have opened: refuse, and put the reader back.
	line, _ := reader.Position()
	reader.SetPosition(line, at)
	if limit := pc.Get(nestingKey).(*nesting); limit.exceededAt < 0 {
		limit.exceededAt = at.Start
	}
	return nil, parser.NoChildren
}

// Close makes the paragraphs in a list's items text that is already read: a tight
// list and a loose one say the same here, and the inline pass would go through
// every character to make nodes that nobody asks for.
func (s shallow) Close(node ast.Node, reader text.Reader, pc parser.Context) {
	if node.Kind() != ast.KindList {
		s.BlockParser.Close(node, reader, pc)
		return
	}
	for item := node.FirstChild(); item != nil; item = item.NextSibling() {
		for child := item.FirstChild(); child != nil; {
			next := child.NextSibling()
			if child.Kind() == ast.KindParagraph {
				t := &lines{}
				t.SetLines(child.Lines())
				item.ReplaceChild(item, child, t)
			}
			child = next
		}
	}
}

// kindLines is the kind of lines.
var kindLines = ast.NewNodeKind("CutoverLines")

// lines are a paragraph in a list item.
type lines struct{ ast.BaseBlock }

func (*lines) Kind() ast.NodeKind { return kindLines }

// IsRaw keeps the inline pass away.
func (*lines) IsRaw() bool { return true }

func (l *lines) Dump(source []byte, level int) { ast.DumpHelper(l, source, level, nil, nil) }

// emptyBox is the attribute of an item that has a box and nothing behind it.
const emptyBox = "box"

// boxAt is an empty box and where it stands in the source.
type boxAt struct {
	raw    string
	offset int
}

// items is the list item's parser, except that a box with nothing behind it is
// no text: GitHub's renderer takes the item for empty, and what follows can
// nest in it where it couldn't interrupt a paragraph.
type items struct{ parser.BlockParser }

func (p items) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	node, state := p.BlockParser.Open(parent, reader, pc)
	if node == nil || state&parser.HasChildren == 0 {
		return node, state
	}
	line, segment := reader.PeekLine()
	if len(line) < 4 || line[0] != '[' || line[2] != ']' || !bytes.ContainsAny(line[1:2], " xX") ||
		line[3] != ' ' && line[3] != '\t' || !util.IsBlank(line[3:]) ||
		!firstOnLine(reader.Source(), segment.Start) {
		return node, state
	}
	node.AppendChild(node, ast.NewTextBlock()) // the parser has its own ideas of items without children
	node.SetAttributeString(emptyBox, boxAt{string(line[:3]), segment.Start})
	reader.AdvanceToEOL()
	return node, parser.NoChildren
}

// firstOnLine says whether nothing but one list marker stands before an offset
// on its line.
func firstOnLine(source []byte, offset int) bool {
	start := bytes.LastIndexByte(source[:offset], '\n') + 1
	marker := bytes.Trim(source[start:offset], " \t")
	return len(marker) > 0 && !bytes.ContainsAny(marker, " \t>")
}

// kindTable is the kind of a table.
var kindTable = ast.NewNodeKind("CutoverTable")

// table is a GFM table: its lines are the header, the delimiter row and the
// rows, as written. Cells are split when a row is read, so a table of a
// million columns costs its bytes and no more.
type table struct{ ast.BaseBlock }

func (*table) Kind() ast.NodeKind { return kindTable }

// IsRaw keeps the inline pass away.
func (*table) IsRaw() bool { return true }

func (t *table) Dump(source []byte, level int) { ast.DumpHelper(t, source, level, nil, nil) }

// tables turns paragraphs that are tables into table nodes.
type tables struct{}

func (tables) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	lines, source := node.Lines(), reader.Source()
	for i := 1; i < lines.Len(); i++ {
		delimiter := lines.At(i)
		columns := delimiterColumns(delimiter.Value(source))
		if columns == 0 {
			continue
		}
		header := lines.At(i - 1)
		if countCells(header.Value(source)) != columns {
			continue
		}
		t := &table{}
		for j := i - 1; j < lines.Len(); j++ {
			t.Lines().Append(lines.At(j))
		}
		parent := node.Parent()
		if i > 1 {
			above := ast.NewParagraph()
			for j := range i - 1 {
				above.Lines().Append(lines.At(j))
			}
			parent.InsertBefore(parent, node, above)
		}
		// The paragraph goes in any case: a rule below the table must not make
		// a heading of what stood above it.
		parent.InsertBefore(parent, node, t)
		parent.RemoveChild(parent, node)
		return
	}
}

// delimiterColumns says how many columns a delimiter row has (`|---|:-:|`); 0
// where the line is none.
func delimiterColumns(line []byte) int {
	line = bytes.TrimSpace(line)
	if len(line) == 0 || !bytes.ContainsRune(line, '|') {
		return 0
	}
	line = bytes.TrimSuffix(bytes.TrimPrefix(line, []byte("|")), []byte("|"))
	columns := 0
	for cell := range bytes.SplitSeq(line, []byte("|")) {
		cell = bytes.TrimSpace(cell)
		cell = bytes.TrimSuffix(bytes.TrimPrefix(cell, []byte(":")), []byte(":"))
		if len(cell) == 0 || len(bytes.Trim(cell, "-")) != 0 {
			return 0
		}
		columns++
	}
	return columns
}

func countCells(line []byte) int {
	n := 0
	for range cells(string(line)) {
		n++
	}
	return n
}
