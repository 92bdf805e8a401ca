package endtoend

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// query is one of a panel, as Grafana sends it to Prometheus.
type query struct {
	board, panel string // their titles
	name         string // of the series, as the legend has it; else A, B, C
	promQL       string
	instant      bool   // for one value now; else for values over time
	text         string // what the panel says about itself, and in place of data
}

func (q query) String() string { return q.board + " / " + q.panel + " / " + q.name }

// reason allows a query of a panel to have no result.
type reason struct {
	panel, name string // of the query; patterns for the whole of each
	says        string // why, in the panel's own words
	all         bool   // the panel may have no data at all
}

// annotation stands for the panel of an annotation, which has none.
const annotation = "(annotation)"

// reasons are all that there are.
var reasons = []reason{
	{panel: regexp.QuoteMeta(annotation), name: ".*", all: true}, // nothing is marked where nothing happened
	{panel: ".* Load Test: .*", name: ".*", says: "not measured: the load test doesn't run", all: true},
	{panel: "Ticked, yet disproven", name: "A", says: "no claim is contradicted", all: true},
	{panel: "Alerts", name: "A", says: "no alert fires", all: true},
	{panel: ".*", name: `breach \d+`, says: "the filled area is a breach"},

	// These panels say one thing of several. The traffic is shifted and a stage
	// is ticked, but nobody saw it happen.
	{panel: "Next step", name: `Shift to .*|Then .*|Begin: .*|Watch at .*|.* in .* min`, says: "The next traffic stage and when the hold of this one is over."},
	{panel: "Next step", name: "ROLL BACK", says: "While a rollback alert fires, the next step is to roll back"},
	{panel: "Next step", name: "Wait: breach", says: "while a rollback criterion is broken, but not yet for as long as its line says, to wait."},
	{panel: "Next step", name: "Find the cause|Nothing left|unknown", says: "unknown"},
	{panel: "Phase", name: "unknown", says: "unknown"},
	{panel: "Hold", name: "unknown|not begun", says: "unknown"},
	{panel: "Candidate traffic", name: "no stage yet", says: "the stage that is ticked"},
	{panel: "Works", name: "no results", says: "NOT RUN"},
	{panel: "(Results|Suites) over time", name: "no smoke test has run yet", says: "no smoke test has run yet"},
	{panel: "Results over time", name: `\{\{suite\}\}.*`, says: "those that failed first and the others by suite"},
	{panel: "Open incidents", name: "A", says: "no incident is open", all: true},
	{panel: "Frozen baseline", name: "A", says: "nothing is frozen", all: true},
}

// allows says whether the panel of a query gives this reason for it.
func (r reason) allows(q query) bool {
	return whole(r.panel).MatchString(q.panel) && whole(r.name).MatchString(q.name) && strings.Contains(q.text, r.says)
}

func whole(pattern string) *regexp.Regexp { return regexp.MustCompile("^(?:" + pattern + ")$") }

// panelsHaveData waits until every query of every generated dashboard has a
// result or a reason to have none. Those that are given, as panel and name, have
// no excuse. A query that fails, or that Prometheus warns of, fails the test.
func (w *world) panelsHaveData(t *testing.T, needed ...[2]string) {
	t.Helper()
	queries := w.queries(t)
	var faults []string
	for start := time.Now(); time.Since(start) < deadline; time.Sleep(scrape) {
		empty := map[query]bool{}
		for _, q := range queries {
			empty[q] = !w.hasResult(t, q)
		}
		if faults = emptyFaults(queries, empty, needed); len(faults) == 0 || t.Failed() {
			t.Logf("%d queries, %d of them with a reason to have no result", len(queries), count(empty))
			return
		}
	}
	t.Errorf("no data, and no reason:\n%s", strings.Join(faults, "\n"))
}

func count(empty map[query]bool) int {
	n := 0
	for _, e := range empty {
		if e {
			n++
		}
	}
	return n
}

// emptyFaults are the queries, and the panels as a whole, that have no result
// and no reason.
func emptyFaults(queries []query, empty map[query]bool, needed [][2]string) []string {
	var faults []string
	panels := map[[2]string]bool{} // whether there is data, or a reason for none at all
	for _, q := range queries {
		panel := [2]string{q.board, q.panel}
		i := slices.IndexFunc(reasons, func(r reason) bool { return r.allows(q) })
		panels[panel] = panels[panel] || !empty[q] || i >= 0 && reasons[i].all
		if empty[q] && (i < 0 || slices.Contains(needed, [2]string{q.panel, q.name})) {
			faults = append(faults, q.String())
		}
	}
	for panel, data := range panels {
		if !data {
			faults = append(faults, panel[0]+" / "+panel[1])
		}
	}
	slices.Sort(faults)
	return faults
}

// TestEmptyFaultsAreFound shows that the rules above can fail.
func TestEmptyFaultsAreFound(t *testing.T) {
	rollBack := query{board: "B", panel: "Next step", name: "ROLL BACK", text: "While a rollback alert fires, the next step is to roll back."}
	silent := query{board: "B", panel: "Next step", name: "Wait: breach"}
	alone := query{board: "B", panel: "Candidate traffic", name: "no stage yet", text: "and the stage that is ticked"}
	fine := query{board: "B", panel: "Error rate", name: "candidate"}
	got := emptyFaults(
		[]query{rollBack, silent, alone, fine},
		map[query]bool{rollBack: true, silent: true, alone: true},
		[][2]string{{"Next step", "ROLL BACK"}},
	)
	want := []string{"B / Candidate traffic", "B / Next step", "B / Next step / ROLL BACK", "B / Next step / Wait: breach"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

// board is the part of a dashboard that matters here.
type board struct {
	Title      string
	Panels     []panel
	Templating struct {
		List []struct {
			Name, AllValue string
			Current        struct{ Value any }
		}
	}
	Annotations struct {
		List []struct{ Name, Expr string }
	}
}

type panel struct {
	Title, Description string
	FieldConfig        struct {
		Defaults struct{ NoValue string }
	}
	Targets []struct {
		RefID, LegendFormat, Expr string
		Instant                   bool
	}
	Panels []panel // of a collapsed row
}

// queries are those of all generated dashboards, with the variables replaced.
func (w *world) queries(t *testing.T) []query {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(w.checklist), "monitoring", "dashboards", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no dashboards were generated: %v", err)
	}
	var queries []query
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var b board
		if err := json.Unmarshal(content, &b); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		variables := b.variables(t)
		for _, q := range slices.Concat(b.annotations(), b.queries(b.Panels)) {
			q.promQL = variables.Replace(q.promQL)
			if left := variable.FindString(q.promQL); left != "" {
				t.Errorf("%s: nobody knows %s", q, left)
			}
			queries = append(queries, q)
		}
	}
	return queries
}

// variable is what variables leave behind that nobody replaces; $1 is part of
// PromQL.
var variable = regexp.MustCompile(`\$\{?[A-Za-z_]\w*`)

// variables replaces what Grafana replaces in a board's queries.
func (b board) variables(t *testing.T) *strings.Replacer {
	t.Helper()
	// As Grafana has them at this pace, over the time since the test began.
	pairs := []string{
		"$__rate_interval", (4 * scrape).String(), "$__interval", scrape.String(), "$__range", "5m",
	}
	for _, v := range b.Templating.List {
		value := v.AllValue
		if one, ok := v.Current.Value.(string); ok && value == "" {
			value = one
		}
		if value == "" {
			t.Errorf("%s: the variable %s has no value", b.Title, v.Name)
		}
		pairs = append(pairs, "${"+v.Name+"}", value, "$"+v.Name, value)
	}
	return strings.NewReplacer(pairs...)
}

// annotations are what marks a board's graphs, as queries of a panel of their
// own.
func (b board) annotations() []query {
	var out []query
	for _, a := range b.Annotations.List {
		out = append(out, query{board: b.Title, panel: annotation, name: a.Name, promQL: a.Expr})
	}
	return out
}

func (b board) queries(panels []panel) []query {
	var out []query
	for _, p := range panels {
		for _, target := range p.Targets {
			q := query{
				board: b.Title, panel: p.Title, name: target.LegendFormat, promQL: target.Expr, instant: target.Instant,
				text: p.Description + " " + p.FieldConfig.Defaults.NoValue,
			}
			if q.name == "" || q.name == "__auto" {
				q.name = target.RefID
			}
			out = append(out, q)
		}
		out = append(out, b.queries(p.Panels)...)
	}
	return out
}

// hasResult says whether a query has a value, now or in the last minute.
func (w *world) hasResult(t *testing.T, q query) bool {
	t.Helper()
	address, form := w.prometheus+"/api/v1/query", url.Values{"query": {q.promQL}}
	if !q.instant {
		now := time.Now().Unix()
		address += "_range"
		form.Set("start", strconv.FormatInt(now-60, 10))
		form.Set("end", strconv.FormatInt(now, 10))
		form.Set("step", "2")
	}
	resp, err := (&http.Client{Timeout: 10 * time.Second}).PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Status, Error string
		Warnings      []string
		Infos         []string
		Data          struct{ Result []json.RawMessage }
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	if answer.Status != "success" {
		t.Fatalf("%s: %s\n%s", q, answer.Error, q.promQL)
	}
	if len(answer.Warnings)+len(answer.Infos) > 0 {
		t.Errorf("%s: Prometheus warns: %q %q", q, answer.Warnings, answer.Infos)
	}
	return len(answer.Data.Result) > 0
}
