package smoke

import (
	"slices"
	"unicode/utf8"
)

// What a runner keeps of the past.
const (
	maxRecent  = 5        // failed runs of one test
	maxDetail  = 16 << 10 // bytes of one detail
	maxDetails = 8 << 20  // bytes of all details
	maxPhases  = 64       // phases of one run
)

// history is the failed runs whose detail is kept, the oldest first. It bounds
// the details of all tests together.
type history struct {
	failed []*Result
	bytes  int
}

// keep takes a result into the status of its test.
func (r *Runner) keep(e *entry, result Result) {
	s := &e.status
	if result.Success {
		result.Detail = ""
		s.Last, s.Successes = &result, s.Successes+1
		return
	}
	s.Last, s.Failures = &result, s.Failures+1
	// Snapshots hold the old slice.
	s.Recent = slices.Insert(slices.Clone(s.Recent), 0, &result)
	if len(s.Recent) > maxRecent {
		r.history.drop(s.Recent[maxRecent])
		s.Recent = s.Recent[:maxRecent]
	}
	r.history.failed = append(r.history.failed, &result)
	r.history.bytes += len(result.Detail)
	for r.history.bytes > maxDetails {
		r.withoutDetail(r.history.failed[0])
	}
}

// withoutDetail puts a copy without detail in the place of a failed run.
func (r *Runner) withoutDetail(result *Result) {
	r.history.drop(result)
	plain := *result
	plain.Detail = ""
	for _, e := range r.entries {
		if e.Identity != result.Identity {
			continue
		}
		if i := slices.Index(e.status.Recent, result); i >= 0 {
			e.status.Recent = slices.Clone(e.status.Recent)
			e.status.Recent[i] = &plain
		}
		if e.status.Last == result {
			e.status.Last = &plain
		}
	}
}

// drop forgets a run.
func (h *history) drop(result *Result) {
	if i := slices.Index(h.failed, result); i >= 0 {
		h.failed = slices.Delete(h.failed, i, i+1)
		h.bytes -= len(result.Detail)
	}
}

// forget forgets the runs of a test.
func (h *history) forget(id Identity) {
	h.failed = slices.DeleteFunc(h.failed, func(r *Result) bool {
		if r.Identity == id {
			h.bytes -= len(r.Detail)
		}
		return r.Identity == id
	})
}

// bounded cuts a detail to what is kept of it.
func bounded(detail string) string {
	if len(detail) <= maxDetail {
		return detail
	}
	cut := maxDetail
	for cut > 0 && !utf8.RuneStart(detail[cut]) {
		cut--
	}
	return detail[:cut] + "…"
}
