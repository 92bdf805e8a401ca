package dashboards

import (
	"fmt"
	"slices"
	"time"

	"github.com/grafana-tools/sdk"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/series"
)

// schemaVersion is the newest version of Grafana's dashboard model; older
// Grafanas ignore what they don't know, newer ones migrate.
const schemaVersion = 42

// Board is one generated dashboard.
type Board struct {
	UID   string // at most 40 characters of [a-zA-Z0-9_-], as Grafana demands
	Title string
	File  string // the name to write it under: the UID with ".json"

	description string
	model       sdk.Board
	panels      []placed
	annotations []annotation
	links       []link
}

// JSON is the dashboard's file: the same bytes for the same input, indented,
// ending in a newline.
func (b Board) JSON() ([]byte, error) {
	out, err := normalise(b)
	if err != nil {
		return nil, fmt.Errorf("dashboard %s: %w", b.UID, err)
	}
	return out, nil
}

// kind is one of the boards of a set.
type kind struct {
	slug, title, question string
	fits                  func(*checklist.Checklist) bool // has something to show
	fill                  func(*canvas)
}

// kinds lists the boards there are, in the order in which they link to each
// other.
func kinds() []kind {
	always := func(*checklist.Checklist) bool { return true }
	judged := func(c *checklist.Checklist) bool { return len(c.Criteria) > 0 }
	return []kind{
		{"overview", "Overview", "Where are we, may we go on, what is wrong?", always, overview},
		{"rollout", "Rollout", "May we go on?", staged, rolloutBoard},
		{"smoke", "Smoke tests", "What works?", smokeTested, smokeBoard},
		{"evidence", "Evidence", "What was promised, and what was measured?", judged, evidence},
		{"exporter", "Exporter", "Is the watcher healthy, and are the loaded rules the checklist's?", always, exporter},
	}
}

// set are the boards that have something to show of a checklist.
func set(c *checklist.Checklist) []kind {
	return slices.DeleteFunc(kinds(), func(k kind) bool { return !k.fits(c) })
}

func staged(c *checklist.Checklist) bool { return len(c.Stages) > 0 }

// canvas is a board being drawn: the checklist, the options, and a layout that
// panels are placed on from top to bottom.
type canvas struct {
	layout
	checklist *checklist.Checklist
	options   Options
	variables []sdk.TemplateVar // beyond those of every board
}

func draw(c *checklist.Checklist, o Options, k kind) (*Board, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	cv := &canvas{checklist: c, options: o}
	k.fill(cv)
	id := uid(c.Name, k.slug)
	b := &Board{
		UID:         id,
		Title:       literal(c.Name) + " · " + k.title,
		File:        id + ".json",
		description: k.question,
		annotations: annotations(),
		links:       links(c, o, k),
		panels:      cv.panels,
	}
	if c.Title != "" {
		b.description += " " + markdown(c.Title)
	}
	b.model = sdk.Board{
		UID:           id,
		Title:         b.Title,
		Tags:          []string{"cutover"},
		Timezone:      "browser",
		SchemaVersion: schemaVersion,
		Refresh:       &sdk.BoolString{Value: shortDuration(o.refresh())},
		GraphTooltip:  1, // a crosshair shared by all graphs
		Time:          sdk.Time{From: "now-1h", To: "now"},
		Timepicker:    sdk.Timepicker{RefreshIntervals: []string{"5s", "10s", "30s", "1m", "5m"}},
	}
	for _, p := range cv.panels {
		b.model.Panels = append(b.model.Panels, p.model(onBoard()))
	}
	b.model.Templating.List = append(variables(c, o), cv.variables...)
	return b, nil
}

// variables are the board's choices: where its data comes from, and whose.
func variables(c *checklist.Checklist, o Options) []sdk.TemplateVar {
	source := sdk.TemplateVar{
		Name:    "datasource",
		Label:   "Data source",
		Type:    "datasource",
		Query:   "prometheus",
		Refresh: onLoad(),
		Current: chosen("default"), // without, Grafana takes the first by name
	}
	if o.DataSource != "" {
		source.Current = chosen(o.DataSource)
	}
	mine := choice(series.LabelChecklist, "Checklist", series.ChecklistInfo)
	mine.Current = chosen(c.Name)
	return []sdk.TemplateVar{source, mine}
}

// choice is a variable that takes the values of a label. It looks for them at
// every refresh: a board that hangs on a wall must see an exporter come up.
func choice(name, label, metric string) sdk.TemplateVar {
	return sdk.TemplateVar{
		Name:       name,
		Label:      label,
		Type:       "query",
		Datasource: prometheus(),
		Query:      fmt.Sprintf("label_values(%s, %s)", metric, name),
		Refresh:    onRefresh(),
		Sort:       1,
	}
}

// When a variable's values are looked for. The sdk writes false where Grafana
// wants a number, unless it is given one.

func onLoad() sdk.BoolInt    { return sdk.BoolInt{Value: pointer(int64(1))} }
func onRefresh() sdk.BoolInt { return sdk.BoolInt{Value: pointer(int64(2))} }

// picker is a variable that narrows a board to some values of a label; at first
// it takes all.
func picker(name, label, metric string) sdk.TemplateVar {
	v := choice(name, label, metric)
	v.Multi, v.IncludeAll = true, true
	v.AllValue = ".*" // matches a missing label too
	v.Current = sdk.Current{Text: &sdk.StringSliceString{Value: []string{"All"}, Valid: true}, Value: []string{"$__all"}}
	return v
}

func chosen(value string) sdk.Current {
	return sdk.Current{Text: &sdk.StringSliceString{Value: []string{value}, Valid: true}, Value: value}
}

// annotation marks moments in every graph. The sdk's annotation can't take its
// time from a value.
type annotation struct {
	Name            string        `json:"name"`
	Datasource      dataSourceRef `json:"datasource"`
	Enable          bool          `json:"enable"`
	IconColor       string        `json:"iconColor"`
	Expr            string        `json:"expr"`
	Step            string        `json:"step,omitempty"`
	TitleFormat     string        `json:"titleFormat"`
	TextFormat      string        `json:"textFormat,omitempty"`
	UseValueForTime bool          `json:"useValueForTime,omitempty"`
}

func annotations() []annotation {
	calls := of("ALERTS", `alertname=~"`+series.AlertRollback+"|"+series.AlertCandidateDown+`"`, firing)
	return []annotation{
		{
			Name: "Stages", Datasource: prometheus(), Enable: true, IconColor: colourCandidate,
			Expr:        "1000 * " + maxBy(series.LabelStage, of(series.StageShiftedTimestamp)),
			Step:        "60s",
			TitleFormat: "Traffic shifted: {{" + series.LabelStage + "}}", UseValueForTime: true,
		},
		{
			Name: "Incidents", Datasource: prometheus(), Enable: true, IconColor: colourUnsure,
			Expr:        fmt.Sprintf("max by (kind, impact) ((%[1]s > 0) unless (%[1]s offset 1m > 0))", of(series.IncidentOpen)),
			Step:        "60s",
			TitleFormat: "Incident opened: {{" + series.LabelImpact + "}}", TextFormat: "{{" + series.LabelKind + "}}",
		},
		{
			Name: "Rollback alerts", Datasource: prometheus(), Enable: true, IconColor: colourBroken,
			// Once, when it begins to fire.
			Expr:        fmt.Sprintf("max by (alertname, %[1]s) (%[2]s unless %[2]s offset 1m)", series.LabelCriterion, calls),
			Step:        "60s",
			TitleFormat: "{{alertname}} fires", TextFormat: "{{" + series.LabelCriterion + "}}",
		},
	}
}

// link is a link in a board's head, with all nine keys that Grafana's type
// demands.
type link struct {
	Title       string   `json:"title"`
	Type        string   `json:"type"`
	Icon        string   `json:"icon"`
	Tooltip     string   `json:"tooltip"`
	URL         string   `json:"url"`
	Tags        []string `json:"tags"`
	AsDropdown  bool     `json:"asDropdown"`
	TargetBlank bool     `json:"targetBlank"`
	IncludeVars bool     `json:"includeVars"`
	KeepTime    bool     `json:"keepTime"`
}

// more leads from a panel to the board that explains it.
type more struct{ title, uid string }

func (m more) at(r references) link {
	return link{
		Title: m.title, Type: "link", Icon: "dashboard", Tooltip: "", Tags: []string{},
		URL: "/d/" + m.uid + "?" + r.query,
	}
}

// explained gives a panel the link to the board that says more about it, if the
// set has that board.
func (cv *canvas) explained(slug string, p panel) panel {
	for _, k := range set(cv.checklist) {
		if k.slug == slug {
			p.more = &more{k.title, uid(cv.checklist.Name, slug)}
		}
	}
	return p
}

// links lead to the other boards of the set and to the checklist itself.
func links(c *checklist.Checklist, o Options, self kind) []link {
	var out []link
	for _, k := range set(c) {
		if k.slug == self.slug {
			continue
		}
		out = append(out, link{
			Title: k.title, Type: "link", Icon: "dashboard", Tooltip: k.question, Tags: []string{},
			URL: "/d/" + uid(c.Name, k.slug), IncludeVars: true, KeepTime: true,
		})
	}
	if o.ChecklistURL != "" {
		out = append(out, link{
			Title: "Checklist", Type: "link", Icon: "doc", Tooltip: "Open the checklist", Tags: []string{},
			URL: literalURL(o.ChecklistURL), TargetBlank: true,
		})
	}
	return out
}

func (o Options) refresh() time.Duration {
	if o.RefreshInterval == 0 {
		return 30 * time.Second
	}
	return o.RefreshInterval
}
