package smoke

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// saying makes the function of a test that says one thing after the other.
func saying(reasons ...string) func(context.Context) Outcome {
	var next atomic.Int32
	return func(context.Context) Outcome {
		i := min(int(next.Add(1)), len(reasons)) - 1
		return Outcome{Reason: reasons[i], Detail: fmt.Sprintf("try %d", i+1)}
	}
}

func TestRetriesKeepTheirReasons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		flaky, broken, hanging := named("flaky", saying("connection reset", "HTTP 502", "")), named("broken", saying("HTTP 500")), named("hanging", hang)
		flaky.Retries, broken.Retries, hanging.Retries = 3, 1, 1
		hanging.Timeout = 2 * time.Second
		begin := time.Now()
		r := newRunner(t, []Test{flaky, broken, hanging, named("once", saying("HTTP 500", ""))}, Options{})
		got := r.RunOnce(t.Context())
		result := func(name, reason, detail string, took time.Duration, earlier ...string) Result {
			return Result{
				Identity: named(name, nil).Identity, Critical: true, Success: reason == "", Reason: reason,
				Earlier: earlier, Detail: detail, Start: begin, Duration: took,
			}
		}
		want := []Result{
			result("flaky", "", "try 3", 0, "connection reset", "HTTP 502"),
			result("broken", "HTTP 500", "try 1", 0, "HTTP 500"),
			result("hanging", "no answer within 2s", "", 2*time.Second, "no answer within 2s"),
			result("once", "HTTP 500", "try 1", 0),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if s := r.Snapshot(); s.Tests[0].Successes != 1 || s.Tests[0].Failures != 0 || s.Tests[1].Failures != 1 {
			t.Errorf("a run of several tries doesn't count once: %+v", s.Tests)
		}
		if detail := r.Snapshot().Tests[0].Last.Detail; detail != "" {
			t.Errorf("the detail of a success is kept: %q", detail)
		}
	})
}

func TestADeafTestIsNotTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int32
		release := make(chan struct{})
		deaf := named("deaf", func(context.Context) Outcome { runs.Add(1); <-release; return Outcome{} })
		deaf.Retries = 5
		got := newRunner(t, []Test{deaf}, Options{}).RunOnce(t.Context())
		if runs.Load() != 1 || len(got) != 1 || len(got[0].Earlier) != 0 {
			t.Errorf("%d runs beside each other: %+v", runs.Load(), got)
		}
		close(release)
	})
}

func TestTestsHaveIntervalsOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var often, seldom starts
		fast := named("often", func(context.Context) Outcome { often.now(); return Outcome{} })
		slow := named("seldom", func(context.Context) Outcome { seldom.now(); return Outcome{} })
		fast.Interval, slow.Interval = 10*time.Second, time.Minute
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		r := newRunner(t, []Test{fast, slow}, Options{Interval: time.Hour})
		r.Run(ctx)
		often.checkSchedule(t, begin, 10*time.Second, 10*time.Minute)
		seldom.checkSchedule(t, begin, time.Minute, 10*time.Minute)
		if got := r.Snapshot().Tests[1].Interval; got != time.Minute {
			t.Errorf("the snapshot says the interval is %v", got)
		}
	})
}

func TestLate(t *testing.T) {
	for reason, want := range map[string]string{
		"":                               "no answer within 5s",
		"connection reset":               "no answer within 5s",
		"log in: connection reset":       "log in: no answer within 5s",
		"log in: status \"a: b\", not 2": "log in: no answer within 5s",
	} {
		if got := late(reason, 5*time.Second); got != want {
			t.Errorf("late(%q) = %q, want %q", reason, got, want)
		}
	}
}

func TestSelectionAndProgress(t *testing.T) {
	r := newRunner(t, []Test{named("a", pass), named("b", pass), named("c", saying("HTTP 500"))}, Options{})
	var told []string
	got := r.RunSelected(t.Context(), Selection{
		Only: func(id Identity) bool { return id.Test != "b" },
		Each: func(result Result) { told = append(told, result.Test) },
	})
	if len(got) != 2 || got[0].Test != "a" || got[1].Test != "c" || len(told) != 2 {
		t.Errorf("results %+v, told of %v", got, told)
	}
	if s := r.Snapshot(); s.Tests[1].Last != nil {
		t.Error("a test ran that was not selected")
	}
}

func TestTheProberIsSuspectedWhenEverythingFails(t *testing.T) {
	on := func(track, name string, run func(context.Context) Outcome) Test {
		return Test{Identity: Identity{"production", track, "api", name}, Run: run}
	}
	down := saying("connection refused")
	for _, c := range []struct {
		name  string
		tests []Test
		want  bool
	}{
		{"both tracks", []Test{on("baseline", "a", down), on("candidate", "a", down), on("candidate", "b", down)}, true},
		{"one passes", []Test{on("baseline", "a", down), on("candidate", "a", down), on("candidate", "b", pass)}, false},
		{"the only target", []Test{on("candidate", "a", down), on("candidate", "b", down)}, false},
		{"no tests", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRunner(t, c.tests, Options{})
			if r.Snapshot().ProberSuspected {
				t.Error("suspected before anything ran")
			}
			results := r.RunOnce(t.Context())
			if got := r.Snapshot().ProberSuspected; got != c.want {
				t.Errorf("the snapshot says %t, want %t", got, c.want)
			}
			if got := NewReport(results, nil, false).ProberSuspected; got != c.want {
				t.Errorf("the report says %t, want %t", got, c.want)
			}
		})
	}
}

func TestRecentFailuresAreBounded(t *testing.T) {
	var n int
	r := newRunner(t, []Test{named("a", func(context.Context) Outcome {
		n++
		return Outcome{Reason: fmt.Sprintf("failure %d", n), Detail: strings.Repeat("ä", maxDetail)}
	})}, Options{})
	for range maxRecent + 2 {
		r.RunOnce(t.Context())
	}
	recent := r.Snapshot().Tests[0].Recent
	if len(recent) != maxRecent || recent[0].Reason != "failure 7" || recent[maxRecent-1].Reason != "failure 3" {
		t.Errorf("kept %d failures: %+v", len(recent), recent)
	}
	if got := len(recent[0].Detail); got > maxDetail+len("…") || got < maxDetail-4 || strings.ContainsRune(recent[0].Detail, '\uFFFD') {
		t.Errorf("a detail of %d bytes, want %d at a rune's end", got, maxDetail)
	}
	if want := maxRecent * len(recent[0].Detail); r.history.bytes != want || len(r.history.failed) != maxRecent {
		t.Errorf("the history counts %d bytes of %d failures, want %d", r.history.bytes, len(r.history.failed), want)
	}
}

func TestDetailsOfAllTestsTogetherAreBounded(t *testing.T) {
	detail := strings.Repeat("x", maxDetail)
	var tests []Test
	for i := range maxDetails/maxDetail + 3 {
		tests = append(tests, named(strconv.Itoa(i), func(context.Context) Outcome { return Outcome{Reason: "HTTP 500", Detail: detail} }))
	}
	r := newRunner(t, tests, Options{Concurrency: 1})
	before := r.Snapshot()
	r.RunOnce(t.Context())
	kept, without := 0, 0
	for _, s := range r.Snapshot().Tests {
		switch {
		case s.Last.Detail != s.Recent[0].Detail:
			t.Errorf("%s: the last run and the last failure differ", s.Test)
		case s.Last.Detail == "":
			without++
		default:
			kept += len(s.Last.Detail)
		}
	}
	if kept != maxDetails || without != 3 || r.history.bytes != maxDetails {
		t.Errorf("%d bytes kept and %d tests without detail, want %d and 3", kept, without, maxDetails)
	}
	if before.Tests[0].Last != nil {
		t.Error("an old snapshot changed")
	}
}

func TestReplace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var gone atomic.Int32
		begin := time.Now()
		r := newRunner(t, []Test{
			named("stays", saying("HTTP 500", "")),
			named("goes", func(context.Context) Outcome { gone.Add(1); return Outcome{Reason: "HTTP 404", Detail: "x"} }),
			named("hangs", hang),
		}, Options{Interval: time.Minute, Timeout: 40 * time.Second})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { r.Run(ctx); close(done) }()
		time.Sleep(time.Second)

		if err := r.Replace([]Test{named("a", pass), named("a", pass)}); err == nil {
			t.Error("twins were taken")
		}
		var fresh starts
		slow := func(context.Context) Outcome { time.Sleep(time.Millisecond); return Outcome{} } // not over when we look
		err := r.Replace([]Test{
			named("new", func(ctx context.Context) Outcome { fresh.now(); return slow(ctx) }),
			named("stays", slow), named("hangs", slow),
		})
		if err != nil {
			t.Fatal(err)
		}
		ran := gone.Load()
		s := r.Snapshot()
		if len(s.Tests) != 3 || s.Tests[0].Last != nil || s.Tests[1].Failures != 1 || len(s.Tests[1].Recent) != 1 || s.Tests[2].Last != nil {
			t.Errorf("right after: %+v", s.Tests)
		}
		if len(r.history.failed) != 1 || r.history.bytes != len("try 1") {
			t.Errorf("the history keeps what is gone: %d failures, %d bytes", len(r.history.failed), r.history.bytes)
		}
		time.Sleep(2 * time.Second)
		s = r.Snapshot()
		if at := fresh.all(); len(at) != 1 || at[0].Sub(begin) != time.Second {
			t.Errorf("the new test was not run at once: %v", at)
		}
		if !s.Tests[1].Last.Success || s.Tests[1].Failures != 1 || s.Tests[1].Successes != 1 {
			t.Errorf("what stays lost its counts: %+v", s.Tests[1])
		}
		if s.Tests[2].Last == nil || !s.Tests[2].Last.Success || s.Tests[2].Failures != 0 {
			t.Errorf("the test that hung when it was replaced: %+v", s.Tests[2])
		}
		time.Sleep(10 * time.Minute)
		if gone.Load() != ran {
			t.Error("a test that is gone still runs")
		}
		cancel()
		<-done
	})
}
