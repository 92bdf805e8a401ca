package exporter

import (
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/internal/journal"
	"github.com/cutover-dev/cutover/internal/rollout"
)

// restarted ends an exporter and makes another one of the same options.
func restarted(t *testing.T, e *Exporter) *Exporter {
	t.Helper()
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return started(t, e.options)
}

func started(t *testing.T, o Options) *Exporter {
	t.Helper()
	e, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// told are the lines of the exposition that begin with one of some names.
func told(t *testing.T, e *Exporter, names ...string) string {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(string(exposition(t, e))) {
		for _, name := range names {
			if strings.HasPrefix(line, name) {
				b.WriteString(line)
			}
		}
	}
	return b.String()
}

func TestRestartForgetsNothing(t *testing.T) {
	now := noon
	e, edit := at(t, Options{Journal: "journal.jsonl"}, &now)
	now = now.Add(time.Minute)
	edit(ticked("Mailed", "Traffic shifted: 10%"))
	now = now.Add(time.Minute)
	edit(ticked("Mailed", "Traffic shifted: 10%", "Monitored for 15 minutes"))
	if _, err := e.openIncident(nil, IncidentRequest{Kind: journal.Other, Impact: journal.Minor}); err != nil {
		t.Fatal(err)
	}
	all := []string{"cutover_checklist_task", "cutover_stage", "cutover_rollout", "cutover_incident", "cutover_drill", "cutover_journal"}
	want := told(t, e, all...)
	if !strings.Contains(want, "\ncutover_stage_shifted_timestamp_seconds{checklist=\"shop\",stage=\"10%\"} 1.77348966e+09\n") {
		t.Fatalf("no time of the stage in\n%s", want)
	}
	for range 2 {
		now = now.Add(time.Hour)
		e = restarted(t, e)
		if diff := cmp.Diff(want, told(t, e, all...)); diff != "" {
			t.Errorf("after a restart (-want +got):\n%s", diff)
		}
	}
}

// What changed while it was down is seen to change when it is first seen again.
func TestChangesWhileDown(t *testing.T) {
	now := noon
	e, _ := at(t, Options{Journal: "journal.jsonl"}, &now)
	write(t, "shop.md", strings.Replace(ticked("Mailed"), "[x] Booked", "[ ] Booked", 1)+"- [x] New\n")
	now = noon.Add(time.Hour)
	e = restarted(t, e)
	want := "cutover_checklist_task_done_timestamp_seconds{checklist=\"shop\",id=\"before/mailed\"} 1.7734932e+09\n"
	if got := told(t, e, "cutover_checklist_task_done_timestamp"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	var changes []string
	for _, event := range e.journal.Recent() {
		if c := event.Change; event.Time.Equal(now) {
			changes = append(changes, strings.TrimRight(strings.Join([]string{string(event.Kind), c.ID, c.From, c.To, map[bool]string{true: "first"}[c.First]}, " "), " "))
		}
	}
	wantChanges := []string{
		"task before/booked done open", "task before/mailed open done", "task production/new  done first",
	}
	if diff := cmp.Diff(wantChanges, changes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The 48 hours don't begin anew.
func TestPhaseSurvivesARestart(t *testing.T) {
	now := noon
	e, edit := at(t, Options{Journal: "journal.jsonl"}, &now)
	edit(ticked("Traffic shifted: 10%", "Traffic shifted: 100%"))
	for _, step := range []struct {
		after time.Duration
		want  rollout.Phase
	}{{time.Hour, rollout.Shifting}, {2 * time.Hour, rollout.Soaking}, {49 * time.Hour, rollout.Soaking}, {50 * time.Hour, rollout.Done}} {
		now = noon.Add(step.after)
		e = restarted(t, e)
		if got := phase(e); got != step.want {
			t.Errorf("after %v: %s, want %s", step.after, got, step.want)
		}
	}
	var phases []string
	for _, event := range e.journal.Recent() {
		if event.Kind == journal.Phase {
			phases = append(phases, event.Time.Format("02 15:04 ")+event.Change.To)
		}
	}
	if diff := cmp.Diff([]string{"14 12:00 planned", "14 12:00 shifting", "14 14:00 soaking", "16 14:00 done"}, phases); diff != "" {
		t.Errorf("the journal's phases (-want +got):\n%s", diff)
	}
}

// The journal is a record for people as well: every change, once.
func TestWhatIsRecorded(t *testing.T) {
	now := noon
	e, edit := at(t, Options{Journal: "journal.jsonl"}, &now)
	first := len(e.journal.Recent())
	plan := shop + "\n**Sign-off:** ______ Date: ______\n"
	steps := []struct{ content, want string }{
		{shop, ""},
		{plan, "sign_off Production: → open"},
		{ticked("Mailed") + "\n**Sign-off:** Kim Date: ______\n", "task before/mailed: open → done, sign_off Production: open → signed"},
		{"rubbish", ""},
		{ticked("Mailed", "Traffic shifted: 10%"), "task production/traffic-shifted-10pct: open → done, stage 10%: planned → shifted, phase : planned → shifting, sign_off Production: signed →"},
		{ticked("Mailed", "Traffic shifted: 10%"), ""},
		{strings.Replace(ticked("Traffic shifted: 10%"), "- [ ] Mailed\n", "", 1), "task before/mailed: done →"},
	}
	for _, step := range steps {
		now = now.Add(time.Minute)
		edit(step.content)
		e.refresh()
		var got []string
		events := e.journal.Recent()
		for _, event := range events[first:] {
			c := event.Change
			got = append(got, strings.TrimSpace(string(event.Kind)+" "+c.ID+": "+strings.TrimSpace(c.From+" → "+c.To)))
			if !event.Time.Equal(now) {
				t.Errorf("%v at %v, want %v", c, event.Time, now)
			}
		}
		first = len(events)
		if strings.Join(got, ", ") != step.want {
			t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), step.want)
		}
	}
}

func TestOneExporterToAJournal(t *testing.T) {
	now := noon
	e, _ := at(t, Options{Journal: "journal.jsonl"}, &now)
	o := e.options
	if _, err := New(t.Context(), o); err == nil || !strings.HasPrefix(err.Error(), "journal: journal.jsonl: another process writes") {
		t.Errorf("a second exporter: %v", err)
	}
	o.Journal = "gone/journal.jsonl"
	if _, err := New(t.Context(), o); err == nil || !strings.HasPrefix(err.Error(), "journal: gone/journal.jsonl: ") {
		t.Errorf("a folder that is not there: %v", err)
	}
	// A checklist that can't be read leaves no lock behind.
	o.Journal, o.Checklists = "another.jsonl", []string{"gone.md"}
	for range 2 {
		if _, err := New(t.Context(), o); err == nil || strings.Contains(err.Error(), "another process") {
			t.Errorf("got %v", err)
		}
	}
}

// Two checklists of one exporter share the journal and nothing else.
func TestJournalOfTwoChecklists(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "blog.md", shop)
	write(t, "shop.md", shop)
	now := noon
	e := started(t, Options{Checklists: []string{"*.md"}, Journal: "journal.jsonl", Clock: func() time.Time { return now }})
	now = now.Add(time.Hour)
	write(t, "shop.md", ticked("Mailed"))
	e.apply(e.source.Read(t.Context()))
	e = restarted(t, e)
	want := "cutover_checklist_task_done_timestamp_seconds{checklist=\"shop\",id=\"before/mailed\"} 1.7734932e+09\n"
	if got := told(t, e, "cutover_checklist_task_done_timestamp"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if _, err := e.openIncident(nil, IncidentRequest{Kind: journal.Other, Impact: journal.None}); err == nil || err.Error() != "checklist: use one of blog, shop" {
		t.Errorf("an incident of no checklist: %v", err)
	}
}

// Incidents, scrapes and changes at the same time, for the race detector.
func TestIncidentsDuringChanges(t *testing.T) {
	now := noon
	e, edit := at(t, Options{Journal: "journal.jsonl"}, &now)
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			for range 10 {
				i, err := e.openIncident(nil, IncidentRequest{Kind: journal.Other, Impact: journal.None})
				if err != nil {
					t.Error(err)
					return
				}
				scrape(t, e, openMetrics)
				r := request(t, "POST", "/", "")
				r.SetPathValue("id", i.ID)
				if _, err := e.closeIncident(r, CloseRequest{}); err != nil {
					t.Error(err)
				}
				e.page()
			}
		})
	}
	for i := range 20 {
		edit([]string{shop, ticked("Mailed")}[i%2])
	}
	group.Wait()
	if open := e.journal.OpenIncidents(); len(open) > 0 {
		t.Errorf("still open: %+v", open)
	}
	log, err := journal.Read("journal.jsonl")
	if err != nil || len(log.Faults) > 0 {
		t.Fatal(err, log.Faults)
	}
	if diff := cmp.Diff(log.Events, e.journal.Recent()); diff != "" {
		t.Errorf("file and memory (-file +memory):\n%s", diff)
	}
}

func TestJournalIsNotForEverybody(t *testing.T) {
	now := noon
	at(t, Options{Journal: "journal.jsonl"}, &now)
	info, err := os.Stat("journal.jsonl")
	if err != nil || info.Mode().Perm()&0o007 != 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}
