package suite

import (
	"time"

	"go.yaml.in/yaml/v3"
)

// document is cutover.yaml.
type document struct {
	// Environments say where things are: staging, production.
	Environments named[environment] `yaml:"environments"`
	// Suites say what to test.
	Suites named[suiteSettings] `yaml:"suites"`
}

// environment is one place where the service runs.
type environment struct {
	// Writes lets tests write here. Without it the environment is read-only,
	// and tests that write are left out.
	Writes bool `yaml:"writes"`
	// Addresses by the names that tests call them: service, database, cache,
	// prometheus, or any other. Each is an address, or env:NAME or file:PATH to
	// read it from. What goes to an address of the environment rather than of a
	// track runs once, for both tracks.
	Addresses named[address] `yaml:"addresses"`
	// Secrets by the names that tests call them, secret:NAME. Each is env:NAME
	// or file:PATH.
	Secrets named[secret] `yaml:"secrets"`
	// Tracks are the old version, baseline, and the new one, candidate.
	Tracks named[track] `yaml:"tracks"`
}

// track is one version of the service in an environment.
type track struct {
	// Addresses of this version, besides or instead of the environment's.
	Addresses named[address] `yaml:"addresses"`
	// Secrets of this version, besides or instead of the environment's.
	Secrets named[secret] `yaml:"secrets"`
}

// address is where something is, or a reference to that.
type address string

// secret is a reference to a secret.
type secret string

// suiteSettings is a suite: tests that belong together.
type suiteSettings struct {
	// Environments are the only ones to run in. Empty: all.
	Environments []string `yaml:"environments"`
	// Tracks are the only ones to run on. Empty: all.
	Tracks []string `yaml:"tracks"`
	// Interval is the time from one start of a test to the next.
	Interval time.Duration `yaml:"interval"`
	// Timeout is how long each try may take.
	Timeout time.Duration `yaml:"timeout"`
	// Retries is how often a failure is tried again before it counts.
	Retries *int `yaml:"retries"`
	// Tests by their names.
	Tests named[testSettings] `yaml:"tests"`
}

// testSettings is one test: what it has in common with others here, and the
// settings of its kind under the kind's name.
type testSettings struct {
	// Critical says that the service is of no use to people while this fails.
	Critical bool `yaml:"critical"`
	// Environments are the only ones to run in. Empty: the suite's.
	Environments []string `yaml:"environments"`
	// Tracks are the only ones to run on. Empty: the suite's.
	Tracks []string `yaml:"tracks"`
	// Interval is the time from one start to the next. Empty: the suite's.
	Interval time.Duration `yaml:"interval"`
	// Timeout is how long each try may take. Empty: the suite's.
	Timeout time.Duration `yaml:"timeout"`
	// Retries is how often a failure is tried again before it counts. Empty:
	// the suite's.
	Retries *int `yaml:"retries"`
	// Proves names the tasks of the checklist that a success proves, by their
	// texts or IDs.
	Proves []string `yaml:"proves"`

	kinds []kindNode // more than one is a fault
}

// kindNode is the settings of a kind, to be decoded for every target.
type kindNode struct {
	kind kind
	key  position
	node *yaml.Node
}

// named is a mapping in the order of the file.
type named[T any] []item[T]

// item is one of a mapping.
type item[T any] struct {
	name  string
	at    position // of the name
	path  string
	value T
}

// find finds an entry by its name.
func (n named[T]) find(name string) (item[T], bool) {
	for _, e := range n {
		if e.name == name {
			return e, true
		}
	}
	return item[T]{}, false
}

// names lists the names.
func (n named[T]) names() []string {
	names := make([]string, 0, len(n))
	for _, e := range n {
		names = append(names, e.name)
	}
	return names
}
