package probe

import (
	"context"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// TCP connects. Phases: resolve, connect, transfer.
type TCP struct {
	// Target is host:port, or a URL whose scheme has a well-known port.
	Target string `yaml:"target"`
	// Match is a regular expression (RE2) that the first line the target says
	// of its own accord must match. Empty: it need not say anything.
	Match string `yaml:"match"`

	// Secrets are values that no reason, detail or error may hold.
	Secrets []string `yaml:"-"`
}

// Compile implements [Kind].
func (t TCP) Compile() (func(context.Context) smoke.Outcome, error) {
	return nil, errUnfinished
}

// Certificate connects with TLS and judges the version and the certificates.
// Phases: resolve, connect, tls.
type Certificate struct {
	// Target is host:port, or a URL whose scheme has a well-known port.
	Target string `yaml:"target"`
	TLS    TLS    `yaml:"tls"`

	// Secrets are values that no reason, detail or error may hold.
	Secrets []string `yaml:"-"`
}

// Compile implements [Kind].
func (c Certificate) Compile() (func(context.Context) smoke.Outcome, error) {
	return nil, errUnfinished
}
