package main

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/internal/demo"
	"github.com/cutover-dev/cutover/internal/smoke"
)

// TestRehearsedSuites runs what the demo's exporter runs, against the demo's
// services with a PostgreSQL and a Redis of their own: all of it is green, and
// breaking the new version turns the right tests red.
func TestRehearsedSuites(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := &rehearsal{dir: t.TempDir(), stdout: io.Discard, stderr: io.Discard}
	defer func() {
		cancel()
		r.await()
	}()
	for _, step := range []func(context.Context) error{r.startDatabases, r.startServices} {
		if err := step(ctx); err != nil {
			t.Fatal(err)
		}
	}
	tests, err := r.tests()
	if err != nil {
		t.Fatal(err)
	}
	runner, err := smoke.NewRunner(tests, smoke.Options{Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	red := func() (names []string) {
		for _, result := range runner.RunOnce(ctx) {
			name := result.Suite + "/" + result.Test
			all[name] = true
			if !result.Success {
				t.Logf("%s: %s", name, result.Reason)
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return names
	}
	if got := red(); got != nil {
		t.Errorf("whole: %v are red", got)
	}
	var suites, asked []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		suite, _, _ := strings.Cut(name, "/")
		suites = append(suites, suite)
		if suite == "api" || slices.Contains([]string{"smoke/health", "smoke/version", "smoke/root"}, name) {
			asked = append(asked, name) // the service, not what is behind it
		}
	}
	if diff := cmp.Diff([]string{"api", "cache", "database", "smoke"}, slices.Compact(suites)); diff != "" {
		t.Errorf("suites (-want +got):\n%s", diff)
	}
	for kind, want := range map[demo.Kind][]string{
		demo.Sick:    {"api/health-parts", "smoke/health"},
		demo.Slow:    nil,
		demo.Leak:    nil,
		demo.Crashed: asked,
	} {
		r.green.Break(kind)
		if diff := cmp.Diff(want, red()); diff != "" {
			t.Errorf("%s: red tests (-want +got):\n%s", kind, diff)
		}
		if err := r.green.Mend(); err != nil {
			t.Fatal(err)
		}
	}
	if got := red(); got != nil {
		t.Errorf("mended: %v are red", got)
	}
}
