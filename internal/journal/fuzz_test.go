package journal

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whatever a journal holds, it can be opened, what is good in it stays, and the
// next event is added whole.
func FuzzRead(f *testing.F) {
	path := filepath.Join(f.TempDir(), "journal.jsonl")
	j := opened(f, path, Options{})
	story(f, j)
	closed(f, j)
	text, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(text[:len(text)/2])
	f.Add([]byte(""))
	f.Add([]byte("\n\n{}\nnull\n[]\n\x00"))
	f.Add([]byte(`{"seq":1e1,"kind":"weather"}` + "\n" + `{"seq":3,"kind":"phase","change":{"to":"x"}}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "journal.jsonl")
		write(t, path, string(text))
		before := read(t, path)
		j := opened(t, path, Options{})
		if diff := cmp.Diff(knownFrom(before), knownTo(j)); diff != "" {
			t.Fatalf("the writer reads it otherwise (-reader +writer):\n%s", diff)
		}
		next, err := j.Append(change(Task, "after", "open", "done"))
		if err != nil {
			if len(before.Events) > 0 && before.Events[len(before.Events)-1].Seq == maxSeq {
				return // there is no further number
			}
			t.Fatal(err)
		}
		closed(t, j)
		after := read(t, path)
		if diff := cmp.Diff(append(before.Events, next...), after.Events); diff != "" {
			t.Fatalf("after the next event (-want +got):\n%s", diff)
		}
		if len(after.Faults) != len(before.Faults) {
			t.Fatalf("faults before: %v, after: %v", before.Faults, after.Faults)
		}
	})
}
