package checklist_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/rollout"
)

func parseFile(t testing.TB, file string) *checklist.Checklist {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := checklist.Parse(file, checklist.NameOf(file), source)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// figures are the numbers people know the first checklist by.
type figures struct {
	Tasks, Done, DoneLeaves, Leaves    int
	Sections, Groups, Contingency      int
	Blanks, Choices, SignOffs, Approve int
	Statuses                           []string
}

func figuresOf(c *checklist.Checklist) figures {
	f := figures{
		Tasks: len(c.Tasks), Sections: len(c.Sections), Blanks: len(c.Blanks), Choices: len(c.Choices),
		SignOffs: len(c.SignOffs), Approve: len(c.Approvals),
	}
	f.DoneLeaves, f.Leaves = rollout.Progress(c.Tasks)
	for _, t := range c.Tasks {
		if t.State == checklist.Done {
			f.Done++
		}
		if t.Kind == checklist.Contingency {
			f.Contingency++
		}
	}
	for _, s := range c.Sections {
		f.Groups += len(s.Groups)
		f.Statuses = append(f.Statuses, s.Status)
	}
	return f
}

func TestTheSeedAndTheBuiltinHaveTheSameFigures(t *testing.T) {
	pending := "PENDING"
	want := figures{
		Tasks: 191, Done: 7, DoneLeaves: 7, Leaves: 170, Sections: 13, Groups: 35, Contingency: 13,
		Blanks: 17, Choices: 10, SignOffs: 9, Approve: 4,
		Statuses: []string{"", pending, pending, pending, pending, pending, pending, pending, pending, "", "", "", ""},
	}
	for _, file := range []string{"testdata/seed.md", "../internal/source/builtin/python-3.13.md"} {
		if diff := cmp.Diff(want, figuresOf(parseFile(t, file))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

func TestStagesOfTheSeed(t *testing.T) {
	for _, file := range []string{"testdata/seed.md", "../internal/source/builtin/python-3.13.md"} {
		c := parseFile(t, file)
		var got []checklist.Stage
		for _, s := range c.Stages {
			s.Line, s.Task = 0, ""
			got = append(got, s)
		}
		want := []checklist.Stage{
			{Name: "10%", Ratio: 0.1, Hold: 15 * time.Minute},
			{Name: "25%", Ratio: 0.25, Hold: 15 * time.Minute},
			{Name: "50%", Ratio: 0.5, Hold: 30 * time.Minute},
			{Name: "100%", Ratio: 1, Hold: 120 * time.Minute},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

func TestReadableIDs(t *testing.T) {
	c := parseFile(t, "testdata/seed.md")
	ids := map[int]string{}
	for _, task := range c.Tasks {
		ids[task.Line] = task.ID
	}
	for line, want := range map[int]string{
		38:  "development-environment-deployment/deployment-steps/run-smoke-tests/health-check-endpoint",
		89:  "integration-testing/results/pass-rate",
		102: "performance-benchmarking/response-time-testing/target-gt-10pct-improvement",
		168: "load-testing/sustained-load-test/thresholds-met/p95-lt-150ms",
		214: "production-deployment/blue-green-deployment/traffic-shifted-10pct",
		224: "production-deployment/blue-green-deployment/traffic-shifted-100pct/monitored-for-2-hours",
		228: "production-deployment/deployment-metrics/error-rate",
		232: "production-deployment/deployment-metrics/customer-impact",
		288: "post-deployment-actions/team-actions/celebration",
		304: "rollback-scenarios/rollback-criteria/error-rate-gt-1pct-for-gt-5-minutes",
		313: "rollback-scenarios/rollback-execution/traffic-shifted-to-blue-python-3-12",
	} {
		if ids[line] != want {
			t.Errorf("line %d: got %s, want %s", line, ids[line], want)
		}
	}
}

func TestWhatIsNoChecklist(t *testing.T) {
	for name, tc := range map[string]struct{ source, want string }{
		"empty":    {" \n\t\n", "plan.md: the file is empty; a checklist needs task items such as `- [ ] Deploy`"},
		"binary":   {"- [ ] a\x00", "plan.md: the file is binary; a checklist is Markdown in UTF-8"},
		"no tasks": {"# Plan\n\nLater.\n", "plan.md: no tasks in the file; write them as `- [ ] Deploy`"},
		"examples": {
			"```\n- [ ] a\n```\n",
			"plan.md: no tasks in the file; its boxes stand in code blocks, comments or lines to choose from, which are examples and choices",
		},
		"too large": {
			strings.Repeat("- [ ] a\n", checklist.MaxBytes/8+1),
			"plan.md: 16777224 bytes are more than a checklist may have (16777216); split the file",
		},
	} {
		c, err := checklist.Parse("plan.md", "plan", []byte(tc.source))
		if err == nil || err.Error() != tc.want || c != nil {
			t.Errorf("%s: got %v, %v; want %s", name, c, err, tc.want)
		}
	}
}

func TestNameOf(t *testing.T) {
	for file, want := range map[string]string{
		"phase-3-execution-checklist.md": "phase-3-execution-checklist", "/etc/plans/a.b.md": "a.b", "plan": "plan",
		`C:\plans\go.md`: "go", "builtin:python-3.13": "builtin:python-3", "dir/.md": ".md",
	} {
		if got := checklist.NameOf(file); got != want {
			t.Errorf("%s: got %s, want %s", file, got, want)
		}
	}
}

// criteriaOf gives what the criteria demand and where, without names and text.
func criteriaOf(c *checklist.Checklist) []checklist.Criterion {
	var out []checklist.Criterion
	for _, k := range c.Criteria {
		k.ID, k.Line, k.Text, k.Task, k.Group = "", 0, "", "", ""
		out = append(out, k)
	}
	return out
}

func TestTheSeedAndTheBuiltinDemandTheSame(t *testing.T) {
	seed, builtin := parseFile(t, "testdata/seed.md"), parseFile(t, "../internal/source/builtin/python-3.13.md")
	if diff := cmp.Diff(criteriaOf(seed), criteriaOf(builtin)); diff != "" {
		t.Errorf("-seed +built-in:\n%s", diff)
	}
	rollback := 0
	for _, k := range seed.Criteria {
		if k.Role == criterion.Rollback {
			rollback++
		}
	}
	if len(seed.Criteria) != 22 || rollback != 6 {
		t.Errorf("%d criteria, %d of them for rolling back", len(seed.Criteria), rollback)
	}
}
