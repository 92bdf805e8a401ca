package smoke

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

// Options says how a [Runner] runs its tests. The zero value is good.
type Options struct {
	// Interval is the time from one start of a test to the next, for tests that
	// don't say. 0: 15 s.
	Interval time.Duration
	// Timeout is how long a try of a test may take that doesn't say. 0: 5 s.
	Timeout time.Duration
	// Concurrency is how many tests may run at once. 0: as many as keep the
	// schedule while every target hangs.
	Concurrency int
	// Logger is told when a test begins to fail and to pass, and the stack of
	// one that panics. Nil: nobody is.
	Logger *slog.Logger
}

// Runner runs tests and keeps what they found. It is safe for concurrent use.
type Runner struct {
	options Options
	changed chan struct{} // tells Run that Replace was there

	mu       sync.Mutex
	slots    chan struct{} // holds as many tokens as tests are running
	entries  []*entry
	history  history
	snapshot *Snapshot // of the entries; nil once they have changed
}

// entry is a test with its lock and what is known of it.
type entry struct {
	Test
	idle   chan struct{} // holds a token while the test is not running
	logger *slog.Logger  // names the test

	// Guarded by the runner's lock.
	status   Status
	replaced bool // what a run of it still finds is not kept
}

// NewRunner makes a runner of tests. It fails when two tests share their
// identity, when a test has nothing to run, and on negative options.
func NewRunner(tests []Test, o Options) (*Runner, error) {
	if o.Interval < 0 || o.Timeout < 0 || o.Concurrency < 0 {
		return nil, errors.New("smoke: interval, timeout and concurrency must not be negative")
	}
	if o.Interval == 0 {
		o.Interval = 15 * time.Second
	}
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	r := &Runner{options: o, changed: make(chan struct{}, 1)}
	return r, r.Replace(tests)
}

// Replace takes other tests, while Run runs them or before. A test of the same
// identity keeps what was found of it, and is not started while a run of the
// old one goes on. An error leaves everything as it was; see [NewRunner].
func (r *Runner) Replace(tests []Test) error {
	if err := check(tests); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	old := make(map[Identity]*entry, len(r.entries))
	for _, e := range r.entries {
		e.replaced = true
		old[e.Identity] = e
	}
	r.entries = make([]*entry, 0, len(tests))
	for _, t := range tests {
		e := r.newEntry(t)
		if was, ok := old[t.Identity]; ok {
			e.idle = was.idle
			e.status.Last, e.status.Successes, e.status.Failures = was.status.Last, was.status.Successes, was.status.Failures
			e.status.Recent = was.status.Recent
			delete(old, t.Identity)
		}
		r.entries = append(r.entries, e)
	}
	for id := range old {
		r.history.forget(id)
	}
	r.slots = make(chan struct{}, r.concurrency())
	r.snapshot = nil
	select {
	case r.changed <- struct{}{}:
	default: // Run has not looked yet since the last time
	}
	return nil
}

// check says what is wrong with tests as a whole.
func check(tests []Test) error {
	seen := make(map[Identity]bool, len(tests))
	for _, t := range tests {
		switch {
		case t.Run == nil:
			return fmt.Errorf("smoke: test %q of suite %q has nothing to run", t.Test, t.Suite)
		case t.Interval < 0 || t.Timeout < 0 || t.Retries < 0:
			return fmt.Errorf("smoke: interval, timeout and retries of test %q of suite %q must not be negative", t.Test, t.Suite)
		case seen[t.Identity]:
			return fmt.Errorf("smoke: two tests are named %q in suite %q, environment %q, track %q: rename one",
				t.Test, t.Suite, t.Environment, t.Track)
		}
		seen[t.Identity] = true
	}
	return nil
}

// newEntry makes an entry of a test that is not running.
func (r *Runner) newEntry(t Test) *entry {
	if t.Interval == 0 {
		t.Interval = r.options.Interval
	}
	if t.Timeout == 0 {
		t.Timeout = r.options.Timeout
	}
	e := &entry{
		Test:   t,
		idle:   make(chan struct{}, 1),
		logger: r.options.Logger.With("environment", t.Environment, "track", t.Track, "suite", t.Suite, "test", t.Test),
		status: Status{Identity: t.Identity, Critical: t.Critical, Proves: t.Proves, Python: t.Python, Interval: t.Interval},
	}
	e.idle <- struct{}{}
	return e
}

// concurrency is how many tests may run at once. While every target hangs, a
// test keeps its slot for a known part of its interval. The sum of these parts
// is how many slots are taken on average; three standard deviations more are
// for the moments at which more tests than that meet.
func (r *Runner) concurrency() int {
	if r.options.Concurrency > 0 {
		return r.options.Concurrency
	}
	busy := 0.0
	for _, e := range r.entries {
		busy += min(1, float64(e.longest())/float64(e.Interval))
	}
	return max(4, min(len(r.entries), int(busy+3*math.Sqrt(busy))+1))
}

// longest is how long a run takes if nothing answers.
func (t Test) longest() time.Duration {
	return time.Duration(t.Retries+1)*t.Timeout + time.Duration(t.Retries)*retryPause + grace
}

// Snapshot returns what is known now. It never waits for a test.
func (r *Runner) Snapshot() *Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.snapshot == nil {
		s := &Snapshot{Tests: make([]Status, 0, len(r.entries))}
		for _, e := range r.entries {
			s.Tests = append(s.Tests, e.status)
		}
		s.ProberSuspected = suspicious(s.last)
		r.snapshot = s
	}
	return r.snapshot
}

// last yields the last results there are.
func (s *Snapshot) last(yield func(*Result) bool) {
	for _, t := range s.Tests {
		if t.Last != nil && !yield(t.Last) {
			return
		}
	}
}

// Run runs every test at once and then once in every interval of its own, each
// at a moment of its own, until ctx ends. It returns when the tests under way
// have ended, or given them up a second later; what they found by then is not
// kept.
func (r *Runner) Run(ctx context.Context) {
	// Two runners of the same tests don't march in step.
	shift := rand.Float64() / 10
	for ctx.Err() == nil {
		select {
		case <-r.changed: // before the entries were looked at
		default:
		}
		r.mu.Lock()
		entries := r.entries
		r.mu.Unlock()
		round, stop := context.WithCancel(ctx)
		var wg sync.WaitGroup
		for _, e := range entries {
			wg.Go(func() { r.repeat(round, e, e.offset(shift)) })
		}
		select {
		case <-ctx.Done():
		case <-r.changed:
		}
		stop()
		wg.Wait()
	}
}

// offset is the moment of a test in its interval. Moments are spread by
// identity, so that a target does not meet all tests at once, and a test keeps
// its moment whatever becomes of the others. The shift, a part of an interval, is
// the runner's.
func (e *entry) offset(shift float64) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write([]byte(e.ID())) // a hash takes everything
	// The high bits of FNV differ little between short texts; the golden ratio
	// carries the low ones up.
	spread := float64(h.Sum64()*0x9e3779b97f4a7c15) / (1 << 64)
	_, part := math.Modf(spread + shift)
	return time.Duration(part * float64(e.Interval))
}

// repeat runs e at once and then at offset in every interval.
func (r *Runner) repeat(ctx context.Context, e *entry, offset time.Duration) {
	start := time.Now()
	for {
		select {
		case <-e.idle:
			if _, ok := r.run(ctx, e); !ok {
				return
			}
		default: // still running: it was given up, or somebody asked for it
		}
		if !pause(ctx, untilMoment(time.Since(start), offset, e.Interval)) {
			return
		}
	}
}

// untilMoment is how long it takes from elapsed to the next moment that lies
// offset into an interval; always more than 0 and at most an interval.
func untilMoment(elapsed, offset, interval time.Duration) time.Duration {
	return interval - (elapsed-offset+interval)%interval
}
