package exporter

import (
	"sync"
	"time"
)

// How much may be written over HTTP: so many requests at once, and one more
// each interval. People in the middle of an incident stay far below it; a
// script gone wild does not fill the journal.
const (
	maxWrites     = 30
	writeInterval = 2 * time.Second
)

// bucket bounds a rate.
type bucket struct {
	mu     sync.Mutex
	tokens int
	filled time.Time // up to when tokens were put in
}

func newBucket() *bucket { return &bucket{tokens: maxWrites} }

// take says whether one more is allowed.
func (b *bucket) take(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch n := int(now.Sub(b.filled) / writeInterval); {
	case b.tokens+n >= maxWrites || n < 0: // full; or the clock was set back
		b.tokens, b.filled = min(maxWrites, max(b.tokens, b.tokens+n)), now
	default:
		b.tokens += n
		b.filled = b.filled.Add(time.Duration(n) * writeInterval)
	}
	if b.tokens == 0 {
		return false
	}
	b.tokens--
	return true
}
