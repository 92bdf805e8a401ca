package rollout

// row says what proves some claims.
type row struct {
	// claims are whole plain texts of tasks (see [plain]), not words to look
	// for: "health checks configured" is about something else than "health
	// checks".
	claims []string

	// about is what a heading above the task must be about, where the claim
	// alone could mean anything: one of the keys of subjects.
	about string
	// tested wants a heading above the task to speak of testing: elsewhere
	// "CORS configuration" may be something to write. Without it, it is enough
	// that the task says that the claim holds or is to be tried ("Verify …",
	// "… working"), or that stated says so of the claims themselves.
	tested, stated bool
	// asides are what may stand in parentheses: it says no more than the claim.
	asides []string
	// python says that the claim is about a version of Python, which the tests
	// must want.
	python bool

	// tests are the suite/name of what has to be proven, all of it. Where names
	// are joined by "|" one of them is enough, and all that there are count.
	// "smoke/*" are all tests of the suite that there are.
	tests []string
}

// What several rows need.
const (
	service  = "smoke/health|api/health-parts"
	release  = "smoke/version|api/version"
	database = "smoke/database|database/connect"
	cache    = "smoke/cache|cache/connect"
)

// claims says which tests prove what a task claims. A row is right if nobody
// who saw its tests pass would still have to try what the line says; a line
// that may mean more than its tests try stays out. Standard suites have all the
// tests that are named here; a suite of the same name in a configuration file
// is taken at its word.
var claims = []row{
	{
		claims: []string{
			"health check", "health check endpoint", "health endpoint",
			"deployment health", "service health", "application health", "green environment health",
		},
		asides: []string{"health", "get health"}, tests: []string{service},
	},
	{claims: []string{"version endpoint"}, asides: []string{"api v1 version"}, tests: []string{release}},
	{claims: []string{"python version", "python version endpoint"}, python: true, tests: []string{release}},
	{claims: []string{"root endpoint"}, tests: []string{"smoke/root"}},
	{
		claims: []string{
			"database connectivity", "database connection", "postgresql connectivity", "postgresql connection",
		},
		tests: []string{database},
	},
	{claims: []string{"connection", "connectivity", "connection establishment"}, about: "database", tested: true, tests: []string{database}},
	{
		claims: []string{"cache connectivity", "cache connection", "redis connectivity", "redis connection"},
		tests:  []string{cache},
	},
	{claims: []string{"connection", "connectivity", "connection establishment"}, about: "cache", tested: true, tests: []string{cache}},
	{
		claims: []string{"all services running", "all services up", "all services up and running", "all services are running", "all services are up"},
		stated: true, tests: []string{service, database, cache},
	},
	{
		claims: []string{"smoke tests", "all smoke tests", "smoke tests on green", "smoke tests against green"},
		tests:  []string{"smoke/*", "smoke/health"},
	},
	{claims: []string{"smoke tests pass against green"}, stated: true, tests: []string{"smoke/*", "smoke/health"}},

	{
		claims: []string{"crud", "crud operations", "rows can be inserted read changed and removed"},
		about:  "database", tested: true, tests: []string{"database/crud"},
	},
	{
		claims: []string{"transactions", "transaction handling", "transaction rollback", "a failed transaction leaves no trace"},
		about:  "database", tested: true, tests: []string{"database/rollback"},
	},
	{
		claims: []string{"connection pool", "connection pooling", "concurrent connections"},
		about:  "database", tested: true, tests: []string{"database/connections"},
	},
	{claims: []string{"database operations"}, tested: true, tests: []string{"database/crud", "database/rollback"}},

	{
		claims: []string{"set get", "get set", "set get operations", "get set operations", "values survive a round trip unchanged"},
		about:  "cache", tested: true, tests: []string{"cache/set-get"},
	},
	{
		claims: []string{"ttl", "ttl management", "ttl handling", "ttl expiry", "key expiry", "keys expire when they should"},
		about:  "cache", tested: true, tests: []string{"cache/ttl"},
	},
	{
		claims: []string{"pipelines", "pipelining", "pipeline operations", "batched commands arrive in order"},
		about:  "cache", tested: true, tests: []string{"cache/pipeline"},
	},
	{
		claims: []string{"pub sub", "pub sub functionality", "publish subscribe", "subscribers receive what is published"},
		about:  "cache", tested: true, tests: []string{"cache/pubsub"},
	},
	{claims: []string{"cache operations"}, tested: true, tests: []string{"cache/set-get", "cache/ttl"}},

	{
		claims: []string{"authentication", "user authentication", "authentication flow", "tokens are issued accepted and refused"},
		tested: true, tests: []string{"api/account", "api/refused"},
	},
	{
		claims: []string{
			"user registration login flow", "user registration and login flow", "user registration and login",
			"registration and login", "a new user can sign up and log in", "new users can sign up and log in",
		},
		tested: true, tests: []string{"api/account"},
	},
	{claims: []string{"crud workflows", "data crud workflows"}, tested: true, tests: []string{"api/items"}},
	{claims: []string{"crud", "crud operations"}, about: "api", tested: true, tests: []string{"api/items"}},
	{
		claims: []string{"validation", "request validation", "input validation", "bad input is answered with 422 and a useful body"},
		about:  "api", tested: true, asides: []string{"pydantic"}, tests: []string{"api/validation"},
	},
	{claims: []string{"error handling"}, about: "api", tested: true, tests: []string{"api/not-found", "api/method", "api/validation", "api/refused"}},
	{
		claims: []string{
			"cors", "cors configuration", "cors headers", "cors preflight", "browsers on other origins are let in as configured",
		},
		tested: true, tests: []string{"api/cors", "api/cors-refused"},
	},
}
