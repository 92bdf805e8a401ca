package rollout

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/checklist"
)

// plan parses a checklist.
func plan(t *testing.T, markdown string) *checklist.Checklist {
	t.Helper()
	c, err := checklist.Parse("plan.md", "plan", []byte(markdown))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// everything are tests of every name in the table, in an environment.
func everything(environment string) []Test {
	tests := WellKnown()
	for i := range tests {
		tests[i].Environment, tests[i].Python = environment, "3.13.0"
	}
	slices.SortFunc(tests, func(a, b Test) int { return strings.Compare(a.Suite+"/"+a.Name, b.Suite+"/"+b.Name) })
	return tests
}

// attached lists what proves each task, by its text.
func attached(c *checklist.Checklist, tests []Test) map[string][]string {
	evidence := Evidence(c, tests)
	got := map[string][]string{}
	for _, t := range c.Tasks {
		for _, i := range evidence[t.ID] {
			got[t.Text] = append(got[t.Text], tests[i].Suite+"/"+tests[i].Name)
		}
	}
	return got
}

func TestEvidenceByTheTable(t *testing.T) {
	c := plan(t, `# Upgrade to Python 3.13
## Development
- [ ] Run smoke tests
  - [ ] Health check endpoint
  - [ ] Version endpoint
- [ ] All services running
- [ ] Python version confirmed (3.13.0)
- [ ] Python version is 3.13
- [ ] Python version
- [ ] Python version confirmed (3.12.8)
- [ ] Python version: 3.12.8 → 3.13.0
- [ ] Health endpoint (/health): OK!
- [ ] Health checks (mobile app)
- [ ] Health check endpoint (2.1)
- [ ] Health checks configured
- [ ] Version endpoint documented
- [ ] Database connections: _____
- [ ] Redis connection: OK ☐ broken ☐
## Staging
- [ ] Run smoke tests
## Integration Testing
### Database Tests
- [ ] Connection establishment
- [ ] CRUD operations
- [ ] Async operations (asyncpg)
- [ ] Transaction handling
### Cache Tests
- [ ] **Connection establishment:** working
- [ ] Pipeline operations
### API Tests
- [ ] Validation working (Pydantic)
- [ ] Error handling correct
- [ ] CORS configuration
## Build
### What there is
- [ ] Health endpoint
- [ ] Database connection
- [ ] Smoke tests
### What runs elsewhere
- [ ] Health checks passing
- [ ] Database connections healthy
- [ ] Smoke tests passed (login, payment)
- [ ] Smoke tests on blue passed
- [ ] Frontend health endpoint responding
### Security
- [ ] Pipeline operations
- [ ] CORS configuration
- [ ] Transaction handling
- [ ] Authentication
## Rollback
- [ ] Health checks
`)
	healthy, version := []string{"api/health-parts", "smoke/health"}, []string{"api/version", "smoke/version"}
	want := map[string][]string{
		// Once by the tasks nested under it, and once by the whole suite.
		"Run smoke tests": slices.Concat(
			[]string{"api/health-parts", "api/version", "smoke/health", "smoke/version"},
			[]string{"smoke/cache", "smoke/database", "smoke/health", "smoke/root", "smoke/version"}),
		"Health check endpoint":             healthy,
		"Health endpoint (/health): OK!":    healthy,
		"Version endpoint":                  version,
		"Python version confirmed (3.13.0)": version,
		"Python version is 3.13":            version,
		"All services running": {
			"api/health-parts", "cache/connect", "database/connect", "smoke/cache", "smoke/database", "smoke/health",
		},
		"Connection establishment":          {"database/connect", "smoke/database"},
		"CRUD operations":                   {"database/crud"},
		"Transaction handling":              {"database/rollback"},
		"Connection establishment: working": {"cache/connect", "smoke/cache"},
		"Pipeline operations":               {"cache/pipeline"},
		"Validation working (Pydantic)":     {"api/validation"},
		"Error handling correct":            {"api/method", "api/not-found", "api/refused", "api/validation"},
		"CORS configuration":                {"api/cors", "api/cors-refused"},
	}
	// Of the section about building nothing is proven: what has been written,
	// of several services, of more than the tests try, of the old version.
	if diff := cmp.Diff(want, attached(c, everything(""))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestEveryTestIsNeeded takes each test of the table away: what asks for it is
// then not proven by the rest.
func TestEveryTestIsNeeded(t *testing.T) {
	c := plan(t, "# Plan\n## API tests\n- [ ] Error handling\n- [ ] Authentication\n- [ ] CORS\n## Cache tests\n- [ ] Cache operations\n"+
		"## Database tests\n- [ ] Database operations\n## Smoke\n- [ ] All services running\n- [ ] Smoke tests\n")
	all := everything("")
	if n := len(Evidence(c, all)); n != 7 {
		t.Fatalf("%d tasks are proven by all tests, want 7", n)
	}
	for missing, unproven := range map[string][]string{
		"api/not-found": {"Error handling"}, "api/method": {"Error handling"}, "api/validation": {"Error handling"},
		"api/refused": {"Authentication", "Error handling"}, "api/account": {"Authentication"},
		"api/cors": {"CORS"}, "api/cors-refused": {"CORS"},
		"cache/set-get": {"Cache operations"}, "cache/ttl": {"Cache operations"},
		"database/crud": {"Database operations"}, "database/rollback": {"Database operations"},
		"smoke/health": {"Smoke tests"}, "smoke/cache": nil, "cache/connect": nil,
	} {
		got := attached(c, slices.DeleteFunc(slices.Clone(all), func(t Test) bool { return t.Suite+"/"+t.Name == missing }))
		var lost []string
		for _, task := range c.Tasks {
			if got[task.Text] == nil {
				lost = append(lost, task.Text)
			}
		}
		slices.Sort(lost)
		if diff := cmp.Diff(unproven, lost); diff != "" {
			t.Errorf("without %s unproven (-want +got):\n%s", missing, diff)
		}
	}
}

func TestPythonThatIsWanted(t *testing.T) {
	for _, c := range []struct {
		task, wanted string
		proven       bool
	}{
		{"Python version confirmed (3.13.0)", "3.13.0", true},
		{"Python version confirmed (3.13)", "3.13.0", true},
		{"Python version confirmed (3.13.0)", "3.13", false}, // 3.13.7 would pass
		{"Python version confirmed (3.13.0)", "3.12.8", false},
		{"Python version confirmed (3.1)", "3.13", false},
		{"Python version confirmed (3.13.0)", "", false},
		{"Python version confirmed", "3.13", true}, // which the title names
		{"Python version confirmed", "3.12", false},
		{"Python version confirmed", "", false},
	} {
		p := plan(t, "# Python 3.12 → 3.13\n## Staging\n- [ ] "+c.task+"\n")
		if got := Evidence(p, []Test{{Suite: "smoke", Name: "version", Python: c.wanted}}); (len(got) > 0) != c.proven {
			t.Errorf("%q by a test that wants %q: %v", c.task, c.wanted, got)
		}
	}
	if got := Evidence(plan(t, "# Plan\n- [ ] Python version\n"), []Test{{Suite: "smoke", Name: "version", Python: "3.13"}}); len(got) > 0 {
		t.Errorf("nothing says which version, and it is proven by %v", got)
	}
}

func TestEvidenceByEnvironment(t *testing.T) {
	c := plan(t, `# Plan
## Development
- [ ] Health check endpoint responding
## Staging
- [ ] Verify deployment health
## Production
- [ ] Service health confirmed
## Integration Testing
- [ ] Redis connection
## Anywhere
- [ ] Health check passed
`)
	tests := []Test{
		0: {Environment: "development", Suite: "smoke", Name: "health"},
		1: {Environment: "Staging", Suite: "smoke", Name: "health"},
		2: {Environment: "production", Suite: "smoke", Name: "health", Baseline: true},
		3: {Environment: "integration", Suite: "smoke", Name: "cache"},
		4: {Environment: "staging", Suite: "smoke", Name: "cache"},
		5: {Suite: "checkout", Name: "health"},
	}
	want := map[string][]int{
		"development/health-check-endpoint-responding": {0},
		"staging/verify-deployment-health":             {1},
		"integration-testing/redis-connection":         {3},
	}
	if diff := cmp.Diff(want, Evidence(c, tests)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Evidence(c, nil); len(got) != 0 {
		t.Errorf("without tests: %v", got)
	}
}

func TestTasksThatTestsName(t *testing.T) {
	c := plan(t, `# Plan
## Staging
- [ ] Async operations (asyncpg)
- [ ] Health check endpoint
## Production
- [ ] Async operations (asyncpg)
## Load
- [ ] Async operations (asyncpg)
## Rollback
- [ ] Async operations (asyncpg)
`)
	tests := []Test{
		0: {Environment: "staging", Suite: "jobs", Name: "async", Proves: []string{"async operations, asyncpg"}},
		1: {Environment: "staging", Suite: "jobs", Name: "by ID", Proves: []string{"production/async-operations-asyncpg"}},
		2: {Environment: "staging", Suite: "smoke", Name: "health", Proves: []string{"Something else"}},
		3: {Environment: "staging", Suite: "jobs", Name: "old", Baseline: true, Proves: []string{"Async operations (asyncpg)"}},
	}
	want := map[string][]int{
		"staging/async-operations-asyncpg":    {0},
		"production/async-operations-asyncpg": {1},
		"load/async-operations-asyncpg":       {0},
	}
	if diff := cmp.Diff(want, Evidence(c, tests)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	for reference, want := range map[string][]string{
		"ASYNC operations - asyncpg":          {"staging/async-operations-asyncpg", "production/async-operations-asyncpg", "load/async-operations-asyncpg"},
		"production/async-operations-asyncpg": {"production/async-operations-asyncpg"},
		"rollback/async-operations-asyncpg":   nil,
		"Async operations":                    nil,
		"":                                    nil,
	} {
		if diff := cmp.Diff(want, Named(c, reference)); diff != "" {
			t.Errorf("%q names (-want +got):\n%s", reference, diff)
		}
	}
}

// TestNestedSmokeTests proves the whole by its parts, if it can.
func TestNestedSmokeTests(t *testing.T) {
	const nested = "# Plan\n## Staging\n- [ ] All smoke tests passed\n  - [ ] Version endpoint responding\n  - [ ] "
	tests := []Test{{Suite: "smoke", Name: "health"}, {Suite: "smoke", Name: "version"}, {Suite: "smoke", Name: "cache"}}
	const id = "staging/all-smoke-tests-passed"
	if got := Evidence(plan(t, nested+"Cache connection\n"), tests)[id]; !slices.Equal(got, []int{1, 2}) {
		t.Errorf("the whole is proven by %v, want 1 and 2", got)
	}
	if got := Evidence(plan(t, nested+"Mail goes out\n"), tests)[id]; got != nil {
		t.Errorf("no test knows of the mail, and the whole is proven by %v", got)
	}
}

func TestPlain(t *testing.T) {
	texts := map[string]string{
		"Health check endpoint":                   "health check endpoint",
		"Verify the health check: OK":             "health check",
		"Python version confirmed (3.13.0)":       "python version",
		"Python version confirmed: v3.13.0":       "python version",
		"Green environment health verified":       "green environment health",
		"✅ Database connection is working":        "database connection",
		"Run smoke tests":                         "smoke tests",
		"Health checks configured":                "health checks configured",
		"test":                                    "test",
		"":                                        "",
		"The (whole) aside":                       "aside",
		"Test that Redis connectivity is healthy": "redis connectivity",
		"Error handling correct":                  "error handling",
	}
	for text, want := range texts {
		if got := plain(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestTheTableCanBeReached holds its claims to the form in which texts are
// looked up, and its names to what exists.
func TestTheTableCanBeReached(t *testing.T) {
	for _, row := range claims {
		for _, claim := range row.claims {
			if got := plain(claim); got != claim {
				t.Errorf("%q is looked up as %q", claim, got)
			}
		}
		for _, aside := range row.asides {
			if got := words(aside); got != aside {
				t.Errorf("the aside %q is looked up as %q", aside, got)
			}
		}
		if row.about != "" && subjects[row.about] == nil {
			t.Errorf("no heading can be about %q", row.about)
		}
	}
}

func BenchmarkEvidence(b *testing.B) {
	var lines strings.Builder
	lines.WriteString("# Plan\n")
	for range 20 {
		lines.WriteString("## Database tests\n- [ ] CRUD operations\n- [ ] Book the window\n- [ ] Health check endpoint\n  - [ ] Error rate < 1%\n")
	}
	c, err := checklist.Parse("plan.md", "plan", []byte(lines.String()))
	if err != nil {
		b.Fatal(err)
	}
	tests := everything("")
	b.ReportAllocs()
	for b.Loop() {
		Evidence(c, tests)
	}
}
