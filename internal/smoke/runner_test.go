package smoke

import (
	"context"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/internal/testenv"
)

// named makes a test of a name.
func named(name string, run func(context.Context) Outcome) Test {
	return Test{Identity: Identity{"staging", "candidate", "smoke", name}, Critical: true, Run: run}
}

// hang waits for the end of its context, as a dead target makes a test do.
func hang(ctx context.Context) Outcome {
	<-ctx.Done()
	return Outcome{Reason: "broken off"}
}

func pass(context.Context) Outcome { return Outcome{} }

func TestNewRunnerErrors(t *testing.T) {
	for _, c := range []struct {
		name  string
		tests []Test
		o     Options
		want  string
	}{
		{"twins", []Test{named("a", pass), named("b", pass), named("a", pass)}, Options{},
			`smoke: two tests are named "a" in suite "smoke", environment "staging", track "candidate": rename one`},
		{"nothing to run", []Test{named("a", nil)}, Options{}, `smoke: test "a" of suite "smoke" has nothing to run`},
		{"negative", nil, Options{Timeout: -1}, "smoke: interval, timeout and concurrency must not be negative"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := NewRunner(c.tests, c.o)
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// starts records when a test was started, counted from the first call.
type starts struct {
	mu sync.Mutex
	at []time.Time
}

func (s *starts) now() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = append(s.at, time.Now())
}

// all are the moments so far.
func (s *starts) all() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.at)
}

func (s *starts) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.at)
}

// checkSchedule wants a start at once, and from the second on one in every
// interval until the end.
func (s *starts) checkSchedule(t *testing.T, begin time.Time, interval, total time.Duration) {
	t.Helper()
	if len(s.at) < 2 || !s.at[0].Equal(begin) {
		t.Fatalf("%d starts, the first not at once", len(s.at))
	}
	if wait := s.at[1].Sub(begin); wait > interval {
		t.Errorf("the second start came after %v, more than an interval", wait)
	}
	for i, at := range s.at[2:] {
		if gap := at.Sub(s.at[i+1]); gap != interval {
			t.Errorf("start %d came %v after the one before, want %v", i+2, gap, interval)
		}
	}
	if idle := begin.Add(total).Sub(s.at[len(s.at)-1]); idle > interval {
		t.Errorf("no start in the last %v", idle)
	}
}

func TestRunKeepsTheScheduleWhileEveryTargetHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const interval, total = 10 * time.Second, 10 * time.Minute
		const targets = 200
		begin := time.Now()
		var tests []Test
		seen := make([]starts, targets)
		for i := range targets {
			tests = append(tests, named(strconv.Itoa(i), func(ctx context.Context) Outcome {
				seen[i].now()
				if time.Since(begin) == 0 {
					return Outcome{} // the round at once would have to queue
				}
				return hang(ctx)
			}))
		}
		r := newRunner(t, tests, Options{Interval: interval, Timeout: 5 * time.Second})
		ctx, cancel := context.WithTimeout(t.Context(), total)
		defer cancel()
		r.Run(ctx)
		for i := range seen {
			seen[i].checkSchedule(t, begin, interval, total)
		}
		if s := r.Snapshot().Tests[7]; s.Last.Reason != "no answer within 5s" || s.Last.Duration != 5*time.Second {
			t.Errorf("last result of a hanging target: %+v", *s.Last)
		}
	})
}

func TestMomentsAreSpread(t *testing.T) {
	const interval, tests, parts = 10 * time.Second, 1000, 10
	counts := make([]int, parts)
	for i := range tests {
		e := &entry{Test: Test{Identity: Identity{"production", "candidate", "api", "test-" + strconv.Itoa(i)}, Interval: interval}}
		at := e.offset(0)
		if at < 0 || at >= interval {
			t.Fatalf("test %d has the moment %v, not within the interval", i, at)
		}
		if again := e.offset(0); again != at {
			t.Errorf("test %d has the moments %v and %v", i, at, again)
		}
		if later := e.offset(0.05); later != at+interval/20 && later != at-interval+interval/20 {
			t.Errorf("test %d: a shift of half a second moves %v to %v", i, at, later)
		}
		counts[at*parts/interval]++
	}
	for i, n := range counts {
		if n < tests/parts*6/10 || n > tests/parts*14/10 {
			t.Errorf("part %d of the interval has %d of %d tests: %v", i, n, tests, counts)
		}
	}
}

func TestUntilMoment(t *testing.T) {
	for _, c := range []struct{ elapsed, offset, want time.Duration }{
		{0, 3, 3},
		{3, 3, 10},
		{4, 3, 9},
		{25, 3, 8},
		{0, 0, 10},
		{19, 10, 1},
	} {
		if got := untilMoment(c.elapsed, c.offset, 10); got != c.want {
			t.Errorf("%d after the start, offset %d: got %d, want %d", c.elapsed, c.offset, got, c.want)
		}
	}
}

func TestATestThatIgnoresItsDeadlineIsGivenUpAndNotPiledUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var running, most, runs atomic.Int32
		var healthy starts
		r := newRunner(t, []Test{
			named("deaf", func(context.Context) Outcome {
				runs.Add(1)
				most.Store(max(most.Load(), running.Add(1)))
				<-release
				running.Add(-1)
				return Outcome{}
			}),
			named("healthy", func(context.Context) Outcome { healthy.now(); return Outcome{} }),
		}, Options{Interval: 10 * time.Second, Timeout: 5 * time.Second, Concurrency: 1})

		begin := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { r.Run(ctx); close(done) }()
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if n := runs.Load(); n != 1 {
			t.Errorf("started %d times while it hung, want 1", n)
		}
		deaf := r.Snapshot().Tests[0]
		if deaf.Failures != 1 || deaf.Last.Reason != "no answer within 5s" || deaf.Last.Duration != 6*time.Second {
			t.Errorf("the deaf test: %d failures, %+v", deaf.Failures, *deaf.Last)
		}
		once, stop := context.WithTimeout(ctx, time.Minute)
		if got := r.RunOnce(once); len(got) != 2 || got[0].Reason != "an earlier run of the test still hangs" {
			t.Errorf("RunOnce beside a test that hangs: %+v", got)
		}
		stop()
		if n := healthy.count(); n < 30 {
			t.Errorf("the other test ran %d times in five minutes: the deaf one keeps the only slot", n)
		}

		close(release)
		time.Sleep(time.Minute)
		if s := r.Snapshot().Tests[0]; !s.Last.Success || s.Last.Start.Before(begin.Add(5*time.Minute)) {
			t.Errorf("after it returned it was not run again: %+v", *s.Last)
		}
		if n := most.Load(); n != 1 {
			t.Errorf("%d of the deaf test ran at once", n)
		}
		cancel()
		<-done
	})
}

func TestRunWaitsForTestsUnderWayAndForgetsThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended atomic.Bool
		r := newRunner(t, []Test{named("slow", func(ctx context.Context) Outcome {
			<-ctx.Done()
			time.Sleep(100 * time.Millisecond) // closing its connection
			ended.Store(true)
			return Outcome{Reason: "cut short"}
		})}, Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r.Run(ctx)
		if !ended.Load() {
			t.Error("Run returned before the test did")
		}
		want := &Snapshot{Tests: []Status{{Identity: Identity{"staging", "candidate", "smoke", "slow"}, Critical: true, Interval: 15 * time.Second}}}
		if diff := cmp.Diff(want, r.Snapshot()); diff != "" {
			t.Errorf("a test that the shutdown cut short counts (-want +got):\n%s", diff)
		}
		if got := r.RunOnce(ctx); len(got) != 0 {
			t.Errorf("RunOnce after the end of its context: %+v", got)
		}
	})
}

func TestConcurrencyIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int32
		var tests []Test
		for i := range 20 {
			tests = append(tests, named(strconv.Itoa(i), func(context.Context) Outcome {
				most.Store(max(most.Load(), running.Add(1)))
				time.Sleep(time.Second)
				running.Add(-1)
				return Outcome{}
			}))
		}
		r := newRunner(t, tests, Options{Concurrency: 3})
		begin := time.Now()
		results := r.RunOnce(t.Context())
		if most.Load() != 3 {
			t.Errorf("%d ran at once, want 3", most.Load())
		}
		if took := time.Since(begin); took != 7*time.Second {
			t.Errorf("20 tests of a second, three at once, took %v, want 7s", took)
		}
		for i, result := range results {
			if result.Test != strconv.Itoa(i) || result.Duration != time.Second {
				t.Errorf("result %d: %+v", i, result)
			}
		}
	})
}

func TestPanicsAreFailures(t *testing.T) {
	var log testenv.Log
	r := newRunner(t, []Test{
		named("value", func(context.Context) Outcome { panic("hunter2") }),
		named("runtime", func(context.Context) Outcome { var r *Runner; r.entries[0].Critical = true; return Outcome{} }),
		named("goexit", func(context.Context) Outcome { runtime.Goexit(); return Outcome{} }),
		named("fine", pass),
	}, Options{Logger: log.Logger()})
	var got []string
	for _, result := range r.RunOnce(t.Context()) {
		got = append(got, result.Test+": "+result.Reason)
	}
	want := []string{
		"value: the test panicked; the log has the stack",
		"runtime: the test panicked; the log has the stack",
		"goexit: the test ended without an answer",
		"fine: ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, part := range []string{"panic=string", `panic="runtime error: invalid memory address or nil pointer dereference"`, "runner_test.go"} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log lacks %s:\n%s", part, log.String())
		}
	}
	if strings.Contains(log.String(), "hunter2") {
		t.Errorf("the log holds the value of the panic:\n%s", log.String())
	}
}

func TestSnapshotAndLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log testenv.Log
		reasons := []string{"", "", "connection refused", "connection refused", "HTTP 500", ""}
		next := 0
		r := newRunner(t, []Test{
			named("root", func(context.Context) Outcome {
				time.Sleep(time.Duration(next+1) * time.Millisecond)
				next++
				return Outcome{Reason: reasons[next-1]}
			}),
			named("never", pass),
		}, Options{Logger: log.Logger()})
		root := Selection{Only: func(id Identity) bool { return id.Test == "root" }}

		id := Identity{"staging", "candidate", "smoke", "root"}
		never := Status{Identity: Identity{"staging", "candidate", "smoke", "never"}, Critical: true, Interval: 15 * time.Second}
		var snapshots, want []*Snapshot
		snapshots = append(snapshots, r.Snapshot())
		want = append(want, &Snapshot{Tests: []Status{{Identity: id, Critical: true, Interval: 15 * time.Second}, never}})
		var recent []*Result
		var successes, failures uint64
		for i, reason := range reasons {
			last := &Result{
				Identity: id, Critical: true, Success: reason == "", Reason: reason,
				Start: time.Now(), Duration: time.Duration(i+1) * time.Millisecond,
			}
			if last.Success {
				successes++
			} else {
				failures++
				recent = append([]*Result{last}, recent...)
			}
			if diff := cmp.Diff([]Result{*last}, r.RunSelected(t.Context(), root)); diff != "" {
				t.Errorf("result %d (-want +got):\n%s", i, diff)
			}
			snapshots = append(snapshots, r.Snapshot())
			want = append(want, &Snapshot{Tests: []Status{
				{
					Identity: id, Critical: true, Interval: 15 * time.Second,
					Last: last, Successes: successes, Failures: failures, Recent: recent,
				},
				never,
			}})
		}
		// Compared only now: an earlier snapshot must not have changed since.
		if diff := cmp.Diff(want, snapshots); diff != "" {
			t.Errorf("snapshots (-want +got):\n%s", diff)
		}
		if again := r.Snapshot(); again != snapshots[len(snapshots)-1] {
			t.Error("a snapshot is made anew though nothing changed")
		}
		const wantLog = `level=WARN msg="smoke test fails" environment=staging track=candidate suite=smoke test=root reason="connection refused"
level=WARN msg="smoke test fails for another reason" environment=staging track=candidate suite=smoke test=root reason="HTTP 500"
level=INFO msg="smoke test passes again" environment=staging track=candidate suite=smoke test=root
`
		if diff := cmp.Diff(wantLog, log.String()); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
	})
}

// BenchmarkSnapshot is what a scrape costs after every test ran once more.
func BenchmarkSnapshot(b *testing.B) {
	var tests []Test
	for i := range 1000 {
		tests = append(tests, named(strings.Repeat("x", i+1), pass))
	}
	r := newRunner(b, tests, Options{})
	r.RunOnce(b.Context())
	b.ReportAllocs()
	for b.Loop() {
		r.record(r.entries[0], Result{})
		if len(r.Snapshot().Tests) != 1000 {
			b.Fatal("tests are missing")
		}
	}
}
