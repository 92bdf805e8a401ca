package smoke

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// grace is how long a test may take to return after its context ended, before
// its runner goes on without it.
const grace = time.Second

// Options says how a [Runner] runs its tests. The zero value is good.
type Options struct {
	// Interval is the time from one start of a test to the next. 0: 15 s.
	Interval time.Duration
	// Timeout is how long a test may take. 0: 5 s.
	Timeout time.Duration
	// Concurrency is how many tests may run at once. 0: as many as keep the
	// schedule while every target hangs, but no fewer than four.
	Concurrency int
	// Logger is told when a test begins to fail and to pass, and the stack of
	// one that panics. Nil: nobody is.
	Logger *slog.Logger
}

// Runner runs tests and keeps what they found. It is safe for concurrent use.
type Runner struct {
	interval time.Duration
	timeout  time.Duration
	slots    chan struct{} // holds as many tokens as tests are running
	entries  []*entry

	mu       sync.Mutex
	statuses []Status  // of the entries, by index
	snapshot *Snapshot // of the statuses; nil once they have changed
}

// entry is a test with its lock.
type entry struct {
	Test
	index  int
	idle   chan struct{} // holds a token while the test is not running
	logger *slog.Logger  // names the test
}

// NewRunner makes a runner of tests. It fails when two tests share their
// identity, when a test has nothing to run, and on negative options.
func NewRunner(tests []Test, o Options) (*Runner, error) {
	if o.Interval < 0 || o.Timeout < 0 || o.Concurrency < 0 {
		return nil, errors.New("smoke: interval, timeout and concurrency must not be negative")
	}
	r := &Runner{interval: o.Interval, timeout: o.Timeout}
	if r.interval == 0 {
		r.interval = 15 * time.Second
	}
	if r.timeout == 0 {
		r.timeout = 5 * time.Second
	}
	logger := o.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	concurrency := o.Concurrency
	if concurrency == 0 {
		concurrency = max(4, int(int64(len(tests))*int64(r.timeout+grace)/int64(r.interval))+1)
	}
	r.slots = make(chan struct{}, concurrency)

	seen := make(map[Identity]bool, len(tests))
	for i, t := range tests {
		if t.Run == nil {
			return nil, fmt.Errorf("smoke: test %q of suite %q has nothing to run", t.Test, t.Suite)
		}
		if seen[t.Identity] {
			return nil, fmt.Errorf("smoke: two tests are named %q in suite %q, environment %q, track %q: rename one",
				t.Test, t.Suite, t.Environment, t.Track)
		}
		seen[t.Identity] = true
		e := &entry{Test: t, index: i, idle: make(chan struct{}, 1), logger: logger.With(
			"environment", t.Environment, "track", t.Track, "suite", t.Suite, "test", t.Test)}
		e.idle <- struct{}{}
		r.entries = append(r.entries, e)
		r.statuses = append(r.statuses, Status{Identity: t.Identity, Critical: t.Critical})
	}
	return r, nil
}

// Snapshot returns what is known now. It never waits for a test.
func (r *Runner) Snapshot() *Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.snapshot == nil {
		r.snapshot = &Snapshot{Tests: append([]Status(nil), r.statuses...)}
	}
	return r.snapshot
}

// Run runs every test at once and then once in every interval, each at a
// moment of its own, until ctx ends. It returns when the tests under way have
// ended, or given them up a second later; what they found by then is not kept.
func (r *Runner) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for _, e := range r.entries {
		// Moments spread evenly, so that a target never meets all tests at
		// once, and shaken, so that two runners don't march in step.
		offset := time.Duration((float64(e.index) + rand.Float64()) / float64(len(r.entries)) * float64(r.interval))
		wg.Go(func() { r.repeat(ctx, e, offset) })
	}
	<-ctx.Done()
	wg.Wait()
}

// RunOnce runs every test once and returns what they found, in their order. It
// waits for a test that is already under way. Tests that the end of ctx cut
// short are left out.
func (r *Runner) RunOnce(ctx context.Context) []Result {
	results := make([]Result, len(r.entries))
	ended := make([]bool, len(r.entries))
	var wg sync.WaitGroup
	for i, e := range r.entries {
		wg.Go(func() { results[i], ended[i] = r.once(ctx, e) })
	}
	wg.Wait()
	kept := results[:0]
	for i, result := range results {
		if ended[i] {
			kept = append(kept, result)
		}
	}
	return kept
}

// repeat runs e at once and then at offset in every interval.
func (r *Runner) repeat(ctx context.Context, e *entry, offset time.Duration) {
	start := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		select {
		case <-e.idle:
			if _, ok := r.run(ctx, e); !ok {
				return
			}
		default: // still running: it was given up, or RunOnce has it
		}
		timer.Reset(untilMoment(time.Since(start), offset, r.interval))
	}
}

// untilMoment is how long it takes from elapsed to the next moment that lies
// offset into an interval; always more than 0 and at most an interval.
func untilMoment(elapsed, offset, interval time.Duration) time.Duration {
	return interval - (elapsed-offset+interval)%interval
}

// once runs e as soon as it is not running.
func (r *Runner) once(ctx context.Context, e *entry) (Result, bool) {
	start := time.Now()
	select {
	case <-ctx.Done():
		return Result{}, false
	case <-e.idle:
		return r.run(ctx, e)
	case <-time.After(r.timeout + grace):
		return r.record(e, start, Outcome{Reason: "an earlier run of the test still hangs"}), true
	}
}

// run runs e, whose idle token the caller took, in one of the runner's slots.
// It says false when ctx ended first: then nothing was found.
func (r *Runner) run(ctx context.Context, e *entry) (Result, bool) {
	select {
	case <-ctx.Done():
		e.idle <- struct{}{}
		return Result{}, false
	case r.slots <- struct{}{}:
	}
	defer func() { <-r.slots }()

	start := time.Now()
	deadline, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	found := make(chan Outcome, 1)
	go func() {
		o := Outcome{Reason: "the test ended without an answer"} // stands if it calls runtime.Goexit
		defer func() {
			e.idle <- struct{}{}
			found <- o
		}()
		o = e.guard(deadline)
	}()

	o, returned := await(deadline, found)
	switch {
	case ctx.Err() != nil:
		return Result{}, false
	case !returned, !o.Passed() && deadline.Err() != nil:
		// Whatever broke at the deadline broke because of it.
		o.Reason = fmt.Sprintf("no answer within %v", r.timeout)
	}
	return r.record(e, start, o), true
}

// await waits for an outcome, and once ctx ended for the grace at most.
func await(ctx context.Context, found <-chan Outcome) (o Outcome, returned bool) {
	select {
	case o = <-found:
		return o, true
	case <-ctx.Done():
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case o = <-found:
		return o, true
	case <-timer.C:
		return Outcome{}, false
	}
}

// guard runs the test and makes a failure of its panic. The log gets the
// stack, but of the value no more than its type: it may hold anything.
func (e *entry) guard(ctx context.Context) (o Outcome) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		o = Outcome{Reason: "the test panicked; the log has the stack"}
		what := fmt.Sprintf("%T", v)
		if err, ok := v.(runtime.Error); ok {
			what = err.Error()
		}
		e.logger.Error("smoke test panicked", "panic", what, "stack", string(debug.Stack()))
	}()
	return e.Run(ctx)
}

// record keeps what a run of e found.
func (r *Runner) record(e *entry, start time.Time, o Outcome) Result {
	result := Result{
		Identity: e.Identity,
		Critical: e.Critical,
		Success:  o.Passed(),
		Reason:   o.Reason,
		Phases:   o.Phases,
		Detail:   o.Detail,
		Start:    start,
		Duration: time.Since(start),
	}
	r.mu.Lock()
	s := &r.statuses[e.index]
	before := s.Last
	s.Last = &result
	if result.Success {
		s.Successes++
	} else {
		s.Failures++
	}
	r.snapshot = nil
	r.mu.Unlock()

	switch {
	case !result.Success && (before == nil || before.Success):
		e.logger.Warn("smoke test fails", "reason", result.Reason)
	case !result.Success && before.Reason != result.Reason:
		e.logger.Warn("smoke test fails for another reason", "reason", result.Reason)
	case result.Success && before != nil && !before.Success:
		e.logger.Info("smoke test passes again")
	}
	return result
}
