package grafanaalerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/internal/series"
)

// rule is an alert rule that Grafana manages.
type rule struct {
	UID           string            `yaml:"uid"`
	Title         string            `yaml:"title"`
	Condition     string            `yaml:"condition"`
	Data          []query           `yaml:"data"`
	NoDataState   string            `yaml:"noDataState"`
	ExecErrState  string            `yaml:"execErrState"`
	For           string            `yaml:"for"`
	KeepFiringFor string            `yaml:"keepFiringFor,omitempty"`
	Annotations   map[string]string `yaml:"annotations,omitempty"`
	Labels        map[string]string `yaml:"labels,omitempty"`
}

// query is one step of a rule.
type query struct {
	RefID             string    `yaml:"refId"`
	RelativeTimeRange timeRange `yaml:"relativeTimeRange"`
	DatasourceUID     string    `yaml:"datasourceUid"`
	Model             any       `yaml:"model"`
}

// timeRange is in seconds before now.
type timeRange struct {
	From int `yaml:"from"`
	To   int `yaml:"to"`
}

type prometheusQuery struct {
	RefID      string `yaml:"refId"`
	EditorMode string `yaml:"editorMode"`
	Expr       string `yaml:"expr"`
	Instant    bool   `yaml:"instant"`
	Range      bool   `yaml:"range"`
}

type expression struct {
	RefID      string `yaml:"refId"`
	Type       string `yaml:"type"`
	Expression string `yaml:"expression"`
	Reducer    string `yaml:"reducer,omitempty"`
}

// expressions is the data source of steps that Grafana does itself.
const expressions = "__expr__"

// What Grafana takes for the state of a rule without data, or whose query
// failed.
const (
	stateOK       = "OK"
	stateAlerting = "Alerting"
)

// managed is an alert rule as one of Grafana's.
func managed(r alerts.Rule, title string, o Options) rule {
	out := rule{
		UID:          uid(title),
		Title:        literal(title),
		Condition:    "C",
		NoDataState:  stateOK,
		ExecErrState: stateOK,
		For:          duration(r.For),
		Labels:       map[string]string{},
	}
	if r.KeepFiringFor > 0 {
		out.KeepFiringFor = duration(r.KeepFiringFor)
	}
	for name, value := range r.Labels {
		out.Labels[name] = literal(value) // also the $ of its templates: Grafana undoes it
	}
	var asked questions
	out.Annotations = asked.annotations(r.Annotations)
	out.Data = condition(r.Expr, o)
	for i, expr := range asked.exprs {
		out.Data = append(out.Data, ask(fmt.Sprintf("Q%d", i+1), answer(i), expr, o)...)
	}
	return out
}

// condition are the steps of a rule that fires for every series of an
// expression.
func condition(expr string, o Options) []query {
	return append(ask("A", "B", expr, o), query{
		RefID: "C", DatasourceUID: expressions,
		Model: expression{RefID: "C", Type: "math", Expression: "is_null($B) == 0"},
	})
}

// dataSourceFailing fires when Prometheus can't be asked: its query never returns
// anything, and to fail is to fire.
func dataSourceFailing(o Options) rule {
	const title = "CutoverDataSourceFailing"
	return rule{
		UID: uid(title), Title: title, Condition: "C", Data: condition("vector(1) == 0", o),
		NoDataState: stateOK, ExecErrState: stateAlerting, For: duration(time.Minute),
		Annotations: map[string]string{
			"summary":     "Grafana can't ask Prometheus",
			"description": "Queries to the data source fail, so no rule about a checklist can fire: watch the service by hand, and mend the data source.",
		},
		Labels: map[string]string{series.LabelSeverity: "critical"},
	}
}

// ask are the steps that ask Prometheus and reduce the answer to a number for
// each series.
func ask(refID, reduced, expr string, o Options) []query {
	return []query{
		{
			RefID: refID, RelativeTimeRange: timeRange{From: 600}, DatasourceUID: cmp.Or(o.DataSource, "prometheus"),
			Model: prometheusQuery{RefID: refID, EditorMode: "code", Expr: expr, Instant: true},
		},
		{
			RefID: reduced, DatasourceUID: expressions,
			Model: expression{RefID: reduced, Type: "reduce", Expression: refID, Reducer: "last"},
		},
	}
}

// Lengths that Grafana allows, in characters of Latin text.
const (
	maxTitle  = 190
	uidPrefix = "cutover-"
	uidHash   = 32 // 40 with the prefix
)

// titles counts the titles of a checklist's rules: no two rules of a folder may
// have the same one.
type titles map[string]int

// of is the title of a rule of a checklist.
func (t titles) of(r alerts.Rule, checklist string) string {
	parts := []string{r.Alert, checklist}
	for _, name := range []string{series.LabelCriterion, series.LabelStage} {
		if value := r.Labels[name]; value != "" && !strings.Contains(value, "{{") {
			parts = append(parts, value)
		}
	}
	switch kind := r.Labels[series.LabelKind]; kind {
	case "declared", "drill": // beside a rule that measures
		parts = append(parts, "("+kind+")")
	}
	text := strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
	t[text]++
	whole := text
	if n := t[text]; n > 1 {
		whole = fmt.Sprintf("%s %d", text, n)
	}
	if len(whole) > maxTitle {
		const ending = 13
		whole = strings.ToValidUTF8(whole[:maxTitle-ending], "") + " " + hash(whole)[:ending-1]
	}
	return whole
}

// uid names a rule for good, as long as its title stays.
func uid(title string) string { return uidPrefix + hash(title)[:uidHash] }

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
