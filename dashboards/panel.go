package dashboards

import (
	"cmp"
	"slices"

	"github.com/grafana-tools/sdk"
)

// panel is one panel before it is placed. The sdk's own panel types lack field
// overrides, value mappings and transformations, so panels of ours are its
// CustomPanel filled from the typed structs below.
type panel struct {
	kind            string // Grafana's panel plugin: "stat", "timeseries", …
	title           string
	description     string // what it means, and what to do if it is red
	targets         []target
	fields          fieldConfig
	options         any // of the plugin: statOptions, tableOptions, …
	transformations []transformation
	points          int    // how many points in time are asked for; 0: one a pixel
	key             string // tells it from all others of the checklist; empty: its title does
	more            *more  // leads to what explains it
}

func (p panel) identity() string { return cmp.Or(p.key, p.title) }

// model turns a panel into the sdk's, at its place on the grid.
func (p placed) model(r references) *sdk.Panel {
	out := sdk.NewCustom(p.title)
	out.ID = p.id
	out.Type = p.kind
	out.GridPos.X, out.GridPos.Y, out.GridPos.W, out.GridPos.H = &p.x, &p.y, &p.w, &p.h
	if p.kind == rowKind {
		out.CustomPanel = p.row(r)
		return out
	}
	out.Description = &p.description
	out.Datasource = r.source
	targets := slices.Clone(p.targets)
	for i := range targets {
		targets[i].complete(i, r)
	}
	if p.fields.Overrides == nil {
		p.fields.Overrides = []override{} // Grafana 9.4 crashes without
	}
	custom := sdk.CustomPanel{"fieldConfig": p.fields, "options": p.options, "targets": targets}
	if p.points > 0 {
		custom["maxDataPoints"] = p.points
	}
	if len(p.transformations) > 0 {
		custom["transformations"] = p.transformations
	}
	if p.more != nil {
		custom["links"] = []link{p.more.at(r)}
	}
	out.CustomPanel = &custom
	return out
}

// row is what a row has that panels haven't.
func (p placed) row(r references) *sdk.CustomPanel {
	var panels []*sdk.Panel
	for _, i := range p.inside {
		panels = append(panels, i.model(r))
	}
	return &sdk.CustomPanel{"collapsed": true, "panels": panels}
}

// dataSourceRef names a data source.
type dataSourceRef struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

// prometheus is the data source that the reader of a board has chosen.
func prometheus() dataSourceRef {
	return dataSourceRef{Type: "prometheus", UID: "${datasource}"}
}

// target is one query.
type target struct {
	RefID      string        `json:"refId"`
	Datasource dataSourceRef `json:"datasource"`
	Expr       string        `json:"expr"`
	Legend     string        `json:"legendFormat,omitempty"`
	Format     string        `json:"format"`
	EditorMode string        `json:"editorMode"`
	Instant    bool          `json:"instant"`
	Range      bool          `json:"range"`
	Exemplar   bool          `json:"exemplar"`
}

func (t *target) complete(i int, r references) {
	t.RefID = refID(i)
	t.Datasource = r.source
	t.Expr = r.queries.Replace(t.Expr)
	t.EditorMode = "code"
}

// refID names the i-th query of a panel: A to Z, then AA.
func refID(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return refID(i/26-1) + refID(i%26)
}

// over is a query over the board's time range.
func over(expr, legend string) target {
	return target{Expr: expr, Legend: legend, Format: "time_series", Range: true}
}

// now is a query at the end of the board's time range.
func now(expr, legend string) target {
	return target{Expr: expr, Legend: legend, Format: "time_series", Instant: true}
}

// rows is a query for a table: a row for each series.
func rows(expr string) target {
	return target{Expr: expr, Format: "table", Instant: true}
}

// transformation reshapes what the queries returned.
type transformation struct {
	ID      string `json:"id"`
	Options any    `json:"options"`
}

// column is a column of a table: a field, and the name that people read.
type column struct{ field, name string }

// show keeps the given columns, in their order, and gives them their names.
func show(cols ...column) []transformation {
	include := struct {
		Include struct {
			Names []string `json:"names"`
		} `json:"include"`
	}{}
	organize := struct {
		Exclude map[string]bool   `json:"excludeByName"`
		Index   map[string]int    `json:"indexByName"`
		Rename  map[string]string `json:"renameByName"`
	}{map[string]bool{}, map[string]int{}, map[string]string{}}
	for i, c := range cols {
		include.Include.Names = append(include.Include.Names, c.field)
		organize.Index[c.field] = i
		organize.Rename[c.field] = c.name
	}
	return []transformation{{ID: "filterFieldsByName", Options: include}, {ID: "organize", Options: organize}}
}
