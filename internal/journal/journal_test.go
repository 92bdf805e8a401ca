package journal

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// ticking is a clock that goes on by a second at every look.
func ticking() func() time.Time {
	now := noon
	return func() time.Time { now = now.Add(time.Second); return now }
}

// opened opens a journal and closes it when the test ends.
func opened(t testing.TB, path string, o Options) *Journal {
	t.Helper()
	if o.Clock == nil {
		o.Clock = ticking()
	}
	j, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func appended(t testing.TB, j *Journal, events ...Event) []Event {
	t.Helper()
	written, err := j.Append(events...)
	if err != nil {
		t.Fatal(err)
	}
	return written
}

func closed(t testing.TB, j *Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) Log {
	t.Helper()
	log, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func change(kind Kind, id, from, to string) Event {
	return Event{Kind: kind, Checklist: "plan", Change: &Change{ID: id, From: from, To: to}}
}

func first(kind Kind, id, to string) Event {
	return Event{Kind: kind, Checklist: "plan", Change: &Change{ID: id, To: to, First: true}}
}

func incident(kind, note string) Event {
	return Event{Kind: IncidentOpened, Checklist: "plan", Incident: &Incident{Kind: kind, Impact: Minor, Note: note, By: "kim"}}
}

func closing(opening Event, note string) Event {
	i := *opening.Incident
	i.Note = note
	return Event{Kind: IncidentClosed, Checklist: opening.Checklist, Incident: &i}
}

func frozen(statistic string, value float64) Event {
	return Event{Kind: BaselineFrozen, Checklist: "plan", Baseline: &Baseline{
		Signal: "latency", Statistic: statistic, Unit: "seconds", Value: value, Query: `sum(x{a="b"})`, Seconds: 3600, At: noon,
	}}
}

// story has an event of every kind.
func story(t testing.TB, j *Journal) []Event {
	t.Helper()
	events := appended(t, j,
		first(Task, "before/booked", "done"),
		first(Task, "before/mailed", "open"),
		first(Phase, "", "planned"))
	events = append(events, appended(t, j, change(Task, "before/mailed", "open", "done"))...)
	events = append(events, appended(t, j, change(Stage, "10%", "planned", "shifted"), change(Phase, "", "planned", "shifting"))...)
	events = append(events, appended(t, j, change(SignOff, "Before", "open", "signed"), change(Approval, "Lead", "open", "approved"))...)
	events = append(events, appended(t, j, incident("rollback/errors", "a line\nand <another>"))...)
	events = append(events, appended(t, j, incident(Other, "the lights"))...)
	events = append(events, appended(t, j, closing(events[8], "over"))...)
	events = append(events, appended(t, j, frozen("p95", 0.18), frozen("mean", 0.05))...)
	return append(events, appended(t, j, frozen("p95", 0.19), change(Task, "before/booked", "done", ""))...)
}

func TestJournalFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j := opened(t, path, Options{})
	appended(t, j, first(Task, "before/mailed", "open"))
	appended(t, j, change(Task, "before/mailed", "open", "done"), incident("rollback/errors", `"<&> ☐`))
	appended(t, j, frozen("p95", 0.18))
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"seq":1,"time":"2026-03-14T12:00:01Z","kind":"task","checklist":"plan","change":{"id":"before/mailed","to":"open","first":true}}
{"seq":2,"time":"2026-03-14T12:00:02Z","kind":"task","checklist":"plan","change":{"id":"before/mailed","from":"open","to":"done"}}
{"seq":3,"time":"2026-03-14T12:00:02Z","kind":"incident_opened","checklist":"plan","incident":{"id":"3","kind":"rollback/errors","impact":"minor","note":"\"<&> ☐","by":"kim"}}
{"seq":4,"time":"2026-03-14T12:00:03Z","kind":"baseline_frozen","checklist":"plan","baseline":{"signal":"latency","statistic":"p95","unit":"seconds","value":0.18,"query":"sum(x{a=\"b\"})","window_seconds":3600,"at":"2026-03-14T12:00:00Z"}}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o007 != 0 {
		t.Errorf("the journal is for everybody: %v, %v", info.Mode(), err)
	}
}

// known is all that a journal or a log says, to be compared.
type known struct {
	Things                  map[Thing]Standing
	Open, Closed, Baselines []Event
	Events                  []Event
}

func knownTo(j *Journal) known {
	return known{j.Things("plan"), j.OpenIncidents(), j.ClosedIncidents(), j.Baselines(), j.Recent()}
}

func knownFrom(l Log) known {
	s := l.State
	return known{s.Things("plan"), s.OpenIncidents(), s.ClosedIncidents(), s.Baselines(), l.Events}
}

// What the writer knows, what it knows after a restart, and what a reader finds
// are the same.
func TestEverythingSurvivesARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j := opened(t, path, Options{})
	events := story(t, j)
	want := known{
		Things: map[Thing]Standing{
			{Task, "before/mailed"}: {Value: "done", Since: noon.Add(2 * time.Second)},
			{Phase, ""}:             {Value: "shifting", Since: noon.Add(3 * time.Second)},
			{Stage, "10%"}:          {Value: "shifted", Since: noon.Add(3 * time.Second)},
			{SignOff, "Before"}:     {Value: "signed", Since: noon.Add(4 * time.Second)},
			{Approval, "Lead"}:      {Value: "approved", Since: noon.Add(4 * time.Second)},
		},
		Open: events[9:10], Closed: events[10:11], Baselines: events[12:14], Events: events,
	}
	if diff := cmp.Diff(want, knownTo(j)); diff != "" {
		t.Errorf("the writer (-want +got):\n%s", diff)
	}
	log := read(t, path)
	if diff := cmp.Diff(want, knownFrom(log)); diff != "" || len(log.Faults) > 0 {
		t.Errorf("a reader: %v (-want +got):\n%s", log.Faults, diff)
	}
	closed(t, j)
	j = opened(t, path, Options{})
	if diff := cmp.Diff(want, knownTo(j)); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
	if next := appended(t, j, incident(Other, "")); next[0].Seq != uint64(len(events)+1) || next[0].Incident.ID != "16" {
		t.Errorf("the next event is %+v", next[0])
	}
	if len(j.Things("another")) != 0 {
		t.Error("another checklist has things")
	}
}

func TestAppendRefuses(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "journal.jsonl"), Options{})
	one := appended(t, j, incident("rollback/errors", ""))[0]
	elsewhere := closing(one, "")
	elsewhere.Checklist = "another"
	tests := map[string]struct {
		events []Event
		want   error // nil: any
	}{
		"no kind":                 {[]Event{{Checklist: "plan"}}, nil},
		"a change of nothing":     {[]Event{{Kind: Task}}, nil},
		"no incident":             {[]Event{{Kind: IncidentOpened}}, nil},
		"no baseline":             {[]Event{{Kind: BaselineFrozen}}, nil},
		"not a number":            {[]Event{frozen("mean", math.NaN())}, nil},
		"too large a number":      {[]Event{frozen("mean", math.Inf(1))}, nil},
		"too long":                {[]Event{incident(Other, strings.Repeat("x", maxLine))}, nil},
		"not open":                {[]Event{closing(Event{Checklist: "plan", Incident: &Incident{ID: "99"}}, "")}, ErrNotOpen},
		"of another checklist":    {[]Event{elsewhere}, ErrNotOpen},
		"closed twice at once":    {[]Event{closing(one, ""), closing(one, "")}, ErrNotOpen},
		"a good one beside a bad": {[]Event{incident(Other, "good"), {Kind: Task}}, nil},
	}
	before := knownTo(j)
	for name, test := range tests {
		if _, err := j.Append(test.events...); err == nil || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if diff := cmp.Diff(before, knownTo(j)); diff != "" {
		t.Errorf("something of what was refused happened:\n%s", diff)
	}
	appended(t, j, closing(one, ""))
	if _, err := j.Append(closing(one, "")); !errors.Is(err, ErrNotOpen) {
		t.Errorf("closed twice: %v", err)
	}
	closed(t, j)
	closed(t, j)
	if _, err := j.Append(incident(Other, "")); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

func TestOneWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j := opened(t, path, Options{})
	_, err := Open(path, Options{})
	want := path + ": another process writes this journal: end it, or give each its own file"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if err := os.Symlink(path, path+".link"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path+".link", Options{}); err == nil {
		t.Error("a link lets a second writer in")
	}
	closed(t, j)
	closed(t, opened(t, path+".link", Options{}))
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "")
	for path, want := range map[string]string{
		dir:                                     dir + ": not a regular file: a journal is one",
		filepath.Join(dir, "gone", "j.jsonl"):   "no such file or directory",
		filepath.Join(dir, "file", "j.jsonl"):   "not a directory",
		os.DevNull:                              os.DevNull + ": not a regular file: a journal is one",
		filepath.Join(dir, "j\x00ournal.jsonl"): "invalid argument",
	} {
		if _, err := Open(path, Options{}); err == nil || !strings.HasPrefix(err.Error(), path+": ") || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: got %v, want … %s", path, err, want)
		}
	}
	if _, err := Read(filepath.Join(dir, "gone.jsonl")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading a journal that is not there: %v", err)
	}
}

// Without a path everything works, and nothing is kept.
func TestInMemory(t *testing.T) {
	j := opened(t, "", Options{})
	events := story(t, j)
	if diff := cmp.Diff(events, j.Recent()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if j.Durable() {
		t.Error("durable")
	}
	for range 2 * recent {
		appended(t, j, change(Task, "flapping", "open", "done"))
	}
	if n := len(j.Recent()); n < recent || n > 2*recent {
		t.Errorf("%d events are kept", n)
	}
}

func BenchmarkAppend(b *testing.B) {
	j := opened(b, filepath.Join(b.TempDir(), "journal.jsonl"), Options{Clock: time.Now})
	b.ReportAllocs()
	for b.Loop() {
		appended(b, j, change(Task, "before/mailed", "open", "done"))
	}
}
