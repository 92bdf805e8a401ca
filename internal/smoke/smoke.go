// Package smoke tests a running service from outside, once or on a schedule:
// does it answer, is it healthy, which Python does it run, can its database
// and its cache be reached.
//
// A [Test] is one function of a context. It says what it found as an
// [Outcome], whose reason is a short, stable sentence naming the cause. The
// [Runner] gives every test its deadline, tries it again where it may, measures
// it, recovers its panics and keeps what was found, with the last failures in
// full; [Runner.Snapshot] shows it to whoever asks, without waiting for a test
// under way. A [Report] is what one run of many tests found, for JSON and JUnit.
//
// Targets are not trusted. What is read from them is bounded, text of theirs
// in a reason is bounded and printable, and no reason holds a password, a
// user's name, or the query of an address.
package smoke

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// Suite is the suite of the tests that [Standard] makes.
const Suite = "smoke"

// Identity tells a test from every other one.
type Identity struct {
	Environment string `json:"environment"` // "production"; may be empty
	Track       string `json:"track"`       // "baseline" or "candidate"; may be empty
	Suite       string `json:"suite"`
	Test        string `json:"test"` // "health"
}

// ID is a name for addresses: 12 hex digits that stay the same while the
// identity does.
func (i Identity) ID() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{i.Environment, i.Track, i.Suite, i.Test}, "\x00")))
	return hex.EncodeToString(sum[:6])
}

// Target is where the test runs, for people: "production candidate".
func (i Identity) Target() string { return strings.Trim(i.Environment+" "+i.Track, " ") }

// Name names the test for people: "production candidate api/health".
func (i Identity) Name() string { return strings.TrimLeft(i.Target()+" "+i.Suite+"/"+i.Test, " ") }

// Compare orders by environment, track, suite and test.
func (i Identity) Compare(j Identity) int {
	return cmp.Or(cmp.Compare(i.Environment, j.Environment), cmp.Compare(i.Track, j.Track),
		cmp.Compare(i.Suite, j.Suite), cmp.Compare(i.Test, j.Test))
}

// Test is one test of a running service.
type Test struct {
	Identity
	Critical bool // its failure means that the service is of no use to people

	Interval time.Duration // from one start to the next. 0: the runner's
	Timeout  time.Duration // of each try. 0: the runner's
	Retries  int           // how often a failure is tried again before it counts

	// Proves names the tasks of a checklist that a success proves, each by its
	// ID or its text.
	Proves []string

	// Python is the version of Python that a success proves to run: "3.13" is
	// any 3.13. Empty: none in particular.
	Python string

	// Run tests once. The context ends at the test's deadline; a Run that goes
	// on regardless is given up, and not started again before it returns.
	Run func(ctx context.Context) Outcome
}

// Outcome is what a test found.
type Outcome struct {
	// Reason names the cause of a failure in a short sentence that stays the
	// same while the cause does: "connection refused". Empty: passed.
	Reason string

	// Phases says where the time went, in the order in which it did: resolve,
	// connect, tls, processing, transfer for HTTP. They need not add up to the
	// whole.
	Phases []Phase

	// Detail is what a person wants to see after a failure: the request, the
	// head of the answer and the beginning of its body. It is bounded and
	// printable, and its secrets are masked. It never reaches a metric.
	Detail string
}

// Phase is one part of what a test did.
type Phase struct {
	Name     string // "connect"
	Duration time.Duration
}

// Passed says whether the test found nothing wrong.
func (o Outcome) Passed() bool { return o.Reason == "" }

// Result is one run of a test: one try, or several.
type Result struct {
	Identity
	Critical bool
	Success  bool
	Reason   string   // why the last try failed; empty after a success
	Earlier  []string // why the tries before it failed, in their order
	Phases   []Phase  // of the last try
	Detail   string   // what Outcome says of the last try
	Start    time.Time
	Duration time.Duration // of the last try, by the monotonic clock
}

// Snapshot is what is known of a runner's tests at one moment. Nobody changes
// it, the reader included: it is shared.
type Snapshot struct {
	Tests []Status // in the order in which the runner was given them

	// ProberSuspected says that every target fails every test: more than one
	// target has been tested, and no test of any passed when last run. Then
	// what tests is the likelier culprit, or the network around it.
	ProberSuspected bool
}

// Suspicion is what people are told where ProberSuspected is set.
const Suspicion = "Every test of every target fails: suspect what tests, its network and its settings before the services."

// Status is what is known of one test.
type Status struct {
	Identity
	Critical  bool
	Proves    []string
	Python    string
	Interval  time.Duration // from one start to the next
	Last      *Result       // nil before the first run ended; without detail after a success
	Successes uint64        // runs that passed
	Failures  uint64        // runs that failed
	Recent    []*Result     // the last runs that failed, the newest first
}

// suspicious says whether results of several targets are all failures.
func suspicious(last func(yield func(*Result) bool)) bool {
	targets := make(map[[2]string]bool)
	for r := range last {
		if r.Success {
			return false
		}
		targets[[2]string{r.Environment, r.Track}] = true
	}
	return len(targets) > 1
}
