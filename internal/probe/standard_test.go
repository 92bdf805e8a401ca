package probe

import (
	"testing"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// tested is a service with its PostgreSQL and Redis, as far as they have an
// address.
type tested struct {
	URL, DatabaseURL, RedisURL string
	PythonVersion              string
	TLS                        TLS // of the service, and of a Redis with rediss
}

// tests are those that a deployment is tried with first.
func (s tested) tests(t *testing.T) []smoke.Test {
	t.Helper()
	var tests []smoke.Test
	add := func(name string, k Kind) {
		run, err := k.Compile()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		tests = append(tests, smoke.Test{Identity: smoke.Identity{Suite: smoke.Suite, Test: name}, Run: run})
	}
	get := func(path string, e Expect) HTTP {
		return HTTP{Target: s.URL, TLS: s.TLS, Request: Request{Path: path, Expect: e}}
	}
	if s.URL != "" {
		add("health", get("/health", Expect{Shape: ShapeHealth}))
		add("version", get("/api/v1/version", Expect{Shape: ShapeVersion, Python: s.PythonVersion}))
		add("root", get("/", Expect{Shape: ShapeText}))
	}
	if s.DatabaseURL != "" {
		add("database", Postgres{Target: s.DatabaseURL})
	}
	if s.RedisURL != "" {
		add("cache", Redis{Target: s.RedisURL, TLS: s.TLS})
	}
	return tests
}
