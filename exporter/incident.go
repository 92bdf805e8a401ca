package exporter

import (
	"slices"
	"time"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/journal"
)

// Incident is an incident, as the HTTP interface shows it.
type Incident struct {
	ID        string         `json:"id"`
	Checklist string         `json:"checklist"`
	Kind      string         `json:"kind"` // the ID of a rollback criterion, or other
	Impact    journal.Impact `json:"impact"`
	Drill     bool           `json:"drill"`
	Note      string         `json:"note"`
	By        string         `json:"by"` // who opened it
	Opened    time.Time      `json:"opened"`
}

// incidents are those of one checklist.
type incidents struct {
	open []Incident // the oldest first, drills among them
	// known are kinds of which there was an incident. Their zeros stay, so
	// that an alert learns of the end even if the criterion is gone.
	known []string
}

func incidentsOf(name string, j *journal.Journal) incidents {
	var in incidents
	for _, e := range j.OpenIncidents() {
		if e.Checklist == name {
			in.open = append(in.open, incidentOf(e))
			in.known = append(in.known, e.Incident.Kind)
		}
	}
	for _, e := range j.ClosedIncidents() {
		if e.Checklist == name {
			in.known = append(in.known, e.Incident.Kind)
		}
	}
	return in
}

// incidentOf is the incident that an event opened.
func incidentOf(e journal.Event) Incident {
	i := e.Incident
	return Incident{
		ID: i.ID, Checklist: e.Checklist, Kind: i.Kind, Impact: i.Impact, Drill: i.Drill, Note: i.Note, By: i.By, Opened: e.Time,
	}
}

// withDeclared is the checklist with the criteria declared of whose kind an
// incident is open. A drill declares nothing.
func withDeclared(c *checklist.Checklist, open []Incident) *checklist.Checklist {
	declared := func(k checklist.Criterion) bool {
		return k.Role == criterion.Rollback && slices.ContainsFunc(open, func(i Incident) bool { return i.Kind == k.ID && !i.Drill })
	}
	if !slices.ContainsFunc(c.Criteria, declared) {
		return c
	}
	with := *c
	with.Criteria = slices.Clone(c.Criteria)
	for i, k := range with.Criteria {
		with.Criteria[i].Declared = k.Declared || declared(k)
	}
	return &with
}

// kinds lists what an incident of a checklist can be: a rollback criterion, or
// other.
func kinds(c *checklist.Checklist) []string {
	var ids []string
	for _, k := range c.Criteria {
		if k.Role == criterion.Rollback {
			ids = append(ids, k.ID)
		}
	}
	return append(ids, journal.Other)
}

// collectIncidents counts. All impacts of all kinds are there at once, so that
// an alert learns of the end of an incident.
func (s state) collectIncidents(out *samples) {
	for _, kind := range slices.Concat(kinds(s.checklist), s.incidents.known) {
		for _, impact := range journal.Impacts() {
			out.add(incidentOpen, 0, s.name, kind, string(impact))
		}
		out.add(drillOpen, 0, s.name, kind)
	}
	for _, i := range s.incidents.open {
		if i.Drill {
			out.add(drillOpen, 1, s.name, i.Kind)
		} else {
			out.add(incidentOpen, 1, s.name, i.Kind, string(i.Impact))
		}
	}
}
