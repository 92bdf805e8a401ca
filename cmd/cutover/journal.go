package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cutover-dev/cutover/exporter"
	"github.com/cutover-dev/cutover/internal/journal"
)

type journalCommand struct {
	JSON  bool   `name:"json" help:"Print one JSON object an event, one a line, as the journal's file has them."`
	After uint64 `placeholder:"NUMBER" help:"Only events after the one of this number."`
}

// Help lists the variables that the command reads.
func (journalCommand) Help() string { return variableHelp("journal") }

// Run says what changed when. The exporter knows the last two thousand events;
// the file of CUTOVER_JOURNAL and the one beside it have more.
func (c journalCommand) Run(ctx context.Context, a *app) error {
	_, exp, err := clientFor(a, false)
	if err != nil {
		return err
	}
	var list exporter.EventList
	if err := exp.get(ctx, "api/v1/journal", fmt.Sprintf("after=%d", c.After), &list); err != nil {
		return err
	}
	for _, e := range list.Events {
		if c.JSON {
			err = json.NewEncoder(a.stdout).Encode(e)
		} else {
			_, err = fmt.Fprintf(a.stdout, "%s  %s  %s\n", e.Time.UTC().Format(time.DateTime), oneLine(e.Checklist), eventText(e))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// eventText says what happened, in a line.
func eventText(e journal.Event) string {
	switch {
	case e.Change != nil:
		return changeText(e)
	case e.Incident != nil:
		return incidentText(e)
	case e.Baseline != nil:
		b := e.Baseline
		window := model.Duration(time.Duration(b.Seconds * float64(time.Second)))
		return oneLine(fmt.Sprintf("baseline frozen: %s %s is %.6g %s over %s", b.Signal, b.Statistic, b.Value, b.Unit, window))
	default:
		return oneLine(string(e.Kind)) // of a newer version
	}
}

// changeText says how something changed. What the checklist said at first is no
// change: nobody knows since when it says so.
func changeText(e journal.Event) string {
	what := strings.TrimSpace(strings.ReplaceAll(string(e.Kind), "_", "-") + " " + e.Change.ID)
	switch c := e.Change; {
	case c.First:
		return oneLine(fmt.Sprintf("%s: %s when first seen", what, c.To))
	case c.To == "":
		return oneLine(fmt.Sprintf("%s: %s, and no longer there", what, c.From))
	default:
		return oneLine(fmt.Sprintf("%s: %s → %s", what, c.From, c.To))
	}
}

func incidentText(e journal.Event) string {
	i := e.Incident
	what, done := "incident", "closed"
	if i.Drill {
		what = "drill"
	}
	if e.Kind == journal.IncidentOpened {
		done = "opened"
	}
	text := fmt.Sprintf("%s %s %s: %s, impact %s", what, i.ID, done, i.Kind, i.Impact)
	if i.By != "" {
		text += ", by " + i.By
	}
	if i.Note != "" {
		text += ": " + i.Note
	}
	return oneLine(text)
}
