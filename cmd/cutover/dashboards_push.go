package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/cutover-dev/cutover/dashboards"
	"github.com/cutover-dev/cutover/internal/grafana"
)

type pushCommand struct {
	Folder     string   `default:"cutover" placeholder:"UID" help:"The folder for what is new, by uid; created if it is missing. Default: cutover. The one without a uid: general."`
	Datasource string   `placeholder:"UID" help:"Library panels ask this data source about their own checklist, whatever dashboard they stand in. Default: variables datasource and checklist."`
	Diff       bool     `help:"Change nothing; say what would be, and exit with 1 if anything would."`
	File       []string `arg:"" optional:"" help:"Checklists, instead of CUTOVER_CHECKLIST."`
}

// Help says what is left alone, and lists the variables that the command reads.
func (pushCommand) Help() string {
	return `What is there already stays in its folder. A dashboard without the tag cutover, or a library
panel with another's name, is somebody else's, and is never replaced; nor is one that was
changed while this command ran. All is looked at before anything is written.

` + variableHelp("dashboards")
}

// generalFolder is Grafana's folder without a uid.
const generalFolder = "general"

// Run brings Grafana up to date with the checklists.
func (c pushCommand) Run(ctx context.Context, a *app) error {
	s, err := settingsFor(a)
	if err != nil {
		return err
	}
	checklists, err := loadChecklists(ctx, c.File, s)
	if err != nil {
		return err
	}
	client, err := grafanaClient(a, s)
	if err != nil {
		return err
	}
	defer client.Close()
	objects, err := c.wanted(ctx, client, checklists, s)
	if err != nil {
		return err
	}
	if c.Diff {
		return reportDrift(a, objects)
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	count := map[state]int{}
	for _, o := range objects {
		if o.state != unchanged {
			if err := o.save(ctx); err != nil {
				return errors.Join(err, w.Flush())
			}
		}
		count[o.state]++
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", o.state, o.kind, o.uid, oneLine(o.title))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%d created, %d updated, %d unchanged\n", count[created], count[updated], count[unchanged])
	return err
}

// state is what becomes of an object.
type state string

const (
	created   state = "created"
	updated   state = "updated"
	unchanged state = "unchanged"
)

// pushed is an object for Grafana, compared with what is there.
type pushed struct {
	kind, uid, title string
	state            state
	differs          []string // the parts that do
	save             func(context.Context) error
}

// wanted lists all objects, in the order in which they need each other. Nothing
// is written yet, so a refusal leaves Grafana as it is.
func (c pushCommand) wanted(ctx context.Context, client *grafana.Client, checklists []loaded, s settings) ([]pushed, error) {
	folder, objects, err := c.folder(ctx, client)
	if err != nil {
		return nil, err
	}
	for _, l := range checklists {
		panels, err := dashboards.Panels(l.Checklist, boardOptions(s))
		if err != nil {
			return nil, err
		}
		for _, p := range panels {
			if c.Datasource != "" {
				if p, err = p.Bind(dashboards.Binding{DataSourceUID: c.Datasource, Checklist: l.Name}); err != nil {
					return nil, fmt.Errorf("--datasource: %w", err)
				}
			}
			o, err := pushedPanel(ctx, client, p, l.Name, folder)
			if err != nil {
				return nil, err
			}
			objects = append(objects, o)
		}
		boards, err := dashboards.All(l.Checklist, boardOptions(s))
		if err != nil {
			return nil, err
		}
		for _, b := range boards {
			o, err := pushedBoard(ctx, client, b, folder)
			if err != nil {
				return nil, err
			}
			objects = append(objects, o)
		}
	}
	return objects, nil
}

// folder finds the folder for what is new. Its uid is empty for the one that has
// none, which is no object either.
func (c pushCommand) folder(ctx context.Context, client *grafana.Client) (uid string, objects []pushed, err error) {
	if c.Folder == generalFolder {
		return "", nil, nil
	}
	want := grafana.Folder{UID: c.Folder, Title: c.Folder}
	if want.UID == "cutover" {
		want.Title = "Cutover"
	}
	there, err := client.Folder(ctx, want.UID)
	o := pushed{kind: "folder", uid: want.UID, title: there.Title, state: unchanged}
	// Who may not read all folders is told that a missing one is forbidden.
	if errors.Is(err, grafana.ErrNotFound) || errors.Is(err, grafana.ErrForbidden) {
		o.state, o.title, err = created, want.Title, nil
		o.save = func(ctx context.Context) error { return client.CreateFolder(ctx, want) }
	}
	return want.UID, []pushed{o}, err
}

// pushedPanel compares a library panel with the one that is there.
func pushedPanel(ctx context.Context, client *grafana.Client, p dashboards.Panel, checklist, folder string) (pushed, error) {
	model, err := p.LibraryJSON()
	if err != nil {
		return pushed{}, err
	}
	o := pushed{kind: "panel", uid: p.UID, title: p.Name}
	want := grafana.LibraryPanel{UID: p.UID, Name: p.Name, Model: model, FolderUID: folder}
	there, err := client.LibraryPanel(ctx, p.UID)
	ours, _, _ := strings.Cut(p.Name, " · ")
	switch {
	case errors.Is(err, grafana.ErrNotFound):
		o.state = created
	case err != nil:
		return pushed{}, err
	case !strings.HasPrefix(there.Name, ours+" · "):
		return pushed{}, fmt.Errorf("the library panel %s is somebody else's: its name is %q, not one of the checklist %s: rename or delete it in Grafana, or give the checklist another name (CUTOVER_CHECKLIST_NAME)",
			p.UID, oneLine(there.Name), checklist)
	default:
		o.differs = differences(model, there.Model, "id", "gridPos", "libraryPanel")
		if there.Name != p.Name {
			o.differs = append(o.differs, "name")
		}
		want.Version, want.FolderUID = there.Version, there.FolderUID
		o.state = stateOf(o.differs)
	}
	o.save = func(ctx context.Context) error {
		_, err := client.SaveLibraryPanel(ctx, want)
		return err
	}
	return o, nil
}

// ourTag is on every dashboard of ours.
const ourTag = "cutover"

// pushedBoard compares a dashboard with the one that is there.
func pushedBoard(ctx context.Context, client *grafana.Client, b dashboards.Board, folder string) (pushed, error) {
	model, err := b.JSON()
	if err != nil {
		return pushed{}, err
	}
	o := pushed{kind: "dashboard", uid: b.UID, title: b.Title}
	want := grafana.Dashboard{UID: b.UID, Model: model, FolderUID: folder}
	there, err := client.Dashboard(ctx, b.UID)
	var is struct {
		Title string
		Tags  []string
	}
	if err == nil {
		err = json.Unmarshal(there.Model, &is)
	}
	switch {
	case errors.Is(err, grafana.ErrNotFound):
		o.state = created
	case err != nil:
		return pushed{}, err
	case !slices.Contains(is.Tags, ourTag):
		return pushed{}, fmt.Errorf("the dashboard %s is somebody else's: its title is %q, and it has no tag %s: give it another uid in Grafana, or the checklist another name (CUTOVER_CHECKLIST_NAME)",
			b.UID, oneLine(is.Title), ourTag)
	default:
		o.differs = differences(model, there.Model, "id", "version", "uid")
		want.Version, want.FolderUID = there.Version, there.FolderUID
		o.state = stateOf(o.differs)
	}
	if there.Provisioned && o.state != unchanged {
		return pushed{}, fmt.Errorf("the dashboard %s is provisioned from a file, and Grafana does not save those: write the file with cutover generate, or take it out of the provisioning", b.UID)
	}
	o.save = func(ctx context.Context) error {
		_, err := client.SaveDashboard(ctx, want, "cutover dashboards push")
		return err
	}
	return o, nil
}

func stateOf(differs []string) state {
	if len(differs) > 0 {
		return updated
	}
	return unchanged
}

// differences are the keys in which two objects differ as JSON values, but for
// those that Grafana sets.
func differences(want, there []byte, ignored ...string) []string {
	var w, t map[string]any
	if json.Unmarshal(want, &w) != nil || json.Unmarshal(there, &t) != nil {
		return []string{"everything"}
	}
	var keys []string
	for key := range w {
		if other, ok := t[key]; !ok || !reflect.DeepEqual(w[key], other) {
			keys = append(keys, key)
		}
	}
	for key := range t {
		if _, ok := w[key]; !ok {
			keys = append(keys, key)
		}
	}
	keys = slices.DeleteFunc(keys, func(key string) bool { return slices.Contains(ignored, key) })
	slices.Sort(keys)
	return keys
}

// reportDrift says what pushing would change.
func reportDrift(a *app, objects []pushed) error {
	drift := false
	for _, o := range objects {
		switch o.state {
		case created:
			fmt.Fprintf(a.stdout, "%s %s: missing\n", o.kind, o.uid)
		case updated:
			fmt.Fprintf(a.stdout, "%s %s: differs in %s\n", o.kind, o.uid, oneLine(strings.Join(o.differs, ", ")))
		}
		drift = drift || o.state != unchanged
	}
	if drift {
		return errNo
	}
	return nil
}
