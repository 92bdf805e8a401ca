package smoke

import "time"

// Report is what one run of several tests found, as machines read it.
type Report struct {
	Passed int `json:"passed"`
	Failed int `json:"failed"`
	// ProberSuspected says that several targets were tested and every test of
	// every one failed.
	ProberSuspected bool           `json:"prober_suspected"`
	Tests           []ReportedTest `json:"tests"`
	// LeftOut are tests that were not run because they must not or can't.
	LeftOut []LeftOut `json:"left_out"`
}

// ReportedTest is one run of a test.
type ReportedTest struct {
	Identity
	Critical bool            `json:"critical"`
	Success  bool            `json:"success"`
	Reason   string          `json:"reason,omitempty"`
	Earlier  []string        `json:"earlier,omitempty"` // reasons of the tries before the last
	Start    time.Time       `json:"start"`
	Seconds  float64         `json:"duration_seconds"` // of the last try
	Phases   []ReportedPhase `json:"phases,omitempty"`
	Detail   string          `json:"detail,omitempty"`
}

// ReportedPhase is one part of what a test did.
type ReportedPhase struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

// LeftOut is a test that does not run somewhere, and why.
type LeftOut struct {
	Identity
	Why string `json:"why"` // "it writes, and the environment is read-only"
}

// NewReport makes the report of results; verbose ones with their detail.
func NewReport(results []Result, left []LeftOut, verbose bool) Report {
	report := Report{Tests: make([]ReportedTest, 0, len(results)), LeftOut: append([]LeftOut{}, left...)}
	for _, r := range results {
		t := ReportedTest{
			Identity: r.Identity, Critical: r.Critical, Success: r.Success,
			Reason: r.Reason, Earlier: r.Earlier, Start: r.Start.UTC(), Seconds: r.Duration.Seconds(),
		}
		for _, p := range r.Phases {
			t.Phases = append(t.Phases, ReportedPhase{p.Name, p.Duration.Seconds()})
		}
		if verbose {
			t.Detail = r.Detail
		}
		if r.Success {
			report.Passed++
		} else {
			report.Failed++
		}
		report.Tests = append(report.Tests, t)
	}
	report.ProberSuspected = suspicious(func(yield func(*Result) bool) {
		for i := range results {
			if !yield(&results[i]) {
				return
			}
		}
	})
	return report
}
