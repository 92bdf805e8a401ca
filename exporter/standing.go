package exporter

import (
	"slices"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/journal"
)

// Values of what the journal records besides the states of tasks and phases.
const (
	stagePlanned = "planned"
	stageTicked  = "shifted"
	notSigned    = "open"
	isSigned     = "signed"
	isApproved   = "approved"
)

// phaseThing is the one phase of a checklist.
var phaseThing = journal.Thing{Kind: journal.Phase}

// standings says how everything in a checklist stands that the journal records,
// in the order of the document. Of sign-offs of one section, and approvals of
// one role, all must be given.
func standings(c *checklist.Checklist) (order []journal.Thing, values map[journal.Thing]string) {
	values = make(map[journal.Thing]string, len(c.Tasks)+len(c.Stages))
	set := func(kind journal.Kind, id, value string) {
		t := journal.Thing{Kind: kind, ID: label(id)}
		switch was, known := values[t]; {
		case !known:
			order = append(order, t)
		case was == notSigned:
			return
		}
		values[t] = value
	}
	for _, t := range c.Tasks {
		set(journal.Task, t.ID, string(t.State))
	}
	for _, s := range c.Stages {
		set(journal.Stage, s.Name, either(s.Shifted, stageTicked, stagePlanned))
	}
	for _, s := range c.SignOffs {
		set(journal.SignOff, s.Section, either(s.Signed(), isSigned, notSigned))
	}
	for _, a := range c.Approvals {
		set(journal.Approval, a.Role, either(a.Approved(), isApproved, notSigned))
	}
	return order, values
}

func either(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

// remember takes up what the journal knows of the plan. What changed while
// nobody looked is seen to change when the plan is next read.
func (p *plan) remember(j *journal.Journal) {
	if p.name != "" {
		p.things = j.Things(p.name)
	}
}

// notice compares the checklist with how everything stood before. The maps are
// made anew, since snapshots hold the old ones.
func (p *plan) notice(now time.Time) {
	order, values := standings(p.checklist)
	things := make(map[journal.Thing]journal.Standing, len(values)+1)
	for t, value := range values {
		things[t] = p.standing(t, value, now)
	}
	if phase, ok := p.things[phaseThing]; ok {
		things[phaseThing] = phase
	}
	order = append(order, phaseThing)
	p.order, p.things = order, things
	p.ticked = make(map[string]time.Time)
	for _, t := range p.checklist.Tasks {
		if st := things[journal.Thing{Kind: journal.Task, ID: label(t.ID)}]; t.State == checklist.Done && !st.First {
			p.ticked[t.ID] = st.Since
		}
	}
}

// standing is how a thing stands that has a value now. Of what has it when it
// is first seen, nobody knows since when.
func (p *plan) standing(t journal.Thing, value string, now time.Time) journal.Standing {
	was, known := p.things[t]
	if known && was.Value == value {
		return was
	}
	return journal.Standing{Value: value, Since: now.UTC().Truncate(time.Millisecond), First: !known}
}

// unsaved are the events that the journal lacks, by what it knows.
func (p *plan) unsaved(j *journal.Journal) []journal.Event {
	before := j.Things(p.name)
	var events []journal.Event
	for _, t := range p.order {
		is, was := p.things[t], before[t]
		if is.Value != was.Value || !is.Since.Equal(was.Since) {
			events = append(events, journal.Event{
				Kind: t.Kind, Checklist: p.name, Time: is.Since,
				Change: &journal.Change{ID: t.ID, From: was.Value, To: is.Value, First: is.First},
			})
		}
		delete(before, t)
	}
	gone := len(events)
	for t, was := range before {
		events = append(events, journal.Event{
			Kind: t.Kind, Checklist: p.name, Change: &journal.Change{ID: t.ID, From: was.Value},
		})
	}
	slices.SortFunc(events[gone:], func(a, b journal.Event) int {
		return strings.Compare(string(a.Kind)+" "+a.Change.ID, string(b.Kind)+" "+b.Change.ID)
	})
	return events
}

// save writes what changed since it last did. What can't be written now is kept
// in memory, and tried again with the next change or second.
func (e *Exporter) save(now time.Time) {
	var events []journal.Event
	for _, p := range e.loaded() {
		p.things[phaseThing] = p.standing(phaseThing, string(p.phase(now, e.options.TimeScale)), now)
		events = append(events, p.unsaved(e.journal)...)
	}
	_, err := e.journal.Append(events...)
	e.wrote(err)
}

// wrote takes note of whether the journal could be written, and logs it once.
func (e *Exporter) wrote(err error) {
	switch {
	case err != nil && e.journalErr == nil:
		e.logger.Error("The journal can't be written; what changes is kept in memory until it can", "error", err)
	case err == nil && e.journalErr != nil:
		e.logger.Info("The journal can be written again")
	}
	e.journalErr = err
}
