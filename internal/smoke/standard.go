package smoke

import (
	"crypto/tls"
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

	// TLS is used for https and rediss. Nil: the system's certificates.
	TLS *tls.Config
}

// Standard makes the smoke tests of a service: health, version and root where
// it has an address, database where its PostgreSQL has one, and cache where
// its Redis does. All but version are critical: a service on the wrong Python
// still serves people. An error names the field of t that can't be used, but
// never its value, which may hold a password.
func Standard(t Target) ([]Test, error) {
	var tests []Test
	add := func(name string, critical bool, run runFunc) {
		tests = append(tests, Test{Identity: Identity{t.Environment, t.Track, Suite, name}, Critical: critical, Run: run})
	}
	if t.URL != "" {
		service, err := newService(t.URL, t.TLS)
		if err != nil {
			return nil, err
		}
		add("health", true, service.health)
		add("version", false, service.version(t.PythonVersion))
		tests[len(tests)-1].Python = t.PythonVersion
		add("root", true, service.root)
	}
	if t.DatabaseURL != "" {
		run, err := postgres(t.DatabaseURL)
		if err != nil {
			return nil, err
		}
		add("database", true, run)
	}
	if t.RedisURL != "" {
		run, err := cache(t.RedisURL, t.TLS)
		if err != nil {
			return nil, err
		}
		add("cache", true, run)
	}
	return tests, nil
}
