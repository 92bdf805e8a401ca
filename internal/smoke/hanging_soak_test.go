//go:build soak

package smoke_test

import (
	"context"
	"net"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/cutover-dev/cutover/internal/probe"
	"github.com/cutover-dev/cutover/internal/smoke"
)

// TestHangingTargetsSoak runs a thousand tests every ten seconds against a
// target that takes connections and never answers, for CUTOVER's usual timeout,
// and looks whether memory and goroutines stay, and every test keeps its
// schedule.
func TestHangingTargetsSoak(t *testing.T) {
	const (
		count    = 1000
		interval = 10 * time.Second
		total    = 90 * time.Second
	)
	target := hanging(t)
	var mu sync.Mutex
	starts := make([][]time.Time, count)
	tests := make([]smoke.Test, 0, count)
	for i := range count {
		run, err := probe.HTTP{Target: target, Request: probe.Request{Path: "/health"}}.Compile()
		if err != nil {
			t.Fatal(err)
		}
		tests = append(tests, smoke.Test{
			Identity: smoke.Identity{Environment: "production", Track: "candidate", Suite: "soak", Test: strconv.Itoa(i)},
			Run: func(ctx context.Context) smoke.Outcome {
				mu.Lock()
				starts[i] = append(starts[i], time.Now())
				mu.Unlock()
				return run(ctx)
			},
		})
	}
	runner, err := smoke.NewRunner(tests, smoke.Options{Interval: interval})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), total)
	defer cancel()
	done := make(chan struct{})
	go func() { runner.Run(ctx); close(done) }()

	var heap, goroutines []uint64
	for ticker := time.Tick(interval); ; {
		select {
		case <-done:
			report(t, starts, interval, heap, goroutines)
			return
		case <-ticker:
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			heap = append(heap, m.HeapAlloc)
			goroutines = append(goroutines, uint64(runtime.NumGoroutine()))
			s := runner.Snapshot()
			t.Logf("heap %.1f MiB, of the system %.1f MiB, %d goroutines, last reason %q",
				float64(m.HeapAlloc)/(1<<20), float64(m.Sys)/(1<<20), runtime.NumGoroutine(), reason(s.Tests[0].Last))
		}
	}
}

func reason(r *smoke.Result) string {
	if r == nil {
		return ""
	}
	return r.Reason
}

// report judges: the second half of the time uses what the first one does, and
// a start comes every interval, once the round at the beginning is over: it has
// every test wait for a slot at the same moment.
func report(t *testing.T, starts [][]time.Time, interval time.Duration, heap, goroutines []uint64) {
	t.Helper()
	var worst time.Duration
	runs := 0
	for i, at := range starts {
		runs += len(at)
		if len(at) < 8 {
			t.Errorf("test %d was started %d times", i, len(at))
		}
		for j := 3; j < len(at); j++ {
			worst = max(worst, (at[j].Sub(at[j-1]) - interval).Abs())
		}
	}
	t.Logf("%d runs; the worst start was %v off its schedule", runs, worst)
	if worst > interval/4 {
		t.Errorf("the schedule is not kept: %v off", worst)
	}
	for what, figures := range map[string][]uint64{"bytes of heap": heap, "goroutines": goroutines} {
		half := len(figures) / 2
		first, second := largest(figures[:half]), largest(figures[half:])
		if second > first+first/4 {
			t.Errorf("%s grow: %d in the first half, %d in the second", what, first, second)
		}
	}
}

func largest(figures []uint64) (most uint64) {
	for _, f := range figures {
		most = max(most, f)
	}
	return most
}

// hanging takes connections, reads, and never answers.
func hanging(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				buffer := make([]byte, 256)
				for {
					if _, err := conn.Read(buffer); err != nil {
						return
					}
				}
			}()
		}
	}()
	return "http://" + l.Addr().String()
}
