package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
		log := read(t, path)
		if diff := cmp.Diff(want, knownFrom(log)); diff != "" || (len(log.Faults) > 0) != strings.HasPrefix(files[1], "rubbish") {
			t.Errorf("interrupted %s: a reader: %v (-want +got):\n%s", name, log.Faults, diff)
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
