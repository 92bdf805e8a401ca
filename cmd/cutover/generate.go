package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/alerts/grafanaalerts"
	"github.com/cutover-dev/cutover/dashboards"
)

type generateCommand struct {
	Out     string   `required:"" xor:"work" placeholder:"DIR" help:"Folder to write to."`
	Format  string   `enum:"prometheus,kubernetes,grafana" default:"prometheus" help:"For whom: prometheus (also Mimir and Thanos), kubernetes (operators and the sidecar), grafana (which manages the alerts itself)."`
	Merge   string   `xor:"merge" placeholder:"FILE" help:"Put our routes, receivers and inhibitions into this Alertmanager configuration, instead of writing a whole one."`
	Unmerge string   `required:"" xor:"work,merge" placeholder:"FILE" help:"Take what --merge put into this Alertmanager configuration out of it, and do nothing else."`
	Diff    bool     `help:"Write nothing; say what is not up to date, and exit with 1 if anything is not."`
	File    []string `arg:"" optional:"" help:"Checklists, instead of CUTOVER_CHECKLIST."`
}

// Help lists the variables that the command reads.
func (generateCommand) Help() string { return variableHelp("generate") }

// Run writes everything that is generated from the checklists, or nothing.
func (c generateCommand) Run(ctx context.Context, a *app) error {
	if c.Unmerge != "" {
		return c.unmerge(a)
	}
	s, err := settingsFor(a)
	if err != nil {
		return err
	}
	checklists, err := loadChecklists(ctx, c.File, s)
	if err != nil {
		return err
	}
	for _, l := range checklists {
		printWarnings(a.stderr, l)
		if err := printImplausible(a.stderr, l, s); err != nil {
			return err
		}
	}
	if s.receivers.None() {
		fmt.Fprintln(a.stderr, "cutover: warning: no receiver is set, so the Alertmanager configuration notifies nobody: set CUTOVER_RECEIVER_WEBHOOK_URL_FILE, or another")
	}
	if s.receivers.PagesOnly() {
		fmt.Fprintln(a.stderr, "cutover: warning: PagerDuty gets pages only, so missed targets and other warnings notify nobody: set another receiver beside it")
	}
	if s.frozen, err = frozenBaselines(ctx, a, s); err != nil {
		return err
	}
	files, err := generated(checklists, s, c.Format)
	if err != nil {
		return err
	}
	if c.Merge != "" {
		if files, err = withMerged(files, c.Merge); err != nil {
			return err
		}
		if err := printSilencers(a.stderr, c.Merge, files[len(files)-1].content, checklists, s); err != nil {
			return err
		}
	}
	return c.write(a, files)
}

// write writes the files, or says with --diff what writing would change.
func (c generateCommand) write(a *app, files []file) error {
	if c.Diff {
		return c.diff(a, files)
	}
	changed, err := writeTree(c.Out, files)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s: %s, %d changed\n", cmp.Or(c.Out, c.Unmerge), plural(len(files), "file"), changed)
	return nil
}

// printImplausible warns of the lines that no rule is made from because their
// bound makes no sense.
func printImplausible(w io.Writer, l loaded, s settings) error {
	judgements, err := alerts.Judgements(l.Checklist, s.rules)
	for _, j := range judgements {
		if j.Implausible {
			fmt.Fprintf(w, "%s:%d: no rule for %q: %s\n", l.file, j.Criterion.Line, j.Criterion.Text, j.Reason)
		}
	}
	return err
}

// diff says what writing would change.
func (c generateCommand) diff(a *app, files []file) error {
	stale, err := compareTree(c.Out, files)
	if err != nil {
		return err
	}
	for _, line := range stale {
		fmt.Fprintln(a.stdout, line)
	}
	if len(stale) > 0 {
		return errNo
	}
	return nil
}

// The Alertmanager configuration among the generated files, and the part of it
// that goes into others.
const (
	alertmanagerFile = "alertmanager/alertmanager.yml"
	routesFile       = "alertmanager/routes.yml"
)

// file is a generated file, its path relative to the output folder and with
// slashes.
type file struct {
	path    string
	content []byte
	mode    fs.FileMode
	// elsewhere is the path of a file outside of the output folder; then there
	// is no other.
	elsewhere string
}

// below is the file's path when the output folder is dir.
func (f file) below(dir string) string {
	return cmp.Or(f.elsewhere, filepath.Join(dir, filepath.FromSlash(f.path)))
}

// generated renders every file of a format. Nothing is written yet, so an error
// loses nothing.
func generated(checklists []loaded, s settings, format string) ([]file, error) {
	if format == formatGrafana {
		// The rules say how long things take.
		s.rules.EvaluationInterval = grafanaalerts.EvaluationInterval(s.rules.EvaluationInterval)
	}
	var t tree
	for _, l := range checklists {
		d, err := draw(l, s)
		if err != nil {
			return nil, err
		}
		switch format {
		case formatKubernetes:
			t.objects(d, s)
		case formatGrafana:
			t.boards(d)
			t.managedRules(d, s)
		default:
			t.boards(d)
			t.rules(d)
		}
	}
	common, err := alerts.CommonRules(s.rules)
	if err != nil {
		return nil, err
	}
	switch format {
	case formatKubernetes:
		t.commonObjects(common, s)
		t.alertmanager(s)
	case formatGrafana:
		t.commonManaged(common, s)
		t.provisioning(s)
	default:
		t.add("rules/cutover.yml")(common.YAML())
		t.add("rules/tests/cutover_test.yml")(alerts.CommonRuleTests(s.rules, "../cutover.yml"))
		t.alertmanager(s)
		t.provisioning(s)
	}
	return t.files, t.err
}

// alertmanager adds the Alertmanager configuration, whole and as a part.
func (t *tree) alertmanager(s settings) {
	t.add(alertmanagerFile)(alerts.Alertmanager(s.receivers))
	t.add(routesFile)(alerts.Routes(s.receivers))
}

// provisioning adds what has Prometheus and Grafana load the files.
func (t *tree) provisioning(s settings) {
	t.add("provisioning/prometheus.yml")(alerts.Scrape(s.rules))
	t.add("provisioning/dashboards.yml")(dashboards.Provider(), nil)
}

// drawn is what every format of a checklist is made from.
type drawn struct {
	loaded
	boards  []dashboards.Board
	panels  []dashboards.Panel
	rules   alerts.File
	options alerts.Options // of the rules
}

func draw(l loaded, s settings) (d drawn, err error) {
	d.loaded = l
	if d.boards, err = dashboards.All(l.Checklist, boardOptions(s)); err != nil {
		return drawn{}, err
	}
	if d.panels, err = dashboards.Panels(l.Checklist, boardOptions(s)); err != nil {
		return drawn{}, err
	}
	d.options = ruleOptions(s, l.Name, d.boards)
	d.rules, err = alerts.Rules(l.Checklist, d.options)
	return d, err
}

func boardOptions(s settings) dashboards.Options {
	return dashboards.Options{ChecklistURL: s.ChecklistURL, Queried: slices.Sorted(maps.Keys(s.rules.Queries))}
}

// ruleOptions links the alerts of a checklist to its first dashboard, and gives
// its rules the frozen baseline.
func ruleOptions(s settings, checklist string, boards []dashboards.Board) alerts.Options {
	o := s.rules
	o.Baseline = s.frozen[checklist]
	if len(boards) > 0 {
		o.DashboardUID = boards[0].UID
	}
	return o
}

// tree collects files until the first error.
type tree struct {
	files []file
	err   error
}

// add takes a path and then what a renderer returned for it.
func (t *tree) add(name string) func([]byte, error) {
	return func(content []byte, err error) {
		if err != nil {
			t.fail(fmt.Errorf("%s: %w", name, err))
		}
		mode := fs.FileMode(0o644)
		if strings.HasPrefix(name, "alertmanager/") || name == contactFile {
			mode = 0o640 // a receiver's address is as good as a password
		}
		t.files = append(t.files, file{path: name, content: content, mode: mode})
	}
}

// boards adds the dashboards of a checklist, and its panels for a library.
func (t *tree) boards(d drawn) {
	for _, b := range d.boards {
		t.add(path.Join("dashboards", b.File))(b.JSON())
	}
	for _, p := range d.panels {
		t.add(path.Join("panels", p.File))(p.LibraryJSON())
	}
}

// rules adds the rule file of a checklist and its tests.
func (t *tree) rules(d drawn) {
	name := fileName(d.Name)
	t.add("rules/" + name + ".yml")(d.rules.YAML())
	t.add("rules/tests/" + name + "_test.yml")(alerts.RuleTests(d.Checklist, d.options, "../"+name+".yml"))
}

// fileName is a checklist's name without what separates folders.
func fileName(name string) string {
	return strings.NewReplacer("/", "-", `\`, "-").Replace(name)
}
