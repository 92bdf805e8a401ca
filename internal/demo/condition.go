package demo

import (
	"math/rand/v2"
	"sync"
	"time"
)

const (
	brokenErrors  = 0.05  // share of requests that fail while broken by Errors
	brokenLatency = 2     // factor while broken by Slow
	leakedMemory  = 400e6 // bytes that a leak ends at
	leakRate      = 10e6  // bytes a second
)

// Latency is a distribution of response times by quantiles: between two of
// them it is even. They go up, from quantile 0 to 1.
type Latency []Quantile

// Quantile is a response time that a share of the responses doesn't exceed.
type Quantile struct {
	Share    float64
	Duration time.Duration
}

// At is the response time at the share u, 0 to 1.
func (l Latency) At(u float64) time.Duration {
	for i := 1; i < len(l); i++ {
		if a, b := l[i-1], l[i]; u <= b.Share {
			return a.Duration + time.Duration((u-a.Share)/(b.Share-a.Share)*float64(b.Duration-a.Duration))
		}
	}
	return 0
}

// Mean is the distribution's mean.
func (l Latency) Mean() time.Duration {
	var mean float64
	for i := 1; i < len(l); i++ {
		mean += (l[i].Share - l[i-1].Share) * float64(l[i].Duration+l[i-1].Duration) / 2
	}
	return time.Duration(mean)
}

// condition is how a service is doing. It decides what becomes of a request.
type condition struct {
	profile Profile

	mu       sync.Mutex
	random   *rand.Rand
	broken   map[Kind]time.Time // since when
	failures spread
}

func newCondition(p Profile, seed uint64) *condition {
	return &condition{profile: p, random: rand.New(rand.NewPCG(seed, 0)), broken: map[Kind]time.Time{}}
}

// set breaks the service by k, or mends that.
func (c *condition) set(k Kind, broken bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !broken {
		delete(c.broken, k)
	} else if _, ok := c.broken[k]; !ok {
		c.broken[k] = time.Now()
	}
}

func (c *condition) is(k Kind) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.broken[k]
	return ok
}

// next decides about the next request. The failing ones are spread evenly, so
// that a share of 5 % is 5 % in every minute.
func (c *condition) next() (latency time.Duration, fails bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	latency = c.profile.Latency.At(c.random.Float64())
	if _, ok := c.broken[Slow]; ok {
		latency *= brokenLatency
	}
	ratio := c.profile.ErrorRatio
	if _, ok := c.broken[Errors]; ok {
		ratio = brokenErrors
	}
	return latency, c.failures.next(ratio)
}

// spread picks a share of things as evenly as they can be picked.
type spread struct{ due float64 }

// next says whether the next thing is picked, for a share of 0 to 1.
func (s *spread) next(share float64) bool {
	if !(share > 0) { // NaN included
		return false
	}
	if s.due += min(share, 1); s.due < 1-1e-9 { // ten tenths are a bit less than one
		return false
	}
	s.due--
	return true
}

// memory is the resident memory in bytes after n requests: a saw, as garbage
// heaps up and is collected, and above it what has leaked.
func (c *condition) memory(n uint64) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	resident := c.profile.Memory + float64(n%64)*32768
	if since, ok := c.broken[Leak]; ok {
		resident = min(resident+leakRate*time.Since(since).Seconds(), leakedMemory)
	}
	return resident
}
