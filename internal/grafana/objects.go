package grafana

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// Health is what Grafana says of itself.
type Health struct {
	Version  string // such as 10.1.5; empty where Grafana hides it
	Database string // "ok"
}

// Health asks whether Grafana is there.
func (c *Client) Health(ctx context.Context) (Health, error) {
	var h Health
	_, err := c.do(ctx, request{doing: "asking Grafana for its health", needs: "nothing", method: http.MethodGet, path: []string{"api", "health"}}, &h)
	return h, err
}

// DataSource is one data source.
type DataSource struct {
	UID  string `json:"uid"`
	Name string `json:"name"`
	Type string `json:"type"` // the plugin's id: prometheus
}

// Inventory is what a dashboard may refer to.
type Inventory struct {
	DataSources []DataSource
	Panels      map[string]bool // the ids of the panel plugins
}

// Inventory asks what is there, as far as the token may see it.
func (c *Client) Inventory(ctx context.Context) (Inventory, error) {
	var settings struct {
		DataSources map[string]DataSource      `json:"datasources"`
		Panels      map[string]json.RawMessage `json:"panels"`
	}
	_, err := c.do(ctx, request{
		doing: "asking Grafana for its data sources", needs: "the role Viewer", method: http.MethodGet, path: []string{"api", "frontend", "settings"},
	}, &settings)
	if err != nil {
		return Inventory{}, err
	}
	out := Inventory{Panels: map[string]bool{"row": true}} // a row is no plugin
	for _, d := range settings.DataSources {
		out.DataSources = append(out.DataSources, d)
	}
	for id := range settings.Panels {
		out.Panels[id] = true
	}
	return out, nil
}

// Folder is a folder of dashboards.
type Folder struct {
	UID   string `json:"uid"`
	Title string `json:"title"`
}

// Folder reads a folder. For whom may not read all folders a missing one is
// [ErrForbidden].
func (c *Client) Folder(ctx context.Context, uid string) (Folder, error) {
	var f Folder
	_, err := c.do(ctx, request{
		doing: "reading the folder " + uid, needs: "folders:read", method: http.MethodGet, path: []string{"api", "folders", uid},
	}, &f)
	return f, err
}

// CreateFolder creates a folder, unless there is one of its title or uid
// ([ErrTaken]).
func (c *Client) CreateFolder(ctx context.Context, f Folder) error {
	var created Folder
	tried, err := c.do(ctx, request{
		doing: "creating the folder " + f.UID, needs: "folders:create, which the role Editor has",
		method: http.MethodPost, path: []string{"api", "folders"}, in: f,
	}, &created)
	if errors.Is(err, ErrChanged) { // so Grafana says it of a uid
		err = fmt.Errorf("creating the folder %s: %w: there is a folder with this uid, which the token may not read: its service account needs folders:read", f.UID, ErrTaken)
	}
	if err != nil && tried > 1 { // the first try may have worked, and its answer been lost
		if there, readErr := c.Folder(ctx, f.UID); readErr == nil && there == f {
			return nil
		}
	}
	return err
}
