// Package probe holds the tests that a suite is made of. Each kind is a struct
// of settings whose Compile reads them once and makes the function that
// [smoke.Test] runs:
//
//	run, err := probe.HTTP{
//		Target:  "https://shop.example",
//		Request: probe.Request{Path: "/health", Expect: probe.Expect{Shape: probe.ShapeHealth}},
//	}.Compile()
//
// Compile does no I/O: all that can be wrong with settings is wrong at once,
// before anything runs, as one [FieldError] for each of them. The zero value of
// a setting is what most tests want.
//
// Targets are not trusted. What is read of them is bounded, expressions over
// it have a cost limit, and text of theirs in a reason or a detail is bounded,
// printable and without secrets: passwords and query values of addresses, what
// is given as Secrets, Authorization and cookies, what a workflow captures, and
// fields that are named like a secret.
//
// A kind that writes refuses to compile unless Writes is set. What it writes
// carries [KeyPrefix], is removed by the run itself, even when its context
// ends in the middle, and otherwise by a later run.
package probe

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// KeyPrefix begins everything a test writes into a target: user names, rows,
// keys, and, with underscores, schemas. After it come the start of the run in
// Unix seconds and something random: cutover-smoke-1763853000-9f86d081.
const KeyPrefix = "cutover-smoke-"

// Kind is the settings of a test.
type Kind interface {
	// Compile makes the test's function. The error joins one [FieldError] for
	// each setting that can't be used, and holds no value of a secret.
	Compile() (func(context.Context) smoke.Outcome, error)
}

// runFunc is the shape of [smoke.Test.Run].
type runFunc = func(context.Context) smoke.Outcome

// FieldError is a setting that can't be used.
type FieldError struct {
	// Field is the setting by its name in YAML: "expect.cel[1]",
	// "steps[2].path". Empty: the settings as a whole.
	Field string
	// Problem says what is wrong with it and what to write instead.
	Problem string
}

// Error implements error.
func (e *FieldError) Error() string {
	if e.Field == "" {
		return e.Problem
	}
	return e.Field + ": " + e.Problem
}

// problems gathers what is wrong with settings.
type problems []*FieldError

func (p *problems) add(field, problem string) {
	*p = append(*p, &FieldError{field, problem})
}

// within adds what is wrong below a setting.
func (p *problems) within(field string, below problems) {
	for _, e := range below {
		p.add(strings.Trim(field+"."+e.Field, "."), e.Problem)
	}
}

// oneOf adds a problem unless a setting is one of the names that it may have.
func (p *problems) oneOf(field, value string, names ...string) {
	if !slices.Contains(names, value) {
		p.add(field, "use one of "+strings.Join(names, ", "))
	}
}

// err joins the problems, without the secrets that m knows; nil without any.
func (m mask) err(p problems) error {
	errs := make([]error, len(p))
	for i, e := range p {
		errs[i] = &FieldError{e.Field, m.hide(e.Problem)}
	}
	return errors.Join(errs...)
}
