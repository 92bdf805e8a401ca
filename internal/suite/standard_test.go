package suite

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/internal/demo"
	"github.com/cutover-dev/cutover/internal/demo/store"
	"github.com/cutover-dev/cutover/internal/smoke"
	"github.com/cutover-dev/cutover/internal/testenv"
)

// sample is the sample service with everything that the standard suites ask
// for, and a way to ask it.
type sample struct {
	*demo.Service
	memory *store.Memory
	target Target
}

// newSample starts a sample service for the time of a test.
func newSample(t *testing.T) sample {
	t.Helper()
	o := demo.Candidate()
	o.Profile.Latency, o.Profile.ErrorRatio, o.PasswordCost = nil, 0, 4
	memory := store.NewMemory()
	o.Store, o.Sessions = memory, memory
	s := demo.NewService(o)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(func() {
		cancel()
		s.Wait()
	})
	if err := s.Start(ctx, "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return sample{s, memory, Target{
		Track: "candidate", URL: s.URL(), PythonVersion: "3.13.0", Origin: demo.Origin, Writes: true,
	}}
}

// run runs the standard suites once, and gives the reason of each test, empty
// for those that passed.
func run(t *testing.T, target Target) map[string]string {
	t.Helper()
	tests, err := Standard(target)
	if err != nil {
		t.Fatal(err)
	}
	runner, err := smoke.NewRunner(tests, smoke.Options{Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for _, r := range runner.RunOnce(t.Context()) {
		reasons[r.Suite+"/"+r.Test] = r.Reason
	}
	if len(reasons) != len(tests) {
		t.Errorf("%d results of %d tests", len(reasons), len(tests))
	}
	return reasons
}

// TestStandardSuitesAreGreen runs all of them against the sample service, a
// PostgreSQL and a Redis.
func TestStandardSuitesAreGreen(t *testing.T) {
	s := newSample(t)
	s.target.DatabaseURL, s.target.RedisURL = testenv.Postgres(t), testenv.Redis(t)
	reasons := run(t, s.target)
	want := []string{
		"api/account", "api/compression", "api/cors", "api/cors-refused", "api/health-parts", "api/items", "api/method",
		"api/not-found", "api/refused", "api/validation", "api/version",
		"cache/connect", "cache/pipeline", "cache/pubsub", "cache/set-get", "cache/transaction", "cache/ttl",
		"database/connect", "database/connections", "database/crud", "database/integrity", "database/query-time", "database/rollback",
		"smoke/cache", "smoke/database", "smoke/health", "smoke/root", "smoke/version",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(reasons))); diff != "" {
		t.Errorf("tests (-want +got):\n%s", diff)
	}
	for name, reason := range reasons {
		if reason != "" {
			t.Errorf("%s: %s", name, reason)
		}
	}
	left, err := s.memory.Items(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range left {
		if i.ID > 3 {
			t.Errorf("the item %q stayed behind", i.Name)
		}
	}
}

// TestStandardLeavesOutWhatHasNoAddress looks at the suite that a deployment is
// tried with first.
func TestStandardLeavesOutWhatHasNoAddress(t *testing.T) {
	for _, c := range []struct {
		target Target
		want   []string
	}{
		{Target{}, nil},
		{Target{URL: "http://127.0.0.1:1"}, []string{"health true", "version false", "root true"}},
		{Target{DatabaseURL: "postgres://127.0.0.1:1/app"}, []string{"database true"}},
		{Target{RedisURL: "redis://127.0.0.1:1"}, []string{"cache true"}},
	} {
		c.target.Environment, c.target.Track = "production", "candidate"
		tests, err := Standard(c.target)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, test := range tests {
			if want := (smoke.Identity{Environment: "production", Track: "candidate", Suite: test.Suite, Test: test.Test}); test.Identity != want {
				t.Errorf("identity %+v, want %+v", test.Identity, want)
			}
			if test.Suite == "smoke" {
				got = append(got, fmt.Sprintf("%s %t", test.Test, test.Critical))
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestErrorsOfStandardKeepSecrets(t *testing.T) {
	const (
		planted = "hunter2-hunter2"
		service = "the standard test smoke/health: target: write http://host:port or https://host:port"
		server  = "the standard test smoke/database: target: write postgres://user:password@host:port/database"
		cache   = "the standard test smoke/cache: target: write redis://host:port/0 or rediss://host:port/0"
	)
	for _, c := range []struct {
		target Target
		want   string
	}{
		{Target{URL: "http://probe:" + planted + "@ho st/"}, service},
		{Target{URL: "ftp://probe:" + planted + "@host/"}, service},
		{Target{URL: planted}, service},
		{Target{DatabaseURL: "postgres://app:" + planted + "@host:port/app"}, server},
		{Target{DatabaseURL: "password=" + planted + " port=x"}, server},
		{Target{RedisURL: "redis://:" + planted + "@host/x"}, cache},
		{Target{RedisURL: "http://:" + planted + "@host/"}, cache},
	} {
		_, err := Standard(c.target)
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// TestWithoutWrites leaves out whatever writes.
func TestWithoutWrites(t *testing.T) {
	target := Target{
		URL: "http://localhost", DatabaseURL: "postgres://localhost", RedisURL: "redis://localhost",
		Origin: "https://app.example", DatabaseVersion: "17",
	}
	names := func(target Target) []string {
		tests, err := Standard(target)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, test := range tests {
			names = append(names, test.Suite+"/"+test.Identity.Test)
		}
		return names
	}
	readOnly := names(target)
	target.Writes = true
	writing := slices.DeleteFunc(names(target), func(name string) bool { return slices.Contains(readOnly, name) })
	want := []string{
		"api/account", "api/items", "database/crud", "database/rollback",
		"cache/set-get", "cache/ttl", "cache/pipeline", "cache/transaction",
	}
	if diff := cmp.Diff(want, writing); diff != "" {
		t.Errorf("tests that write (-want +got):\n%s", diff)
	}
}

// TestEachBreakTurnsTheRightTestsRed breaks the sample service in each of its
// ways. Of the errors, which are one answer in twenty of the pages and the API,
// a test has met one when it has run twenty times by itself.
func TestEachBreakTurnsTheRightTestsRed(t *testing.T) {
	s := newSample(t)
	tests, err := Standard(s.target)
	if err != nil {
		t.Fatal(err)
	}
	var everything []string
	for _, test := range tests {
		everything = append(everything, test.Suite+"/"+test.Identity.Test)
	}
	slices.Sort(everything)
	for kind, want := range map[demo.Kind][]string{
		demo.Errors:  {"api/account", "api/items", "api/refused", "api/validation", "smoke/root"},
		demo.Slow:    nil, // it does what it should: how fast is for the alerts to judge
		demo.Sick:    {"api/health-parts", "smoke/health"},
		demo.Leak:    nil,
		demo.Crashed: everything,
	} {
		s.Break(kind)
		runs := 1
		if kind == demo.Errors {
			runs = 20
		}
		var red []string
		for _, test := range tests {
			for range runs {
				if !test.Run(t.Context()).Passed() {
					red = append(red, test.Suite+"/"+test.Identity.Test)
					break
				}
			}
		}
		slices.Sort(red)
		if diff := cmp.Diff(want, red); diff != "" {
			t.Errorf("%s: red tests (-want +got):\n%s", kind, diff)
		}
		if err := s.Mend(); err != nil {
			t.Fatal(err)
		}
	}
	for name, reason := range run(t, s.target) {
		if reason != "" {
			t.Errorf("mended, and yet %s: %s", name, reason)
		}
	}
}

func TestTargetsThatCanNotBeUsed(t *testing.T) {
	for want, target := range map[string]Target{
		"the standard test smoke/health":   {URL: "http://user:hunter2@host:port"},
		"the standard test smoke/database": {DatabaseURL: "postgres://user:hunter2@host:port/name"},
		"the standard test smoke/cache":    {RedisURL: "http://:hunter2@cache"},
		"the standard test api/cors":       {URL: "http://localhost", Origin: "nowhere"},
	} {
		_, err := Standard(target)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v, want %s and no secret", err, want)
		}
	}
}
