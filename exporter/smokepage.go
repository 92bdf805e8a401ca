package exporter

import (
	"cmp"
	_ "embed" // the page's text
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/internal/smoke"
)

//go:embed smoke.html
var smokeText string

// smokeTemplates are the pages of the tests: "list" and "test".
var smokeTemplates = template.Must(template.New("smoke").Parse(smokeText))

// The types below are what smoke.html shows, all of it text for people.
type (
	smokeListView struct {
		Style     template.CSS
		Now       string
		Suspicion string // empty unless the prober is suspected
		Failed    int
		Passed    int
		Waiting   int
		Tests     []smokeTestView
	}
	smokeTestView struct {
		Style                            template.CSS
		Now                              string
		ID, Name, Target, Suite          string
		Proves                           []string
		Critical, Ran, Passed            bool
		Reason, Took, Age, Every, Phases string
		Earlier                          []string
		Successes, Failures              uint64
		Recent                           []smokeRunView
	}
	smokeRunView struct {
		At, Age, Took, Reason, Phases, Detail string
		Earlier                               []string
	}
)

// smokePages serves the tests for people:
//
//	/smoke/      all of them, what fails first
//	/smoke/{id}  one, with its last failures in full
//
// A detail is bounded and masked by whoever made it, and escaped here.
func (e *Exporter) smokePages(mux *http.ServeMux) {
	mux.Handle("GET /smoke", http.RedirectHandler("smoke/", http.StatusMovedPermanently))
	mux.HandleFunc("GET /smoke/{$}", func(w http.ResponseWriter, _ *http.Request) {
		e.serveTemplate(w, smokeTemplates, "list", e.smokeList())
	})
	mux.HandleFunc("GET /smoke/{id}", func(w http.ResponseWriter, r *http.Request) {
		view, ok := e.smokeTest(r.PathValue("id"))
		if !ok {
			http.Error(w, "no such test; /smoke/ lists them", http.StatusNotFound)
			return
		}
		e.serveTemplate(w, smokeTemplates, "test", view)
	})
}

func (e *Exporter) smokeList() smokeListView {
	now := e.clock()
	v := smokeListView{Style: template.CSS(pageStyle), Now: clock(now)}
	results := e.smoke()
	if results == nil {
		return v
	}
	if results.ProberSuspected {
		v.Suspicion = smoke.Suspicion
	}
	for _, t := range results.Tests {
		row := smokeTest(t, now)
		switch {
		case !row.Ran:
			v.Waiting++
		case row.Passed:
			v.Passed++
		default:
			v.Failed++
		}
		v.Tests = append(v.Tests, row)
	}
	slices.SortStableFunc(v.Tests, func(a, b smokeTestView) int { return cmp.Compare(a.urgency(), b.urgency()) })
	return v
}

// urgency orders tests: what fails first, and of that what is critical.
func (v smokeTestView) urgency() int {
	switch {
	case v.Ran && !v.Passed && v.Critical:
		return 0
	case v.Ran && !v.Passed:
		return 1
	case !v.Ran:
		return 2
	}
	return 3
}

func (e *Exporter) smokeTest(id string) (smokeTestView, bool) {
	results := e.smoke()
	if results == nil {
		return smokeTestView{}, false
	}
	i := slices.IndexFunc(results.Tests, func(t smoke.Status) bool { return t.ID() == id })
	if i < 0 {
		return smokeTestView{}, false
	}
	now := e.clock()
	v := smokeTest(results.Tests[i], now)
	v.Style, v.Now = template.CSS(pageStyle), clock(now)
	for _, r := range results.Tests[i].Recent {
		v.Recent = append(v.Recent, smokeRunView{
			At: clock(r.Start), Age: ago(now.Sub(r.Start)), Took: milliseconds(r.Duration), Reason: r.Reason,
			Phases: phases(r.Phases), Detail: r.Detail, Earlier: r.Earlier,
		})
	}
	return v, true
}

func smokeTest(t smoke.Status, now time.Time) smokeTestView {
	v := smokeTestView{
		ID: t.ID(), Name: t.Test, Suite: t.Suite, Target: t.Target(), Proves: t.Proves, Critical: t.Critical,
		Every: duration(t.Interval), Successes: t.Successes, Failures: t.Failures,
	}
	if t.Last != nil {
		v.Ran, v.Passed, v.Reason, v.Earlier = true, t.Last.Success, t.Last.Reason, t.Last.Earlier
		v.Took, v.Age, v.Phases = milliseconds(t.Last.Duration), ago(now.Sub(t.Last.Start)), phases(t.Last.Phases)
	}
	return v
}

func milliseconds(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

// phases says where the time went: "connect 2 ms, processing 17 ms".
func phases(all []smoke.Phase) string {
	parts := make([]string, 0, len(all))
	for _, p := range all {
		parts = append(parts, p.Name+" "+milliseconds(p.Duration))
	}
	return strings.Join(parts, ", ")
}
