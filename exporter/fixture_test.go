package exporter

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/journal"
	"github.com/cutover-dev/cutover/internal/smoke"
	"github.com/cutover-dev/cutover/internal/source"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// golden compares with a committed file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-golden +got):\n%s", file, diff)
	}
}

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// board has smoke results that a test pins to it.
type board struct{ pinned *smoke.Snapshot }

func (b *board) Snapshot() *smoke.Snapshot { return b.pinned }

// RunSelected runs nothing: the results stay.
func (b *board) RunSelected(context.Context, smoke.Selection) []smoke.Result { return nil }

// ran is the status of a test that ran once, for 42 ms.
func ran(environment, track, test, reason string) smoke.Status {
	s := smoke.Status{
		Identity: smoke.Identity{Environment: environment, Track: track, Suite: smoke.Suite, Test: test},
		Critical: test != "version",
	}
	s.Last = &smoke.Result{
		Identity: s.Identity, Critical: s.Critical, Success: reason == "", Reason: reason,
		Start: noon.Add(-30 * time.Second), Duration: 42 * time.Millisecond,
	}
	if s.Last.Success {
		s.Successes = 1
	} else {
		s.Failures = 1
	}
	return s
}

// holding makes an exporter of checklists that no file holds, at noon.
func holding(t testing.TB, o Options, plans ...*plan) *Exporter {
	t.Helper()
	src, err := source.Open([]string{"builtin:python-3.13"}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := &Exporter{
		options: o,
		source:  src,
		logger:  slog.New(slog.DiscardHandler),
		clock:   func() time.Time { return noon },
		plans:   make(map[string]*plan),
		writes:  newBucket(),
	}
	if e.journal, err = journal.Open("", journal.Options{Clock: e.clock}); err != nil {
		t.Fatal(err)
	}
	if e.options.TimeScale == 0 {
		e.options.TimeScale = 1
	}
	for _, p := range plans {
		if p.readAt.IsZero() && p.checklist != nil {
			p.readAt = noon.Add(-time.Minute)
		}
		e.plans[p.name] = p
	}
	e.process = processRegistry(e)
	e.rebuild(noon)
	return e
}

// upgrade is a small plan in the middle of its rollout, written by hand.
func upgrade() *plan {
	task := func(id, section, group, parent, text string, state checklist.State) checklist.Task {
		return checklist.Task{
			ID: id, Section: section, Group: group, Parent: parent, Text: text,
			State: state, Kind: checklist.Plan, Environment: "production", Leaf: true,
		}
	}
	c := &checklist.Checklist{
		Name:   "upgrade",
		Title:  "Upgrade of the shop",
		Fields: []checklist.Field{{Label: "Owner", Value: "Ops"}, {Label: "Project", Value: "Python 3.13"}},
		Sections: []checklist.Section{
			{Title: "Before", Status: "COMPLETE", Groups: []checklist.Group{{Title: "Checks"}}},
			{Title: "Production", Status: "PENDING"},
			{Title: "Rollback"},
			{Title: "Notes"},
		},
		Tasks: []checklist.Task{
			task("before/book", "Before", "", "", "Book the window", checklist.Done),
			task("before/mail", "Before", "", "", "Send a mail", checklist.Cancelled),
			task("before/smoke", "Before", "Checks", "", "Run smoke tests", checklist.Done),
			task("before/health", "Before", "Checks", "before/smoke", "Health check endpoint", checklist.Done),
			task("before/version", "Before", "Checks", "before/smoke", "Version endpoint", checklist.Done),
			task("before/cache", "Before", "Checks", "", "Cache connectivity", checklist.Open),
			task("production/10", "Production", "", "", "Traffic shifted: 10%", checklist.Done),
			task("production/10/watch", "Production", "", "production/10", "Monitored for 15 minutes", checklist.InProgress),
			task("production/100", "Production", "", "", "Traffic shifted: 100%", checklist.Open),
			task("production/errors", "Production", "", "", "Error rate: 0.02 % (target: <0.1%)", checklist.Open),
			task("rollback/errors", "Rollback", "", "", "Error rate >1% for >5 minutes", checklist.Open),
			task("rollback/security", "Rollback", "", "", "Security incident", checklist.Done),
		},
		Criteria: []checklist.Criterion{
			{
				Criterion: criterion.Criterion{Role: criterion.Target, Kind: criterion.Measured, Signal: criterion.ErrorRatio, Comparison: criterion.Less, Value: 0.001, Unit: criterion.Ratio},
				ID:        "production/errors", Task: "production/errors", Text: "Error rate: 0.02 % (target: <0.1%)", Section: "Production",
			},
			{
				Criterion: criterion.Criterion{Role: criterion.Target, Kind: criterion.Measured, Signal: criterion.Latency, Quantile: 0.95, Comparison: criterion.Less, Value: 0.15, Unit: criterion.Seconds},
				ID:        "production/p95", Text: "P95 < 150ms", Section: "Production",
			},
			{
				Criterion: criterion.Criterion{Role: criterion.Rollback, Kind: criterion.Measured, Signal: criterion.ErrorRatio, Comparison: criterion.Greater, Value: 0.01, Unit: criterion.Ratio, For: 5 * time.Minute},
				ID:        "rollback/errors", Task: "rollback/errors", Text: "Error rate >1% for >5 minutes", Section: "Rollback",
			},
			{
				Criterion: criterion.Criterion{Role: criterion.Rollback, Kind: criterion.Declared, Signal: criterion.Other, Subject: "security incident"},
				ID:        "rollback/security", Task: "rollback/security", Text: "Security incident", Section: "Rollback", Declared: true,
			},
		},
		Stages: []checklist.Stage{
			{Name: "10%", Task: "production/10", Ratio: 0.1, Hold: 15 * time.Minute, Shifted: true},
			{Name: "100%", Task: "production/100", Ratio: 1, Hold: 2 * time.Hour},
		},
		Blanks: []checklist.Blank{
			{Section: "Production", Label: "Error rate", Value: "0.02"},
			{Section: "Production", Label: "Memory"},
		},
		SignOffs: []checklist.SignOff{
			{Section: "Before", Name: "Kim Doe", Date: "2026-03-13"},
			{Section: "Production", Name: "Kim Doe"}, {Section: "Production"}, // one of two signed
		},
		Approvals: []checklist.Approval{{Role: "Lead", Name: "Kim Doe", Signature: "KD"}, {Role: "Sponsor", Name: "Sam Roe"}},
	}
	c.Tasks[2].Leaf, c.Tasks[6].Leaf = false, false
	c.Tasks[10].Kind, c.Tasks[11].Kind = checklist.Contingency, checklist.Contingency
	return &plan{
		name: "upgrade", file: "upgrade.md", checklist: c,
		ticked: map[string]time.Time{"production/10": noon.Add(-10 * time.Minute)},
	}
}

// recorded is holding with a journal in which an incident and a drill are open
// and a baseline is frozen.
func recorded(t testing.TB, o Options, plans ...*plan) *Exporter {
	t.Helper()
	e := holding(t, o, plans...)
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.jsonl"), journal.Options{Clock: e.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	opened := func(kind string, impact journal.Impact, note string, drill bool) journal.Event {
		return journal.Event{
			Kind: journal.IncidentOpened, Checklist: "upgrade", Time: noon.Add(-3 * time.Minute),
			Incident: &journal.Incident{Kind: kind, Impact: impact, Note: note, By: "kim", Drill: drill},
		}
	}
	frozen := func(statistic string, value float64) journal.Event {
		return journal.Event{Kind: journal.BaselineFrozen, Checklist: "upgrade", Baseline: &journal.Baseline{
			Signal: "latency", Statistic: statistic, Unit: "seconds", Value: value, Query: "vector(1)", Seconds: 3600, At: noon,
		}}
	}
	_, err = j.Append(opened("rollback/errors", journal.Significant, "since the second <stage>", false), opened(journal.Other, journal.None, "", true),
		frozen("mean", 0.05), frozen("p95", 0.2), frozen("p95", 0.18))
	if err != nil {
		t.Fatal(err)
	}
	e.journal = j
	e.rebuild(noon)
	return e
}

// shopResults are smoke results for upgrade: the version is wrong.
func shopResults() *board {
	waiting := ran("production", "candidate", "database", "")
	waiting.Last, waiting.Successes = nil, 0
	return &board{&smoke.Snapshot{Tests: []smoke.Status{
		ran("production", "candidate", "health", ""),
		ran("production", "candidate", "version", "Python 3.12.7, expected 3.13"),
		ran("", "candidate", "cache", ""),
		waiting,
		ran("production", "baseline", "health", "connection refused"),
	}}}
}
