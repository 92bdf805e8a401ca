package exporter

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cutover-dev/cutover/internal/journal"
)

// IncidentRequest opens an incident. It declares the criterion that is its
// kind, as ticking the criterion's box does; a drill only says so.
type IncidentRequest struct {
	Checklist string         `json:"checklist"` // may be empty where only one is served
	Kind      string         `json:"kind"`      // the ID of a rollback criterion, or other
	Impact    journal.Impact `json:"impact"`
	Note      string         `json:"note"`
	Drill     bool           `json:"drill"`
	By        string         `json:"by"`
}

// CloseRequest closes an incident.
type CloseRequest struct {
	Note string `json:"note"`
	By   string `json:"by"`
}

// BaselineRequest freezes figures of the old version, all of them or none.
type BaselineRequest struct {
	Checklist string             `json:"checklist"` // may be empty where only one is served
	Baselines []journal.Baseline `json:"baselines"`
}

// IncidentList are the open incidents, the oldest first.
type IncidentList struct {
	Incidents []Incident `json:"incidents"`
}

// Limits of what people write.
const (
	maxNote      = 2000 // characters
	maxBy        = 100
	maxIncidents = 100 // open, of a checklist
)

func (e *Exporter) listIncidents(w http.ResponseWriter, _ *http.Request) {
	list := IncidentList{Incidents: []Incident{}}
	for _, event := range e.journal.OpenIncidents() {
		list.Incidents = append(list.Incidents, incidentOf(event))
	}
	answerJSON(w, http.StatusOK, list)
}

// openIncident opens an incident; it is in the metrics when the answer is out.
func (e *Exporter) openIncident(_ *http.Request, in IncidentRequest) (Incident, error) {
	if err := errors.Join(checkText("note", in.Note, maxNote), checkText("by", in.By, maxBy)); err != nil {
		return Incident{}, refuse(http.StatusBadRequest, "%v", err)
	}
	if !slices.Contains(journal.Impacts(), in.Impact) {
		return Incident{}, refuse(http.StatusBadRequest, "impact: use one of none, minor, significant")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	p, err := e.named(in.Checklist)
	if err != nil {
		return Incident{}, err
	}
	if err := p.allows(in, e.journal); err != nil {
		return Incident{}, err
	}
	events, err := e.declare(journal.Event{Kind: journal.IncidentOpened, Checklist: p.name, Incident: &journal.Incident{
		Kind: in.Kind, Impact: in.Impact, Drill: in.Drill, Note: in.Note, By: in.By,
	}})
	if err != nil {
		return Incident{}, err
	}
	return incidentOf(events[0]), nil
}

// named is the plan of a checklist that can be read, or once could.
func (e *Exporter) named(name string) (*plan, error) {
	plans := e.loaded()
	names := make([]string, len(plans))
	for i, p := range plans {
		if names[i] = p.name; p.name == name {
			return p, nil
		}
	}
	if name == "" && len(plans) == 1 {
		return plans[0], nil
	}
	return nil, refuse(http.StatusBadRequest, "checklist: use one of %s", strings.Join(names, ", "))
}

// allows says what keeps an incident from being opened.
func (p *plan) allows(in IncidentRequest, j *journal.Journal) error {
	if known := kinds(p.checklist); !slices.Contains(known, in.Kind) {
		var b strings.Builder
		fmt.Fprintf(&b, "kind: not a rollback criterion of %s: use one of", p.name)
		for _, c := range p.checklist.Criteria {
			if slices.Contains(known, c.ID) {
				fmt.Fprintf(&b, "\n  %s  (%s)", c.ID, c.Text)
			}
		}
		return refuse(http.StatusBadRequest, "%s\n  %s", b.String(), journal.Other)
	}
	if len(incidentsOf(p.name, j).open) >= maxIncidents {
		return refuse(http.StatusConflict, "%d incidents of %s are open: close some", maxIncidents, p.name)
	}
	return nil
}

// closeIncident closes an incident; its criterion is declared no longer, unless
// its box is ticked or another incident of its kind is open.
func (e *Exporter) closeIncident(r *http.Request, in CloseRequest) (Incident, error) {
	if err := errors.Join(checkText("note", in.Note, maxNote), checkText("by", in.By, maxBy)); err != nil {
		return Incident{}, refuse(http.StatusBadRequest, "%v", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	open := e.journal.OpenIncidents()
	i := slices.IndexFunc(open, func(event journal.Event) bool { return event.Incident.ID == r.PathValue("id") })
	if i < 0 {
		return Incident{}, refuse(http.StatusNotFound, "no such incident is open")
	}
	closed := *open[i].Incident
	closed.Note, closed.By = in.Note, in.By
	_, err := e.declare(journal.Event{Kind: journal.IncidentClosed, Checklist: open[i].Checklist, Incident: &closed})
	return incidentOf(open[i]), err
}

// freezeBaseline keeps figures of the old version.
func (e *Exporter) freezeBaseline(_ *http.Request, in BaselineRequest) (EventList, error) {
	if len(in.Baselines) == 0 {
		return EventList{}, refuse(http.StatusBadRequest, "baselines: none given")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	p, err := e.named(in.Checklist)
	if err != nil {
		return EventList{}, err
	}
	var events []journal.Event
	for i, b := range in.Baselines {
		if err := checkBaseline(b); err != nil {
			return EventList{}, refuse(http.StatusBadRequest, "baseline %d: %v", i+1, err)
		}
		events = append(events, journal.Event{Kind: journal.BaselineFrozen, Checklist: p.name, Baseline: &b})
	}
	events, err = e.declare(events...)
	return EventList{Events: events}, err
}

func checkBaseline(b journal.Baseline) error {
	for name, value := range map[string]string{"signal": b.Signal, "statistic": b.Statistic, "unit": b.Unit} {
		if value == "" || strings.ContainsFunc(value, func(r rune) bool { return r != '_' && !unicode.IsLower(r) && !unicode.IsDigit(r) }) {
			return fmt.Errorf("%s: use a name such as error_ratio", name)
		}
	}
	switch {
	case math.IsNaN(b.Value) || math.IsInf(b.Value, 0):
		return errors.New("value: not a number")
	case !(b.Seconds > 0):
		return errors.New("window_seconds: use a number above 0")
	case b.At.IsZero():
		return errors.New("at: say when the window ended")
	}
	return nil
}

// declare writes what people say and brings it to the metrics. Nothing is said
// to them before it is written.
func (e *Exporter) declare(events ...journal.Event) ([]journal.Event, error) {
	written, err := e.journal.Append(events...)
	e.wrote(err)
	now := e.clock()
	e.rebuild(now)
	if err != nil {
		return nil, refuse(http.StatusServiceUnavailable, "the journal can't be written, so nothing was done: %v", err)
	}
	for _, w := range written {
		e.logger.Info("Written to the journal", "kind", w.Kind, "checklist", w.Checklist, "event", w.Seq, "at", w.Time.Format(time.RFC3339))
	}
	return written, nil
}

// checkText bounds what people write, and leaves out what a terminal would obey.
func checkText(name, text string, most int) error {
	if utf8.RuneCountInString(text) > most {
		return fmt.Errorf("%s: longer than %d characters", name, most)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		return fmt.Errorf("%s: has control characters", name)
	}
	return nil
}
