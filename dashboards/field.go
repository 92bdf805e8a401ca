package dashboards

// fieldConfig says how values look.
type fieldConfig struct {
	Defaults  field      `json:"defaults"`
	Overrides []override `json:"overrides"`
}

type field struct {
	Unit       string     `json:"unit"`
	Decimals   *int       `json:"decimals,omitempty"`
	Min        *float64   `json:"min,omitempty"`
	Max        *float64   `json:"max,omitempty"`
	NoValue    string     `json:"noValue,omitempty"` // says why there is nothing
	Color      *colour    `json:"color,omitempty"`
	Mappings   []mapping  `json:"mappings,omitempty"`
	Thresholds thresholds `json:"thresholds"`
	Custom     any        `json:"custom,omitempty"` // of the plugin: graphField, tableField, …
}

type colour struct {
	Mode  string `json:"mode"`
	Fixed string `json:"fixedColor,omitempty"`
}

func fixed(c string) *colour    { return &colour{Mode: "fixed", Fixed: c} }
func byThresholds() *colour     { return &colour{Mode: "thresholds"} }
func pointer[T any](value T) *T { return &value }

// thresholds colour values. The first step's value is null: minus infinity.
type thresholds struct {
	Mode  string `json:"mode"`
	Steps []step `json:"steps"`
}

type step struct {
	Color string   `json:"color"`
	Value *float64 `json:"value"`
}

// plain is a single step: no value is better than another.
func plain(c string) thresholds {
	return thresholds{Mode: "absolute", Steps: []step{{Color: c}}}
}

// fromOne has one colour below 1 and another from there on: for counts of what
// shouldn't be, and shares of what should.
func fromOne(below, above string) thresholds {
	t := plain(below)
	t.Steps = append(t.Steps, step{Color: above, Value: pointer(1.0)})
	return t
}

// mapping replaces values by words.
type mapping struct {
	Type    string `json:"type"`
	Options any    `json:"options"`
}

// word is what a value is replaced by.
type word struct {
	Text  string `json:"text"`
	Color string `json:"color,omitempty"`
	Index int    `json:"index"`
}

// words maps single values, written as text.
func words(m map[string]word) mapping { return mapping{Type: "value", Options: m} }

// override changes how some of a panel's fields look.
type override struct {
	Matcher    matcher    `json:"matcher"`
	Properties []property `json:"properties"`
}

type matcher struct {
	ID      string `json:"id"`
	Options string `json:"options"`
}

type property struct {
	ID    string `json:"id"`
	Value any    `json:"value"`
}

// named overrides the field of that name.
func named(name string, p ...property) override {
	return override{Matcher: matcher{"byName", name}, Properties: p}
}

// matching overrides the fields whose name matches a regular expression.
func matching(pattern string, p ...property) override {
	return override{Matcher: matcher{"byRegexp", "/" + pattern + "/"}, Properties: p}
}

// Properties of an override.

func displayName(name string) property      { return property{"displayName", name} }
func unit(u string) property                { return property{"unit", u} }
func decimals(n int) property               { return property{"decimals", n} }
func mapped(m ...mapping) property          { return property{"mappings", m} }
func colored(c *colour) property            { return property{"color", c} }
func noValue(why string) property           { return property{"noValue", why} }
func custom(key string, v any) property     { return property{"custom." + key, v} }
func width(pixels int) property             { return custom("width", pixels) }
func align(side string) property            { return custom("align", side) }
func stepped(interpolation string) property { return custom("lineInterpolation", interpolation) }

// A cell on or in the colour of its value. Grafana 9.4 knows only displayMode,
// later ones only cellOptions, and both leave alone what they don't know.

func onColour() property {
	return custom("cellOptions", cellOptions{Type: "color-background", Mode: "basic"})
}
func oldOnColour() property { return custom("displayMode", "color-background-solid") }
func inColour() property    { return custom("cellOptions", cellOptions{Type: "color-text"}) }
func oldInColour() property { return custom("displayMode", "color-text") }
