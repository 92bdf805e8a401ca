package alerts

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"github.com/cutover-dev/cutover/internal/series"
	"github.com/cutover-dev/cutover/internal/testenv"
)

// exampleReceivers are those of the committed examples: all there are.
func exampleReceivers() Receivers {
	const secrets = "/etc/alertmanager/secrets/"
	return Receivers{
		WebhookURLFile:   secrets + "cutover-webhook-url",
		HeartbeatURLFile: secrets + "cutover-heartbeat-url",
		PagerDuty:        PagerDuty{RoutingKeyFile: secrets + "cutover-pagerduty-routing-key"},
		Slack:            Slack{URLFile: secrets + "cutover-slack-url", Channel: "#migration"},
		Email: Email{
			To: "oncall@example.org, lead@example.org", From: "Cutover <cutover@example.org>", Smarthost: "mail.example.org:587",
			Username: "cutover", PasswordFile: secrets + "cutover-email-password",
		},
		Teams: Teams{URLFile: secrets + "cutover-teams-url"},
	}
}

// mixes are all mixes of receivers, by name.
func mixes() map[string]Receivers {
	all := exampleReceivers()
	parts := []struct {
		name string
		add  func(*Receivers)
	}{
		{"webhook", func(r *Receivers) { r.WebhookURLFile = all.WebhookURLFile }},
		{"heartbeat", func(r *Receivers) { r.HeartbeatURLFile = all.HeartbeatURLFile }},
		{"pagerduty", func(r *Receivers) { r.PagerDuty = all.PagerDuty }},
		{"slack", func(r *Receivers) { r.Slack = all.Slack }},
		{"email", func(r *Receivers) { r.Email = all.Email }},
		{"teams", func(r *Receivers) { r.Teams = all.Teams }},
	}
	out := map[string]Receivers{}
	for set := range 1 << len(parts) {
		var r Receivers
		names := []string{}
		for i, part := range parts {
			if set&(1<<i) != 0 {
				part.add(&r)
				names = append(names, part.name)
			}
		}
		out[strings.Join(names, "+")] = r
	}
	return out
}

// reaches says which receiver an alert of each name must reach.
var reaches = map[string]string{
	series.AlertRollback:            receiverPage,
	series.AlertCandidateDown:       receiverPage,
	series.AlertSignalMissing:       receiverPage,
	series.AlertExporterDown:        receiverPage,
	series.AlertIncidentOpen:        receiverPage, // the first, which is significant
	series.AlertTargetMissed:        receiverDefault,
	series.AlertJournalUnwritable:   receiverDefault,
	series.AlertSmokeFailing:        receiverDefault,
	series.AlertSmokeStale:          receiverDefault,
	series.AlertClaimContradicted:   receiverDefault,
	series.AlertTrafficMismatch:     receiverDefault,
	series.AlertHoldCutShort:        receiverDefault,
	series.AlertChecklistUnreadable: receiverDefault,
	series.AlertRulesOutdated:       receiverDefault,
	series.AlertRuleFailing:         receiverDefault,
	series.AlertWatchdog:            receiverHeartbeat,
}

// generatedAlerts are the labels of the first alert of each name, as the rules
// of the sample set them.
func generatedAlerts(t *testing.T) map[string]map[string]string {
	t.Helper()
	rules, err := Rules(sample(t), exampleOptions())
	if err != nil {
		t.Fatal(err)
	}
	common, err := CommonRules(exampleOptions())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]string{}
	for _, group := range slices.Concat(rules.Groups, common.Groups) {
		for _, rule := range group.Rules {
			if rule.Alert != "" && out[rule.Alert] == nil {
				labels := maps.Clone(rule.Labels)
				if labels == nil {
					labels = map[string]string{}
				}
				labels["alertname"] = rule.Alert
				out[rule.Alert] = labels
			}
		}
	}
	if diff := gocmp.Diff(sortedKeys(reaches), sortedKeys(out)); diff != "" {
		t.Fatalf("alerts whose receiver is known here (-here +generated)\n%s", diff)
	}
	return out
}

// receiverOf says which receiver alone an alert reaches.
func receiverOf(t *testing.T, file []byte, labels map[string]string) string {
	t.Helper()
	cfg, err := config.Load(string(file))
	if err != nil {
		t.Fatal(err)
	}
	set := model.LabelSet{}
	for name, value := range labels {
		set[model.LabelName(name)] = model.LabelValue(value)
	}
	var names []string
	for _, route := range dispatch.NewRoute(cfg.Route, nil).Match(set) {
		names = append(names, route.RouteOpts.Receiver)
	}
	return strings.Join(names, ",")
}

func alertmanagerFile(t *testing.T, r Receivers) []byte {
	t.Helper()
	file, err := Alertmanager(r)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestRoutesOfEveryAlert sends every generated alert through the routes of
// every mix of receivers.
func TestRoutesOfEveryAlert(t *testing.T) {
	generated := generatedAlerts(t)
	for mix, r := range mixes() {
		file := alertmanagerFile(t, r)
		for name, labels := range generated {
			if got := receiverOf(t, file, labels); got != reaches[name] {
				t.Errorf("%s with receivers %s: reaches %s, want %s", name, mix, got, reaches[name])
			}
		}
		other := map[string]string{"alertname": "SomethingElse", "severity": severityCritical}
		if got := receiverOf(t, file, other); got != receiverDefault {
			t.Errorf("somebody else's alert with receivers %s: reaches %s, want %s", mix, got, receiverDefault)
		}
	}
}

// TestIntegrations says how each receiver is notified, for every mix: PagerDuty
// of pages only, everybody else of everything.
func TestIntegrations(t *testing.T) {
	for mix, r := range mixes() {
		cfg, err := config.Load(string(alertmanagerFile(t, r)))
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, receiver := range cfg.Receivers {
			names := []string{}
			for name, n := range map[string]int{
				"webhook": len(receiver.WebhookConfigs), "pagerduty": len(receiver.PagerdutyConfigs), "slack": len(receiver.SlackConfigs),
				"email": len(receiver.EmailConfigs), "teams": len(receiver.MSTeamsV2Configs),
			} {
				if n > 0 {
					names = append(names, name)
				}
			}
			slices.Sort(names)
			got[receiver.Name] = strings.Join(names, "+")
		}
		page := strings.Split(mix, "+")
		slices.Sort(page)
		page = slices.DeleteFunc(page, func(s string) bool { return s == "heartbeat" })
		warning := slices.DeleteFunc(slices.Clone(page), func(s string) bool { return s == "pagerduty" })
		want := map[string]string{receiverPage: strings.Join(page, "+"), receiverDefault: strings.Join(warning, "+"), receiverHeartbeat: ""}
		if r.HeartbeatURLFile != "" {
			want[receiverHeartbeat] = "webhook"
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("receivers %s (-want +got)\n%s", mix, diff)
		}
		none, pagesOnly := want[receiverPage] == "", want[receiverPage] == "pagerduty"
		if r.None() != none || r.PagesOnly() != pagesOnly {
			t.Errorf("receivers %s: None() = %t, PagesOnly() = %t, want %t, %t", mix, r.None(), r.PagesOnly(), none, pagesOnly)
		}
	}
}

// TestAmtool has amtool check the configuration of every mix of receivers, and
// say which receiver each alert reaches.
func TestAmtool(t *testing.T) {
	dir, amtool := t.TempDir(), testenv.Amtool(t)
	generated := generatedAlerts(t)
	files := map[string][]byte{}
	for mix, r := range mixes() {
		files[fmt.Sprintf("receivers-%s.yml", mix)] = alertmanagerFile(t, r)
	}
	writeTree(t, dir, files)
	check := []string{"check-config"}
	for _, name := range sortedKeys(files) {
		check = append(check, filepath.Join(dir, name))
	}
	testenv.Run(t, amtool, check...)
	// The routes are the same bytes whatever the receivers are, which
	// TestRoutesOfEveryAlert shows in another way: none and all suffice here.
	for _, name := range []string{"receivers-.yml", "receivers-webhook+heartbeat+pagerduty+slack+email+teams.yml"} {
		for alert, labels := range generated {
			routesTest(t, amtool, filepath.Join(dir, name), labels, reaches[alert])
		}
	}
}

func routesTest(t *testing.T, amtool, file string, labels map[string]string, receiver string) {
	t.Helper()
	args := []string{"config", "routes", "test", "--config.file=" + file, "--verify.receivers=" + receiver}
	for _, name := range sortedKeys(labels) {
		args = append(args, name+"="+labels[name])
	}
	testenv.Run(t, amtool, args...)
}

// alertmanagerConfig is the part of an Alertmanager configuration that merging
// is about.
type alertmanagerConfig struct {
	Route        map[string]any   `yaml:"route,omitempty"`
	Routes       []map[string]any `yaml:"routes,omitempty"`
	InhibitRules []map[string]any `yaml:"inhibit_rules"`
	Receivers    []map[string]any `yaml:"receivers"`
}

// merge does what the head of routes.yml says.
func merge(t *testing.T, team, ours []byte, oursFirst bool) []byte {
	t.Helper()
	var theirs, fragment alertmanagerConfig
	for _, f := range []struct {
		source []byte
		into   *alertmanagerConfig
	}{{team, &theirs}, {ours, &fragment}} {
		if err := yaml.Unmarshal(f.source, f.into); err != nil {
			t.Fatal(err)
		}
	}
	var routes []any
	for _, r := range fragment.Routes {
		routes = append(routes, r)
	}
	existing := theirs.Route["routes"].([]any)
	if oursFirst {
		routes = append(routes, existing...)
	} else {
		routes = append(slices.Clone(existing), routes...)
	}
	theirs.Route["routes"] = routes
	theirs.InhibitRules = append(theirs.InhibitRules, fragment.InhibitRules...)
	theirs.Receivers = append(theirs.Receivers, fragment.Receivers...)
	out, err := yaml.Marshal(theirs)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestMerged puts the fragment into the configuration of a team whose own route
// takes everything critical: ours win where they stand first, as we say, and
// nothing of theirs changes. Last, they would lose.
func TestMerged(t *testing.T) {
	team, err := os.ReadFile("testdata/team/alertmanager.yml")
	if err != nil {
		t.Fatal(err)
	}
	fragment, err := Routes(Receivers{WebhookURLFile: "/run/secrets/webhook", HeartbeatURLFile: "/run/secrets/heartbeat"})
	if err != nil {
		t.Fatal(err)
	}
	merged, appended := merge(t, team, fragment, true), merge(t, team, fragment, false)
	compare(t, "testdata/team/merged.yml", merged)
	amtool := testenv.Amtool(t)
	testenv.Run(t, amtool, "check-config", "testdata/team/merged.yml")
	for name, labels := range generatedAlerts(t) {
		routesTest(t, amtool, "testdata/team/merged.yml", labels, reaches[name])
	}
	for _, severity := range []string{severityCritical, severityWarning, "info"} {
		theirs := map[string]string{"alertname": "DiskFull", "severity": severity}
		if before, after := receiverOf(t, team, theirs), receiverOf(t, merged, theirs); before != after {
			t.Errorf("the team's own alert of severity %s reached %s, and reaches %s once merged", severity, before, after)
		}
	}
	rollback := map[string]string{"alertname": series.AlertRollback, "severity": severityCritical, "action": actionRollback}
	if got := receiverOf(t, appended, rollback); !strings.Contains(got, "team-pager") {
		t.Errorf("with our routes last, the rollback alert reaches %s: this test shows nothing", got)
	}
}

// TestRoutesInStep holds the fragment to what the whole configuration has.
func TestRoutesInStep(t *testing.T) {
	whole, fragment := alertmanagerConfig{}, alertmanagerConfig{}
	source, err := Routes(exampleReceivers())
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(source, &fragment); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(alertmanagerFile(t, exampleReceivers()), &whole); err != nil {
		t.Fatal(err)
	}
	for _, r := range whole.Route["routes"].([]any) {
		whole.Routes = append(whole.Routes, r.(map[string]any))
	}
	whole.Route = nil
	if diff := gocmp.Diff(whole, fragment); diff != "" {
		t.Errorf("routes.yml (-alertmanager.yml +routes.yml)\n%s", diff)
	}
}
