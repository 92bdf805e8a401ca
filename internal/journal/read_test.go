package journal

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

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

// A file of somebody else is left as it is, whoever named it by mistake.
func TestForeignFile(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, text := range []string{"# Plan\n\n- [ ] Booked\n", "plan", "{}\n", "\n", `{"seq"` + "\n", "\x00\x00x"} {
		write(t, "file", text)
		want := "file: not a journal: there is no event in it, and it does not begin like one; nothing was changed"
		for range 2 { // the lock is given back
			if _, err := Open("file", Options{}); err == nil || err.Error() != want {
				t.Errorf("%q: opening it: %v", text, err)
			}
		}
		if _, err := Read("file"); err == nil || err.Error() != want {
			t.Errorf("%q: reading it: %v", text, err)
		}
		if got, err := os.ReadFile("file"); err != nil || string(got) != text {
			t.Errorf("%q is now %q, %v", text, got, err)
		}
	}
	for _, torn := range []string{"", "{", `{"seq":`, `{"seq":1,"ti`, "\x00\x00\x00", strings.Repeat("\x00", 5000)} {
		write(t, "file", torn)
		if log, err := Read("file"); err != nil || len(log.Events) > 0 {
			t.Errorf("%q: reading it: %v", torn, err)
		}
		j := opened(t, "file", Options{})
		appended(t, j, first(Task, "a", "open"))
		closed(t, j)
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
