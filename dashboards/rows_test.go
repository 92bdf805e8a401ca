package dashboards

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/checklist"
)

func TestRows(t *testing.T) {
	for name, c := range map[string]*checklist.Checklist{"everything": small("Plan"), "tasks only": bare(), "the sample": builtin(t)} {
		panels, err := Panels(c, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]string{}
		for _, row := range append(RowNames(), "no such row") {
			for _, p := range Row(panels, row) {
				got[row] = append(got[row], p.Title)
			}
		}
		want := map[string]map[string][]string{
			"everything": {
				"answer":   {"Progress", "Phase", "Candidate traffic", "Next step", "Verdict", "What is wrong"},
				"criteria": {"Rollback criteria", "Targets"},
				"signals": {
					"Error rate", "Success rate", "Response time", "Response time P99.9", "Throughput", "Memory per instance", "Instances by version",
				},
				"stages": {"Stages", "Traffic, planned and real"},
				"smoke":  {"Smoke tests", "Ticked, yet disproven"},
			},
			"tasks only": {"answer": {"Progress", "Phase", "What is wrong"}},
			"the sample": {
				"answer":   {"Progress", "Phase", "Candidate traffic", "Next step", "Verdict", "What is wrong"},
				"criteria": {"Rollback criteria", "Targets"},
				"signals":  {"Error rate", "Response time", "Throughput", "Memory per instance", "Instances by version"},
				"stages":   {"Stages", "Traffic, planned and real"},
				"smoke":    {"Smoke tests", "Ticked, yet disproven"},
			},
		}[name]
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestHeading(t *testing.T) {
	got := Heading(&checklist.Checklist{Name: "move $x [[y]]"})
	if want := "move $" + zeroWidthSpace + "x [" + zeroWidthSpace + "[y]] · Cutover"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
