package dashboards

import (
	"encoding/json"
	"fmt"

	"github.com/cutover-dev/cutover/checklist"
)

// Panel is one panel of a checklist's boards on its own: for a library of
// panels, for somebody else's dashboard, or for a page.
type Panel struct {
	UID         string // in a library of panels; as stable as the checklist's name
	Name        string // in a library of panels, where it must not be taken: the checklist's name and the title
	Title       string
	Description string // what it shows, and what to do about it; Markdown
	File        string // the name to write [Panel.LibraryJSON] under: the UID with ".json"

	Board         string // the UID of the board that it stands on
	BoardTitle    string
	ID            uint // on that board, where /d-solo/BOARD?panelId=ID shows it alone
	Width, Height int  // on that board, in units of Grafana's grid, which is 24 wide

	placed  placed
	binding Binding
}

// Panels are the panels of a checklist, in the order of its boards; one that
// stands on several boards is told of once, with the first. They need no
// variables but those of [Panel.Bind]: what the boards narrow to an environment
// or a track is whole.
func Panels(c *checklist.Checklist, o Options) ([]Panel, error) {
	var out []Panel
	seen := map[string]bool{}
	boards, err := All(c, o)
	if err != nil {
		return nil, err
	}
	for _, b := range boards {
		for _, p := range flat(b.panels) {
			if seen[p.identity()] {
				continue
			}
			seen[p.identity()] = true
			id := panelUID(c.Name, p.identity())
			out = append(out, Panel{
				UID: id, Name: clip(c.Name) + " · " + p.title, Title: p.title, Description: p.description, File: id + ".json",
				Board: b.UID, BoardTitle: b.Title, ID: p.id, Width: p.w, Height: p.h,
				placed: p,
			})
		}
	}
	return out, nil
}

// Bind gives the panel other variables, or fixed values in place of them.
func (p Panel) Bind(b Binding) (Panel, error) {
	if err := b.check(); err != nil {
		return Panel{}, err
	}
	p.binding = b
	return p, nil
}

// JSON is the panel's model: an object for the list "panels" of a dashboard,
// which gives it an id and a place on the grid of its own.
func (p Panel) JSON() ([]byte, error) {
	model, err := p.model()
	if err != nil {
		return nil, err
	}
	return encode(model)
}

// LibraryJSON is the panel's model with its reference to itself, as Grafana keeps
// a panel of a library: what stands under "libraryPanel" and the model itself
// make the request that creates it.
func (p Panel) LibraryJSON() ([]byte, error) {
	model, err := p.model()
	if err != nil {
		return nil, err
	}
	model["libraryPanel"] = object{"uid": p.UID, "name": p.Name}
	return encode(model)
}

func (p Panel) model() (object, error) {
	alone := p.placed
	alone.id, alone.x, alone.y = 1, 0, 0
	raw, err := json.Marshal(alone.model(p.binding.references()))
	if err != nil {
		return nil, fmt.Errorf("panel %s: %w", p.UID, err)
	}
	model, err := decode(raw)
	if err != nil {
		return nil, fmt.Errorf("panel %s: %w", p.UID, err)
	}
	return model, normalisePanel(model)
}
