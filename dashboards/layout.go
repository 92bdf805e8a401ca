package dashboards

import "github.com/grafana-tools/sdk"

// columns is the width of Grafana's grid.
const columns = 24

// layout places panels on the grid, shelf under shelf, and numbers them.
type layout struct {
	panels []*sdk.Panel
	nextID uint
	y      int
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
		l.panels = append(l.panels, c.panel.place(l.nextID, x, l.y, end-x, height))
		x = end
	}
	if len(cells) > 0 {
		l.y += height
	}
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
