package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os/user"
	"text/tabwriter"
	"time"

	"github.com/cutover-dev/cutover/exporter"
	"github.com/cutover-dev/cutover/internal/journal"
)

type incidentCommand struct {
	Open  incidentOpen  `cmd:"" help:"Open an incident: it declares a rollback criterion, as ticking its box does."`
	Close incidentClose `cmd:"" help:"Close an incident."`
	List  incidentList  `cmd:"" help:"List the incidents that are open."`
}

// Help lists the variables that the commands read.
func (incidentCommand) Help() string { return variableHelp("incident") }

type incidentOpen struct {
	Kind      string `required:"" placeholder:"ID" help:"The ID of a rollback criterion, or other. A wrong one lists them all."`
	Impact    string `enum:"none,minor,significant" default:"none" help:"On customers: none, minor or significant. Default: none."`
	Note      string `placeholder:"TEXT" help:"What happens, in a sentence."`
	Drill     bool   `help:"Only a drill: the page is sent and says so, and nothing is declared."`
	Checklist string `placeholder:"NAME" help:"Which checklist, where the exporter has several. Default: CUTOVER_CHECKLIST_NAME."`
	By        string `placeholder:"NAME" help:"Who opens it. Default: the user of this process."`
}

// Help lists the variables that the command reads.
func (incidentOpen) Help() string { return variableHelp("incident") }

// Run opens an incident.
func (c incidentOpen) Run(ctx context.Context, a *app) error {
	s, exp, err := clientFor(a, true)
	if err != nil {
		return err
	}
	var opened exporter.Incident
	err = exp.post(ctx, "api/v1/incidents", exporter.IncidentRequest{
		Checklist: cmp.Or(c.Checklist, s.ChecklistName), Kind: c.Kind, Impact: journal.Impact(c.Impact),
		Note: c.Note, Drill: c.Drill, By: cmp.Or(c.By, userName()),
	}, &opened)
	if err != nil {
		return err
	}
	what := "incident"
	if opened.Drill {
		what = "drill"
	}
	_, err = fmt.Fprintf(a.stdout, "%s %s is open: %s, impact %s. Close it with: cutover incident close %[2]s\n",
		what, oneLine(opened.ID), oneLine(opened.Kind), oneLine(string(opened.Impact)))
	return err
}

type incidentClose struct {
	ID   uint64 `arg:"" help:"The incident's number."`
	Note string `placeholder:"TEXT" help:"How it ended."`
	By   string `placeholder:"NAME" help:"Who closes it. Default: the user of this process."`
}

// Help lists the variables that the command reads.
func (incidentClose) Help() string { return variableHelp("incident") }

// Run closes an incident.
func (c incidentClose) Run(ctx context.Context, a *app) error {
	_, exp, err := clientFor(a, true)
	if err != nil {
		return err
	}
	var closed exporter.Incident
	path := fmt.Sprintf("api/v1/incidents/%d/close", c.ID)
	if err := exp.post(ctx, path, exporter.CloseRequest{Note: c.Note, By: cmp.Or(c.By, userName())}, &closed); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "incident %s is closed: %s\n", oneLine(closed.ID), oneLine(closed.Kind))
	return err
}

type incidentList struct {
	JSON bool `name:"json" help:"Print one JSON object an incident, one a line."`
}

// Help lists the variables that the command reads.
func (incidentList) Help() string { return variableHelp("incident") }

// Run lists the open incidents.
func (c incidentList) Run(ctx context.Context, a *app) error {
	_, exp, err := clientFor(a, false)
	if err != nil {
		return err
	}
	var list exporter.IncidentList
	if err := exp.get(ctx, "api/v1/incidents", "", &list); err != nil {
		return err
	}
	if c.JSON {
		for _, i := range list.Incidents {
			if err := json.NewEncoder(a.stdout).Encode(i); err != nil {
				return err
			}
		}
		return nil
	}
	if len(list.Incidents) == 0 {
		_, err := fmt.Fprintln(a.stdout, "no incident is open")
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tOPENED\tCHECKLIST\tKIND\tIMPACT\tBY\tNOTE")
	for _, i := range list.Incidents {
		note := i.Note
		if i.Drill {
			note = "DRILL " + note
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", oneLine(i.ID), i.Opened.UTC().Format(time.DateTime),
			oneLine(i.Checklist), oneLine(i.Kind), oneLine(string(i.Impact)), oneLine(i.By), oneLine(note))
	}
	return w.Flush()
}

// userName is who runs this process, as far as the system knows.
func userName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}
