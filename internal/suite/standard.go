package suite

import (
	"cmp"
	"fmt"
	"time"

	"github.com/cutover-dev/cutover/internal/probe"
	"github.com/cutover-dev/cutover/internal/smoke"
)

// Target is one service for the standard suites. Tests whose address is empty
// are left out.
type Target struct {
	Environment string // the environment and track label of its results
	Track       string

	URL         string // of the service: http or https, with or without a path below which it lives
	DatabaseURL string // of its PostgreSQL: a URL or keyword=value pairs
	RedisURL    string // of its Redis: redis or rediss

	// PythonVersion is what the service should run: "3.13" is any 3.13, and
	// "3.13.0" that one. Empty: any version will do, as long as it says one.
	PythonVersion string
	// DatabaseVersion is what the PostgreSQL should be: "17" or "17.2". Empty:
	// nobody asks.
	DatabaseVersion string
	// Origin is a page of another site that may use the service:
	// "https://app.example". Empty: what browsers may do is not tested.
	Origin string
	// Connections is how many the application's pool promises. 0: ten.
	Connections int

	// Interval is how often the suite smoke runs; the others run every tenth
	// time, for their requests count as traffic. 0: all of them at the runner's.
	Interval time.Duration

	// Writes allows tests that write. They remove what they wrote.
	Writes bool
	// RequireTLS wants the connection to the PostgreSQL to be encrypted.
	RequireTLS bool
	// TLS is used for https and rediss.
	TLS probe.TLS
}

// The standard suites.
const (
	Smoke    = smoke.Suite // does it live: what a deployment is tried with first
	API      = "api"       // does it answer as promised, errors included
	Database = "database"
	Cache    = "cache"
)

// workflowTimeout is for a dozen requests in a row; what the runner grants by
// default is meant for one.
const workflowTimeout = 20 * time.Second

// deepEvery says how many rounds of the suite smoke come to one of the others,
// which ask much more of a service. Their requests are no probes by their path:
// in every round they would look like the users of a small service.
const deepEvery = 10

// entry is one test of the standard suites.
type entry struct {
	suite, name string
	critical    bool
	kind        probe.Kind
}

// Standard makes the standard suites of a service as its checklist describes
// it: a FastAPI application with users, items, a PostgreSQL and a Redis. Of the
// suite smoke all tests but version are critical: a service on the wrong Python
// still serves people. The other suites tell what they find to whoever reads
// the checklist, and nothing in them is critical.
//
// An error names the test whose settings can't be used, but never an address,
// which may hold a password.
func Standard(t Target) ([]smoke.Test, error) {
	var tests []smoke.Test
	for _, e := range t.entries() {
		run, err := e.kind.Compile()
		if err != nil {
			return nil, fmt.Errorf("the standard test %s/%s: %w", e.suite, e.name, err)
		}
		test := smoke.Test{
			Identity: smoke.Identity{Environment: t.Environment, Track: t.Track, Suite: e.suite, Test: e.name},
			Critical: e.critical, Run: run,
		}
		if e.suite != Smoke {
			test.Interval = deepEvery * t.Interval
		}
		switch k := e.kind.(type) {
		case probe.HTTP:
			test.Python = k.Expect.Python
		case probe.Workflow:
			test.Timeout = workflowTimeout
		}
		tests = append(tests, test)
	}
	return tests, nil
}

// entries are the tests of everything that has an address.
func (t Target) entries() []entry {
	var all []entry
	if t.URL != "" {
		all = append(all,
			entry{Smoke, "health", true, t.get("/health", probe.Expect{Shape: probe.ShapeHealth})},
			entry{Smoke, "version", false, t.get("/api/v1/version", probe.Expect{Shape: probe.ShapeVersion, Python: t.PythonVersion})},
			entry{Smoke, "root", true, t.get("/", probe.Expect{Shape: probe.ShapeText})},
		)
	}
	if t.DatabaseURL != "" {
		all = append(all, entry{Smoke, "database", true, t.database(probe.Postgres{})})
	}
	if t.RedisURL != "" {
		all = append(all, entry{Smoke, "cache", true, t.cache(probe.RedisPing)})
	}
	if t.URL != "" {
		all = append(all, t.apiEntries()...)
	}
	if t.DatabaseURL != "" {
		all = append(all, t.databaseEntries()...)
	}
	if t.RedisURL != "" {
		all = append(all, t.cacheEntries()...)
	}
	return all
}

const (
	// nowhere is a page that no service has.
	nowhere = "/" + probe.KeyPrefix + "nowhere"
	// strangeOrigin is a page that no service lets in.
	strangeOrigin = "https://" + probe.KeyPrefix + "stranger.invalid"
)

func (t Target) apiEntries() []entry {
	all := []entry{
		{API, "health-parts", false, t.get("/health", probe.Expect{
			Shape: probe.ShapeHealth, CEL: []string{"has(json.checks) && size(json.checks) > 0"},
		})},
		{API, "version", false, t.get("/api/v1/version", probe.Expect{
			Shape: probe.ShapeVersion, Python: t.PythonVersion, CEL: []string{"has(json.version) && json.version != ''"},
		})},
		{API, "not-found", false, t.get(nowhere, probe.Expect{Shape: probe.ShapeError})},
		{API, "method", false, t.http(probe.Request{
			Method: "POST", Path: "/health", ReadOnly: true, // it is not even looked at
			Expect: probe.Expect{Shape: probe.ShapeError, Status: []string{"405"}},
		})},
		{API, "validation", false, t.http(probe.Request{
			Path: "/api/v1/auth/register", Body: "{}", ReadOnly: true, // nobody can be registered without a name
			Expect: probe.Expect{Shape: probe.ShapeValidation, Fields: []string{"password"}},
		})},
		{API, "compression", false, t.get("/openapi.json", probe.Expect{Compressed: true})},
		{API, "refused", false, t.workflow(refused(), nil)},
	}
	if t.Origin != "" {
		preflight := probe.CORS{
			Target: t.URL, TLS: t.TLS, Path: "/api/v1/items", Origin: t.Origin,
			Method: "POST", Headers: []string{"Authorization", "Content-Type"},
		}
		stranger := preflight
		stranger.Origin, stranger.Refused = strangeOrigin, true
		all = append(all, entry{API, "cors", false, preflight}, entry{API, "cors-refused", false, stranger})
	}
	if t.Writes {
		all = append(all,
			entry{API, "account", false, t.workflow(account(), leave())},
			entry{API, "items", false, t.workflow(items(), append(removeItem(), leave()...))},
		)
	}
	return all
}

const (
	// maxQueryTime is how long a query over the catalogue may take.
	maxQueryTime = time.Second
	// catalogueQuery reads what every database has, large and small.
	catalogueQuery = `SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid`
	// brokenIndexes are those that a failed build left behind: unique ones
	// among them don't keep duplicates out.
	brokenIndexes = `SELECT indexrelid::regclass FROM pg_catalog.pg_index WHERE NOT indisvalid
		AND indexrelid NOT IN (SELECT index_relid FROM pg_catalog.pg_stat_progress_create_index)`
)

func (t Target) databaseEntries() []entry {
	all := []entry{
		{Database, "connect", false, t.database(probe.Postgres{Check: probe.PostgresConnect})},
		{Database, "connections", false, t.database(probe.Postgres{
			Check: probe.PostgresConnections, Connections: cmp.Or(t.Connections, 10),
		})},
		{Database, "query-time", false, t.database(probe.Postgres{
			Check: probe.PostgresQuery, Query: catalogueQuery, MaxDuration: maxQueryTime,
		})},
		{Database, "integrity", false, t.database(probe.Postgres{Check: probe.PostgresIntegrity, Query: brokenIndexes})},
	}
	if t.DatabaseVersion != "" {
		all = append(all, entry{Database, "version", false, t.database(probe.Postgres{
			Check: probe.PostgresVersion, Version: t.DatabaseVersion,
		})})
	}
	if t.Writes {
		all = append(all,
			entry{Database, "crud", false, t.database(probe.Postgres{Check: probe.PostgresCRUD})},
			entry{Database, "rollback", false, t.database(probe.Postgres{Check: probe.PostgresRollback})},
		)
	}
	return all
}

func (t Target) cacheEntries() []entry {
	all := []entry{
		{Cache, "connect", false, t.cache(probe.RedisPing)},
		{Cache, "pubsub", false, t.cache(probe.RedisPubSub)},
	}
	if t.Writes {
		all = append(all,
			entry{Cache, "set-get", false, t.cache(probe.RedisSetGet)},
			entry{Cache, "ttl", false, t.cache(probe.RedisTTL)},
			entry{Cache, "pipeline", false, t.cache(probe.RedisPipeline)},
			entry{Cache, "transaction", false, t.cache(probe.RedisTransaction)},
		)
	}
	return all
}

func (t Target) http(r probe.Request) probe.HTTP {
	return probe.HTTP{Target: t.URL, TLS: t.TLS, Request: r, Writes: t.Writes}
}

func (t Target) get(path string, e probe.Expect) probe.HTTP {
	return t.http(probe.Request{Path: path, Expect: e})
}

func (t Target) workflow(steps, cleanup []probe.Step) probe.Workflow {
	return probe.Workflow{Target: t.URL, TLS: t.TLS, Values: person(), Steps: steps, Cleanup: cleanup, Writes: t.Writes}
}

// database fills in what the tests of the PostgreSQL share.
func (t Target) database(p probe.Postgres) probe.Postgres {
	p.Target, p.RequireTLS, p.Writes = t.DatabaseURL, t.RequireTLS, t.Writes
	return p
}

func (t Target) cache(check string) probe.Redis {
	r := probe.Redis{Target: t.RedisURL, Check: check, Writes: t.Writes}
	if secureRedis(t.RedisURL) {
		r.TLS = t.TLS
	}
	return r
}
