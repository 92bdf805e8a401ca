package dashboards

// The options and field settings of Grafana's own panel plugins, as far as the
// boards use them. Keys that Grafana's published types demand are always
// written.

type reduce struct {
	Calcs  []string `json:"calcs"`
	Fields string   `json:"fields"`
	Values bool     `json:"values"`
}

// last takes each series' last value.
func last() reduce { return reduce{Calcs: []string{"lastNotNull"}} }

// statOptions are the options of a stat panel.
type statOptions struct {
	ColorMode              string `json:"colorMode"`
	GraphMode              string `json:"graphMode"`
	JustifyMode            string `json:"justifyMode"`
	Orientation            string `json:"orientation"`
	PercentChangeColorMode string `json:"percentChangeColorMode"`
	ReduceOptions          reduce `json:"reduceOptions"`
	ShowPercentChange      bool   `json:"showPercentChange"`
	TextMode               string `json:"textMode"`
	WideLayout             bool   `json:"wideLayout"`
}

// tile is a stat panel that shows a value, its name, or both ("value",
// "name", "value_and_name"), in colour ("value") or on it ("background").
func tile(textMode, colorMode string) statOptions {
	return statOptions{
		ColorMode: colorMode, GraphMode: "none", JustifyMode: "center", Orientation: "vertical",
		PercentChangeColorMode: "standard", ReduceOptions: last(), TextMode: textMode, WideLayout: false,
	}
}

// barGaugeOptions are the options of a bar gauge.
type barGaugeOptions struct {
	DisplayMode   string `json:"displayMode"`
	Legend        legend `json:"legend"`
	MaxVizHeight  int    `json:"maxVizHeight"`
	MinVizHeight  int    `json:"minVizHeight"`
	MinVizWidth   int    `json:"minVizWidth"`
	NamePlacement string `json:"namePlacement"`
	Orientation   string `json:"orientation"`
	ReduceOptions reduce `json:"reduceOptions"`
	ShowUnfilled  bool   `json:"showUnfilled"`
	Sizing        string `json:"sizing"`
	ValueMode     string `json:"valueMode"`
}

type legend struct {
	Calcs       []string `json:"calcs"`
	DisplayMode string   `json:"displayMode"`
	Placement   string   `json:"placement"`
	ShowLegend  bool     `json:"showLegend"`
}

// below is a legend under the graph; a single series needs none.
func below(shown bool) legend {
	return legend{Calcs: []string{}, DisplayMode: "list", Placement: "bottom", ShowLegend: shown}
}

type tooltip struct {
	Mode string `json:"mode"`
	Sort string `json:"sort"`
}

// graphOptions are the options of a time series panel.
type graphOptions struct {
	Legend  legend  `json:"legend"`
	Tooltip tooltip `json:"tooltip"`
}

func graph() graphOptions {
	return graphOptions{Legend: below(true), Tooltip: tooltip{Mode: "multi", Sort: "desc"}}
}

// graphField is how a time series is drawn.
type graphField struct {
	AxisBorderShow    bool      `json:"axisBorderShow"`
	AxisPlacement     string    `json:"axisPlacement"`
	AxisSoftMax       *float64  `json:"axisSoftMax,omitempty"`
	DrawStyle         string    `json:"drawStyle"`
	FillOpacity       int       `json:"fillOpacity"`
	GradientMode      string    `json:"gradientMode"`
	LineInterpolation string    `json:"lineInterpolation"`
	LineWidth         int       `json:"lineWidth"`
	PointSize         int       `json:"pointSize"`
	ShowPoints        string    `json:"showPoints"`
	SpanNulls         bool      `json:"spanNulls"`
	Stacking          *stacking `json:"stacking,omitempty"`
}

type stacking struct {
	Group string `json:"group"`
	Mode  string `json:"mode"`
}

func lines() graphField {
	return graphField{
		AxisPlacement: "auto", DrawStyle: "line", GradientMode: "none", LineInterpolation: "linear",
		LineWidth: 2, PointSize: 4, ShowPoints: "never",
	}
}

// lineStyle is a line's pattern.
type lineStyle struct {
	Fill string `json:"fill"`
	Dash []int  `json:"dash,omitempty"`
}

// hidden says where a series is not to be seen.
type hidden struct {
	Legend  bool `json:"legend"`
	Tooltip bool `json:"tooltip"`
	Viz     bool `json:"viz"`
}

// tableOptions are the options of a table.
type tableOptions struct {
	CellHeight string   `json:"cellHeight"`
	FrameIndex int      `json:"frameIndex"`
	ShowHeader bool     `json:"showHeader"`
	SortBy     []sortBy `json:"sortBy"`
}

type sortBy struct {
	Name string `json:"displayName"`
	Desc bool   `json:"desc"`
}

// sorted is a table sorted by columns, the important first.
func sorted(names ...string) tableOptions {
	o := tableOptions{CellHeight: "sm", ShowHeader: true, SortBy: []sortBy{}}
	for _, n := range names {
		o.SortBy = append(o.SortBy, sortBy{Name: n})
	}
	return o
}

// tableField is how a table's cells look.
type tableField struct {
	Align       string      `json:"align"`
	CellOptions cellOptions `json:"cellOptions"`
	Inspect     bool        `json:"inspect"`
	Filterable  bool        `json:"filterable"`
}

type cellOptions struct {
	Type string `json:"type"`
	Mode string `json:"mode,omitempty"`
}

func tableDefaults() tableField {
	return tableField{Align: "left", CellOptions: cellOptions{Type: "auto"}}
}

// timelineOptions are the options of a state timeline or a status history.
type timelineOptions struct {
	AlignValue  string  `json:"alignValue,omitempty"`
	ColWidth    float64 `json:"colWidth,omitempty"`
	Legend      legend  `json:"legend"`
	MergeValues *bool   `json:"mergeValues,omitempty"`
	RowHeight   float64 `json:"rowHeight"`
	ShowValue   string  `json:"showValue"`
	Tooltip     tooltip `json:"tooltip"`
}

// timelineField is how a state is drawn.
type timelineField struct {
	FillOpacity int `json:"fillOpacity"`
	LineWidth   int `json:"lineWidth"`
}
