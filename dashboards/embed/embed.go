// Package embed puts panels into a dashboard that somebody else keeps, and takes
// them out again: JSON in, JSON out.
//
// The dashboard's text is edited in place. What is put in takes on its
// indentation; every other byte stays, so that numbers keep their digits, keys
// their order and unknown keys their place, and a diff shows what was added.
// [Out] is the inverse of [Into]: it leaves the bytes that there were.
//
// # How panels are known again
//
// Each panel carries a comment at the end of its description, which Grafana
// doesn't show and keeps when somebody saves the dashboard:
//
//	<!-- cutover:python-3.13:cutover-python-3_13-progress:5f3a09c1d2e4:7 -->
//
// It names the owner, the panel, a hash of the panel as it was put in, and the id
// of the row above. Only a panel that is to be another one now is replaced, at
// the place and with the id that it has by then: what people moved stays where
// they moved it, and what Grafana adds to a panel by itself is no change.
//
// A dashboard may be wrapped, as exports and the HTTP API do it ("dashboard",
// "meta"), or stand in a Kubernetes object ("spec").
package embed

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Panel is a panel to put in.
type Panel struct {
	UID           string // tells it from the owner's others: letters, digits, - and _
	Model         []byte // a JSON object; its id and gridPos are not used
	Width, Height int    // in units of Grafana's grid, which is 24 wide
}

// Options say whose panels they are.
type Options struct {
	// Owner tells these panels from others that were put into the same dashboard:
	// the name of the checklist.
	Owner string
	// Heading is the title of the row above the panels.
	Heading string
}

// Change is what became of a dashboard.
type Change struct {
	Text                             []byte // the dashboard's new text
	Added, Updated, Removed, Settled int    // panels; Settled were there and stay as they are
}

// Changed says whether the new text differs from the old one.
func (c Change) Changed() bool { return c.Added+c.Updated+c.Removed > 0 }

var panelUID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// Into puts panels below all that a dashboard shows, under a row of their own. A
// second time it changes nothing. Panels of the owner that are there already and
// are not among the given ones are taken out. Errors about the dashboard begin
// with line and column.
func Into(host []byte, panels []Panel, o Options) (Change, error) {
	wanted, err := wants(panels, o.Owner)
	if err != nil {
		return Change{}, err
	}
	b, err := read(host)
	if err != nil {
		return Change{}, err
	}
	found := b.owned(o.Owner)
	if len(found) == 0 {
		return b.appended(wanted, nil, o.Heading)
	}
	if b.last(found) && !sameSet(wanted, found) {
		return b.again(wanted, found, o)
	}
	return b.updated(wanted, found, o.Heading)
}

// Out takes the owner's panels out again, with their row; those of all owners if
// none is given.
func Out(host []byte, owner string) (Change, error) {
	b, err := read(host)
	if err != nil {
		return Change{}, err
	}
	found := b.owned(owner)
	return Change{Text: b.without(b.withRow(found)), Removed: len(found)}, nil
}

// wants checks the panels and marks them.
func wants(panels []Panel, owner string) ([]marked, error) {
	if owner == "" || len(panels) == 0 {
		return nil, errors.New("no owner, or no panels to put in")
	}
	out := make([]marked, len(panels))
	for i, p := range panels {
		if !panelUID.MatchString(p.UID) || p.Width < 1 || p.Width > columns || p.Height < 1 {
			return nil, fmt.Errorf("panel %q of %d×%d: want a uid of letters, digits, - and _, at most 64, and a size that fits a grid 24 wide", p.UID, p.Width, p.Height)
		}
		if slices.ContainsFunc(panels[:i], func(before Panel) bool { return before.UID == p.UID }) {
			return nil, fmt.Errorf("two panels %s", p.UID)
		}
		var err error
		if out[i], err = mark(p, owner); err != nil {
			return nil, fmt.Errorf("panel %s: %w", p.UID, err)
		}
	}
	return out, nil
}

// sameSet says whether what is wanted is what is there, changed or not.
func sameSet(wanted []marked, found []element) bool {
	there := map[string]bool{}
	for _, e := range found {
		there[e.mark.uid] = true
	}
	for _, w := range wanted {
		if !there[w.UID] {
			return false
		}
	}
	return len(there) == len(wanted)
}

// ofRow is the key of a row among the ids of panels.
const ofRow = ""

// appended puts panels below everything. ids are those that panels and their row
// had before.
func (b board) appended(wanted []marked, ids map[string]int, heading string) (Change, error) {
	bottom, err := b.bottom()
	if err != nil {
		return Change{}, err
	}
	places := flow(wanted, bottom+1)
	free := b.freeIDs(len(wanted)+1, ids)
	texts := make([][]byte, 1, len(wanted)+1)
	above, kept := ids[ofRow]
	if !kept {
		above = free[0]
	}
	if texts[0], err = row(heading, above, bottom); err != nil {
		return Change{}, err
	}
	for i, w := range wanted {
		id, kept := ids[w.UID]
		if !kept {
			id = free[i+1]
		}
		text, err := w.at(id, places[i], above)
		if err != nil {
			return Change{}, err
		}
		texts = append(texts, text)
	}
	return Change{Text: b.apply(b.append(texts)), Added: len(wanted)}, nil
}

// again lays panels out anew where they are the last of a dashboard. Those that
// were there keep their ids.
func (b board) again(wanted []marked, found []element, o Options) (Change, error) {
	ids, hashes := map[string]int{}, map[string]string{}
	for _, e := range found {
		ids[ofRow], ids[e.mark.uid], hashes[e.mark.uid] = e.mark.row, e.id, e.mark.hash
	}
	rest, err := read(b.without(b.withRow(found)))
	if err != nil {
		return Change{}, err
	}
	change, err := rest.appended(wanted, ids, o.Heading)
	change.Added = 0
	for _, w := range wanted {
		switch hash, there := hashes[w.UID]; {
		case !there:
			change.Added++
		case hash == w.mark.hash:
			change.Settled++
		default:
			change.Updated++
		}
		delete(hashes, w.UID)
	}
	change.Removed = len(hashes)
	return change, err
}

// updated replaces panels where they are. New ones go below everything.
func (b board) updated(wanted []marked, found []element, heading string) (Change, error) {
	var change Change
	var edits []edit
	var gone []element
	byUID := map[string]marked{}
	for _, w := range wanted {
		byUID[w.UID] = w
	}
	for _, e := range found {
		w, ok := byUID[e.mark.uid]
		switch {
		case !ok:
			gone = append(gone, e)
		case w.mark.hash == e.mark.hash:
			change.Settled++
		default:
			text, err := w.at(e.id, e.place, e.mark.row)
			if err != nil {
				return Change{}, err
			}
			edits = append(edits, edit{e.span, b.styleOf(e.span).lay(text)})
			change.Updated++
		}
	}
	change.Removed = len(gone)
	if len(gone) == len(found) { // none that is wanted was there
		gone = b.withRow(found)
	}
	change.Text = b.apply(append(edits, b.removals(gone)...))
	there := map[string]bool{}
	for _, e := range found {
		there[e.mark.uid] = true
	}
	missing := slices.DeleteFunc(slices.Clone(wanted), func(w marked) bool { return there[w.UID] })
	if len(missing) == 0 {
		return change, nil
	}
	rest, err := read(change.Text)
	if err != nil {
		return Change{}, err
	}
	added, err := rest.appended(missing, nil, heading)
	change.Text, change.Added = added.Text, added.Added
	return change, err
}
