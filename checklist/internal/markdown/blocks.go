package markdown

import "strings"

// MaxNesting is how deep lists and quotes may nest; what is nested deeper is
// read as text.
const MaxNesting = 100

// blocks reads the block structure of GitHub Flavored Markdown, line by line, as
// the appendix of the CommonMark specification describes: each line first goes
// on with the containers that are open, then opens new ones, and what is left of
// it is text. It makes no tree: a block becomes lines as soon as it ends.
//
// Inline markup is left to [Plain], which needs one line at a time: a line of ten
// million brackets costs no nodes. Link reference definitions stay text for the
// same reason.
type blocks struct {
	lines   []Line
	tooDeep int
	fences  []int // the numbers of the lines that open and close fenced code

	open  []container // outermost first, the document left out
	leaf  leaf        // in the innermost of them
	first bool        // the paragraph is the first thing in its item
	text  []segment   // of the paragraph
	table int         // where in the text the header of a table stands; -1 for none
	fence fence
	html  int // which kind of HTML block, as the specification numbers them

	numBlocks, numLists int

	cursor
}

// container is an open block that holds others.
type container struct {
	kind   containerKind
	line   int  // the index of the line that what it holds is nested in; -1 for none
	marker byte // of a list: its bullet, or what stands behind its numbers
	list   int  // of a list or item: its number
	indent int  // of an item: the columns that a line must be indented by to go on with it
	empty  bool // of an item: nothing is in it yet
}

type containerKind uint8

const (
	quote containerKind = iota
	list
	item
)

// leaf is the kind of the open block that holds text.
type leaf uint8

const (
	noLeaf leaf = iota
	paragraph
	indentedCode
	fencedCode
	htmlBlock
)

// segment is a line of a paragraph.
type segment struct {
	no   int
	text string // behind the containers' markers and the space there
}

// take reads one line of the document, without its end.
func (b *blocks) take(line string) {
	b.cursor = cursor{line: line, no: b.no + 1, notRule: b.notRule}
	b.notRule = noRule{}
	matched := b.goOn()
	if matched == len(b.open) && b.goOnLeaf() {
		return
	}
	b.look()
	if b.blank {
		b.closeTo(matched)
		return
	}
	if matched, done := b.start(matched); !done {
		b.addText(matched)
	}
}

// goOn gives the number of containers that the line goes on with.
func (b *blocks) goOn() int {
	for i := range b.open {
		c := &b.open[i]
		if c.kind == list {
			continue // its items decide
		}
		b.look()
		switch {
		case c.kind == quote && b.indent < 4 && b.at('>'):
			b.skipQuoteMarker()
		case c.kind == item && b.blank && !c.empty:
			b.toText()
		case c.kind == item && !b.blank && b.indent >= c.indent:
			b.advance(c.indent)
		default:
			return i
		}
	}
	return len(b.open)
}

// goOnLeaf goes on with code or HTML; it says whether the line is done with.
func (b *blocks) goOnLeaf() bool {
	switch b.leaf {
	case fencedCode:
		b.look()
		if b.indent < 4 && b.fence.closedBy(b.rest()) {
			b.fences = append(b.fences, b.no)
			b.leaf = noLeaf
		}
		return true
	case indentedCode:
		b.look()
		if b.indent >= 4 || b.blank {
			return true
		}
		b.leaf = noLeaf
	case htmlBlock:
		b.look()
		if b.html >= 6 {
			if b.blank {
				b.leaf = noLeaf
			}
			return true
		}
		if htmlEnds(b.html, b.line[b.offset:]) {
			b.leaf = noLeaf
		}
		return true
	}
	return false
}

// addText adds what is left of the line to a paragraph.
func (b *blocks) addText(matched int) {
	if b.leaf != paragraph {
		b.openLeaf(matched, paragraph)
		b.text, b.table = b.text[:0], -1
	}
	// Otherwise the paragraph goes on, be it lazily: without the markers of the
	// containers that it is in.
	b.text = append(b.text, segment{b.no, b.rest()})
	if b.table < 0 && beginsTable(b.text) {
		b.table = len(b.text) - 2
	}
}

// openLeaf ends what the line doesn't go on with and opens a leaf.
func (b *blocks) openLeaf(matched int, kind leaf) {
	b.makeRoom(matched)
	b.leaf = kind
}

// makeRoom ends what the line doesn't go on with, for another block to be put
// into the container that is then the innermost.
func (b *blocks) makeRoom(matched int) {
	b.closeTo(matched)
	if n := len(b.open); n > 0 && b.open[n-1].kind == list {
		b.open = b.open[:n-1] // a list holds items only
	}
	b.first = false
	if n := len(b.open); n > 0 && b.open[n-1].empty {
		b.open[n-1].empty, b.first = false, b.open[n-1].kind == item
	}
}

// closeTo ends the open leaf and all containers but the first n.
func (b *blocks) closeTo(n int) {
	if b.leaf == paragraph {
		b.endParagraph()
	}
	b.leaf = noLeaf
	b.open = b.open[:n]
}

// parent is the index of the line that a block in the innermost container is
// nested in; -1 for none.
func (b *blocks) parent() int {
	if n := len(b.open); n > 0 {
		return b.open[n-1].line
	}
	return -1
}

// endParagraph makes lines of the paragraph, or of the table that it is.
func (b *blocks) endParagraph() {
	if at := b.table; at >= 0 {
		if at > 0 {
			b.addParagraph(b.text[:at])
		}
		b.addTable(b.text[at:])
		return
	}
	b.addParagraph(b.text)
}

// addParagraph adds the lines of a paragraph. In an item that begins with it its
// first line is the item's own.
func (b *blocks) addParagraph(text []segment) {
	b.numBlocks++
	l := Line{Kind: Text, Parent: b.parent(), Block: b.numBlocks}
	for i, s := range text {
		l.No, l.Raw = s.no, strings.TrimRight(s.text, " \t")
		if i == 0 && b.first {
			c := &b.open[len(b.open)-1]
			l.Kind, l.List = Item, c.list
			b.lines = append(b.lines, l)
			c.line = len(b.lines) - 1
			l.Kind, l.List, l.Parent = Text, 0, c.line
		} else {
			b.lines = append(b.lines, l)
		}
		l.Soft = !strings.HasSuffix(s.text, "  ") && !strings.HasSuffix(s.text, `\`)
	}
}

// addHeading adds a heading. Inside a list or quote it is text: it divides the
// item, not the document.
func (b *blocks) addHeading(no int, level uint8, raw string) {
	b.numBlocks++
	kind := Heading
	if len(b.open) > 0 {
		kind = Text
	}
	b.lines = append(b.lines, Line{Kind: kind, No: no, Level: level, Raw: raw, Parent: b.parent(), Block: b.numBlocks})
}

// underline makes a heading of the paragraph. In an item that begins with it, it
// is the item's own line: its box is still one.
func (b *blocks) underline(level uint8) {
	b.leaf = noLeaf
	if b.first {
		b.addParagraph(b.text)
		return
	}
	words := make([]string, len(b.text))
	for i, s := range b.text {
		words[i] = strings.TrimRight(s.text, " \t")
	}
	b.addHeading(b.text[0].no, level, strings.Join(words, " "))
}
