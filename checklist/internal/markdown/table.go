package markdown

import (
	"iter"
	"strings"
)

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
	header := firstCells(text[0].text, MaxColumns)
	for _, s := range text[2:] {
		b.lines = append(b.lines, Line{
			Kind: Row, No: s.no, Raw: strings.TrimSpace(s.text),
			Parent: b.parent(), Block: b.numBlocks,
			Cols: &Cols{Header: header, Cells: firstCells(s.text, len(header))}, // GFM drops excess cells
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

func countCells(line string) int {
	n := 0
	for range cells(line) {
		n++
	}
	return n
}

func firstCells(row string, n int) []string {
	out := make([]string, 0, min(n, 8))
	for c := range cells(row) {
		if len(out) == n {
			break
		}
		out = append(out, c)
	}
	return out
}

// cells yields the cells of a table row: what stands between unescaped pipes,
// trimmed, with escaped pipes unescaped.
func cells(row string) iter.Seq[string] {
	return func(yield func(string) bool) {
		row = strings.TrimSpace(row)
		row = strings.TrimPrefix(row, "|")
		start, escaped := 0, false
		for i := range len(row) {
			switch {
			case escaped:
				escaped = false
			case row[i] == '\\':
				escaped = true
			case row[i] == '|':
				if !yield(cell(row[start:i])) {
					return
				}
				start = i + 1
			}
		}
		// A closing pipe ends the row rather than opening an empty cell.
		if start < len(row) {
			yield(cell(row[start:]))
		}
	}
}

func cell(s string) string {
	return strings.ReplaceAll(strings.TrimSpace(s), `\|`, `|`)
}
