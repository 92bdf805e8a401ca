// Package smoke tests a running service from outside, once or on a schedule:
// does it answer, is it healthy, which Python does it run, can its database
// and its cache be reached.
//
// A [Test] is one function of a context. It says what it found as an
// [Outcome], whose reason is a short, stable sentence naming the cause. The
// [Runner] gives every test its deadline, measures it, recovers its panics and
// keeps what was found; [Runner.Snapshot] shows it to whoever asks, without
// waiting for a test under way.
//
// Targets are not trusted. What is read from them is bounded, text of theirs
// in a reason is bounded and printable, and no reason holds a password, a
// user's name, or the query of an address.
package smoke

import (
	"context"
	"time"
)

// Suite is the suite of the tests that [Standard] makes.
const Suite = "smoke"

// Identity tells a test from every other one.
type Identity struct {
	Environment string // "production"; may be empty
	Track       string // "baseline" or "candidate"; may be empty
	Suite       string
	Test        string // "health"
}

// Test is one test of a running service.
type Test struct {
	Identity
	Critical bool // its failure means that the service is of no use to people

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

// Result is one run of a test.
type Result struct {
	Identity
	Critical bool
	Success  bool
	Reason   string // why it failed; empty after a success
	Phases   []Phase
	Detail   string // what Outcome says of it
	Start    time.Time
	Duration time.Duration // by the monotonic clock
}

// Snapshot is what is known of a runner's tests at one moment. Nobody changes
// it, the reader included: it is shared.
type Snapshot struct {
	Tests []Status // in the order in which the runner was given them
}

// Status is what is known of one test.
type Status struct {
	Identity
	Critical  bool
	Last      *Result // nil before the first run ended
	Successes uint64  // runs that passed
	Failures  uint64  // runs that failed
}
