package embed

import (
	"fmt"
	"math"
)

// columns is the width of Grafana's grid.
const columns = 24

// deepest is how far down a dashboard may reach; there are none so long.
const deepest = 1 << 20

// place is where a panel stands on the grid.
type place struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// readPlace reads a place as people and programs write it: what is missing or no
// number is zero.
func readPlace(text []byte, at span) place {
	var p place
	for _, k := range members(text, at) {
		n := whole(value[float64](text, k.value))
		switch k.key {
		case "x":
			p.X = n
		case "y":
			p.Y = n
		case "w":
			p.W = n
		case "h":
			p.H = n
		}
	}
	return p
}

// whole rounds up to a number that an id or a place may be; others are zero.
func whole(f float64) int {
	if f < math.MinInt32 || f > math.MaxInt32 {
		return 0
	}
	return int(math.Ceil(f))
}

// bottom is the first line of the grid below everything. What is inside a
// collapsed row takes no room.
func (b board) bottom() (int, error) {
	bottom := 0
	for _, e := range b.panels {
		low := e.place.Y + max(e.place.H, 1)
		if low > deepest {
			return 0, fault(b.text, e.start, fmt.Sprintf("this panel reaches down to line %d of the grid: correct its gridPos", low))
		}
		bottom = max(bottom, low)
	}
	return bottom, nil
}

// last says whether nothing stands beside or below panels but their own rows.
func (b board) last(panels []element) bool {
	own := map[span]bool{}
	top := math.MaxInt
	for _, e := range b.withRow(panels) {
		own[e.span] = true
		if e.in < 0 {
			top = min(top, e.place.Y)
		}
	}
	for _, e := range b.panels {
		if !own[e.span] && e.place.Y+max(e.place.H, 1) > top {
			return false
		}
	}
	return true
}

// flow gives panels places from line y on: side by side as long as they fit, and
// each line filled to the end.
func flow(panels []marked, y int) []place {
	var out []place
	for len(panels) > 0 {
		n, width, height := 0, 0, 0
		for n < len(panels) && width+panels[n].Width <= columns {
			width += panels[n].Width
			height = max(height, panels[n].Height)
			n++
		}
		x, before := 0, 0
		for _, p := range panels[:n] {
			before += p.Width
			end := before * columns / width
			out = append(out, place{x, y, end - x, height})
			x = end
		}
		y += height
		panels = panels[n:]
	}
	return out
}

// freeIDs are numbers that no panel has, nor will have: above all others, as
// Grafana chooses them, where there is room.
func (b board) freeIDs(n int, reserved map[string]int) []int {
	taken, highest := map[int]bool{}, 0
	take := func(id int) { taken[id], highest = true, max(highest, id) }
	for _, e := range b.panels {
		take(e.id)
		for _, p := range e.inside {
			take(p.id)
		}
	}
	for _, id := range reserved {
		take(id)
	}
	id := highest
	if highest > math.MaxInt32-n {
		id = 0
	}
	var out []int
	for len(out) < n {
		if id++; !taken[id] {
			out = append(out, id)
		}
	}
	return out
}
