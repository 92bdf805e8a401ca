package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
	"github.com/cutover-dev/cutover/internal/smoke"
	"github.com/cutover-dev/cutover/internal/suite"
)

// standardEvidence names, by the ID of a task, the tests of the standard suites
// that prove it: those that there are once all addresses are given, and writing
// is allowed.
func standardEvidence(c *checklist.Checklist) map[string][]string {
	// The addresses only make the tests exist: none of them is run.
	standard, err := suite.Standard(suite.Target{
		URL: "http://localhost", DatabaseURL: "postgres://localhost", RedisURL: "redis://localhost",
		PythonVersion: rollout.ExpectedPython(c), Origin: "http://localhost", Writes: true,
	})
	if err != nil {
		panic(err) // the addresses above are valid
	}
	tests := evidenceTests(standard)
	names := map[string][]string{}
	for id, proven := range rollout.Evidence(c, tests) {
		for _, i := range proven {
			names[id] = append(names[id], tests[i].Suite+"/"+tests[i].Name)
		}
	}
	return names
}

// evidenceTests are tests as far as it takes to tell what they prove.
func evidenceTests(tests []smoke.Test) []rollout.Test {
	out := make([]rollout.Test, 0, len(tests))
	for _, t := range tests {
		out = append(out, rollout.Test{
			Environment: t.Environment, Suite: t.Suite, Name: t.Identity.Test, Baseline: t.Track == series.Baseline,
			Python: t.Python, Proves: t.Proves,
		})
	}
	return out
}

// explainEvidence prints which task has which test, and how many have one.
func explainEvidence(w io.Writer, l loaded) {
	evidence := standardEvidence(l.Checklist)
	plan := 0
	for _, t := range l.Tasks {
		if t.Kind == checklist.Plan {
			plan++
		}
	}
	fmt.Fprintf(w, "\nEvidence: the standard tests can prove %d of %s of the plan\n", len(evidence), plural(plan, "task"))
	for _, t := range l.Tasks {
		if names := evidence[t.ID]; names != nil {
			fmt.Fprintf(w, "  %s:%d\t%s\t%s\n", l.file, t.Line, t.Text, strings.Join(names, ", "))
		}
	}
}
