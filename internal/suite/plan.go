package suite

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/internal/probe"
	"github.com/cutover-dev/cutover/internal/smoke"
)

// parser makes a plan of a file.
type parser struct {
	decoder
	options     Options
	folder      string // that relative files are in
	secretFiles []string
	at          [][]place // by environment: itself, then its tracks
	left        []smoke.LeftOut
}

// plan reads the whole file. It goes on after faults, to find them all.
func (p *parser) plan(text []byte) *Plan {
	if len(text) > maxSize {
		p.fault(position{}, "longer than %d KiB", maxSize>>10)
		return nil
	}
	root := p.root(text)
	if root == nil {
		return nil
	}
	var doc document
	p.decode(root, reflect.ValueOf(&doc).Elem(), scope{})
	if p.nodes >= maxNodes {
		return nil // much of it is missing
	}
	p.environments(doc)
	plan := &Plan{Environments: doc.Environments.names()}
	for _, s := range doc.Suites {
		if len(s.value.Tests) == 0 {
			p.fault(s.at, "the suite %s has no tests", quote(s.name))
		}
		p.check(doc, s.path, s.value.Environments, s.value.Tracks, s.value.Retries)
		for _, t := range s.value.Tests {
			p.check(doc, t.path, t.value.Environments, t.value.Tracks, t.value.Retries)
			plan.Tests = append(plan.Tests, p.tests(doc, s, t)...)
			if p.nodes >= maxNodes || len(p.faults) > 2*maxFaults {
				return nil // nobody reads more
			}
			if len(plan.Tests) > maxTests {
				p.fault(t.at, "more than %d tests, counted in every environment and track", maxTests)
				return nil
			}
		}
	}
	plan.LeftOut, plan.Secrets = p.left, p.secretFiles
	return plan
}

// environments reads what is known of the environments, of those that tests are
// made for with their secrets.
func (p *parser) environments(doc document) {
	if len(doc.Environments) == 0 {
		p.fault(position{line: 1, column: 1}, "no environments: say where the service is, under environments")
	}
	if len(doc.Suites) == 0 {
		p.fault(position{line: 1, column: 1}, "no suites: say what to test, under suites")
	}
	found := p.options.Environment == ""
	for _, e := range doc.Environments {
		for _, t := range e.value.Tracks {
			if !slices.Contains(tracks, t.name) {
				p.fault(t.at, "unknown track %s; there are %s", quote(t.name), strings.Join(tracks, ", "))
			}
		}
		if p.options.Environment == "" || p.options.Environment == e.name {
			p.at = append(p.at, p.placesOf(e))
			found = true
		}
	}
	if !found {
		p.fault(position{}, "no environment is named %s%s", quote(p.options.Environment), meant(p.options.Environment, doc.Environments.names()))
	}
}

// check looks at what suites and tests have in common.
func (p *parser) check(doc document, path string, environments, on []string, retries *int) {
	for i, name := range environments {
		if _, ok := doc.Environments.find(name); !ok {
			p.fault(p.position(fmt.Sprintf("%s.environments[%d]", path, i)), "no environment is named %s%s", quote(name), meant(name, doc.Environments.names()))
		}
	}
	for i, name := range on {
		if !slices.Contains(tracks, name) {
			p.fault(p.position(fmt.Sprintf("%s.tracks[%d]", path, i)), "unknown track %s; there are %s", quote(name), strings.Join(tracks, ", "))
		}
	}
	if retries != nil && (*retries < 0 || *retries > maxRetries) {
		p.fault(p.position(path+".retries"), "retries are from 0 to %d", maxRetries)
	}
}

// maxRetries is how often a failure can be tried again.
const maxRetries = 10

// position is where the value of a path stands, or else what it is in.
func (d *decoder) position(path string) position {
	for {
		if p, ok := d.places[path]; ok {
			return p
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return position{}
		}
		path = path[:cut]
	}
}

// tests makes a test for every place where it runs.
func (p *parser) tests(doc document, s item[suiteSettings], t item[testSettings]) []smoke.Test {
	if len(t.value.kinds) != 1 {
		p.fault(t.at, "a test has exactly one kind: %s", strings.Join(kindNames(), ", "))
		return nil
	}
	kind := t.value.kinds[0]
	common := p.common(s.value, t)
	common.Suite, common.Test = s.name, t.name

	// Once without a place, for the faults that have nothing to do with one.
	before := len(p.faults)
	settings, name := p.settings(kind, t.path, nil)
	common.Python = python(settings)
	p.known(doc, kind, t.path, name)
	if len(p.faults) > before {
		return nil
	}
	var all []smoke.Test
	for _, places := range p.at {
		id := smoke.Identity{Environment: places[0].environment, Suite: s.name, Test: t.name}
		if only := first(t.value.Environments, s.value.Environments); len(only) > 0 && !slices.Contains(only, id.Environment) {
			continue
		}
		targets, why := targets(places, name, first(t.value.Tracks, s.value.Tracks))
		if len(targets) == 0 {
			p.left = append(p.left, smoke.LeftOut{Identity: id, Why: why})
		}
		for _, target := range targets {
			common.Environment, common.Track = target.environment, target.track
			if common.Run = p.compile(kind, t.path, target, name, common.Identity); common.Run != nil {
				all = append(all, common)
			}
		}
	}
	return all
}

// python is the version that a test wants the service to run; empty for none.
func python(settings reflect.Value) string {
	if h, ok := settings.Interface().(probe.HTTP); ok && h.Expect.Shape == probe.ShapeVersion {
		return h.Expect.Python
	}
	return ""
}

// first is the first list that says something.
func first(lists ...[]string) []string {
	for _, l := range lists {
		if len(l) > 0 {
			return l
		}
	}
	return nil
}

// common is what a test has whatever its kind. Its tries fit into its interval,
// or a target that hangs would stretch the schedule.
func (p *parser) common(s suiteSettings, t item[testSettings]) smoke.Test {
	test := smoke.Test{Critical: t.value.Critical, Proves: t.value.Proves}
	test.Interval = firstDuration(t.value.Interval, s.Interval, p.options.Interval)
	for _, retries := range []*int{t.value.Retries, s.Retries} {
		if retries != nil {
			test.Retries = *retries
			break
		}
	}
	tries := test.Retries + 1
	each := test.Interval / time.Duration(max(tries, 1)) // negative retries are a fault elsewhere
	said := firstDuration(t.value.Timeout, s.Timeout)
	test.Timeout = firstDuration(said, min(p.options.Timeout, each))
	if said > each {
		p.fault(t.at, "%d tries of %v do not fit into an interval of %v: a longer interval, a shorter timeout or fewer retries",
			tries, said, test.Interval)
	}
	if p.options.Task != nil {
		for i, task := range test.Proves {
			if !p.options.Task(task) {
				p.fault(p.position(fmt.Sprintf("%s.proves[%d]", t.path, i)), "no checklist has the task %s: give its text or its ID", quote(task))
			}
		}
	}
	return test
}

func firstDuration(all ...time.Duration) time.Duration {
	for _, d := range all {
		if d > 0 {
			return d
		}
	}
	return 0
}

// settings decodes the settings of a kind, and says which address the test goes
// to.
func (p *parser) settings(k kindNode, path string, refer func(position, string) (string, bool)) (settings reflect.Value, address string) {
	settings = reflect.New(k.kind.settings).Elem()
	p.refer = refer
	p.decode(k.node, settings, scope{path: path + "." + k.kind.name, depth: 5})
	address = settings.FieldByName("Target").String()
	if address == "" {
		address = k.kind.address
	}
	return settings, address
}

// known complains about an address that no environment of the file has.
func (p *parser) known(doc document, k kindNode, path, name string) {
	var all []string
	for _, e := range doc.Environments {
		all = append(all, e.value.Addresses.names()...)
		for _, t := range e.value.Tracks {
			all = append(all, t.value.Addresses.names()...)
		}
	}
	if slices.Contains(all, name) {
		return
	}
	slices.Sort(all)
	where, stands := p.places[path+"."+k.kind.name+".target"]
	if !stands {
		where = k.key
	}
	p.fault(where, "no environment has an address %s%s", quote(name), meant(name, slices.Compact(all)))
}

// targets picks the places of an environment that a test runs in, or says why
// there are none. An address of the environment itself is for both tracks, so a
// test goes there once, unless its tracks are named.
func targets(places []place, name string, only []string) (picked []place, why string) {
	whole, rest := places[0], places[1:]
	of := func(l place) bool { return len(only) == 0 || slices.Contains(only, l.track) }
	_, shared := whole.addresses[name]
	own := slices.ContainsFunc(rest, func(l place) bool { a, ok := l.addresses[name]; return ok && !a.shared && of(l) })
	if shared && !own && len(only) == 0 {
		return []place{whole}, ""
	}
	for _, l := range rest {
		if _, ok := l.addresses[name]; ok && of(l) {
			picked = append(picked, l)
		}
	}
	if len(picked) == 0 {
		why = fmt.Sprintf("%s has no address %s", whole.environment, quote(name))
		if len(only) > 0 {
			why += " on " + strings.Join(only, " or ")
		}
	}
	return picked, why
}

// compile makes the function of a test in a place; nil if it has faults or is
// left out.
func (p *parser) compile(k kindNode, path string, here place, name string, id smoke.Identity) func(context.Context) smoke.Outcome {
	target := here.addresses[name]
	if target.value == "" {
		return nil // complained about
	}
	var secrets []string
	if target.secret {
		secrets = append(secrets, target.value)
	}
	before := len(p.faults)
	settings, _ := p.settings(k, path, p.referIn(here, &secrets))
	if len(p.faults) > before || slices.Contains(secrets, "") {
		return nil
	}
	settings.FieldByName("Target").SetString(target.value)
	if f := settings.FieldByName("Secrets"); f.IsValid() {
		f.Set(reflect.ValueOf(secrets))
	}
	run, err := compile(settings, here.writes)
	if err != nil && !here.writes {
		if _, err = compile(settings, true); err == nil {
			p.left = append(p.left, smoke.LeftOut{Identity: id, Why: fmt.Sprintf("it writes, and %s is read-only", here.environment)})
			return nil
		}
	}
	if err != nil {
		p.explain(err, path+"."+k.kind.name, target)
		return nil
	}
	return run
}

// compile compiles settings, which may write or may not.
func compile(settings reflect.Value, writes bool) (func(context.Context) smoke.Outcome, error) {
	if f := settings.FieldByName("Writes"); f.IsValid() {
		f.SetBool(writes)
	}
	return settings.Interface().(probe.Kind).Compile()
}

// explain puts what a kind says of its settings where they stand.
func (p *parser) explain(err error, path string, target located) {
	var field *probe.FieldError
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range several.Unwrap() {
			p.explain(e, path, target)
		}
		return
	}
	switch {
	case !errors.As(err, &field):
		p.fault(p.position(path), "%v", err)
	case field.Field == "":
		p.fault(p.position(path), "%s", field.Problem)
	case field.Field == "target":
		p.fault(target.at, "%s", field.Problem)
	default:
		p.fault(p.position(path+"."+field.Field), "%s: %s", field.Field, field.Problem)
	}
}
