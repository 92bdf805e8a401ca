// Package merge puts our part into an Alertmanager configuration that somebody
// else wrote, and takes it out again.
//
// The configuration is edited as text, at places that a YAML parser names, and
// is never written anew: comments, order, anchors, quotes and line ends stay as
// they are, byte for byte. What is added stands between two comments, by which
// it is found again:
//
//	route:
//	  receiver: team
//	  routes:
//	    # BEGIN cutover (generated: what is changed in here gets lost)
//	    - matchers: [action="rollback", alertname=~"Cutover.+"]
//	      receiver: cutover-page
//	    # END cutover
//	    - matchers: [severity="critical"]
//	      receiver: team-pager
//
// The routes go first under the top route, since the first one that matches
// takes an alert. The receivers and inhibitions go first in their lists, too,
// where their order doesn't matter.
//
// [Into] answers only when it has proved its result: Alertmanager's own code
// loads it, without our part it says what the original says, and [Remove] gives
// the original's bytes. Everything else is an error that begins with the file
// and the line.
package merge

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"

	"github.com/prometheus/alertmanager/config"
	"go.yaml.in/yaml/v3"
)

// Into puts a part, as alerts.Routes writes it, into an Alertmanager
// configuration. An earlier part of ours is replaced, so doing it twice changes
// nothing. The name of the file is for errors only.
func Into(name string, existing, part []byte) ([]byte, error) {
	sections, err := parsePart(part)
	if err != nil {
		return nil, err
	}
	original, err := Remove(name, existing)
	if err != nil {
		return nil, err
	}
	doc, err := parse(name, original)
	if err != nil {
		return nil, err
	}
	if err := doc.conflicts(sections); err != nil {
		return nil, err
	}
	places, err := doc.places(sections)
	if err != nil {
		return nil, err
	}
	merged := insert(original, places)
	if err := doc.check(merged, sections); err != nil {
		return nil, err
	}
	return merged, nil
}

// Remove takes out what [Into] added. A configuration without our part is
// returned as it is.
func Remove(name string, merged []byte) ([]byte, error) {
	original, err := cut(name, merged)
	if err != nil {
		return nil, err
	}
	if len(original) != len(merged) {
		// Whoever moved the comments about finds out here, not at the next start
		// of Alertmanager.
		if _, err := parse(name, original); err != nil {
			return nil, fmt.Errorf("%w (without cutover's part)", err)
		}
	}
	return original, nil
}

// check proves a merge.
func (d *document) check(merged []byte, sections []section) error {
	if err := d.load(merged); err != nil {
		return err
	}
	if back, err := cut(d.name, merged); err != nil || !bytes.Equal(back, d.text) {
		return d.errorAt(1, "cutover's part could not be taken out again: put it in by hand, as routes.yml says")
	}
	before, err := decode(d.text)
	if err != nil {
		return d.parseError(err)
	}
	after, err := decode(merged)
	if err == nil {
		err = withoutPart(after, before, sections)
	}
	if err != nil || !reflect.DeepEqual(before, after) {
		return d.errorAt(1, "adding to this file would change more than cutover's part of it: write route, routes, inhibit_rules and receivers out, without aliases and merge keys")
	}
	return nil
}

// load has Alertmanager's own code look at the result. Its faults are most often
// the original's, with lines that mean something there.
func (d *document) load(merged []byte) error {
	_, err := config.Load(string(merged))
	if err == nil {
		return nil
	}
	if _, before := config.Load(string(d.text)); before != nil {
		return d.loadError(before)
	}
	return d.errorAt(1, "with cutover's part in it, Alertmanager refuses this file: "+withoutValues(err.Error()))
}

// decode reads what a configuration says.
func decode(text []byte) (map[string]any, error) {
	out := map[string]any{}
	err := yaml.Unmarshal(text, &out)
	return out, err
}

var errNotFirst = errors.New("cutover's part is not first in its list")

// withoutPart takes the sections out of a decoded configuration. A list that the
// original doesn't have, or has empty, becomes that again.
func withoutPart(after, before map[string]any, sections []section) error {
	for _, s := range sections {
		in, was := after, before
		if s.below != "" {
			in, _ = after[s.below].(map[string]any)
			was, _ = before[s.below].(map[string]any)
		}
		list, _ := in[s.key].([]any)
		if len(list) < len(s.values) || !reflect.DeepEqual(list[:len(s.values)], s.values) {
			return errNotFirst
		}
		rest := list[len(s.values):]
		switch old, there := was[s.key]; {
		case len(rest) > 0:
			in[s.key] = rest
		case !there:
			delete(in, s.key)
		case old == nil:
			in[s.key] = nil
		default:
			in[s.key] = []any{}
		}
	}
	return nil
}
