// Package demo is the world that cutover looks at, small enough for one
// machine: a sample service in its old and its new version, traffic between
// them, the Prometheus configuration that scrapes them, and a receiver for the
// alerts.
//
// The service answers and measures itself as a FastAPI application with the
// Python client and prometheus-fastapi-instrumentator does: the names, labels
// and buckets of its /metrics are theirs. How long it takes is really waited
// for; what a Go program can't have (a Python version, Python's memory) is
// made up. It can be broken while it runs, in the ways that the checklist's
// rollback criteria are about, and mended again.
package demo

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/internal/demo/store"
)

// Options makes a [Service]. [Baseline] and [Candidate] fill in all of it that
// a service needs.
type Options struct {
	Name          string // "sample-api"
	Version       string // of the service: "2.4.0"
	PythonVersion string // "3.13.0"
	Environment   string // "production"
	Slot          string // "blue"
	Profile       Profile
	Seed          uint64 // of the response times

	// Origins are the pages of other sites that may use the API: "https://shop.example".
	Origins []string
	// PasswordCost is bcrypt's, for the hashes of passwords. 0: its default.
	PasswordCost int

	// Store keeps items, orders and users, and Sessions who is logged in. Nil:
	// the service's own memory.
	Store    store.Store
	Sessions store.Sessions
	// Checks are what /health asks, by name. Those left out of "database" and
	// "redis" are kept in memory, and healthy.
	Checks map[string]func(context.Context) error
	// Logger is told when the service breaks and is mended. Nil: nobody is.
	Logger *slog.Logger
}

// Profile is how well a version of the service does.
type Profile struct {
	Memory     float64       // resident, in bytes
	CPU        time.Duration // of one request
	ErrorRatio float64       // of the requests; they answer 500
	Latency    Latency       // of the requests to the pages and the API
}

// Origin is the one page that [Baseline] and [Candidate] let in.
const Origin = "https://shop.example"

// Baseline is the old version, in the figures of the checklist: 50 ms in the
// mean, 180 at P95, 280 at P99, 256 MB, one error in ten thousand.
func Baseline() Options {
	return Options{
		Name: "sample-api", Version: "2.4.0", PythonVersion: "3.12.8", Environment: "production", Slot: "blue",
		Origins: []string{Origin},
		Profile: Profile{
			Memory: 256e6, CPU: 9 * time.Millisecond, ErrorRatio: 0.0001,
			Latency: Latency{
				{0, ms(14)}, {0.5, ms(28)}, {0.8, ms(52)}, {0.9, ms(104)}, {0.95, ms(180)}, {0.99, ms(280)}, {1, ms(320)},
			},
		},
	}
}

// Candidate is the new version: faster and smaller, within every target of the
// checklist with something to spare for a busy machine.
func Candidate() Options {
	return Options{
		Name: "sample-api", Version: "2.4.0", PythonVersion: "3.13.0", Environment: "production", Slot: "green",
		Origins: []string{Origin},
		Profile: Profile{
			Memory: 238e6, CPU: 8 * time.Millisecond, ErrorRatio: 0.0001,
			Latency: Latency{
				{0, ms(10)}, {0.5, ms(21)}, {0.8, ms(37)}, {0.9, ms(72)}, {0.95, ms(121)}, {0.99, ms(197)}, {1, ms(230)},
			},
		},
	}
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// Kind is a way for a service to break.
type Kind string

// The kinds of breaking.
const (
	Errors  Kind = "errors"  // one request in twenty answers 500
	Slow    Kind = "latency" // responses take twice as long
	Sick    Kind = "health"  // /health answers 200 with "unhealthy"
	Leak    Kind = "memory"  // memory grows by 10 MB a second, to 400 MB
	Crashed Kind = "crash"   // nothing listens any more
)

// Kinds lists every Kind.
func Kinds() []Kind { return []Kind{Errors, Slow, Sick, Leak, Crashed} }

// ParseKind reads a Kind. The error lists the names there are.
func ParseKind(s string) (Kind, error) {
	var names []string
	for _, k := range Kinds() {
		if s == string(k) {
			return k, nil
		}
		names = append(names, string(k))
	}
	return "", fmt.Errorf("can't break by %q: want one of %s", s, strings.Join(names, ", "))
}
