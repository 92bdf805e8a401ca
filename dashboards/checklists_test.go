package dashboards

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
)

// builtin is the sample checklist.
func builtin(t testing.TB) *checklist.Checklist {
	t.Helper()
	const file = "../internal/source/builtin/python-3.13.md"
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := checklist.Parse(file, "python-3.13", source)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// hostile are texts that try to be something else.
var hostile = []string{
	`{{ .Labels }} "} or vector(1) #<script>alert(1)</script>`,
	"$datasource ${checklist:raw} [[checklist]] [[[x]]] $$a",
	"`; drop` \\ \" ' \x00\x1b[31m\u202egnp.exe",
	"# **bold** [a](javascript:x) <img src=x> &amp; | ~",
	"not \xff UTF-8, and\nmore than\tone line",
	"",
}

// small is a checklist of one section that uses a text wherever there is room
// for somebody's words, and every kind of criterion.
func small(text string) *checklist.Checklist {
	scope := checklist.Scope{Environment: "production"}
	load := checklist.Scope{Environment: text, Test: text}
	c := &checklist.Checklist{
		Name: text, Title: text,
		Sections:  []checklist.Section{{Title: text, Environment: "production"}},
		Tasks:     []checklist.Task{{ID: text, Text: text, State: checklist.Done, Kind: checklist.Plan, Section: text, Leaf: true}},
		Stages:    []checklist.Stage{{Name: text, Ratio: 0.1, Hold: 15 * time.Minute}},
		SignOffs:  []checklist.SignOff{{Section: text}},
		Approvals: []checklist.Approval{{Role: text}},
	}
	add := func(role criterion.Role, kind criterion.Kind, s checklist.Scope, cr criterion.Criterion) {
		cr.Role, cr.Kind = role, kind
		c.Criteria = append(c.Criteria, checklist.Criterion{
			Criterion: cr, ID: fmt.Sprintf("%s/%d", text, len(c.Criteria)), Text: text, Section: text, Group: text, Scope: s,
		})
	}
	measured := func(role criterion.Role, s checklist.Scope, signal criterion.Signal, q float64, op criterion.Comparison, v float64, u criterion.Unit, change criterion.Change) {
		add(role, criterion.Measured, s, criterion.Criterion{Signal: signal, Quantile: q, Comparison: op, Value: v, Unit: u, Change: change})
	}
	measured(criterion.Target, scope, criterion.ErrorRatio, 0, criterion.Less, 0.001, criterion.Ratio, criterion.Absolute)
	measured(criterion.Rollback, scope, criterion.ErrorRatio, 0, criterion.Greater, 0.01, criterion.Ratio, criterion.Absolute)
	measured(criterion.Target, scope, criterion.SuccessRatio, 0, criterion.Greater, 0.999, criterion.Ratio, criterion.Absolute)
	measured(criterion.Rollback, scope, criterion.Latency, 0, criterion.Greater, 0.5, criterion.Ratio, criterion.Increase)
	measured(criterion.Target, scope, criterion.Latency, 0.999, criterion.LessOrEqual, 1.5, criterion.Seconds, criterion.Absolute)
	measured(criterion.Target, checklist.Scope{}, criterion.Memory, 0, criterion.GreaterOrEqual, 0.05, criterion.Ratio, criterion.Decrease)
	measured(criterion.Target, scope, criterion.Throughput, 0, criterion.Greater, 1150, criterion.RequestsPerSecond, criterion.Absolute)
	measured(criterion.Target, scope, criterion.Throughput, 0, criterion.Greater, 0.15, criterion.Ratio, criterion.Increase)
	measured(criterion.Rollback, scope, criterion.Business, 0, criterion.Greater, 0.1, criterion.Ratio, criterion.Decrease)
	measured(criterion.Target, load, criterion.Latency, 0.95, criterion.Less, 0.15, criterion.Seconds, criterion.Absolute)
	measured(criterion.Target, checklist.Scope{Environment: "staging"}, criterion.CPU, 0, criterion.Less, 0.8, criterion.Ratio, criterion.Absolute)
	add(criterion.Target, criterion.Measured, scope, criterion.Criterion{Signal: criterion.Other, Subject: text, Comparison: criterion.Greater, Value: 0.8, Unit: criterion.Ratio})
	add(criterion.Rollback, criterion.Smoke, scope, criterion.Criterion{Signal: criterion.Other, Subject: text})
	add(criterion.Rollback, criterion.Declared, scope, criterion.Criterion{Signal: criterion.Other, Subject: text})
	return c
}

// bare has tasks and nothing else.
func bare() *checklist.Checklist {
	return &checklist.Checklist{
		Name:     "bare",
		Sections: []checklist.Section{{Title: "Steps"}},
		Tasks:    []checklist.Task{{ID: "steps/one", Text: "One", Kind: checklist.Plan, State: checklist.Open, Section: "Steps", Leaf: true}},
	}
}

// huge has 5,000 tasks, 100 sections and 200 criteria.
func huge() *checklist.Checklist {
	c := &checklist.Checklist{Name: "huge"}
	for s := range 100 {
		section := fmt.Sprintf("Section %d", s)
		c.Sections = append(c.Sections, checklist.Section{Title: section})
		for i := range 50 {
			c.Tasks = append(c.Tasks, checklist.Task{
				ID: fmt.Sprintf("section-%d/task-%d", s, i), Text: fmt.Sprintf("Task %d", i),
				Kind: checklist.Plan, State: checklist.Open, Section: section, Leaf: true,
			})
		}
	}
	for i := range 200 {
		c.Criteria = append(c.Criteria, checklist.Criterion{
			Criterion: criterion.Criterion{
				Role: criterion.Target, Kind: criterion.Measured, Signal: criterion.Latency,
				Comparison: criterion.Less, Value: float64(i+1) / 1000, Unit: criterion.Seconds,
			},
			ID: fmt.Sprintf("targets/%d", i), Text: fmt.Sprintf("Target %d", i), Section: "Section 1",
		})
	}
	return c
}

// all are the checklists that every rule about boards is checked with.
func all(t testing.TB) map[string]*checklist.Checklist {
	out := map[string]*checklist.Checklist{"builtin": builtin(t), "small": small("Plan"), "bare": bare(), "huge": huge()}
	for i, text := range hostile {
		out[fmt.Sprintf("hostile %d", i)] = small(text)
	}
	return out
}
