// Package suite reads cutover.yaml, the file that says what to test where, and
// makes the tests that a [smoke.Runner] runs.
//
//	environments:
//	  staging:
//	    writes: true
//	    addresses:
//	      database: env:STAGING_DATABASE_URL
//	    tracks:
//	      baseline:  {addresses: {service: https://blue.staging.example}}
//	      candidate: {addresses: {service: https://green.staging.example}}
//	suites:
//	  api:
//	    tests:
//	      health:
//	        http: {path: /health, expect: {shape: health}}
//	        critical: true
//	        proves: Health check endpoint
//
// An environment says where things are, a suite what to test, and every test
// runs wherever there is an address for it. The kinds of tests and their
// settings are those of package probe; the table in kinds.go names them.
//
// Whatever is wrong with a file is said at once, as a [Fault] for each thing,
// with line and column. No fault holds a value of the file, which may be a
// password: they name keys, positions and what to write instead.
package suite

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// Bounds of a file.
const (
	maxSize   = 1 << 20 // bytes
	maxNodes  = 200_000 // values, counted again at every alias and in every place a test runs
	maxDepth  = 50      // of values in values
	maxTests  = 2_000   // over all environments and tracks
	maxFaults = 50      // said at once
	maxSecret = 64 << 10
)

// Options say what a file is read with.
type Options struct {
	// Environment is the only environment to make tests for, and whose secrets
	// must be there. Empty: all.
	Environment string
	// LookupEnv finds a variable of the environment for env:NAME. Nil: there
	// are none.
	LookupEnv func(name string) (value string, ok bool)
	// Task says whether a checklist has a task of this ID or text. Nil: what
	// tests prove is not looked up.
	Task func(reference string) bool
	// Interval is the time between two starts of a test that doesn't say.
	// 0: 15 s.
	Interval time.Duration
	// Timeout is how long a try may take of a test that doesn't say. 0: 5 s,
	// or what its interval leaves.
	Timeout time.Duration
}

// Plan is what a file says.
type Plan struct {
	Tests   []smoke.Test
	LeftOut []smoke.LeftOut // what doesn't run somewhere, and why
	// Environments are those of the file, in its order, whether tests were
	// made for them or not.
	Environments []string
	// Secrets are the files that hold them, and are read for them.
	Secrets []string
}

// Fault is something wrong with a file.
type Fault struct {
	File         string
	Line, Column int // from 1; 0: not known
	Text         string
}

// Error implements error: "cutover.yaml:3:5: unknown key".
func (f Fault) Error() string {
	place := f.File
	if f.Line > 0 {
		place += fmt.Sprintf(":%d", f.Line)
	}
	if f.Column > 0 {
		place += fmt.Sprintf(":%d", f.Column)
	}
	return place + ": " + f.Text
}

// Faults is everything wrong with a file, in its order.
type Faults []Fault

// Error has a line for each fault.
func (f Faults) Error() string {
	lines := make([]string, 0, len(f))
	for _, fault := range f {
		lines = append(lines, fault.Error())
	}
	return strings.Join(lines, "\n")
}

// Load reads a file and makes its tests. The error is Faults, or says why the
// file can't be read.
func Load(file string, o Options) (*Plan, error) {
	text, err := readBounded(file, maxSize)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return Parse(file, text, o)
}

// Parse makes the tests of a file's text. Secrets are looked for in files
// relative to the folder of the file. The error is Faults.
func Parse(file string, text []byte, o Options) (*Plan, error) {
	if o.LookupEnv == nil {
		o.LookupEnv = func(string) (string, bool) { return "", false }
	}
	if o.Interval == 0 {
		o.Interval = 15 * time.Second
	}
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Second
	}
	p := &parser{decoder: decoder{file: file}, options: o, folder: filepath.Dir(file)}
	plan := p.plan(text)
	if len(p.faults) > 0 {
		return nil, p.sorted()
	}
	return plan, nil
}

// sorted is the faults in the order of the file, each once: a test that is made
// for four targets has the same fault four times.
func (d *decoder) sorted() Faults {
	slices.SortFunc(d.faults, func(a, b Fault) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		if a.Column != b.Column {
			return a.Column - b.Column
		}
		return strings.Compare(a.Text, b.Text)
	})
	all := slices.Compact(d.faults)
	if more := len(all) - maxFaults; more > 0 {
		all = append(all[:maxFaults:maxFaults], Fault{File: d.file, Text: fmt.Sprintf("and %d more", more)})
	}
	return all
}

// readBounded reads a regular file of at most so many bytes. The error does not
// name the file.
func readBounded(file string, most int64) ([]byte, error) {
	info, err := os.Stat(file) // opening a pipe would wait for its other end
	if err == nil && !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	if err != nil {
		return nil, cause(err)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, cause(err)
	}
	defer func() { _ = f.Close() }() // opened for reading: nothing can be lost
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return nil, cause(err)
	case int64(len(text)) > most:
		return nil, fmt.Errorf("longer than %d KiB", most>>10)
	}
	return text, nil
}
