package markdown

import "strings"

// start opens the blocks that begin on the line, below the first matched
// containers. It gives how many containers the line is in then, and whether it is
// done with; otherwise text is left.
func (b *blocks) start(matched int) (in int, done bool) {
	for {
		// A table is a paragraph here until it ends, but anything may follow it.
		inParagraph := b.leaf == paragraph && b.table < 0 && matched == len(b.open)
		if b.indent >= 4 {
			if b.leaf == paragraph {
				return matched, false // it goes on
			}
			b.openLeaf(matched, indentedCode)
			return matched, true
		}
		done, opened := b.startAt(matched, inParagraph)
		if !opened {
			return matched, done
		}
		matched = len(b.open)
		b.look()
		if b.blank {
			return matched, true
		}
	}
}

// startAt opens a block that begins with what stands ahead. Opened says that it
// is a container, which the rest of the line goes into.
func (b *blocks) startAt(matched int, inParagraph bool) (done, opened bool) {
	rest := b.rest()
	switch c := rest[0]; {
	case c == '>':
		return false, b.startQuote(matched)
	case c == '#':
		return b.startHeading(matched, rest), false
	case c == '`' || c == '~':
		return b.startFence(matched, rest), false
	case c == '<':
		return b.startHTML(matched, rest), false
	case c == '=' || c == '-' || c == '*' || c == '_' || c == '+' || '0' <= c && c <= '9':
	default:
		return false, false
	}
	if inParagraph {
		if level := underlineLevel(rest); level > 0 {
			b.underline(level)
			return true, false
		}
	}
	if b.isRule() {
		b.makeRoom(matched)
		return true, false
	}
	return b.startItem(matched, inParagraph)
}

// mayNest says whether another container may be opened in the first matched ones.
func (b *blocks) mayNest(matched int) bool {
	depth := 0
	for _, c := range b.open[:matched] {
		if c.kind != item {
			depth++
		}
	}
	if depth < MaxNesting {
		return true
	}
	if b.tooDeep == 0 {
		b.tooDeep = b.no
	}
	return false
}

func (b *blocks) startQuote(matched int) bool {
	if !b.mayNest(matched) {
		return false
	}
	b.makeRoom(matched)
	b.open = append(b.open, container{kind: quote, line: b.parent()})
	b.skipQuoteMarker()
	return true
}

// startHeading reads `## Heading ##`.
func (b *blocks) startHeading(matched int, rest string) bool {
	level := 0
	for level < len(rest) && rest[level] == '#' {
		level++
	}
	if level > 6 || level < len(rest) && rest[level] != ' ' && rest[level] != '\t' {
		return false
	}
	b.makeRoom(matched)
	text := strings.Trim(rest[level:], " \t")
	if bare := strings.TrimRight(text, "#"); bare == "" || strings.HasSuffix(bare, " ") || strings.HasSuffix(bare, "\t") {
		text = strings.TrimRight(bare, " \t")
	}
	b.addHeading(b.no, uint8(level), text)
	return true
}

// fence is what opened a fenced code block.
type fence struct {
	char   byte
	length int
}

func (b *blocks) startFence(matched int, rest string) bool {
	n := 0
	for n < len(rest) && rest[n] == rest[0] {
		n++
	}
	if n < 3 || rest[0] == '`' && strings.IndexByte(rest[n:], '`') >= 0 {
		return false
	}
	b.openLeaf(matched, fencedCode)
	b.fence = fence{rest[0], n}
	b.fences = append(b.fences, b.no)
	return true
}

func (f fence) closedBy(rest string) bool {
	n := 0
	for n < len(rest) && rest[n] == f.char {
		n++
	}
	return n >= f.length && strings.Trim(rest[n:], " \t") == ""
}

// underlineLevel is the level of the heading that a line underlines; 0 for none.
func underlineLevel(rest string) uint8 {
	var level uint8
	switch rest[0] {
	case '=':
		level = 1
	case '-':
		level = 2
	default:
		return 0
	}
	if strings.TrimLeft(strings.TrimRight(rest, " \t"), rest[:1]) != "" {
		return 0
	}
	return level
}

// isRule says whether a thematic break stands ahead: three or more of the same
// marker and nothing else.
func (b *blocks) isRule() bool {
	marker := b.line[b.next]
	if marker != '-' && marker != '*' && marker != '_' || b.notRule.marker == marker && b.next < b.notRule.end {
		return false
	}
	n := 0
	for i := b.next; i < len(b.line); i++ {
		switch b.line[i] {
		case marker:
			n++
		case ' ', '\t':
		default:
			b.notRule = noRule{marker, i}
			return false
		}
	}
	return n >= 3
}

// startItem reads a list item's marker, and opens its list where none of its
// kind is open.
func (b *blocks) startItem(matched int, inParagraph bool) (done, opened bool) {
	width, kind := itemMarker(b.rest(), inParagraph)
	if width == 0 {
		return false, false
	}
	goesOn := matched > 0 && b.open[matched-1].kind == list && b.open[matched-1].marker == kind
	if !goesOn && !b.mayNest(matched) {
		return false, false
	}
	if goesOn {
		b.closeTo(matched)
	} else {
		b.makeRoom(matched)
		b.numLists++
		b.open = append(b.open, container{kind: list, line: b.parent(), marker: kind, list: b.numLists})
	}
	markedAt, alone := b.indent, b.onlyMarkerBefore()
	b.toText()
	b.advance(width)
	b.open = append(b.open, container{
		kind: item, line: b.parent(), list: b.open[len(b.open)-1].list,
		indent: markedAt + width + b.itemPadding(), empty: true,
	})
	if alone && b.emptyBox() {
		return true, false
	}
	return false, true
}

// itemMarker gives the length of a list item's marker, and what tells lists
// apart: the bullet, or what stands behind the number. An empty item, and one
// whose number isn't 1, can't interrupt a paragraph.
func itemMarker(rest string, inParagraph bool) (width int, kind byte) {
	n := 0
	for n < len(rest) && n < 10 && '0' <= rest[n] && rest[n] <= '9' {
		n++
	}
	switch {
	case n == 10 || n == len(rest):
		return 0, 0
	case n > 0 && rest[n] != '.' && rest[n] != ')':
		return 0, 0
	case n > 0 && inParagraph && rest[:n] != "1":
		return 0, 0
	case n == 0 && rest[0] != '-' && rest[0] != '*' && rest[0] != '+':
		return 0, 0
	}
	width = n + 1
	behind := rest[width:]
	if behind != "" && behind[0] != ' ' && behind[0] != '\t' || inParagraph && strings.Trim(behind, " \t") == "" {
		return 0, 0
	}
	return width, rest[n]
}

// itemPadding goes over the space behind a marker and gives its width. Five and
// more columns are one, with indented code behind; so is a line that ends there.
func (b *blocks) itemPadding() int {
	before := b.cursor
	for b.column-before.column < 5 && b.spaced() {
		b.advance(1)
	}
	width := b.column - before.column
	if width >= 1 && width < 5 && b.offset < len(b.line) {
		return width
	}
	b.cursor = before
	if b.spaced() {
		b.advance(1)
	}
	return 1
}

// onlyMarkerBefore says whether nothing stands before what stands ahead.
func (b *blocks) onlyMarkerBefore() bool { return strings.Trim(b.line[:b.next], " \t") == "" }

// emptyBox reads a box with nothing behind it. It is no text: GitHub's renderer
// takes the item for empty, and what follows can nest in it where it couldn't
// interrupt a paragraph.
func (b *blocks) emptyBox() bool {
	b.look()
	rest := b.rest()
	if b.indent >= 4 || len(rest) < 4 || strings.Trim(rest[3:], " \t") != "" {
		return false
	}
	box := rest[:3]
	if box != "[ ]" && box != "[x]" && box != "[X]" {
		return false
	}
	b.numBlocks++
	c := &b.open[len(b.open)-1]
	b.lines = append(b.lines, Line{Kind: Item, No: b.no, Raw: box, Parent: c.line, List: c.list, Block: b.numBlocks})
	c.line, c.empty = len(b.lines)-1, false
	return true
}
