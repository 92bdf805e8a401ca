package dashboards

// tileHeight is that of the first row. A tile that shows a value and its name may
// be four wide at most: where it is wider, Grafana puts them side by side.
const tileHeight = 5

// columns is the width of Grafana's grid.
const columns = 24

// layout places panels on the grid, shelf under shelf, and numbers them.
type layout struct {
	panels []placed
	nextID uint
	y      int
}

// placed is a panel at its place on the grid.
type placed struct {
	panel
	id         uint
	x, y, w, h int
	inside     []placed // of a row
}

// flat are the panels of a board, those in rows among them, without the rows.
func flat(panels []placed) []placed {
	var out []placed
	for _, p := range panels {
		if p.kind == rowKind {
			out = append(out, p.inside...)
		} else {
			out = append(out, p)
		}
	}
	return out
}

// cell is a panel with the width it would like among its neighbours.
type cell struct {
	width int
	panel panel
}

// shelf puts panels side by side, all of one height. They fill the whole width:
// where their widths don't add up, each gets its share.
func (l *layout) shelf(height int, cells ...cell) {
	total := 0
	for _, c := range cells {
		total += c.width
	}
	x, before := 0, 0
	for _, c := range cells {
		before += c.width
		end := before * columns / total
		l.nextID++
		l.panels = append(l.panels, placed{panel: c.panel, id: l.nextID, x: x, y: l.y, w: end - x, h: height})
		x = end
	}
	if len(cells) > 0 {
		l.y += height
	}
}

// rowKind is Grafana's name for a row.
const rowKind = "row"

// details puts panels into a row that is closed until somebody wants to know.
// Its panels have places below it, as if it were open.
func (l *layout) details(title string, draw func(*layout)) {
	l.nextID++
	row := placed{panel: panel{kind: rowKind, title: title}, id: l.nextID, y: l.y, w: columns, h: 1}
	inside := layout{nextID: l.nextID, y: l.y + 1}
	draw(&inside)
	if len(inside.panels) == 0 {
		return
	}
	row.inside = inside.panels
	l.panels = append(l.panels, row)
	l.nextID = inside.nextID
	l.y++
}

// shelves puts panels of equal width side by side, so many to a shelf; the
// panels of the last shelf share its width.
func (l *layout) shelves(height, perShelf int, panels []panel) {
	for len(panels) > 0 {
		n := min(perShelf, len(panels))
		cells := make([]cell, n)
		for i, p := range panels[:n] {
			cells[i] = cell{columns / perShelf, p}
		}
		l.shelf(height, cells...)
		panels = panels[n:]
	}
}

// tableHeight is the height in grid units of a table with so many rows, at most
// limit: what is below scrolls.
func tableHeight(rows, limit int) int {
	const (
		unit, gap    = 30, 8 // pixels of a grid unit and between panels
		title, line  = 48, 36
		headerHeight = line
	)
	pixels := title + headerHeight + line*max(rows, 2) + gap
	return min((pixels+unit+gap-1)/(unit+gap), limit)
}
