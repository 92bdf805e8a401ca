package dashboards

import (
	"encoding/json"
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/series"
)

// file is a dashboard as Grafana reads it.
type file struct {
	ID            json.RawMessage
	UID, Title    string
	Description   string
	SchemaVersion int
	Editable      *bool
	Refresh       string
	Templating    struct {
		List []struct {
			Name, Label, Type string
			Query             any
			Refresh           any
		}
	}
	Annotations struct {
		List []struct{ Name, Expr string }
	}
	Panels []filePanel
}

type filePanel struct {
	ID                       int
	Type, Title, Description string
	Datasource               *dataSourceRef
	GridPos                  struct{ X, Y, W, H int }
	Panels                   []filePanel // of a row
	Links                    []link
	LibraryPanel             struct{ UID, Name string }
	FieldConfig              struct {
		Defaults  struct{ Unit string }
		Overrides []struct {
			Matcher    struct{ ID, Options string }
			Properties []property
		}
	}
	Targets []struct {
		RefID, Expr, LegendFormat string
		Datasource                dataSourceRef
	}
}

func read(t *testing.T, b Board) file {
	t.Helper()
	content, err := b.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var f file
	if err := json.Unmarshal(content, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestLint holds every board to what a strict dashboard lint asks for.
func TestLint(t *testing.T) {
	owned := ownedSeries(t)
	for name, c := range all(t) {
		boards, err := All(c, Options{Queried: []criterion.Signal{criterion.Business}, ChecklistURL: "https://example.org/${a}/[[b]]"})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range boards {
			t.Run(name+"/"+b.UID, func(t *testing.T) {
				f := read(t, b)
				lintHead(t, f)
				lintGrid(t, f.Panels)
				for _, p := range allPanels(f.Panels) {
					lintPanel(t, p, owned)
				}
				for _, a := range f.Annotations.List {
					lintQuery(t, "annotation "+a.Name, a.Expr, owned)
				}
			})
		}
	}
}

// allPanels are the panels and those in rows, without the rows.
func allPanels(panels []filePanel) []filePanel {
	var out []filePanel
	for _, p := range panels {
		if p.Type == rowKind {
			out = append(out, p.Panels...)
		} else {
			out = append(out, p)
		}
	}
	return out
}

func lintHead(t *testing.T, f file) {
	if string(f.ID) != "null" || f.SchemaVersion != 42 || f.Editable == nil || *f.Editable {
		t.Errorf("id %s, schemaVersion %d, editable %v; want null, 42, false", f.ID, f.SchemaVersion, f.Editable)
	}
	if f.Title == "" || f.Description == "" {
		t.Errorf("title %q, description %q: want both", f.Title, f.Description)
	}
	if !regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`).MatchString(f.UID) {
		t.Errorf("uid %q isn't one for Grafana", f.UID)
	}
	source := f.Templating.List[0]
	if source.Name != "datasource" || source.Label != "Data source" || source.Type != "datasource" || source.Query != "prometheus" {
		t.Errorf("first variable is %+v, want the data source", source)
	}
	for _, v := range f.Templating.List {
		if _, number := v.Refresh.(float64); !number {
			t.Errorf("variable %s: refresh is %v, want a number", v.Name, v.Refresh)
		}
	}
}

// lintGrid wants the grid filled: each shelf as wide as the board, no gap and
// no overlap, and every id once.
func lintGrid(t *testing.T, panels []filePanel) {
	ids := map[int]bool{}
	taken := map[[2]int]string{}
	bottom := 0
	for _, p := range panels {
		if p.ID < 1 || ids[p.ID] {
			t.Errorf("panel %q: id %d isn't its own", p.Title, p.ID)
		}
		ids[p.ID] = true
		g := p.GridPos
		if g.W < 1 || g.H < 1 || g.X+g.W > 24 {
			t.Errorf("panel %q stands outside of the grid: %+v", p.Title, g)
		}
		for x := g.X; x < g.X+g.W; x++ {
			for y := g.Y; y < g.Y+g.H; y++ {
				if other, ok := taken[[2]int{x, y}]; ok {
					t.Fatalf("panels %q and %q overlap at %d, %d", p.Title, other, x, y)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		bottom = max(bottom, g.Y+g.H)
	}
	if len(taken) != 24*bottom {
		t.Errorf("%d of %d grid units are empty", 24*bottom-len(taken), 24*bottom)
	}
}

func lintPanel(t *testing.T, p filePanel, owned map[string]bool) {
	if p.Title == "" {
		t.Errorf("panel %d has no title", p.ID)
	}
	if p.Description == "" || p.FieldConfig.Defaults.Unit == "" || len(p.Targets) == 0 {
		t.Errorf("panel %q lacks a description, a unit or a query", p.Title)
	}
	if p.FieldConfig.Overrides == nil {
		t.Errorf("panel %q has no list of overrides: Grafana 9.4 crashes", p.Title)
	}
	if p.Datasource == nil || *p.Datasource != prometheus() {
		t.Errorf("panel %q: data source is %v", p.Title, p.Datasource)
	}
	var refs []string
	for _, q := range p.Targets {
		if q.Datasource != prometheus() || slices.Contains(refs, q.RefID) {
			t.Errorf("panel %q, query %q: data source %v, or the id isn't its own", p.Title, q.RefID, q.Datasource)
		}
		refs = append(refs, q.RefID)
		lintQuery(t, p.Title+" "+q.RefID, q.Expr, owned)
	}
}

// lintQuery wants PromQL that reads only series of ours, of one checklist, with
// the replicas taken away, and rates over Grafana's interval.
func lintQuery(t *testing.T, where, query string, owned map[string]bool) {
	for _, name := range regexp.MustCompile(`\$\w+|\$\{|\[\[`).FindAllString(query, -1) {
		if !slices.Contains([]string{"$checklist", "$environment", "$track", "$1", "$__rate_interval", "$__range"}, name) {
			t.Errorf("%s: Grafana would interpolate %s in %s", where, name, query)
		}
	}
	substituted := strings.NewReplacer("$checklist", "plan", "$environment", ".*", "$track", ".*", "$__rate_interval", "4m", "$__range", "1h").Replace(query)
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(substituted)
	if err != nil {
		t.Errorf("%s: %v in %s", where, err, query)
		return
	}
	parser.Inspect(expr, func(node parser.Node, path []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			lintSelector(t, where, n, path, owned)
		case *parser.Call:
			rate := n.Func.Name == "rate" || n.Func.Name == "increase" || n.Func.Name == "irate"
			if rate && !strings.HasSuffix(n.Args[0].String(), "[4m]") {
				t.Errorf("%s: the range of %s isn't $__rate_interval", where, n)
			}
		}
		return nil
	})
}

func lintSelector(t *testing.T, where string, n *parser.VectorSelector, path []parser.Node, owned map[string]bool) {
	if _, ranged := path[len(path)-1].(*parser.MatrixSelector); strings.HasSuffix(n.Name, "_total") && !ranged {
		t.Errorf("%s: the counter %s stands outside of a rate", where, n)
	}
	if !owned[n.Name] {
		t.Errorf("%s: nobody owns the series %q", where, n.Name)
	}
	ours := slices.ContainsFunc(n.LabelMatchers, func(m *labels.Matcher) bool {
		return m.Name == series.LabelChecklist && m.Type == labels.MatchEqual && m.Value == "plan"
	})
	shared := strings.HasPrefix(n.Name, "cutover_smoke_") || n.Name == series.BuildInfo || n.Name == series.JournalUp || sharedAlert(n)
	if !ours && !shared {
		t.Errorf("%s: %s is of any checklist", where, n)
	}
	for i := len(path) - 1; i >= 0; i-- {
		if a, ok := path[i].(*parser.AggregateExpr); ok {
			if a.Op != parser.MAX && a.Op != parser.MIN {
				t.Errorf("%s: %s of %s counts replicas", where, a.Op, n)
			}
			return
		}
	}
	t.Errorf("%s: %s shows replicas", where, n)
}

// sharedAlert says whether a selector takes alerts that are of no checklist.
func sharedAlert(n *parser.VectorSelector) bool {
	return n.Name == "ALERTS" && slices.ContainsFunc(n.LabelMatchers, func(m *labels.Matcher) bool {
		return m.Name == series.LabelChecklist && m.Value == "" || m.Name == "alertname" && m.Value == series.AlertWatchdog
	})
}

// ownedSeries reads the names of package series from its source, so that none
// can be forgotten here.
func ownedSeries(t *testing.T) map[string]bool {
	t.Helper()
	f, err := goparser.ParseFile(token.NewFileSet(), "../internal/series/series.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	owned := map[string]bool{"ALERTS": true}
	ast.Inspect(f, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if name, err := strconv.Unquote(l.Value); err == nil && regexp.MustCompile(`^cutover[_:]`).MatchString(name) {
				owned[name] = true
			}
		}
		return true
	})
	if len(owned) < 20 {
		t.Fatalf("only %d series found", len(owned))
	}
	return owned
}

// TestOverridesFindTheirField wants every override by name to name a field
// that a query or a table's columns can have.
func TestOverridesFindTheirField(t *testing.T) {
	for name, c := range all(t) {
		boards, err := All(c, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range boards {
			content, err := b.JSON()
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range allPanels(read(t, b).Panels) {
				for _, o := range p.FieldConfig.Overrides {
					if o.Matcher.ID != "byName" || p.Title == "Phase" {
						continue // a phase's name comes from its label
					}
					legend := slices.ContainsFunc(p.Targets, func(q struct {
						RefID, Expr, LegendFormat string
						Datasource                dataSourceRef
					}) bool {
						return q.LegendFormat == o.Matcher.Options
					})
					column := strings.Contains(string(content), fmt.Sprintf(": %q", o.Matcher.Options))
					if !legend && (p.Type != "table" || !column) {
						t.Errorf("%s: panel %q has no field %q", name, p.Title, o.Matcher.Options)
					}
				}
			}
		}
	}
}
