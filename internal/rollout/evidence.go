package rollout

import (
	"regexp"
	"strings"

	"github.com/cutover-dev/cutover/checklist"
)

// Test is a test of a running service, as far as it takes to tell what it
// proves.
type Test struct {
	Environment string // where the service runs; empty: the tests know no environments
	Suite, Name string // "smoke", "health"
	Baseline    bool   // it tests the old version
}

// suite is the suite whose tests the table below knows.
const suite = "smoke"

// proofs says which test proves what a task claims. A task is looked up by the
// plain form of its text (see [plain]): "Health check endpoint" and "Verify the
// health check: OK" are both "health check". The phrases are whole texts, not
// words to look for: "Health checks configured" is about something else.
var proofs = map[string]string{
	"health check":             "health",
	"health checks":            "health",
	"health check endpoint":    "health",
	"health endpoint":          "health",
	"deployment health":        "health",
	"service health":           "health",
	"application health":       "health",
	"green environment health": "health",
	"version endpoint":         "version",
	"python version":           "version",
	"root endpoint":            "root",
	"database connectivity":    "database",
	"database connection":      "database",
	"database connections":     "database",
	"postgresql connectivity":  "database",
	"postgresql connection":    "database",
	"cache connectivity":       "cache",
	"cache connection":         "cache",
	"redis connectivity":       "cache",
	"redis connection":         "cache",
}

// suites are tasks that claim what the tasks nested under them claim.
var suites = map[string]bool{
	"smoke tests":     true,
	"all smoke tests": true,
}

// Evidence says which tests prove which tasks: for the ID of a task the
// indices of its tests, ascending. A test counts for tasks of its environment,
// one without an environment for all. A task like "Run smoke tests" is proven
// by the tests of the tasks nested under it, if each of these has one.
//
// Tests of the old version prove nothing about the new one, and contingency
// tasks are never proven: what they name is the old version again.
func Evidence(c *checklist.Checklist, tests []Test) map[string][]int {
	evidence := make(map[string][]int)
	for _, t := range c.Tasks {
		name, ok := proofs[plain(t.Text)]
		if !ok || t.Kind != checklist.Plan {
			continue
		}
		for i, test := range tests {
			if test.Suite == suite && test.Name == name && !test.Baseline && counts(test, t) {
				evidence[t.ID] = append(evidence[t.ID], i)
			}
		}
	}
	for _, t := range c.Tasks {
		if t.Kind == checklist.Plan && !t.Leaf && suites[plain(t.Text)] {
			if all := together(c, t.ID, evidence, len(tests)); all != nil {
				evidence[t.ID] = all
			}
		}
	}
	return evidence
}

func counts(test Test, t checklist.Task) bool {
	return test.Environment == "" || strings.EqualFold(test.Environment, t.Environment)
}

// together is the evidence of all tasks directly under one, nil if any of them
// has none.
func together(c *checklist.Checklist, parent string, evidence map[string][]int, tests int) []int {
	used := make([]bool, tests)
	for _, t := range c.Tasks {
		if t.Parent != parent {
			continue
		}
		if len(evidence[t.ID]) == 0 {
			return nil
		}
		for _, i := range evidence[t.ID] {
			used[i] = true
		}
	}
	var all []int
	for i, u := range used {
		if u {
			all = append(all, i)
		}
	}
	return all
}

var (
	aside  = regexp.MustCompile(`\([^)]*\)|\bv?\d+(?:\.\d+)+\b`)
	noWord = regexp.MustCompile(`[^\p{L}\p{N}]+`)
	before = regexp.MustCompile(`^(?:(?:run|execute|verify|check|confirm|test|validate|that|the) )+`)
	after  = regexp.MustCompile(`(?: (?:is|are|was|has|have|been|ok|okay|working|works|responding|responds|reachable|` +
		`healthy|good|established|run|executed|passed|passes|passing|pass|succeeded|successful|verified|confirmed|validated|tested))+$`)
)

// plain is the claim of a task without case, punctuation, version numbers,
// remarks in parentheses, and the words that only say it holds.
func plain(text string) string {
	text = strings.TrimSpace(noWord.ReplaceAllString(aside.ReplaceAllString(strings.ToLower(text), " "), " "))
	return after.ReplaceAllString(before.ReplaceAllString(text, ""), "")
}
