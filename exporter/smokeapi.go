package exporter

import (
	"context"
	"net/http"
	"time"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// SmokeRequest asks for tests to run now. What is empty is any.
type SmokeRequest struct {
	Environment string `json:"environment,omitempty"`
	Track       string `json:"track,omitempty"`
	Suite       string `json:"suite,omitempty"`
	Test        string `json:"test,omitempty"`
}

// maxAsked is how long tests may take together that somebody asked for.
const maxAsked = 4 * time.Minute

// smokeAPI is the part of the HTTP interface that runs tests:
//
//	POST /api/v1/smoke  SmokeRequest → 200, smoke.Report
//
// One request at a time runs tests; the schedule goes on meanwhile, and a test
// that it runs is waited for rather than run beside itself.
func (e *Exporter) smokeAPI(mux *http.ServeMux) {
	run := writing(e, http.StatusOK, e.runSmoke)
	mux.HandleFunc("POST /api/v1/smoke", func(w http.ResponseWriter, r *http.Request) {
		// The answer comes when the tests have ended, later than others do.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(maxAsked + writeTimeout))
		run.ServeHTTP(w, r)
	})
}

func (e *Exporter) runSmoke(r *http.Request, in SmokeRequest) (smoke.Report, error) {
	if e.options.Smoke == nil {
		return smoke.Report{}, refuse(http.StatusNotFound, "this exporter has no tests: set CUTOVER_CONFIG or CUTOVER_TARGET_URL for it")
	}
	var asked []smoke.Identity
	for _, t := range e.smoke().Tests {
		if in.matches(t.Identity) {
			asked = append(asked, t.Identity)
		}
	}
	if len(asked) == 0 {
		return smoke.Report{}, refuse(http.StatusNotFound, "no test matches; /smoke/ lists them")
	}
	if !e.asked.TryLock() {
		return smoke.Report{}, refuse(http.StatusConflict, "tests that somebody asked for are running already: wait for their end")
	}
	defer e.asked.Unlock()
	ctx, cancel := context.WithTimeout(r.Context(), maxAsked)
	defer cancel()
	results := e.options.Smoke.RunSelected(ctx, smoke.Selection{Only: in.matches})
	ended := make(map[smoke.Identity]bool, len(results))
	for _, result := range results {
		ended[result.Identity] = true
	}
	var left []smoke.LeftOut
	for _, id := range asked {
		if !ended[id] {
			left = append(left, smoke.LeftOut{Identity: id, Why: "it did not end in time"})
		}
	}
	return smoke.NewReport(results, left, true), nil
}

func (in SmokeRequest) matches(id smoke.Identity) bool {
	for _, pair := range [][2]string{
		{in.Environment, id.Environment}, {in.Track, id.Track}, {in.Suite, id.Suite}, {in.Test, id.Test},
	} {
		if pair[0] != "" && pair[0] != pair[1] {
			return false
		}
	}
	return true
}
