package exporter

import (
	"bytes"
	"log/slog"
	"time"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/journal"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/source"
)

// plan is what the exporter knows of one checklist: its last good state, and
// whether that is still how the file stands.
type plan struct {
	name string

	file      string
	content   []byte               // what checklist was parsed from
	checklist *checklist.Checklist // the last good state; nil before the first
	err       error                // why file can't be read now; nil if it can
	readAt    time.Time            // when it last could
	attached  attached             // the tests that prove its tasks

	things map[journal.Thing]journal.Standing // how everything stands, and since when
	order  []journal.Thing                    // the things, as the checklist has them
	ticked map[string]time.Time               // when a task was seen to be ticked

	reported string // what report logged last
}

// take brings in a document. An error leaves the last good state standing.
func (p *plan) take(d source.Document, now time.Time) error {
	p.file, p.err = d.File, d.Err
	if p.err != nil {
		return p.err
	}
	if p.checklist == nil || !bytes.Equal(p.content, d.Bytes) {
		c, err := checklist.Parse(d.File, d.Name, d.Bytes)
		if err != nil {
			p.err = err
			return err
		}
		p.content, p.checklist = d.Bytes, c
		p.notice(now)
	}
	p.readAt = now
	return nil
}

// report logs the state of the plan unless it did so already.
func (p *plan) report(logger *slog.Logger) {
	state := "read"
	if p.err != nil {
		state = p.err.Error()
	}
	if state == p.reported {
		return
	}
	first := p.reported == ""
	p.reported = state
	switch {
	case p.err != nil && p.checklist != nil:
		logger.Error("A checklist can't be read; its last good state stands", "checklist", p.name, "error", p.err)
	case p.err != nil:
		logger.Error("A checklist can't be read", "checklist", p.name, "error", p.err)
	case first:
		done, total := rollout.Progress(p.checklist.Tasks)
		logger.Info("A checklist was read", "checklist", p.name, "file", p.file,
			"done", done, "of", total, "warnings", len(p.checklist.Warnings))
	default:
		logger.Info("A checklist can be read again", "checklist", p.name, "file", p.file)
	}
}

// phase is the phase of the rollout. Time that runs faster in a rehearsal is
// the same as moments that lie further back.
func (p *plan) phase(now time.Time, scale float64) rollout.Phase {
	changes := func(id string) (time.Time, bool) {
		at, ok := p.ticked[id]
		return now.Add(-time.Duration(float64(now.Sub(at)) / scale)), ok
	}
	return rollout.PhaseAt(p.checklist, changes, now)
}

// state is what a snapshot keeps of a plan.
func (p *plan) state(now time.Time, scale float64, j *journal.Journal) state {
	s := state{name: p.name, file: p.file, checklist: p.checklist, err: p.err, readAt: p.readAt, ticked: p.ticked}
	if p.checklist == nil {
		return s
	}
	s.phase = p.phase(now, scale)
	s.incidents = incidentsOf(p.name, j)
	s.checklist = withDeclared(p.checklist, s.incidents.open)
	for _, e := range j.Baselines() {
		if e.Checklist == p.name {
			s.baselines = append(s.baselines, *e.Baseline)
		}
	}
	return s
}
