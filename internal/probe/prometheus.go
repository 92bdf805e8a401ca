package probe

import (
	"context"
	"errors"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// Prometheus evaluates an expression that must hold now: a scalar or a vector
// of at least one series, no value of which is 0 or NaN. The reason names the
// first series that fails. A comparison wants bool, or those that fail drop
// out and cannot be named:
//
//	count by (version) (python_info) == bool 1
//
// Phases: as HTTP.
type Prometheus struct {
	// Target is the address of the Prometheus, perhaps with user and password.
	Target string `yaml:"target"`
	TLS    TLS    `yaml:"tls"`
	// Query is the PromQL.
	Query string `yaml:"query"`
	// Bearer is a token for the header Authorization.
	Bearer string `yaml:"bearer"`

	// Secrets are values that no reason, detail or error may hold.
	Secrets []string `yaml:"-"`
}

// Compile implements [Kind].
func (p Prometheus) Compile() (func(context.Context) smoke.Outcome, error) {
	return nil, errUnfinished
}

var errUnfinished = errors.New("this kind of test is not ready yet")
