package smoke

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

const (
	// grace is how long a test may take to return after its context ended,
	// before its runner goes on without it.
	grace = time.Second
	// retryPause is how long a runner waits before it tries again.
	retryPause = 500 * time.Millisecond
)

// Selection says which tests to run once. The zero value is all of them.
type Selection struct {
	// Only picks tests. Nil: all.
	Only func(Identity) bool
	// Each is told every result as it comes, one at a time. Nil: nobody is.
	Each func(Result)
}

// RunOnce is [Runner.RunSelected] of all tests.
func (r *Runner) RunOnce(ctx context.Context) []Result { return r.RunSelected(ctx, Selection{}) }

// RunSelected runs tests once and returns what they found, in their order. It
// waits for a test that is already under way. Tests that the end of ctx cut
// short are left out.
func (r *Runner) RunSelected(ctx context.Context, s Selection) []Result {
	r.mu.Lock()
	entries := r.entries
	r.mu.Unlock()
	results := make([]Result, len(entries))
	ended := make([]bool, len(entries))
	var wg sync.WaitGroup
	var each sync.Mutex
	for i, e := range entries {
		if s.Only != nil && !s.Only(e.Identity) {
			continue
		}
		wg.Go(func() {
			results[i], ended[i] = r.once(ctx, e)
			if ended[i] && s.Each != nil {
				each.Lock()
				defer each.Unlock()
				s.Each(results[i])
			}
		})
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

// once runs e as soon as it is not running.
func (r *Runner) once(ctx context.Context, e *entry) (Result, bool) {
	start := time.Now()
	select {
	case <-ctx.Done():
		return Result{}, false
	case <-e.idle:
		return r.run(ctx, e)
	case <-time.After(e.longest()):
		return r.record(e, Result{
			Reason: "an earlier run of the test still hangs", Start: start, Duration: time.Since(start),
		}), true
	}
}

// run runs e, whose idle token the caller took, in one of the runner's slots,
// and again if it fails and may. It says false when ctx ended first: then
// nothing was found.
func (r *Runner) run(ctx context.Context, e *entry) (Result, bool) {
	r.mu.Lock()
	slots := r.slots
	r.mu.Unlock()
	select {
	case <-ctx.Done():
		e.idle <- struct{}{}
		return Result{}, false
	case slots <- struct{}{}:
	}
	defer func() { <-slots }()

	result := Result{Start: time.Now()}
	for left := e.Retries; ; left-- {
		o, took, deaf := e.try(ctx)
		if left > 0 && !deaf && !o.Passed() && pause(ctx, retryPause) {
			result.Earlier = append(result.Earlier, o.Reason)
			continue
		}
		if !deaf {
			e.idle <- struct{}{}
		}
		if ctx.Err() != nil {
			return Result{}, false
		}
		result.Reason, result.Phases, result.Detail, result.Duration = o.Reason, o.Phases, o.Detail, took
		return r.record(e, result), true
	}
}

// pause waits; it says false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// try runs the test once. One that is deaf goes on after its deadline; it gives
// the idle token back by itself, whenever it ends.
func (e *entry) try(ctx context.Context) (o Outcome, took time.Duration, deaf bool) {
	start := time.Now()
	deadline, cancel := context.WithTimeout(ctx, e.Timeout)
	defer cancel()
	found := make(chan Outcome, 1)
	go func() {
		o := Outcome{Reason: "the test ended without an answer"} // stands if it calls runtime.Goexit
		defer func() { found <- o }()
		o = e.guard(deadline)
	}()

	o, returned := await(deadline, found)
	if !returned {
		go func() {
			<-found
			e.idle <- struct{}{}
		}()
	}
	if !returned || !o.Passed() && deadline.Err() != nil {
		o.Reason = late(o.Reason, e.Timeout)
	}
	return o, time.Since(start), !returned
}

// late is the reason of a test that failed at its deadline: whatever broke then
// broke because of it. What a reason says first, the step of a workflow, stays.
func late(reason string, timeout time.Duration) string {
	step, _, found := strings.Cut(reason, ": ")
	if !found {
		return fmt.Sprintf("no answer within %v", timeout)
	}
	return fmt.Sprintf("%s: no answer within %v", step, timeout)
}

// await waits for an outcome, and once ctx ended for the grace at most.
func await(ctx context.Context, found <-chan Outcome) (o Outcome, returned bool) {
	select {
	case o = <-found:
		return o, true
	case <-ctx.Done():
	}
	select {
	case o = <-found:
		return o, true
	case <-time.After(grace):
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

// record completes and keeps what a run of e found.
func (r *Runner) record(e *entry, result Result) Result {
	result.Identity, result.Critical, result.Success = e.Identity, e.Critical, result.Reason == ""
	result.Detail = bounded(result.Detail)
	result.Phases = result.Phases[:min(len(result.Phases), maxPhases)]

	r.mu.Lock()
	if e.replaced {
		r.mu.Unlock()
		return result
	}
	before := e.status.Last
	r.keep(e, result)
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
