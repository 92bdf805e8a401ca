package journal

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Thing names what a [Change] is about, within a checklist.
type Thing struct {
	Kind Kind
	ID   string
}

// Standing is how a thing stands, and since when.
type Standing struct {
	Value string
	Since time.Time
	// First says that it stood so when it was first seen, at Since.
	First bool
}

// State is what the events up to some moment add up to. The zero State is that
// of an empty journal.
type State struct {
	things    map[string]map[Thing]standing // by checklist
	open      map[string]Event              // the openings of open incidents, by their ID
	closed    map[kindOf]Event              // the last closing of each kind
	baselines map[figure]Event
	unknown   map[uint64]bool // numbers of events of kinds that are not known here
	last      uint64          // the highest number
}

type standing struct {
	Standing
	seq uint64
}

type kindOf struct {
	checklist, kind string
	drill           bool
}

type figure struct{ checklist, signal, statistic string }

// ErrNotOpen is the error of closing an incident that is not open.
var ErrNotOpen = errors.New("no such incident is open")

// allows says why an event that is well formed makes no sense after the others.
func (s *State) allows(e Event) error {
	if e.Kind == IncidentClosed {
		if opening, ok := s.open[e.Incident.ID]; !ok || opening.Checklist != e.Checklist {
			return fmt.Errorf("incident %s: %w", e.Incident.ID, ErrNotOpen)
		}
	}
	return nil
}

// apply takes the next event. It says whether the event was news: one that has
// the number of an earlier one is a copy of it.
func (s *State) apply(e Event) bool {
	if e.Seq <= s.last {
		return false
	}
	s.last = e.Seq
	switch e.Kind {
	case Task, Stage, SignOff, Approval, Phase:
		s.change(e)
	case IncidentOpened:
		put(&s.open, e.Incident.ID, e)
	case IncidentClosed:
		delete(s.open, e.Incident.ID)
		put(&s.closed, kindOf{e.Checklist, e.Incident.Kind, e.Incident.Drill}, e)
	case BaselineFrozen:
		put(&s.baselines, figure{e.Checklist, e.Baseline.Signal, e.Baseline.Statistic}, e)
	default:
		put(&s.unknown, e.Seq, true)
	}
	return true
}

func (s *State) change(e Event) {
	t := Thing{e.Kind, e.Change.ID}
	if e.Change.To == "" {
		delete(s.things[e.Checklist], t)
		return
	}
	of := s.things[e.Checklist]
	put(&of, t, standing{Standing{Value: e.Change.To, Since: e.Time, First: e.Change.First}, e.Seq})
	put(&s.things, e.Checklist, of)
}

func put[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil {
		*m = make(map[K]V)
	}
	(*m)[key] = value
}

// live is the set of the numbers of the events that State is made of: with
// their lines alone it would be the same. The last event is one of them, so
// that its number is not given twice.
func (s *State) live() map[uint64]bool {
	live := maps.Clone(s.unknown)
	put(&live, s.last, true)
	for _, things := range s.things {
		for _, t := range things {
			live[t.seq] = true
		}
	}
	for _, e := range s.open {
		live[e.Seq] = true
	}
	for _, e := range s.closed {
		live[e.Seq] = true
	}
	for _, e := range s.baselines {
		live[e.Seq] = true
	}
	return live
}

// Things says how everything of a checklist stands. The map is the caller's.
func (s *State) Things(checklist string) map[Thing]Standing {
	things := make(map[Thing]Standing, len(s.things[checklist]))
	for t, st := range s.things[checklist] {
		things[t] = st.Standing
	}
	return things
}

// OpenIncidents lists the events that opened the incidents that are still open, the
// oldest first.
func (s *State) OpenIncidents() []Event { return inOrder(maps.Values(s.open)) }

// ClosedIncidents lists, for every kind of incident of which one was ever closed, the
// last closing, the oldest first. Drills are kinds of their own.
func (s *State) ClosedIncidents() []Event { return inOrder(maps.Values(s.closed)) }

// Baselines lists the events that froze the figures that hold, the last one of
// each signal and statistic of a checklist, the oldest first.
func (s *State) Baselines() []Event { return inOrder(maps.Values(s.baselines)) }

func inOrder(events func(func(Event) bool)) []Event {
	return slices.SortedFunc(events, func(a, b Event) int { return cmp.Compare(a.Seq, b.Seq) })
}
