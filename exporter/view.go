package exporter

import (
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/journal"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/smoke"
)

// The types below are what page.html shows, all of it text for people.
type (
	pageView struct {
		Title      string
		Style      template.CSS
		Now        string
		Problems   []problemView // checklists that never could be read
		Checklists []checklistView
		Suspicion  string // empty unless the prober is suspected
		Smoke      []smokeView
	}
	problemView   struct{ What, Why string }
	checklistView struct {
		Name, Title, Project, Link string
		Stale                      *problemView // set if the file can't be read now
		Declared                   []string     // rollback criteria
		Incidents                  []incidentView
		Contradicted               []contradictionView
		Phase, PhaseMeans          string
		Stage, StageMeans          string
		Next                       string
		Progress                   progressView
		Stages                     []stageView
		Sections                   []sectionView
		Rollback, Targets          []criterionView
	}
	incidentView struct {
		What, Impact, By, Note, Age string
		Drill                       bool
	}
	contradictionView struct{ Task, Section, Reason string }
	progressView      struct{ Done, Total int }
	stageView         struct {
		Name, Note string
		Ticked     bool
	}
	sectionView struct {
		Title, Status     string
		SignOff, SignedOn string // who and when
		Progress          progressView
	}
	criterionView struct {
		Text, Where string
		Declared    bool
	}
	smokeView struct {
		ID, Test, Target, Reason, Took, Age string
		Ran, Passed                         bool
	}
)

// Max is what a progress bar goes to: never 0, which HTML does not allow.
func (p progressView) Max() int { return max(p.Total, 1) }

// Percent is for those who don't see the bar.
func (p progressView) Percent() string { return fmt.Sprintf("%d %%", 100*p.Done/p.Max()) }

func (e *Exporter) page() pageView {
	s := e.current.Load()
	now := e.clock()
	v := pageView{Title: "cutover", Style: template.CSS(pageStyle), Now: clock(now)}
	for _, st := range s.states {
		if st.checklist == nil {
			v.Problems = append(v.Problems, problemView{What: "A checklist can't be read", Why: st.err.Error()})
			continue
		}
		v.Checklists = append(v.Checklists, st.view(now))
	}
	if len(v.Checklists) == 1 {
		v.Title = v.Checklists[0].Title + " · cutover"
		v.Checklists[0].Link = e.options.ChecklistURL
	}
	if s.smoke != nil {
		if s.smoke.ProberSuspected {
			v.Suspicion = smoke.Suspicion
		}
		for _, t := range s.smoke.Tests {
			v.Smoke = append(v.Smoke, smokeRow(t, now))
		}
	}
	return v
}

func (s state) view(now time.Time) checklistView {
	c := s.checklist
	v := checklistView{
		Name:       s.name,
		Title:      c.Title,
		Project:    project(c),
		Phase:      phaseNames[s.phase],
		PhaseMeans: phaseMeanings[s.phase],
		Next:       rollout.NextStep(c),
		Progress:   progress(c.Tasks),
	}
	if v.Title == "" {
		v.Title = s.name
	}
	if s.err != nil {
		v.Stale = &problemView{
			What: "The checklist can't be read; this is how it stood at " + clock(s.readAt),
			Why:  s.err.Error(),
		}
	}
	s.viewStages(&v, now)
	s.viewSections(&v)
	s.viewCriteria(&v)
	s.viewIncidents(&v, now)
	for _, t := range c.Tasks {
		if found, ok := s.verified[t.ID]; ok && !found.proven && t.State == checklist.Done {
			v.Contradicted = append(v.Contradicted, contradictionView{t.Text, t.Section, strings.Join(found.reasons, "; ")})
		}
	}
	return v
}

var (
	phaseNames = map[rollout.Phase]string{
		rollout.Planned:    "Planned",
		rollout.Shifting:   "Shifting",
		rollout.Soaking:    "Soaking",
		rollout.Done:       "Done",
		rollout.RolledBack: "Rolled back",
	}
	phaseMeanings = map[rollout.Phase]string{
		rollout.Planned:    "no traffic shifted yet",
		rollout.Shifting:   "traffic moves to the new version",
		rollout.Soaking:    "all traffic shifted, under watch",
		rollout.Done:       "the migration is through",
		rollout.RolledBack: "traffic is back on the old version",
	}
)

func (s state) viewStages(v *checklistView, now time.Time) {
	c := s.checklist
	v.Stage, v.StageMeans = "–", "no stage is in progress"
	current, inProgress := rollout.CurrentStage(c)
	if len(c.Stages) == 0 {
		v.StageMeans = "the plan has no stages"
	}
	for _, stage := range c.Stages {
		note := "no hold planned"
		if stage.Hold > 0 {
			note = "hold " + duration(stage.Hold)
		}
		if at, ok := s.ticked[stage.Task]; ok {
			note += ", shifted " + ago(now.Sub(at))
		}
		if inProgress && stage.Name == current.Name {
			v.Stage, v.StageMeans = stage.Name, note
		}
		v.Stages = append(v.Stages, stageView{Name: stage.Name, Note: note, Ticked: stage.Shifted})
	}
}

func (s state) viewSections(v *checklistView) {
	c := s.checklist
	bySection := make(map[string][]checklist.Task)
	for _, t := range c.Tasks {
		bySection[t.Section] = append(bySection[t.Section], t)
	}
	signed := make(map[string]checklist.SignOff)
	for _, sign := range c.SignOffs { // of several in a section, an open one counts
		if before, ok := signed[sign.Section]; !ok || before.Signed() {
			signed[sign.Section] = sign
		}
	}
	for _, section := range c.Sections {
		row := sectionView{
			Title:    section.Title,
			Status:   section.Status,
			Progress: progress(bySection[section.Title]),
		}
		if sign, ok := signed[section.Title]; ok {
			row.SignOff = "open"
			if sign.Signed() {
				row.SignOff, row.SignedOn = sign.Name, sign.Date
			}
		}
		if row.Progress.Total > 0 || row.Status != "" || row.SignOff != "" {
			v.Sections = append(v.Sections, row)
		}
	}
}

func (s state) viewCriteria(v *checklistView) {
	for _, c := range s.checklist.Criteria {
		row := criterionView{Text: c.Text, Where: c.Section, Declared: c.Declared}
		switch {
		case c.Role != criterion.Rollback:
			v.Targets = append(v.Targets, row)
			continue
		case c.Declared:
			v.Declared = append(v.Declared, c.Text)
		}
		v.Rollback = append(v.Rollback, row)
	}
}

// viewIncidents says what is open, a criterion in the words of its line.
func (s state) viewIncidents(v *checklistView, now time.Time) {
	words := map[string]string{journal.Other: "Another incident"}
	for _, c := range s.checklist.Criteria {
		words[c.ID] = c.Text
	}
	for _, i := range s.incidents.open {
		what, known := words[i.Kind]
		if !known {
			what = i.Kind
		}
		v.Incidents = append(v.Incidents, incidentView{
			What: what, Impact: string(i.Impact), By: i.By, Note: i.Note, Age: ago(now.Sub(i.Opened)), Drill: i.Drill,
		})
	}
}

func smokeRow(t smoke.Status, now time.Time) smokeView {
	v := smokeView{ID: t.ID(), Test: t.Test, Target: t.Target()}
	if t.Last != nil {
		v.Ran, v.Passed, v.Reason = true, t.Last.Success, t.Last.Reason
		v.Took = fmt.Sprintf("%d ms", t.Last.Duration.Milliseconds())
		v.Age = ago(now.Sub(t.Last.Start))
	}
	return v
}

func progress(tasks []checklist.Task) progressView {
	done, total := rollout.Progress(tasks)
	return progressView{done, total}
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// duration writes a time as people plan it: "15 min", "2 h", "1 h 30 min".
func duration(d time.Duration) string {
	d = d.Round(time.Second)
	switch h, m := int(d.Hours()), int(math.Mod(d.Minutes(), 60)); {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case h == 0:
		return fmt.Sprintf("%d min", m)
	case h >= 48:
		return fmt.Sprintf("%d days", h/24)
	case m == 0:
		return fmt.Sprintf("%d h", h)
	default:
		return fmt.Sprintf("%d h %d min", h, m)
	}
}

func ago(d time.Duration) string {
	if d < time.Second {
		return "just now"
	}
	return duration(d) + " ago"
}
