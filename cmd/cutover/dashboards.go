package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/cutover-dev/cutover/dashboards"
	"github.com/cutover-dev/cutover/internal/grafana"
)

type dashboardsCommand struct {
	Push  pushCommand  `cmd:"" help:"Create and update folder, library panels and dashboards in a Grafana."`
	Embed embedCommand `cmd:"" help:"Put panels into somebody's dashboard, a file or one in a Grafana."`
	Solo  soloCommand  `cmd:"" help:"Say at which address each panel stands alone, and write a page of them."`
}

// Help lists the variables that the commands read.
func (dashboardsCommand) Help() string { return variableHelp("dashboards") }

// grafanaClient is a client of the Grafana that the environment names.
func grafanaClient(a *app, s settings) (*grafana.Client, error) {
	if s.GrafanaURL == "" {
		return nil, errors.New("CUTOVER_GRAFANA_URL is not set: the address of Grafana, such as https://grafana.example.org")
	}
	c, err := grafana.New(s.GrafanaURL, grafana.Options{TokenFile: s.GrafanaTokenFile, Logger: newLogger(a, s)})
	if err != nil {
		return nil, fmt.Errorf("CUTOVER_GRAFANA_URL: %w", err)
	}
	return c, nil
}

// panelChoice says which panels of which checklist.
type panelChoice struct {
	Row    []string `enum:"${rows}" default:"${first_row}" help:"Rows of panels: ${first_row} (the default), ${other_rows}. Several with commas."`
	Panels []string `sep:"none" placeholder:"TITLE" help:"This panel instead, by title or uid; may be given several times."`
}

// rowVars tell the command line which rows there are.
func rowVars() kong.Vars {
	names := dashboards.RowNames()
	return kong.Vars{"rows": strings.Join(names, ","), "first_row": names[0], "other_rows": strings.Join(names[1:], ", ")}
}

// of chooses among the panels of a checklist, each once.
func (c panelChoice) of(all []dashboards.Panel) ([]dashboards.Panel, error) {
	var out []dashboards.Panel
	add := func(more ...dashboards.Panel) {
		for _, p := range more {
			if !slices.ContainsFunc(out, func(q dashboards.Panel) bool { return q.UID == p.UID }) {
				out = append(out, p)
			}
		}
	}
	for _, name := range c.Panels {
		i := slices.IndexFunc(all, func(p dashboards.Panel) bool { return p.UID == name || strings.EqualFold(p.Title, name) })
		if i < 0 {
			return nil, fmt.Errorf("--panels %q: the checklist has no such panel; cutover dashboards solo lists them", name)
		}
		add(all[i])
	}
	if len(c.Panels) == 0 {
		for _, name := range c.Row {
			row := dashboards.Row(all, name)
			if len(row) == 0 {
				return nil, fmt.Errorf("--row %s: the checklist has nothing for it", name)
			}
			add(row...)
		}
	}
	return out, nil
}

// oneChecklist loads a checklist where several can't be meant, unless one is
// named.
func oneChecklist(ctx context.Context, files []string, name string, s settings) (loaded, error) {
	checklists, err := loadChecklists(ctx, files, s)
	if err != nil {
		return loaded{}, err
	}
	var names []string
	for _, l := range checklists {
		if l.Name == name || name == "" && len(checklists) == 1 {
			return l, nil
		}
		names = append(names, l.Name)
	}
	if name == "" {
		return loaded{}, fmt.Errorf("there are several checklists: say with --checklist which: %s", strings.Join(names, ", "))
	}
	return loaded{}, fmt.Errorf("--checklist %q: there are only: %s", name, strings.Join(names, ", "))
}
