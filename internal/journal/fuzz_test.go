package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scanned is what scan finds in a text.
func scanned(t *testing.T, text []byte) (whole int64, k known, faults []string) {
	t.Helper()
	log := Log{State: new(State)}
	whole, err := scan("journal.jsonl", bytes.NewReader(text), func(l line) {
		if l.err != nil {
			faults = append(faults, l.err.Error())
		} else if log.State.apply(l.event) {
			log.Events = append(log.Events, l.event)
		}
	})
	if err != nil && (!errors.Is(err, errForeign) || len(log.Events) > 0 || whole > 0) {
		t.Fatal(err)
	}
	return whole, knownFrom(log), faults
}

// Whatever a journal holds: cutting off what is torn changes nothing, the lines
// that matter are as good as all of them, and the next event is added whole.
func FuzzScan(f *testing.F) {
	path := filepath.Join(f.TempDir(), "journal.jsonl")
	j := opened(f, path, Options{})
	story(f, j)
	closed(f, j)
	text, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		f.Add(line)
	}
	f.Add(text[:500])
	f.Add([]byte("\n\n{}\nnull\n[]\n\x00"))
	f.Add([]byte(`{"seq":1e1,"kind":"weather"}` + "\n" + `{"seq":3,"kind":"phase","change":{"to":"x"}}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		whole, before, faults := scanned(t, text)
		again, same, sameFaults := scanned(t, text[:whole])
		if diff := cmp.Diff([]any{whole, before, faults}, []any{again, same, sameFaults}); diff != "" {
			t.Fatalf("cut at %d (-torn +cut):\n%s", whole, diff)
		}
		for _, fault := range faults {
			if !strings.HasPrefix(fault, "journal.jsonl:") || len(fault) > 200 {
				t.Errorf("a fault that is no message: %.300s", fault)
			}
		}
		checkLive(t, text[:whole], before)
		last := uint64(0)
		if n := len(before.Events); n > 0 {
			last = before.Events[n-1].Seq
		}
		if last == maxSeq {
			return // there is no further number
		}
		next := change(Task, "after", "open", "done")
		next.Seq = last + 1
		line, err := json.Marshal(next)
		if err != nil {
			t.Fatal(err)
		}
		_, after, _ := scanned(t, append(append(text[:whole:whole], line...), '\n'))
		if diff := cmp.Diff(append(before.Events, next), after.Events); diff != "" {
			t.Fatalf("after the next event (-want +got):\n%s", diff)
		}
	})
}

// checkLive takes of a journal the lines that matter, as a rotation does.
func checkLive(t *testing.T, text []byte, want known) {
	t.Helper()
	var s State
	for _, e := range want.Events {
		s.apply(e)
	}
	live := s.live()
	var kept []byte
	_, err := scan("journal.jsonl", bytes.NewReader(text), func(l line) {
		if l.err == nil && live[l.event.Seq] {
			delete(live, l.event.Seq)
			kept = append(kept, l.text...)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	_, got, faults := scanned(t, kept)
	got.Events, want.Events = nil, nil
	if diff := cmp.Diff(want, got); diff != "" || len(faults) > 0 {
		t.Fatalf("of the lines that matter: %v (-all +live):\n%s", faults, diff)
	}
}
