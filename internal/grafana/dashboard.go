package grafana

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"
)

// Dashboard is a dashboard as Grafana keeps it.
type Dashboard struct {
	UID         string
	Model       json.RawMessage // as Grafana sent it, byte for byte
	Version     int             // of Model; 0 for one that is not in Grafana yet
	FolderUID   string          // empty: the folder General
	Provisioned bool            // it comes from a file, and can't be saved
	UpdatedBy   string          // who saved it last
	Updated     time.Time       // when
}

// Dashboard reads a dashboard.
func (c *Client) Dashboard(ctx context.Context, uid string) (Dashboard, error) {
	var got struct {
		Dashboard json.RawMessage
		Meta      struct {
			FolderUID   string
			Provisioned bool
			UpdatedBy   string
			Updated     time.Time
			Version     int
		}
	}
	_, err := c.do(ctx, request{
		doing: "reading the dashboard " + uid, needs: "dashboards:read", method: http.MethodGet, path: []string{"api", "dashboards", "uid", uid},
	}, &got)
	return Dashboard{
		UID: uid, Model: got.Dashboard, Version: got.Meta.Version, FolderUID: got.Meta.FolderUID,
		Provisioned: got.Meta.Provisioned, UpdatedBy: clipped(got.Meta.UpdatedBy), Updated: got.Meta.Updated,
	}, err
}

// SaveDashboard creates a dashboard of version 0, or replaces the given version,
// and returns the new one. If it isn't that version any more, the error is
// [ErrChanged] and says who changed it. The message stands in the dashboard's
// history.
func (c *Client) SaveDashboard(ctx context.Context, d Dashboard, message string) (version int, err error) {
	doing := "saving the dashboard " + d.UID
	if d.Provisioned {
		return 0, fmt.Errorf("%s: it is provisioned from a file, and Grafana does not save those: change the file", doing)
	}
	model, err := versioned(d)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	var saved struct{ Version int }
	tried, err := c.do(ctx, request{
		doing: doing, needs: "dashboards:write, or dashboards:create for a new one, in its folder", method: http.MethodPost,
		path: []string{"api", "dashboards", "db"},
		in: struct {
			Dashboard json.RawMessage `json:"dashboard"`
			FolderUID string          `json:"folderUid"`
			Message   string          `json:"message"`
			Overwrite bool            `json:"overwrite"`
		}{model, d.FolderUID, message, false},
	}, &saved)
	if !errors.Is(err, ErrChanged) {
		return saved.Version, err
	}
	now, readErr := c.Dashboard(ctx, d.UID)
	switch {
	case readErr != nil:
		return 0, err
	case tried > 1 && same(now.Model, model): // the first try worked, and its answer was lost
		return now.Version, nil
	}
	return 0, changed(doing, now.UpdatedBy, now.Updated, now.Version, d.Version)
}

// versioned is a dashboard's model with the version that it replaces.
func versioned(d Dashboard) (json.RawMessage, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(d.Model, &keys); err != nil || keys == nil {
		return nil, errors.New("the dashboard's model is no JSON object")
	}
	for key, value := range map[string]any{"uid": d.UID, "version": d.Version} {
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		keys[key] = raw
	}
	return json.Marshal(keys)
}

// same compares two dashboards as JSON values, but for what Grafana counts.
func same(a, b json.RawMessage) bool {
	var x, y map[string]any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	for _, keys := range []map[string]any{x, y} {
		delete(keys, "id")
		delete(keys, "version")
	}
	return reflect.DeepEqual(x, y)
}
