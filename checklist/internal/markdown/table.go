package markdown

import (
	"iter"
	"strings"
)

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
