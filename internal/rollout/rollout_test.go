package rollout

import (
	"testing"
	"time"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
)

// migration is a small plan with all that decides about phases.
func migration() *checklist.Checklist {
	task := func(id, section, text, parent string, leaf bool) checklist.Task {
		return checklist.Task{ID: id, Section: section, Text: text, State: checklist.Open, Kind: checklist.Plan, Parent: parent, Leaf: leaf}
	}
	c := &checklist.Checklist{
		Title: "Migration",
		Sections: []checklist.Section{
			{Title: "Before"}, {Title: "Production"}, {Title: "Rollback"}, {Title: "Final Sign-Off"},
		},
		Tasks: []checklist.Task{
			task("book", "Before", "Book the window", "", true),
			task("shift-10", "Production", "Traffic shifted: 10%", "", false),
			task("watch-10", "Production", "Monitored for 15 minutes", "shift-10", true),
			task("shift-100", "Production", "Traffic shifted: 100%", "", false),
			task("watch-100", "Production", "Monitored for 2+ hours", "shift-100", true),
			task("errors", "Rollback", "Error rate >1% for >5 minutes", "", true),
			task("back", "Rollback", "Traffic shifted to blue (Python 3.12)", "", true),
			task("stable", "Rollback", "Old version stable", "", true),
			task("zero-bugs", "Final Sign-Off", "Zero critical bugs", "", true),
		},
		Criteria: []checklist.Criterion{{ID: "errors", Task: "errors", Criterion: criterion.Criterion{Role: criterion.Rollback}}},
		Stages: []checklist.Stage{
			{Name: "10%", Task: "shift-10", Ratio: 0.1, Hold: 15 * time.Minute},
			{Name: "100%", Task: "shift-100", Ratio: 1, Hold: 2 * time.Hour},
		},
		Choices:   []checklist.Choice{{Section: "Rollback", Label: "Rollback Status", Options: []string{"Not Required", "Executed"}}},
		SignOffs:  []checklist.SignOff{{Section: "Production"}, {Section: "Rollback"}},
		Approvals: []checklist.Approval{{Role: "Lead"}},
	}
	for i := range c.Tasks {
		if c.Tasks[i].Section == "Rollback" {
			c.Tasks[i].Kind = checklist.Contingency
		}
	}
	return c
}

// with ticks tasks of a migration, and the stages they belong to.
func with(c *checklist.Checklist, ids ...string) *checklist.Checklist {
	for _, id := range ids {
		found := false
		for i := range c.Tasks {
			if c.Tasks[i].ID == id {
				c.Tasks[i].State, found = checklist.Done, true
			}
		}
		if !found {
			panic("no task " + id)
		}
		for i := range c.Criteria {
			c.Criteria[i].Declared = c.Criteria[i].Declared || c.Criteria[i].Task == id
		}
		for i := range c.Stages {
			c.Stages[i].Shifted = c.Stages[i].Shifted || c.Stages[i].Task == id
		}
	}
	return c
}

func approved(c *checklist.Checklist) *checklist.Checklist {
	for i := range c.Approvals {
		c.Approvals[i].Name, c.Approvals[i].Signature = "A. Lead", "A. L."
	}
	return c
}

func executed(c *checklist.Checklist) *checklist.Checklist {
	c.Choices[0].Selected = []string{"Executed"}
	return c
}

func withoutStages(c *checklist.Checklist) *checklist.Checklist {
	c.Stages = nil
	return c
}

func TestProgress(t *testing.T) {
	c := with(migration(), "book", "shift-10", "back")
	c.Tasks[4].State = checklist.Cancelled
	done, total := Progress(c.Tasks)
	if done != 1 || total != 3 {
		t.Errorf("got %d of %d, want 1 of 3", done, total)
	}
}

func TestPhaseAt(t *testing.T) {
	shifted := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	seen := func(id string) (time.Time, bool) { return shifted, id == "shift-100" }
	all := []string{"shift-10", "shift-100"}
	tests := map[string]struct {
		checklist *checklist.Checklist
		changed   Changes
		after     time.Duration
		want      Phase
	}{
		"nothing ticked":                   {migration(), seen, 0, Planned},
		"only preparations":                {with(migration(), "book"), seen, 0, Planned},
		"first stage":                      {with(migration(), "shift-10"), seen, 0, Shifting},
		"first stage and what is below":    {with(migration(), "shift-10", "watch-10"), seen, time.Hour, Shifting},
		"all traffic":                      {with(migration(), all...), seen, 0, Shifting},
		"just before the hold has passed":  {with(migration(), all...), seen, 2*time.Hour - 1, Shifting},
		"the hold has passed":              {with(migration(), all...), seen, 2 * time.Hour, Soaking},
		"just before the soak is over":     {with(migration(), all...), seen, 50*time.Hour - 1, Soaking},
		"the soak is over":                 {with(migration(), all...), seen, 50 * time.Hour, Done},
		"ticked when first seen":           {with(migration(), all...), func(string) (time.Time, bool) { return time.Time{}, false }, 1000 * time.Hour, Soaking},
		"moments are not known at all":     {with(migration(), all...), nil, 1000 * time.Hour, Soaking},
		"only the last stage ticked":       {with(migration(), "shift-100"), seen, 3 * time.Hour, Soaking},
		"final sign-off":                   {approved(with(migration(), "shift-10", "shift-100", "zero-bugs")), seen, 0, Done},
		"final sign-off lacks an approval": {with(migration(), "shift-10", "shift-100", "zero-bugs"), seen, 0, Shifting},
		"final sign-off lacks a task":      {approved(with(migration(), all...)), seen, 3 * time.Hour, Soaking},
		"approved before the first stage":  {approved(with(migration(), "zero-bugs")), seen, 0, Planned},
		"approved at the first stage":      {approved(with(migration(), "shift-10", "zero-bugs")), seen, 0, Shifting},
		"a rollback criterion declared":    {with(migration(), "shift-10", "errors"), seen, 0, Shifting},
		"rolled back by task":              {with(migration(), "shift-10", "back"), seen, 0, RolledBack},
		"rolled back by choice":            {executed(with(migration(), "shift-10")), seen, 0, RolledBack},
		"rolled back after the sign-off":   {approved(with(migration(), "shift-100", "zero-bugs", "back")), seen, 100 * time.Hour, RolledBack},
		"unticked for another try":         {executed(with(migration(), "back")), seen, 0, Planned},
		"no stages":                        {withoutStages(with(migration(), "shift-10")), seen, 0, Planned},
		"no stages, signed off":            {withoutStages(approved(with(migration(), "zero-bugs"))), seen, 0, Done},
		"no stages, rolled back":           {withoutStages(executed(migration())), seen, 0, RolledBack},
		"an empty checklist":               {&checklist.Checklist{}, nil, 0, Planned},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := PhaseAt(test.checklist, test.changed, shifted.Add(test.after)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestPhaseOfAPlanThatEndsBelowFullTraffic(t *testing.T) {
	c := with(migration(), "shift-10")
	c.Stages = c.Stages[:1]
	if got := PhaseAt(c, nil, time.Time{}); got != Soaking {
		t.Errorf("got %s", got)
	}
}

func TestSignedOffAsksForTheSignature(t *testing.T) {
	c := approved(with(migration(), "shift-100", "zero-bugs"))
	c.SignOffs = append(c.SignOffs, checklist.SignOff{Section: "Final Sign-Off"})
	if got := PhaseAt(c, nil, time.Time{}); got != Soaking {
		t.Errorf("unsigned: got %s", got)
	}
	c.SignOffs[2].Name = "A. Lead"
	if got := PhaseAt(c, nil, time.Time{}); got != Done {
		t.Errorf("signed: got %s", got)
	}
}

func TestExecutedRollback(t *testing.T) {
	tests := map[string]bool{
		"Emergency rollback executed":             true,
		"Rolled back executed":                    true,
		"Roll-back completed":                     true,
		"Traffic shifted to blue (Python 3.12)":   true,
		"Traffic switched back":                   true,
		"Verify traffic was routed to the old":    true,
		"All traffic moved back to previous pods": true,
		"Rollback drill performed":                false,
		"Rollback procedures ready":               false,
		"Decision to roll back made":              false,
		"Traffic shifted to green":                false,
		"Traffic shifted: 10%":                    false,
	}
	for text, want := range tests {
		c := &checklist.Checklist{Tasks: []checklist.Task{{Text: text, Kind: checklist.Contingency, State: checklist.Done}}}
		if got := executedRollback(c); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
		c.Tasks[0].State = checklist.Open
		if executedRollback(c) {
			t.Errorf("%q: unticked, and yet executed", text)
		}
		c.Tasks[0].State, c.Tasks[0].Kind = checklist.Done, checklist.Plan
		if executedRollback(c) {
			t.Errorf("%q: part of the plan, and yet a rollback", text)
		}
	}
}

func TestCurrentStage(t *testing.T) {
	tests := map[string]struct {
		checklist *checklist.Checklist
		want      string
	}{
		"before the first":      {migration(), ""},
		"the first":             {with(migration(), "shift-10"), "10%"},
		"the last":              {with(migration(), "shift-10", "shift-100"), "100%"},
		"after a rollback":      {with(migration(), "shift-10", "back"), ""},
		"a plan without stages": {withoutStages(migration()), ""},
	}
	for name, test := range tests {
		stage, ok := CurrentStage(test.checklist)
		if stage.Name != test.want || ok != (test.want != "") {
			t.Errorf("%s: got %q, %v; want %q", name, stage.Name, ok, test.want)
		}
	}
}

func TestNextStep(t *testing.T) {
	tests := map[string]struct {
		checklist *checklist.Checklist
		want      string
	}{
		"at the beginning":                  {migration(), "Book the window"},
		"before the first stage":            {with(migration(), "book"), "Monitored for 15 minutes (Traffic shifted: 10%)"},
		"in a stage, something left behind": {with(migration(), "shift-10"), "Monitored for 15 minutes (Traffic shifted: 10%)"},
		"a stage is through":                {with(migration(), "shift-10", "watch-10"), "Monitored for 2+ hours (Traffic shifted: 100%)"},
		"the end is in sight":               {with(migration(), "shift-10", "shift-100", "watch-100"), "Zero critical bugs"},
		"only what was left behind":         {with(migration(), "shift-10", "shift-100", "watch-100", "zero-bugs"), "Book the window"},
		"all is done":                       {with(migration(), "book", "shift-10", "watch-10", "watch-100", "zero-bugs"), "Nothing is left to do."},
		"a rollback criterion declared":     {with(migration(), "shift-10", "errors"), "Traffic shifted to blue (Python 3.12)"},
		"declared before the first stage":   {with(migration(), "errors"), "Book the window"},
		"rolled back":                       {with(migration(), "shift-10", "back"), "Old version stable"},
		"rolled back, by choice":            {executed(with(migration(), "shift-10")), "Traffic shifted to blue (Python 3.12)"},
		"rolled back and stable":            {with(migration(), "shift-10", "back", "stable"), "Nothing is left to do."},
		"another try":                       {with(migration(), "back", "stable"), "Book the window"},
		"an empty checklist":                {&checklist.Checklist{}, "Nothing is left to do."},
	}
	for name, test := range tests {
		if got := NextStep(test.checklist); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestExpectedPython(t *testing.T) {
	checklists := map[string]*checklist.Checklist{
		"3.13.0": {Title: "Python 3.12", Tasks: []checklist.Task{{Text: "Python version"}, {Text: "Python version confirmed (3.13.0)"}}},
		"3.14":   {Tasks: []checklist.Task{{Text: "Python version: 3.14"}}},
		"3.13":   {Title: "Python 3.9 → 3.13 upgrade"},
		"3.12.4": {Title: "Phase 3", Fields: []checklist.Field{{Label: "Date", Value: "3.99"}, {Label: "Python", Value: "3.12.4 (was 3.12)"}}},
		"2.7":    {Fields: []checklist.Field{{Label: "Project", Value: "Python"}, {Label: "Project", Value: "Back to Python 2.7"}}},
		"":       {Title: "Go 1.26", Fields: []checklist.Field{{Label: "Project", Value: "Python"}}},
	}
	for want, c := range checklists {
		if got := ExpectedPython(c); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
