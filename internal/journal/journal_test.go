package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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

func frozen(signal, statistic string, value float64) Event {
	return Event{Kind: BaselineFrozen, Checklist: "plan", Baseline: &Baseline{
		Signal: signal, Statistic: statistic, Unit: "seconds", Value: value, Query: `sum(x{a="b"})`, Seconds: 3600, At: noon,
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
	events = append(events, appended(t, j, frozen("latency", "p95", 0.18), frozen("latency", "mean", 0.05))...)
	return append(events, appended(t, j, frozen("latency", "p95", 0.19), change(Task, "before/booked", "done", ""))...)
}

func TestJournalFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j := opened(t, path, Options{})
	appended(t, j, first(Task, "before/mailed", "open"))
	appended(t, j, change(Task, "before/mailed", "open", "done"), incident("rollback/errors", `"<&> ☐`))
	appended(t, j, frozen("latency", "p95", 0.18))
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
		"not a number":            {[]Event{frozen("latency", "mean", math.NaN())}, nil},
		"too large a number":      {[]Event{frozen("latency", "mean", math.Inf(1))}, nil},
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

// Wherever the last write was torn, all before it is there, and the next event
// is whole.
func TestTornAnywhere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "journal.jsonl")
	j := opened(t, path, Options{})
	events := story(t, j)
	closed(t, j)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) + 1 {
		torn := whole[:n]
		if err := os.WriteFile(path, torn, mode); err != nil {
			t.Fatal(err)
		}
		want := events[:bytes.Count(torn, []byte("\n"))]
		log := read(t, path)
		if diff := cmp.Diff(want, log.Events, cmpopts.EquateEmpty()); diff != "" || len(log.Faults) > 0 {
			t.Fatalf("torn at %d: %v (-want +got):\n%s", n, log.Faults, diff)
		}
		if n%100 > 0 && n > 0 && whole[n-1] != '\n' && (n == len(whole) || whole[n] != '\n') {
			continue // within a line every place is like another
		}
		j := opened(t, path, Options{})
		next := appended(t, j, change(Task, "after", "open", "done"))
		closed(t, j)
		if diff := cmp.Diff(append(want[:len(want):len(want)], next...), read(t, path).Events); diff != "" {
			t.Fatalf("torn at %d, the next one (-want +got):\n%s", n, diff)
		}
	}
}

// After a power cut the end of a file may be anything, even with a line's end.
func TestTornWithRubbish(t *testing.T) {
	for name, rubbish := range map[string]string{
		"zeros":              strings.Repeat("\x00", 4096),
		"zeros, then an end": strings.Repeat("\x00", 100) + `"}}` + "\n",
		"half an event":      `{"seq":2,"time":"2026-03-14T12:00:01Z","kind":"ta`,
		"an empty line":      "\n",
		"too long a line":    strings.Repeat("x", maxRead+1),
	} {
		path := filepath.Join(t.TempDir(), "journal.jsonl")
		j := opened(t, path, Options{})
		want := appended(t, j, first(Task, "a", "open"))
		closed(t, j)
		addTo(t, path, rubbish)
		var log bytes.Buffer
		j = opened(t, path, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		want = append(want, appended(t, j, first(Task, "b", "open"))...)
		got := read(t, path)
		if diff := cmp.Diff(want, got.Events); diff != "" || len(got.Faults) > 0 {
			t.Errorf("%s: %v (-want +got):\n%s", name, got.Faults, diff)
		}
		if !strings.Contains(log.String(), fmt.Sprintf("bytes=%d", len(rubbish))) {
			t.Errorf("%s: the log says %q", name, log.String())
		}
	}
}

func addTo(t testing.TB, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCorruptedMiddle(t *testing.T) {
	t.Chdir(t.TempDir())
	j := opened(t, "journal.jsonl", Options{})
	want := appended(t, j, first(Task, "a", "open"), first(Task, "b", "open"), first(Task, "c", "open"))
	closed(t, j)
	text, err := os.ReadFile("journal.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	bad := []string{
		"hunter2\n", "\n", `{"seq":0,"kind":"task","change":{}}` + "\n", `{"seq":8}` + "\n", `{"seq":8,"kind":"task"}` + "\n",
		`{"seq":9007199254740992,"kind":"task","change":{}}` + "\n", strings.Repeat("x", maxRead) + "\n", `{"seq":8,"kind":"new"}{}` + "\n",
	}
	write(t, "journal.jsonl", lines[0]+strings.Join(bad, "")+lines[1]+lines[2])
	faults := []string{
		"journal.jsonl:2: not an event: it is no JSON object with the fields of one",
		"journal.jsonl:3: not an event: it is no JSON object with the fields of one",
		"journal.jsonl:4: not an event: no number of an event (seq)",
		"journal.jsonl:5: not an event: no kind",
		"journal.jsonl:6: not an event: task without its change",
		"journal.jsonl:7: not an event: no number of an event (seq)",
		"journal.jsonl:8: longer than 1024 KiB",
		"journal.jsonl:9: not an event: it is no JSON object with the fields of one",
	}
	log := read(t, "journal.jsonl")
	var got []string
	for _, err := range log.Faults {
		got = append(got, err.Error())
	}
	if diff := cmp.Diff(faults, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, log.Events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	var said bytes.Buffer
	j = opened(t, "journal.jsonl", Options{Logger: slog.New(slog.NewTextHandler(&said, nil))})
	if diff := cmp.Diff(want, j.Recent()); diff != "" {
		t.Errorf("the writer's events (-want +got):\n%s", diff)
	}
	for _, fault := range faults {
		if !strings.Contains(said.String(), fault) {
			t.Errorf("the log doesn't say %s", fault)
		}
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// A newer version's events stay, wherever the lines go.
func TestUnknownKindIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	future := `{"seq":7,"time":"2026-03-14T12:00:01Z","kind":"weather","checklist":"plan","weather":{"rain":true}}` + "\n"
	write(t, path, future)
	j := opened(t, path, Options{MaxBytes: 2 << 10})
	want := []Event{{Seq: 7, Time: noon.Add(time.Second), Kind: "weather", Checklist: "plan"}}
	if diff := cmp.Diff(want, j.Recent()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for range 100 {
		one := appended(t, j, incident(Other, "passing"))[0]
		appended(t, j, closing(one, ""))
	}
	if text, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(text), future) {
		t.Errorf("after several files: %v, %.200s", err, text)
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

func TestRotation(t *testing.T) {
	const limit = 8 << 10
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j := opened(t, path, Options{MaxBytes: limit})
	story(t, j)
	var last []Event
	for i := range 1000 {
		from, to := "open", "done"
		if i%2 == 1 {
			from, to = to, from
		}
		last = appended(t, j, change(Task, "flapping", from, to))
		for _, name := range []string{path, olderName(path)} {
			if info, err := os.Stat(name); err == nil && info.Size() > limit {
				t.Fatalf("%s has %d bytes", name, info.Size())
			}
		}
	}
	if _, err := os.Stat(olderName(path)); err != nil {
		t.Errorf("the full file is gone: %v", err)
	}
	want := knownTo(j)
	want.Events = nil
	check := func(name string, got known) {
		t.Helper()
		for i, e := range got.Events {
			if i > 0 && e.Seq <= got.Events[i-1].Seq {
				t.Errorf("%s: event %d comes after %d", name, e.Seq, got.Events[i-1].Seq)
			}
		}
		if diff := cmp.Diff(last[0], got.Events[len(got.Events)-1]); diff != "" {
			t.Errorf("%s: the last event (-want +got):\n%s", name, diff)
		}
		got.Events = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	check("a reader", knownFrom(read(t, path)))
	closed(t, j)
	check("after a restart", knownTo(opened(t, path, Options{})))
	if err := os.Remove(olderName(path)); err != nil {
		t.Fatal(err)
	}
	check("without the older file", knownFrom(read(t, path)))
}

// Where what matters is more than a file should hold, the file may be larger,
// and is not copied at every event.
func TestRotationOfWhatMatters(t *testing.T) {
	const limit = 4 << 10
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j := opened(t, path, Options{MaxBytes: limit})
	for i := range 200 {
		appended(t, j, first(Task, fmt.Sprintf("task-%d", i), "open"))
	}
	files := map[string]bool{}
	for range 200 {
		appended(t, j, change(Phase, "", "planned", "shifting"))
		files[fmt.Sprint(inode(t, path))] = true
	}
	if n := len(files); n > 3 {
		t.Errorf("200 events needed %d files", n)
	}
	if n := len(read(t, path).State.Things("plan")); n != 201 {
		t.Errorf("%d things, want 201", n)
	}
}

// inode tells a file from the one that had its name before.
func inode(t testing.TB, path string) any {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	return string(first)
}

// A rotation that was interrupted anywhere is finished or undone.
func TestInterruptedRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j := opened(t, path, Options{})
	story(t, j)
	want := knownTo(j)
	next, _, err := j.copyLive()
	if err != nil {
		t.Fatal(err)
	}
	closeAll(next)
	closed(t, j)
	full, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	live, err := os.ReadFile(nextName(path))
	if err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string][3]string{ // the journal, the older, the next
		"while the next one is written":  {string(full), "", string(live[:len(live)/2])},
		"before the full one has moved":  {string(full), "", string(live)},
		"before the next one has moved":  {"", string(full), string(live)},
		"after the next one has moved":   {string(live), string(full), ""},
		"before anything was written":    {string(full), "", ""},
		"with an older one of long ago":  {string(full), string(full[:len(full)/2]), ""},
		"with an older one of no use":    {string(full), "rubbish\nrubbish\n", ""},
		"with two that say all the same": {string(full), string(full), ""},
	} {
		path := filepath.Join(t.TempDir(), "journal.jsonl")
		for i, file := range []string{path, olderName(path), nextName(path)} {
			if files[i] != "" {
				write(t, file, files[i])
			}
		}
		if diff := cmp.Diff(want, knownFrom(read(t, path))); diff != "" {
			t.Errorf("interrupted %s: a reader (-want +got):\n%s", name, diff)
		}
		j := opened(t, path, Options{})
		if diff := cmp.Diff(want, knownTo(j)); diff != "" {
			t.Errorf("interrupted %s (-want +got):\n%s", name, diff)
		}
		if _, err := os.Stat(nextName(path)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("interrupted %s: the next file is still there: %v", name, err)
		}
		closed(t, j)
	}
}

// A full file that can't be replaced grows on for a while, and then says why
// nothing can be written.
func TestRotationThatCannotBe(t *testing.T) {
	const limit = 4 << 10
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j := opened(t, path, Options{MaxBytes: limit})
	if err := os.Mkdir(nextName(path), 0o755); err != nil { // in the way
		t.Fatal(err)
	}
	var err error
	n := 0
	for ; err == nil && n < 1000; n++ {
		_, err = j.Append(change(Phase, "", "planned", "shifting"))
	}
	if err == nil || !strings.HasPrefix(err.Error(), path+": full, and the next file can't be begun: ") {
		t.Fatalf("got %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() > 2*limit {
		t.Errorf("it grew to %v, %v", info.Size(), err)
	}
	if err := os.Remove(nextName(path)); err != nil {
		t.Fatal(err)
	}
	appended(t, j, change(Phase, "", "shifting", "soaking"))
	if got := j.Recent(); len(got) != n || len(read(t, path).Events) != n {
		t.Errorf("%d events, read %d, want %d", len(got), len(read(t, path).Events), n)
	}
}

// Readers see a whole journal at any moment: no event is missing between two
// others, and none comes twice.
func TestConcurrentReaders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j := opened(t, path, Options{MaxBytes: 2 << 10})
	keep := appended(t, j, incident("rollback/errors", "stays open"))[0]
	var group sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		group.Go(func() {
			for seen := uint64(0); ; {
				select {
				case <-stop:
					return
				default:
				}
				log, err := Read(path)
				if err != nil || len(log.Faults) > 0 {
					t.Errorf("reading: %v, %v", err, log.Faults)
					return
				}
				last := log.Events[len(log.Events)-1].Seq
				if open := log.State.OpenIncidents(); last < seen || len(open) != 1 || open[0].Seq != keep.Seq {
					t.Errorf("after %d events there are %d; open: %+v", seen, last, open)
					return
				}
				seen = last
				if gap := gaps(log.Events); gap != "" {
					t.Error(gap)
					return
				}
			}
		})
	}
	for range 1000 {
		appended(t, j, change(Task, "flapping", "open", "done"))
	}
	close(stop)
	group.Wait()
}

// gaps finds a missing event. Only before those that were copied may one be.
func gaps(events []Event) string {
	for i := len(events) - 1; i > 0; i-- {
		before, e := events[i-1], events[i]
		if before.Seq+1 != e.Seq && before.Kind != IncidentOpened {
			return fmt.Sprintf("between %d and %d events are missing", before.Seq, e.Seq)
		}
	}
	return ""
}

func BenchmarkAppend(b *testing.B) {
	j := opened(b, filepath.Join(b.TempDir(), "journal.jsonl"), Options{Clock: time.Now})
	b.ReportAllocs()
	for b.Loop() {
		appended(b, j, change(Task, "before/mailed", "open", "done"))
	}
}

func BenchmarkRead(b *testing.B) {
	path := filepath.Join(b.TempDir(), "journal.jsonl")
	j := opened(b, path, Options{})
	events := make([]Event, 10_000)
	for i := range events {
		events[i] = change(Task, fmt.Sprintf("section/task-%d", i%500), "open", "done")
	}
	appended(b, j, events...)
	b.ReportAllocs()
	for b.Loop() {
		if n := len(read(b, path).Events); n != len(events) {
			b.Fatal(n)
		}
	}
}
