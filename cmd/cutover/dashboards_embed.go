package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cutover-dev/cutover/dashboards"
	"github.com/cutover-dev/cutover/dashboards/embed"
	"github.com/cutover-dev/cutover/internal/grafana"
)

type embedCommand struct {
	Into   string `xor:"host" required:"" placeholder:"FILE" help:"The dashboard, a file that is rewritten; - reads stdin and writes stdout."`
	UID    string `xor:"host" required:"" placeholder:"UID" help:"The dashboard, in the Grafana of CUTOVER_GRAFANA_URL."`
	Remove bool   `help:"Take out what was put in, and leave what there was; with --checklist only that one's."`
	Diff   bool   `help:"Write nothing; say what would change, and exit with 1 if anything would."`
	panelChoice
	Heading            string   `placeholder:"TITLE" help:"The title of the row above the panels. Default: the checklist's name."`
	Datasource         string   `xor:"source" placeholder:"UID" help:"Ask this data source."`
	DatasourceVariable string   `xor:"source" placeholder:"NAME" help:"Ask the one that this variable of the dashboard stands for. Default: the dashboard's only Prometheus variable, or else its only Prometheus."`
	Checklist          string   `xor:"plan" placeholder:"NAME" help:"Show this checklist. Default: what the dashboard's variable says, if there is one, or else the only checklist."`
	ChecklistVariable  string   `xor:"plan" placeholder:"NAME" help:"Show the one that this variable of the dashboard says."`
	File               []string `arg:"" optional:"" help:"Checklists, instead of CUTOVER_CHECKLIST."`
}

// Help says how panels are known again, and lists the variables that the command
// reads.
func (embedCommand) Help() string {
	return `The panels go below everything, under a row of their own. Once there, they may be moved,
resized and restyled: a second run changes only panels that the checklist has changed, and
leaves each at its place. What one run names is what the dashboard has of the checklist
afterwards: name several rows in one run.

` + variableHelp("dashboards")
}

// Run puts panels into a dashboard, or takes them out.
func (c embedCommand) Run(ctx context.Context, a *app) error {
	s, err := settingsFor(a)
	if err != nil {
		return err
	}
	if c.Remove && len(c.File) > 0 {
		return errors.New("--remove needs no FILE: it takes out all that was put in, or with --checklist what is one's")
	}
	if c.UID != "" {
		return c.inGrafana(ctx, a, s)
	}
	host, info, err := readHost(a, c.Into)
	if err != nil {
		return err
	}
	change, err := c.change(ctx, host, s, nil)
	if err != nil {
		return inFile(c.Into, err)
	}
	if c.Diff || !change.Changed() && c.Into != stdio {
		return c.report(a.stdout, c.Into, change)
	}
	if c.Into == stdio {
		if _, err := a.stdout.Write(change.Text); err != nil {
			return err
		}
		return c.report(a.stderr, "stdin", change)
	}
	target, err := filepath.EvalSymlinks(c.Into)
	if err != nil {
		return err
	}
	if _, err := writeTree("", []file{{elsewhere: target, content: change.Text, mode: info.Mode().Perm()}}); err != nil {
		return err
	}
	return c.report(a.stdout, c.Into, change)
}

// stdio is the name of stdin and stdout.
const stdio = "-"

// maxHost is how long a dashboard may be; the longest known have some MB.
const maxHost = 32 << 20

// readHost reads a dashboard from a file or from stdin.
func readHost(a *app, name string) (text []byte, info os.FileInfo, err error) {
	from := a.stdin
	if name != stdio {
		f, err := os.Open(name)
		if err != nil {
			return nil, nil, err
		}
		defer f.Close()
		if info, err = f.Stat(); err != nil {
			return nil, nil, err
		}
		from = f
	}
	text, err = io.ReadAll(io.LimitReader(from, maxHost+1))
	if err == nil && len(text) > maxHost {
		err = fmt.Errorf("%s: longer than %d MiB: is it a dashboard?", name, maxHost>>20)
	}
	return text, info, err
}

// inFile makes a fault of a dashboard one of its file.
func inFile(name string, err error) error {
	var fault *embed.Error
	if errors.As(err, &fault) {
		return fmt.Errorf("%s:%w", name, err)
	}
	return err
}

// inGrafana changes a dashboard in Grafana, unless somebody else does at the same
// time.
func (c embedCommand) inGrafana(ctx context.Context, a *app, s settings) error {
	client, err := grafanaClient(a, s)
	if err != nil {
		return err
	}
	defer client.Close()
	there, err := client.Dashboard(ctx, c.UID)
	if err != nil {
		return err
	}
	inventory, err := client.Inventory(ctx)
	if err != nil {
		return err
	}
	change, err := c.change(ctx, there.Model, s, &inventory)
	if err != nil {
		return inFile("dashboard "+c.UID, err)
	}
	if !c.Diff && change.Changed() {
		there.Model = change.Text
		if _, err := client.SaveDashboard(ctx, there, "cutover dashboards embed: "+counted(change)); err != nil {
			return err
		}
	}
	return c.report(a.stdout, "dashboard "+c.UID, change)
}

// change works out the dashboard's new text. The inventory is nil for a file.
func (c embedCommand) change(ctx context.Context, host []byte, s settings, inventory *grafana.Inventory) (embed.Change, error) {
	if c.Remove {
		return embed.Out(host, c.Checklist)
	}
	l, err := oneChecklist(ctx, c.File, c.Checklist, s)
	if err != nil {
		return embed.Change{}, err
	}
	offers, err := embed.Inspect(host)
	if err != nil {
		return embed.Change{}, err
	}
	binding, err := c.binding(offers, l.Name, inventory)
	if err != nil {
		return embed.Change{}, err
	}
	all, err := dashboards.Panels(l.Checklist, boardOptions(s))
	if err != nil {
		return embed.Change{}, err
	}
	chosen, err := c.of(all)
	if err != nil {
		return embed.Change{}, err
	}
	panels, err := bound(chosen, binding, inventory)
	if err != nil {
		return embed.Change{}, err
	}
	o := embed.Options{Owner: l.Name, Heading: c.Heading}
	if o.Heading == "" {
		o.Heading = dashboards.Heading(l.Checklist)
	}
	return embed.Into(host, panels, o)
}

// bound are panels bound to what the dashboard offers.
func bound(chosen []dashboards.Panel, binding dashboards.Binding, inventory *grafana.Inventory) ([]embed.Panel, error) {
	var panels []embed.Panel
	for _, p := range chosen {
		p, err := p.Bind(binding)
		if err != nil {
			return nil, err
		}
		model, err := p.JSON()
		if err != nil {
			return nil, err
		}
		var plugin struct{ Type string }
		if err := json.Unmarshal(model, &plugin); err != nil {
			return nil, err
		}
		if inventory != nil && !inventory.Panels[plugin.Type] {
			return nil, fmt.Errorf("the panel %q needs the panel plugin %s, which this Grafana does not have", p.Title, plugin.Type)
		}
		panels = append(panels, embed.Panel{UID: p.UID, Model: bytes.TrimSpace(model), Width: p.Width, Height: p.Height})
	}
	return panels, nil
}

// binding decides where the panels find their data and whose checklist they show.
func (c embedCommand) binding(offers embed.Host, checklist string, inventory *grafana.Inventory) (dashboards.Binding, error) {
	var b dashboards.Binding
	switch {
	case c.Datasource != "":
		b.DataSourceUID = c.Datasource
	case c.DatasourceVariable != "":
		b.DataSourceVariable = c.DatasourceVariable
	case len(offers.Sources) == 1:
		b.DataSourceVariable = offers.Sources[0]
	case len(offers.Sources) == 0 && len(offers.UIDs) == 1:
		b.DataSourceUID = offers.UIDs[0]
	default:
		return b, fmt.Errorf("which Prometheus? Say --datasource UID, or --datasource-variable NAME; the dashboard's variables for one: %s; its data sources: %s",
			listed(offers.Sources), listed(offers.UIDs))
	}
	switch {
	case c.Checklist != "":
		b.Checklist = checklist
	case c.ChecklistVariable != "":
		b.ChecklistVariable = c.ChecklistVariable
	case len(offers.Checklists) == 1:
		b.ChecklistVariable = offers.Checklists[0]
	case len(offers.Checklists) == 0:
		b.Checklist = checklist
	default:
		return b, fmt.Errorf("which checklist? Say --checklist NAME, or --checklist-variable NAME; the dashboard's variables for one: %s", listed(offers.Checklists))
	}
	return b, offered(b, offers, inventory)
}

// offered wants what a binding names to be there, and to be one.
func offered(b dashboards.Binding, offers embed.Host, inventory *grafana.Inventory) error {
	for _, v := range []struct {
		flag, name, instead string
		there               []string
	}{
		{"--datasource-variable", b.DataSourceVariable, "--datasource UID", offers.Sources},
		{"--checklist-variable", b.ChecklistVariable, "--checklist NAME", offers.Checklists},
	} {
		switch {
		case v.name == "":
		case !slices.Contains(v.there, v.name):
			return fmt.Errorf("%s %q: the dashboard has no such variable; it has: %s", v.flag, v.name, listed(v.there))
		case slices.Contains(offers.Several, v.name):
			return fmt.Errorf("the dashboard's variable %q may stand for several at once, and our panels show one: say %s", v.name, v.instead)
		}
	}
	if inventory == nil || b.DataSourceUID == "" {
		return nil
	}
	var known []string
	for _, d := range inventory.DataSources {
		if d.Type == "prometheus" {
			known = append(known, d.UID)
		}
	}
	slices.Sort(known)
	if !slices.Contains(known, b.DataSourceUID) {
		return fmt.Errorf("this Grafana has no Prometheus with the uid %q; it has: %s", b.DataSourceUID, listed(known))
	}
	return nil
}

// listed writes names for people.
func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return oneLine(strings.Join(names, ", "))
}

// counted says what became of the panels.
func counted(change embed.Change) string {
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{{change.Added, "added"}, {change.Updated, "updated"}, {change.Removed, "removed"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", plural(part.n, "panel"), part.what))
		}
	}
	if len(parts) == 0 {
		return "nothing to change"
	}
	return strings.Join(parts, ", ")
}

// report says what became of a dashboard; with --diff the answer is no where
// something would.
func (c embedCommand) report(w io.Writer, name string, change embed.Change) error {
	if _, err := fmt.Fprintf(w, "%s: %s\n", name, counted(change)); err != nil {
		return err
	}
	if c.Diff && change.Changed() {
		return errNo
	}
	return nil
}
