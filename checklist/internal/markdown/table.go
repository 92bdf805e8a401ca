package markdown

import "strings"

// MaxColumns is how many columns of a table are read.
const MaxColumns = 100

// beginsTable says whether the last line of a paragraph is the delimiter row of
// a table whose header stands above it.
func beginsTable(text []segment) bool {
	last := len(text) - 1
	if last < 1 {
		return false
	}
	n := delimiterColumns(text[last].text)
	return n > 0 && countCells(text[last-1].text) == n
}

// addTable adds a table's rows, those below its delimiter row.
func (b *blocks) addTable(text []segment) {
	b.numBlocks++
	header := appendCells(nil, text[0].text, MaxColumns)
	text = text[2:]
	// All rows share one array of columns and one of cells.
	cols, n := make([]Cols, len(text)), 0
	for _, s := range text {
		n += min(len(header), strings.Count(s.text, "|")+1)
	}
	cells := make([]string, 0, n)
	for i, s := range text {
		from := len(cells)
		cells = appendCells(cells, s.text, len(header)) // GFM drops excess cells
		cols[i] = Cols{Header: header, Cells: cells[from:len(cells):len(cells)]}
		b.lines = append(b.lines, Line{
			Kind: Row, No: s.no, Raw: strings.TrimSpace(s.text),
			Parent: b.parent(), Block: b.numBlocks, Cols: &cols[i],
		})
	}
}

// delimiterColumns says how many columns a delimiter row has (`|---|:-:|`); 0
// where the line is none.
func delimiterColumns(line string) int {
	switch line[0] {
	case '|', '-', ':':
	default:
		return 0 // as nearly every line
	}
	line = strings.TrimSpace(line)
	if strings.IndexByte(line, '|') < 0 {
		return 0
	}
	line = strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|")
	columns := 0
	for cell := range strings.SplitSeq(line, "|") {
		cell = strings.TrimSpace(cell)
		cell = strings.TrimSuffix(strings.TrimPrefix(cell, ":"), ":")
		if cell == "" || strings.Trim(cell, "-") != "" {
			return 0
		}
		columns++
	}
	return columns
}

func countCells(row string) int {
	n := 0
	for row = trimRow(row); row != ""; n++ {
		_, row = cutCell(row)
	}
	return n
}

// appendCells appends the first n cells of a table row, with escaped pipes
// unescaped.
func appendCells(out []string, row string, n int) []string {
	var cell string
	for row = trimRow(row); row != "" && n > 0; n-- {
		cell, row = cutCell(row)
		out = append(out, strings.ReplaceAll(cell, `\|`, `|`))
	}
	return out
}

// trimRow takes away what stands before a row's first cell.
func trimRow(row string) string { return strings.TrimPrefix(strings.TrimSpace(row), "|") }

// cutCell splits the first cell off a row, at the first unescaped pipe. A closing
// pipe ends the row rather than opening an empty cell.
func cutCell(row string) (cell, rest string) {
	for i := 0; i < len(row); i++ {
		switch row[i] {
		case '\\':
			i++
		case '|':
			return strings.TrimSpace(row[:i]), row[i+1:]
		}
	}
	return strings.TrimSpace(row), ""
}
