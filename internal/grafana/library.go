package grafana

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// LibraryPanel is a panel that several dashboards show, and that is changed in
// one place.
type LibraryPanel struct {
	UID       string
	Name      string          // unique in its folder
	Model     json.RawMessage // the panel
	Version   int             // of Model; 0 for one that is not in Grafana yet
	FolderUID string          // empty: the folder General
	UpdatedBy string
	Updated   time.Time
}

// panelElement tells Grafana that a library element is a panel.
const panelElement = 1

// element is a library panel in Grafana's words.
type element struct {
	UID       string          `json:"uid"`
	FolderUID string          `json:"folderUid"`
	Name      string          `json:"name"`
	Kind      int             `json:"kind"`
	Model     json.RawMessage `json:"model"`
	Version   int             `json:"version,omitempty"`
	Meta      *elementMeta    `json:"meta,omitempty"` // only in answers
}

type elementMeta struct {
	FolderUID string    `json:"folderUid"`
	Updated   time.Time `json:"updated"`
	UpdatedBy struct {
		Name string `json:"name"`
	} `json:"updatedBy"`
}

func (e element) panel() LibraryPanel {
	p := LibraryPanel{UID: e.UID, Name: e.Name, Model: e.Model, Version: e.Version, FolderUID: e.FolderUID}
	if e.Meta != nil {
		p.FolderUID, p.UpdatedBy, p.Updated = e.Meta.FolderUID, clipped(e.Meta.UpdatedBy.Name), e.Meta.Updated
	}
	return p
}

// LibraryPanel reads a library panel.
func (c *Client) LibraryPanel(ctx context.Context, uid string) (LibraryPanel, error) {
	var got struct{ Result element }
	_, err := c.do(ctx, request{
		doing: "reading the library panel " + uid, needs: "the role Viewer, and folders:read of its folder",
		method: http.MethodGet, path: []string{"api", "library-elements", uid},
	}, &got)
	return got.Result.panel(), err
}

// SaveLibraryPanel creates a library panel of version 0, or replaces the given
// version, and returns the new one. If it isn't that version any more, the error
// is [ErrChanged] and says who changed it; a name or uid that another one has
// gives [ErrTaken].
func (c *Client) SaveLibraryPanel(ctx context.Context, p LibraryPanel) (version int, err error) {
	doing := "saving the library panel " + p.UID
	r := request{
		doing: doing, needs: "the role Editor, or the right to edit its folder", method: http.MethodPost,
		path: []string{"api", "library-elements"},
		in:   element{UID: p.UID, FolderUID: p.FolderUID, Name: p.Name, Kind: panelElement, Model: p.Model, Version: p.Version},
	}
	if p.Version > 0 {
		r.method, r.path = http.MethodPatch, append(r.path, p.UID)
	}
	var saved struct{ Result element }
	tried, err := c.do(ctx, r, &saved)
	if !errors.Is(err, ErrChanged) && !(errors.Is(err, ErrTaken) && tried > 1) {
		return saved.Result.Version, err
	}
	now, readErr := c.LibraryPanel(ctx, p.UID)
	switch {
	case readErr != nil:
		return 0, err
	case tried > 1 && now.Name == p.Name && same(now.Model, p.Model): // the first try worked, and its answer was lost
		return now.Version, nil
	case errors.Is(err, ErrTaken):
		return 0, err
	}
	return 0, changed(doing, now.UpdatedBy, now.Updated, now.Version, p.Version)
}
