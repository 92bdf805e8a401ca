package exporter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
	"github.com/cutover-dev/cutover/internal/smoke"
)

// exposition is all that e collects, as text.
func exposition(t testing.TB, e *Exporter) []byte {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(e)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	encoder := expfmt.NewEncoder(&b, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, f := range families {
		if err := encoder.Encode(f); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func TestExposition(t *testing.T) {
	gone := &plan{name: "gone", file: "gone.md", err: errors.New("gone.md: no such file or directory")}
	e := recorded(t, Options{Smoke: shopResults()}, upgrade(), gone)
	golden(t, "exposition.txt", exposition(t, e))
}

// What a scrape gets was gathered before; it must be what a registry of one's
// own would collect.
func TestGatherAgreesWithCollect(t *testing.T) {
	e := recorded(t, Options{Smoke: shopResults()}, upgrade())
	if err := testutil.GatherAndCompare(e, bytes.NewReader(exposition(t, e)), ownNames()...); err != nil {
		t.Error(err)
	}
}

func ownNames() []string {
	return []string{
		series.ChecklistInfo, series.ChecklistStatusInfo, series.ChecklistTasks, series.ChecklistTaskInfo,
		series.ChecklistTaskDone, series.ChecklistTaskDoneTimestamp, series.ChecklistTaskVerified,
		series.ChecklistSignedOff, series.ChecklistApproved, series.ChecklistBlanks, series.ChecklistCriteriaHashInfo,
		series.CriterionThreshold, series.CriterionDeclared, series.StageTrafficRatio, series.StageHoldSeconds,
		series.StageShifted, series.StageShiftedTimestamp, series.RolloutPhase, series.SmokeSuccess,
		series.SmokeDuration, series.SmokeLastRunTimestamp, series.SmokeRuns, series.SourceUp, series.SourceLastSuccess,
		series.IncidentOpen, series.DrillOpen, series.BaselineValue, series.JournalUp,
	}
}

// The fixture has something of everything.
func TestEveryMetricIsExported(t *testing.T) {
	text := string(exposition(t, recorded(t, Options{Smoke: shopResults()}, upgrade())))
	for _, name := range ownNames() {
		if !strings.Contains(text, "\n"+name+"{") && !strings.Contains(text, "\n"+name+" ") {
			t.Errorf("no %s", name)
		}
	}
}

func TestMetricsAreClean(t *testing.T) {
	e := recorded(t, Options{Smoke: shopResults()}, upgrade())
	problems, err := testutil.GatherAndLint(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func scrape(t testing.TB, e *Exporter, accept string) (contentType string, body []byte) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	e.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("/metrics answers %d: %s", w.Code, w.Body)
	}
	return w.Header().Get("Content-Type"), w.Body.Bytes()
}

const openMetrics = "application/openmetrics-text; version=1.0.0"

// parsed reads an exposition as Prometheus does, and gives its series.
func parsed(t testing.TB, contentType string, body []byte) map[string]float64 {
	t.Helper()
	p, err := textparse.New(body, contentType, labels.NewSymbolTable(), textparse.ParserOptions{})
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]float64)
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		if entry != textparse.EntrySeries {
			continue
		}
		var l labels.Labels
		p.Labels(&l)
		_, _, value := p.Series()
		if _, ok := found[l.String()]; ok {
			t.Errorf("%s comes twice", l)
		}
		found[l.String()] = value
	}
}

func TestPrometheusReadsIt(t *testing.T) {
	e := holding(t, Options{Smoke: shopResults()}, upgrade())
	contentType, body := scrape(t, e, openMetrics)
	if !strings.HasPrefix(contentType, openMetrics) || !bytes.HasSuffix(body, []byte("\n# EOF\n")) {
		t.Errorf("not OpenMetrics: %s", contentType)
	}
	om := parsed(t, contentType, body)
	text := parsed(t, "text/plain", second(scrape(t, e, "text/plain")))
	for _, want := range []string{
		`{__name__="cutover_rollout_phase", checklist="upgrade", phase="shifting"}`,
		`{__name__="cutover_smoke_runs_total", environment="production", result="success", suite="smoke", test="health", track="candidate"}`,
	} {
		if om[want] != 1 || text[want] != 1 {
			t.Errorf("%s is %v and %v, want 1", want, om[want], text[want])
		}
	}
}

func second(_ string, b []byte) []byte { return b }

// hostile is a checklist made to break the exposition.
func hostile() *plan {
	long := strings.Repeat("ö", 1000)
	texts := []string{
		`{{ .Labels }} "} or vector(1) #<script>alert(1)</script>`,
		"a\nb\\n\"c\" \x00\x1b[31m\u2028",
		"not \xff\xfe UTF-8",
		long + "1", long + "2", // the same once they are cut
		"", "", // and twice nothing
	}
	c := &checklist.Checklist{Name: "hostile", Title: texts[0], Fields: []checklist.Field{{Label: "PROJECT", Value: texts[1]}}}
	for _, text := range texts {
		c.Sections = append(c.Sections, checklist.Section{Title: text, Status: text})
		for _, kind := range checklist.Kinds() {
			c.Tasks = append(c.Tasks, checklist.Task{
				ID: text, Text: text, Section: text, Group: text, Kind: kind, Leaf: true, State: checklist.Open,
			})
		}
		c.Criteria = append(c.Criteria, checklist.Criterion{
			ID: text, Text: text, Section: text,
			Criterion: criterion.Criterion{Role: criterion.Rollback, Comparison: criterion.Less, Unit: criterion.Unit(text)},
			Declared:  true,
		})
		c.Stages = append(c.Stages, checklist.Stage{Name: text, Task: text, Shifted: true})
		c.Blanks = append(c.Blanks, checklist.Blank{Section: text, Label: text})
		c.SignOffs = append(c.SignOffs, checklist.SignOff{Section: text, Name: text, Date: text})
		c.Approvals = append(c.Approvals, checklist.Approval{Role: text})
	}
	return &plan{name: texts[0], file: texts[0], checklist: c, err: errors.New(texts[0])}
}

func TestHostileChecklist(t *testing.T) {
	tests := []smoke.Status{ran("<b>", "\xff", `"}`, "<script>reason"), ran("<b>", "\xfe", `"}`, "")}
	e := holding(t, Options{Smoke: &board{&smoke.Snapshot{Tests: tests}}}, hostile(), upgrade())
	before := parsed(t, openMetrics, second(scrape(t, holding(t, Options{}, upgrade()), openMetrics)))
	contentType, body := scrape(t, e, openMetrics)
	found := parsed(t, contentType, body)
	for l := range before {
		if _, ok := found[l]; !ok && strings.Contains(l, `"cutover_`) {
			t.Errorf("%s is missing beside a hostile checklist", l)
		}
	}
	for text := range found {
		if n := len([]rune(text)); n > 7*(maxLabel+40) {
			t.Errorf("a series of %d characters: %.60s…", n, text)
		}
	}
	// Seven texts, two of which are cut to the same and two empty: five of a kind.
	if n := count(found, series.ChecklistTaskDone); n != 5 {
		t.Errorf("%d tasks, want 5", n)
	}
	problems, err := testutil.GatherAndLint(e)
	if err != nil || len(problems) > 0 {
		t.Errorf("lint: %v, %v", problems, err)
	}
}

// count counts the series of a metric without those of the fixture upgrade.
func count(found map[string]float64, name string) int {
	n := 0
	for l := range found {
		if strings.Contains(l, fmt.Sprintf("__name__=%q", name)) && !strings.Contains(l, `checklist="upgrade"`) {
			n++
		}
	}
	return n
}

func TestLabel(t *testing.T) {
	long := strings.Repeat("ö", maxLabel)
	tests := map[string]string{
		"":                     "",
		"plain":                "plain",
		"\xffbroken\xfe\xfe":   "\uFFFDbroken\uFFFD",
		long:                   long,
		long + "x":             long[:2*(maxLabel-1)] + "…",
		strings.Repeat(" ", 5): "     ",
	}
	for in, want := range tests {
		if got := label(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestSamplesKeepSeriesApart(t *testing.T) {
	m := gauge("m", "", "a", "b")
	s := newSamples()
	s.set(m, 1, "x", "")
	s.set(m, 2, "x", "") // the first stands
	s.set(m, 3, "", "x")
	s.add(m, 4, "sum", "")
	s.add(m, 5, "sum", "")
	s.lower(m, 6, "low", "")
	s.lower(m, 5, "low", "")
	s.lower(m, 7, "low", "")
	var got []string
	for _, v := range s.all {
		got = append(got, fmt.Sprint(v.labels, v.value))
	}
	want := "[[x ] 1 [ x] 3 [sum ] 9 [low ] 5]"
	if fmt.Sprint(got) != want {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// Progress must be what the metric gives: done over not cancelled, of the plan.
func TestTasksGiveProgress(t *testing.T) {
	p := upgrade()
	var done, total float64
	for l, v := range parsed(t, openMetrics, second(scrape(t, holding(t, Options{}, p), openMetrics))) {
		if !strings.Contains(l, `__name__="cutover_checklist_tasks"`) || !strings.Contains(l, `kind="plan"`) {
			continue
		}
		if strings.Contains(l, `state="done"`) {
			done += v
		}
		if !strings.Contains(l, `state="cancelled"`) {
			total += v
		}
	}
	wantDone, wantTotal := rollout.Progress(p.checklist.Tasks)
	if int(done) != wantDone || int(total) != wantTotal {
		t.Errorf("metrics say %v of %v, the checklist %d of %d", done, total, wantDone, wantTotal)
	}
}

func TestVerify(t *testing.T) {
	c := upgrade().checklist
	status := func(environment, test, reason string) smoke.Status {
		return ran(environment, "candidate", test, reason)
	}
	waiting := status("", "version", "")
	waiting.Last = nil
	baseline := ran("", "baseline", "health", "down")
	tests := map[string]struct {
		tests []smoke.Status
		want  string
	}{
		"no tests":                    {nil, ""},
		"all pass":                    {[]smoke.Status{status("", "health", ""), status("", "version", "")}, "health:true smoke:true version:true"},
		"one fails":                   {[]smoke.Status{status("", "health", ""), status("", "version", "wrong")}, "health:true smoke:false version:false"},
		"one has not run":             {[]smoke.Status{status("", "health", ""), waiting}, "health:true"},
		"one failed, one has not run": {[]smoke.Status{status("", "health", "down"), waiting}, "health:false smoke:false"},
		"another environment":         {[]smoke.Status{status("staging", "health", "")}, ""},
		"the old version":             {[]smoke.Status{baseline}, ""},
	}
	for name, test := range tests {
		var got []string
		results := &smoke.Snapshot{Tests: test.tests}
		verdicts := verify(rollout.Evidence(c, testsOf(results)), results)
		for _, id := range []string{"health", "smoke", "version"} {
			if v, ok := verdicts["before/"+id]; ok {
				got = append(got, fmt.Sprintf("%s:%v", id, v.proven))
			}
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%s: got %q, want %q", name, s, test.want)
		}
	}
}

// TestEvidenceIsWorkedOutAnew lets the tests and then the checklist be others.
func TestEvidenceIsWorkedOutAnew(t *testing.T) {
	health, version := rollout.Test{Suite: smoke.Suite, Name: "health"}, rollout.Test{Suite: smoke.Suite, Name: "version"}
	c := upgrade().checklist
	var a attached
	for i, step := range []struct {
		checklist *checklist.Checklist
		tests     []rollout.Test
	}{
		{c, nil},
		{c, []rollout.Test{health}},
		{c, []rollout.Test{version, health}},
		{c, []rollout.Test{{Suite: smoke.Suite, Name: "health", Proves: []string{"before/version"}}}},
		{&checklist.Checklist{}, []rollout.Test{health}},
	} {
		if diff := cmp.Diff(rollout.Evidence(step.checklist, step.tests), a.evidence(step.checklist, step.tests)); diff != "" {
			t.Errorf("step %d (-want +got):\n%s", i, diff)
		}
	}
}

// many is a checklist of about so many series.
func many(n int) *plan {
	c := &checklist.Checklist{Name: "many", Title: "Many"}
	for i := range n * 10 / 24 {
		c.Tasks = append(c.Tasks, checklist.Task{
			ID: fmt.Sprintf("section-%d/task-number-%d", i/10, i), Section: fmt.Sprintf("Section %d", i/10),
			Text: fmt.Sprintf("Task number %d of many", i), Kind: checklist.Plan, State: checklist.Done, Leaf: true,
		})
	}
	return &plan{name: "many", checklist: c}
}

func BenchmarkCollect10k(b *testing.B) {
	e := holding(b, Options{}, many(10_000))
	ch := make(chan prometheus.Metric, 100)
	go func() {
		for range ch { // what a registry does, without its work
		}
	}()
	defer close(ch)
	b.ReportAllocs()
	for b.Loop() {
		e.Collect(ch)
	}
	b.ReportMetric(float64(len(e.current.Load().metrics)), "series")
}

func BenchmarkScrape10k(b *testing.B) {
	e := holding(b, Options{}, many(10_000))
	handler := e.Handler()
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Accept", openMetrics)
	var w discard
	b.ReportAllocs()
	for b.Loop() {
		w = discard{header: make(http.Header)}
		handler.ServeHTTP(&w, r)
	}
	b.ReportMetric(float64(w.n), "bytes")
	b.ReportMetric(float64(len(e.current.Load().metrics)), "series")
}

func BenchmarkRebuild10k(b *testing.B) {
	e := holding(b, Options{}, many(10_000))
	b.ReportAllocs()
	for b.Loop() {
		e.rebuild(noon.Add(time.Second))
	}
}

type discard struct {
	header http.Header
	n      int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(b []byte) (int, error) { d.n += len(b); return len(b), nil }
