package probe

import (
	"errors"
	"strings"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// Target is one service to test. Tests whose address is empty are left out.
type Target struct {
	Environment string // the environment and track label of its results
	Track       string

	URL         string // of the service: http or https, with or without a path below which it lives
	DatabaseURL string // of its PostgreSQL: a URL or keyword=value pairs
	RedisURL    string // of its Redis: redis or rediss

	// PythonVersion is what the service should run: "3.13" is any 3.13, and
	// "3.13.0" that one. Empty: any version will do, as long as it says one.
	PythonVersion string

	// TLS is used for https and rediss.
	TLS TLS
}

// Standard makes the smoke tests of a service: health, version and root where
// it has an address, database where its PostgreSQL has one, and cache where
// its Redis does. All but version are critical: a service on the wrong Python
// still serves people. An error names what can't be used, but never the value
// of an address, which may hold a password.
func Standard(t Target) ([]smoke.Test, error) {
	var tests []smoke.Test
	var errs []error
	add := func(name string, critical bool, what string, k Kind) {
		run, err := k.Compile()
		if err != nil {
			errs = append(errs, errors.New("the "+what+" can't be used: "+err.Error()))
			return
		}
		tests = append(tests, smoke.Test{
			Identity: smoke.Identity{Environment: t.Environment, Track: t.Track, Suite: smoke.Suite, Test: name},
			Critical: critical, Run: run,
		})
	}
	get := func(path string, e Expect) HTTP {
		return HTTP{Target: t.URL, TLS: t.TLS, Request: Request{Path: path, Expect: e}}
	}
	if t.URL != "" {
		add("health", true, "target URL", get("/health", Expect{Shape: ShapeHealth}))
		add("version", false, "target URL", get("/api/v1/version", Expect{Shape: ShapeVersion, Python: t.PythonVersion}))
		if len(errs) == 0 {
			tests[len(tests)-1].Python = t.PythonVersion
		}
		add("root", true, "target URL", get("/", Expect{Shape: ShapeText}))
	}
	if t.DatabaseURL != "" {
		add("database", true, "database URL", Postgres{Target: t.DatabaseURL})
	}
	if t.RedisURL != "" {
		cache := Redis{Target: t.RedisURL}
		if strings.HasPrefix(t.RedisURL, "rediss:") {
			cache.TLS = t.TLS
		}
		add("cache", true, "Redis URL", cache)
	}
	if len(errs) > 0 {
		return nil, errs[0]
	}
	return tests, nil
}
