// Package journal is the durable record of what changed when: boxes ticked,
// stages shifted, sections signed, phases entered, incidents opened and closed,
// baselines frozen.
//
// A journal is a file of JSON lines that only grows at its end:
//
//	{"seq":7,"time":"2026-03-14T12:00:00Z","kind":"task","checklist":"plan","change":{"id":"before/mailed","from":"open","to":"done"}}
//
// [Open] gives the one writer, [Read] any number of readers, also while the
// writer writes. What [Journal.Append] has returned without an error is on the
// disk, whatever happens then; what it was still writing when the process or
// the machine died is there whole or not at all.
//
// The file is bounded. Once it is full, the lines that still matter (how
// everything stands, what is open, the frozen baselines) are copied to a new
// one, and the full one is kept beside it until the next is full, too:
// journal.jsonl.1. A line keeps its number when it is copied, so that whoever
// reads both meets no event twice.
package journal

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Kind is what happened. A reader meets kinds that it doesn't know where a
// newer version wrote the journal; they are kept and mean nothing to it.
type Kind string

// The kinds. The first five are changes, of a thing that the ID of the
// [Change] names: a task, a stage by its name, a section, a role, and the phase
// of the rollout, of which there is one.
const (
	Task           Kind = "task"
	Stage          Kind = "stage"
	SignOff        Kind = "sign_off"
	Approval       Kind = "approval"
	Phase          Kind = "phase"
	IncidentOpened Kind = "incident_opened"
	IncidentClosed Kind = "incident_closed"
	BaselineFrozen Kind = "baseline_frozen"
)

// Event is one line. Exactly one of Change, Incident and Baseline is set, by
// its Kind.
type Event struct {
	// Seq numbers the events of a journal, from 1, without repeating; Append
	// sets it.
	Seq uint64 `json:"seq"`
	// Time is when it was seen, in UTC and whole milliseconds; Append sets it
	// where it is zero.
	Time      time.Time `json:"time"`
	Kind      Kind      `json:"kind"`
	Checklist string    `json:"checklist"`

	Change   *Change   `json:"change,omitempty"`
	Incident *Incident `json:"incident,omitempty"`
	Baseline *Baseline `json:"baseline,omitempty"`
}

// Change is how something stands now and stood before.
type Change struct {
	ID   string `json:"id"`
	From string `json:"from,omitempty"` // empty where nothing was known of it
	To   string `json:"to,omitempty"`   // empty: it is no longer there
	// First says that it stood so when it was first seen: since when, nobody
	// knows.
	First bool `json:"first,omitempty"`
}

// Incident is something that went wrong, or a drill of it.
type Incident struct {
	// ID is the number of the event that opened it; Append sets it there.
	ID     string `json:"id"`
	Kind   string `json:"kind"` // the ID of a rollback criterion, or Other
	Impact Impact `json:"impact"`
	Drill  bool   `json:"drill,omitempty"`
	Note   string `json:"note,omitempty"` // of who opened it, or who closed it
	By     string `json:"by,omitempty"`   // who opened it, or who closed it
}

// Other is the Kind of an incident that no criterion foresaw.
const Other = "other"

// Impact is what an incident means for customers.
type Impact string

// The impacts.
const (
	None        Impact = "none"
	Minor       Impact = "minor"
	Significant Impact = "significant"
)

// Impacts lists every Impact, the least first.
func Impacts() []Impact { return []Impact{None, Minor, Significant} }

// Baseline is one figure of the old version, frozen.
type Baseline struct {
	Signal    string  `json:"signal"`
	Statistic string  `json:"statistic"`
	Unit      string  `json:"unit"`
	Value     float64 `json:"value"` // in Unit
	// Query is the PromQL that measured it, Seconds the length of the window
	// it looked at, and At when that window ended.
	Query   string    `json:"query"`
	Seconds float64   `json:"window_seconds"`
	At      time.Time `json:"at"`
}

// Limits of an event. Whatever comes in is text of somebody else.
const (
	maxLine = 256 << 10 // bytes of a line that is written
	maxRead = 1 << 20   // bytes of a line that is read; a newer version may be wordier
	maxSeq  = 1<<53 - 1 // what JSON numbers carry exactly
)

// check says what is wrong with an event, in its own terms.
func (e Event) check() error {
	switch {
	case e.Seq == 0 || e.Seq > maxSeq:
		return errors.New("no number of an event (seq)")
	case e.Kind == "":
		return errors.New("no kind")
	}
	switch e.Kind {
	case Task, Stage, SignOff, Approval, Phase:
		if e.Change == nil {
			return fmt.Errorf("%s without its change", e.Kind)
		}
	case IncidentOpened, IncidentClosed:
		if e.Incident == nil || e.Incident.ID == "" {
			return fmt.Errorf("%s without its incident", e.Kind)
		}
	case BaselineFrozen:
		if e.Baseline == nil {
			return fmt.Errorf("%s without its baseline", e.Kind)
		}
		if v := e.Baseline.Value; math.IsNaN(v) || math.IsInf(v, 0) {
			return errors.New("a baseline that is not a number")
		}
	}
	return nil
}
