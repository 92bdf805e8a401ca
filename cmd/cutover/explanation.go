package main

import "github.com/cutover-dev/cutover/checklist"

// The JSON that explain --json prints. The names are a contract, which
// docs/explain.schema.json holds.
type explanation struct {
	Title     string            `json:"title"`
	Fields    map[string]string `json:"fields"`
	Tasks     []taskJSON        `json:"tasks"`
	Criteria  []criterionJSON   `json:"criteria"`
	Stages    []stageJSON       `json:"stages"`
	Blanks    []blankJSON       `json:"blanks"`
	Choices   []choiceJSON      `json:"choices"`
	SignOffs  []signOffJSON     `json:"signoffs"`
	Approvals []approvalJSON    `json:"approvals"`
	Left      []leftJSON        `json:"left"`
	Warnings  []warningJSON     `json:"warnings"`
}

type taskJSON struct {
	Line     int      `json:"line"`
	Text     string   `json:"text"`
	State    string   `json:"state"`
	Kind     string   `json:"kind"`
	Section  string   `json:"section"`
	Group    string   `json:"group"`
	ID       string   `json:"id"`
	Parent   *string  `json:"parent"`
	Evidence []string `json:"evidence"`
}

type criterionJSON struct {
	Line       int      `json:"line"`
	Text       string   `json:"text"`
	Role       string   `json:"role"`
	Kind       string   `json:"kind"`
	Signal     string   `json:"signal"`
	Subject    string   `json:"subject"`
	Quantile   float64  `json:"quantile"`
	Comparison string   `json:"comparison"`
	Value      *float64 `json:"value"`
	Unit       string   `json:"unit"`
	Change     string   `json:"change"`
	ForSeconds float64  `json:"for_seconds"`
	ID         string   `json:"id"`
	Scope      string   `json:"scope"`
	Advisory   bool     `json:"advisory"`
}

type stageJSON struct {
	Line         int     `json:"line"`
	TrafficRatio float64 `json:"traffic_ratio"`
	HoldSeconds  float64 `json:"hold_seconds"`
}

type blankJSON struct {
	Line  int     `json:"line"`
	Label string  `json:"label"`
	Unit  string  `json:"unit"`
	Value *string `json:"value"`
}

type choiceJSON struct {
	Line     int      `json:"line"`
	Label    string   `json:"label"`
	Options  []string `json:"options"`
	Selected []string `json:"selected"`
}

type signOffJSON struct {
	Line    int    `json:"line"`
	Section string `json:"section"`
	Name    string `json:"name"`
	Date    string `json:"date"`
}

type approvalJSON struct {
	Line int    `json:"line"`
	Role string `json:"role"`
	Name string `json:"name"`
	Date string `json:"date"`
}

type leftJSON struct {
	Line int    `json:"line"`
	Text string `json:"text"`
	Why  string `json:"why"`
}

type warningJSON struct {
	Line    int    `json:"line"`
	Message string `json:"message"`
}

// explained converts a checklist to its JSON. Lists are never null.
func explained(c *checklist.Checklist) explanation {
	e := explanation{
		Title: c.Title, Fields: map[string]string{},
		Tasks: []taskJSON{}, Criteria: []criterionJSON{}, Stages: []stageJSON{}, Blanks: []blankJSON{}, Choices: []choiceJSON{},
		SignOffs: []signOffJSON{}, Approvals: []approvalJSON{}, Left: []leftJSON{}, Warnings: []warningJSON{},
	}
	for _, f := range c.Fields {
		e.Fields[f.Label] = f.Value
	}
	evidence := standardEvidence(c)
	for _, t := range c.Tasks {
		e.Tasks = append(e.Tasks, taskJSON{
			t.Line, t.Text, string(t.State), string(t.Kind), t.Section, t.Group, t.ID, orNull(t.Parent), append([]string{}, evidence[t.ID]...),
		})
	}
	for _, k := range c.Criteria {
		j := criterionJSON{
			Line: k.Line, Text: k.Text, Role: string(k.Role), Kind: string(k.Kind), Signal: string(k.Signal), Subject: k.Subject,
			Quantile: k.Quantile, Comparison: string(k.Comparison), Unit: string(k.Unit), Change: string(k.Change),
			ForSeconds: k.For.Seconds(), ID: k.ID, Scope: k.Scope.String(), Advisory: k.Advisory,
		}
		if k.Quantified() {
			j.Value = &k.Value
		}
		e.Criteria = append(e.Criteria, j)
	}
	for _, s := range c.Stages {
		e.Stages = append(e.Stages, stageJSON{s.Line, s.Ratio, s.Hold.Seconds()})
	}
	for _, b := range c.Blanks {
		e.Blanks = append(e.Blanks, blankJSON{b.Line, b.Label, b.Unit, orNull(b.Value)})
	}
	for _, k := range c.Choices {
		e.Choices = append(e.Choices, choiceJSON{k.Line, k.Label, k.Options, append([]string{}, k.Selected...)})
	}
	for _, s := range c.SignOffs {
		e.SignOffs = append(e.SignOffs, signOffJSON{s.Line, s.Section, s.Name, s.Date})
	}
	for _, p := range c.Approvals {
		e.Approvals = append(e.Approvals, approvalJSON{p.Line, p.Role, p.Name, p.Date})
	}
	for _, part := range c.Left {
		e.Left = append(e.Left, leftJSON(part))
	}
	for _, w := range c.Warnings {
		e.Warnings = append(e.Warnings, warningJSON(w))
	}
	return e
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
