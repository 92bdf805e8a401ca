package source

import (
	"bytes"
	"maps"
	"time"
)

const (
	// soon is how long a change must stand before it is published.
	soon = 200 * time.Millisecond
	// later is the same for a change for the worse: the file got shorter, or
	// can't be read. Most of these are somebody in the middle of writing. With
	// the poll interval it stays well below two seconds.
	later = 600 * time.Millisecond
)

// settler tells changes that stand from those that pass. It knows documents by
// their file and holds no clock.
type settler struct {
	soon, later time.Duration // as the constants; tests wait longer

	published map[string]Document
	pending   map[string]change
	length    map[string]int // of the last readable content
}

// change is a document that differs from the published one.
type change struct {
	document Document
	since    time.Time
}

func newSettler() *settler {
	return &settler{
		soon:      soon,
		later:     later,
		published: make(map[string]Document),
		pending:   make(map[string]change),
		length:    make(map[string]int),
	}
}

// accept takes the documents as published, settled or not.
func (s *settler) accept(documents []Document) {
	clear(s.published)
	clear(s.pending)
	for _, d := range documents {
		s.publish(d)
	}
}

func (s *settler) publish(d Document) {
	s.published[d.File] = d
	if d.Err == nil {
		s.length[d.File] = len(d.Bytes)
	}
}

// observe takes what was found at a time and gives what is to be published:
// the settled documents in the order of found. changed says whether they
// differ from the last ones; again is how long until a change will have
// settled, 0 for none in sight.
func (s *settler) observe(found []Document, now time.Time) (settled []Document, changed bool, again time.Duration) {
	here := make(map[string]bool, len(found))
	for _, d := range found {
		here[d.File] = true
		if was, ok := s.published[d.File]; ok && same(was, d) {
			delete(s.pending, d.File)
			continue
		}
		rest := s.wait(d, now)
		if rest == 0 {
			s.publish(d)
			changed = true
		}
		again = earlier(again, rest)
	}
	// Only a spec that had no checklist yet can be missing here: a file that
	// was once read is listed for ever. Nobody has to hear of it.
	maps.DeleteFunc(s.published, func(file string, _ Document) bool { return !here[file] })
	for _, d := range found {
		if p, ok := s.published[d.File]; ok {
			settled = append(settled, p)
		}
	}
	return settled, changed, again
}

// wait is how long a changed document still has to stand: 0 once it has
// settled.
func (s *settler) wait(d Document, now time.Time) time.Duration {
	since := now
	if p, ok := s.pending[d.File]; ok && same(p.document, d) {
		since = p.since
	}
	need := s.soon
	if d.Err != nil || len(d.Bytes) < s.length[d.File] {
		need = s.later
	}
	if rest := need - now.Sub(since); rest > 0 {
		s.pending[d.File] = change{document: d, since: since}
		return rest
	}
	delete(s.pending, d.File)
	return 0
}

func same(a, b Document) bool {
	if (a.Err == nil) != (b.Err == nil) {
		return false
	}
	if a.Err != nil {
		return a.Err.Error() == b.Err.Error()
	}
	return bytes.Equal(a.Bytes, b.Bytes)
}

// earlier is the smaller of two waits of which 0 means none.
func earlier(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
