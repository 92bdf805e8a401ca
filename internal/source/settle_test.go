package source

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A story is what is found at given moments, and what comes of it.
func TestSettler(t *testing.T) {
	const ms = time.Millisecond
	unreadable := errors.New("plan.md: permission denied")
	type moment struct {
		at      time.Duration
		content string // "!" stands for an unreadable file
		want    string // published, "" for no change
		again   time.Duration
	}
	tests := map[string][]moment{
		"a tick is published once it stood for a moment": {
			{0, "[x] plan", "", 200 * ms},
			{100 * ms, "[x] plan", "", 100 * ms},
			{200 * ms, "[x] plan", "[x] plan", 0},
			{300 * ms, "[x] plan", "", 0},
		},
		"every further change starts anew": {
			{0, "[x] plan", "", 200 * ms},
			{150 * ms, "[x] plan [x]", "", 200 * ms},
			{250 * ms, "[x] plan [x]", "", 100 * ms},
			{350 * ms, "[x] plan [x]", "[x] plan [x]", 0},
		},
		"back to where it was is no change": {
			{0, "[x] plan", "", 200 * ms},
			{150 * ms, "[ ] plan", "", 0},
			{200 * ms, "[x] plan", "", 200 * ms},
		},
		"a shorter file waits longer": {
			{0, "[x]", "", 600 * ms},
			{599 * ms, "[x]", "", 1 * ms},
			{600 * ms, "[x]", "[x]", 0},
		},
		"cut off, then whole": {
			{0, "!", "", 600 * ms},
			{100 * ms, "[x]", "", 600 * ms},
			{500 * ms, "[x] plan", "", 200 * ms},
			{700 * ms, "[x] plan", "[x] plan", 0},
		},
		"cut off while unreadable is measured by what was last good": {
			{0, "!", "", 600 * ms},
			{600 * ms, "!", "!", 0},
			{700 * ms, "[x]", "", 600 * ms},
			{1300 * ms, "[x]", "[x]", 0},
		},
	}
	for name, story := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSettler()
			s.accept([]Document{{File: "plan.md", Bytes: []byte("[ ] plan")}})
			start := time.Unix(0, 0)
			for _, m := range story {
				d := Document{File: "plan.md", Bytes: []byte(m.content)}
				if m.content == "!" {
					d = Document{File: "plan.md", Err: unreadable}
				}
				settled, changed, again := s.observe([]Document{d}, start.Add(m.at))
				got := ""
				if changed {
					got = string(settled[0].Bytes)
					if settled[0].Err != nil {
						got = "!"
					}
				}
				if got != m.want || again != m.again {
					t.Errorf("at %v: published %q, again in %v; want %q, %v", m.at, got, again, m.want, m.again)
				}
			}
		})
	}
}

// A file that keeps changing does not hold up the others.
func TestSettlerKeepsFilesApart(t *testing.T) {
	s := newSettler()
	start := time.Unix(0, 0)
	busy := func(n byte) Document { return Document{File: "busy.md", Bytes: []byte{'0' + n}} }
	calm := Document{File: "calm.md", Bytes: []byte("[ ]")}
	s.accept([]Document{busy(0), calm})
	calm.Bytes = []byte("[x]")
	var got []string
	for n := byte(1); n < 5; n++ {
		settled, changed, _ := s.observe([]Document{busy(n), calm}, start.Add(time.Duration(n)*100*time.Millisecond))
		if changed {
			got = append(got, string(settled[0].Bytes)+string(settled[1].Bytes))
		}
	}
	if diff := cmp.Diff([]string{"0[x]"}, got); diff != "" {
		t.Error(diff)
	}
}
