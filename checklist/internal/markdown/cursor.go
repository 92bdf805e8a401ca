package markdown

// cursor is a place in a line of the document, with the columns that tabs take.
type cursor struct {
	line   string
	no     int  // of the line, from 1
	offset int  // in bytes
	column int  // as people see it
	inTab  bool // only a part of the tab at offset is behind the cursor

	// What look found.
	next, nextColumn int // where something stands
	indent           int // the columns up to there
	blank            bool

	notRule noRule
}

// noRule remembers that from some place on a line is no thematic break, so that
// a line of a million dashes isn't gone through for each of them.
type noRule struct {
	marker byte
	end    int // where something else than markers and space stands
}

// look finds out what stands ahead.
func (c *cursor) look() {
	i, column := c.offset, c.column
	for ; i < len(c.line) && (c.line[i] == ' ' || c.line[i] == '\t'); i++ {
		if c.line[i] == '\t' {
			column += 3 - column%4
		}
		column++
	}
	c.next, c.nextColumn, c.indent, c.blank = i, column, column-c.column, i == len(c.line)
}

// at says whether a character stands ahead.
func (c *cursor) at(char byte) bool { return !c.blank && c.line[c.next] == char }

// rest is the line from what stands ahead on.
func (c *cursor) rest() string { return c.line[c.next:] }

// toText goes where something stands.
func (c *cursor) toText() { c.offset, c.column, c.inTab = c.next, c.nextColumn, false }

// advance goes on by columns, perhaps into a tab.
func (c *cursor) advance(columns int) {
	for columns > 0 && c.offset < len(c.line) {
		if c.line[c.offset] != '\t' {
			c.offset++
			c.column++
			columns--
			continue
		}
		width := 4 - c.column%4
		if c.inTab = width > columns; c.inTab {
			c.column += columns
			return
		}
		c.offset++
		c.column += width
		columns -= width
	}
}

// spaced says whether a space or tab stands at the cursor.
func (c *cursor) spaced() bool {
	return c.offset < len(c.line) && (c.line[c.offset] == ' ' || c.line[c.offset] == '\t')
}

// skipQuoteMarker goes behind a quote's marker and the space that belongs to it.
func (c *cursor) skipQuoteMarker() {
	c.toText()
	c.advance(1)
	if c.spaced() {
		c.advance(1)
	}
}
