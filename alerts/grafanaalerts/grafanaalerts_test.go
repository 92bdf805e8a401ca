package grafanaalerts_test

import (
	"context"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/template"
	"go.yaml.in/yaml/v3"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/alerts/grafanaalerts"
	"github.com/cutover-dev/cutover/checklist"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	seed = "../../internal/source/builtin/python-3.13.md"
	plan = "testdata/plan.md"
)

func options() alerts.Options {
	return alerts.Options{
		EvaluationInterval: grafanaalerts.EvaluationInterval(15 * time.Second), GrafanaURL: "https://grafana.example.org",
		DashboardUID: "cutover-plan-overview", RunbookURL: "https://wiki.example.org/$__env{HOME}",
	}
}

func ruleFile(t testing.TB, file, name string) alerts.File {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := checklist.Parse(file, name, source)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := alerts.Rules(c, options())
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func commonFile(t testing.TB) alerts.File {
	t.Helper()
	common, err := alerts.CommonRules(options())
	if err != nil {
		t.Fatal(err)
	}
	return common
}

func receivers() alerts.Receivers {
	return alerts.Receivers{
		WebhookURL: "https://hook.example.org/$path", HeartbeatURLFile: "/run/secrets/heartbeat",
		PagerDuty: alerts.PagerDuty{RoutingKeyFile: "/run/secrets/pagerduty", URL: "https://events.example.org"},
		Slack:     alerts.Slack{URLFile: "/run/secrets/slack", Channel: "#migration"},
		Email:     alerts.Email{To: "a@example.org, b@example.org", From: "c@example.org", Smarthost: "mail.example.org:25"},
		Teams:     alerts.Teams{URLFile: "/run/secrets/teams"},
	}
}

func must(t testing.TB) func([]byte, error) []byte {
	return func(out []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// small is a file with a rule of each kind, as simple as can be.
func small() alerts.File {
	return alerts.File{Name: "plan", Groups: []alerts.Group{{Name: "cutover-plan", Interval: 15 * time.Second, Rules: []alerts.Rule{
		{Record: "cutover:criterion:ok", Expr: "vector(1)", Labels: map[string]string{"id": "errors"}},
		{
			Alert: "CutoverRollback", Expr: `cutover:criterion:ok == 0`, For: 5 * time.Minute, KeepFiringFor: 5 * time.Minute,
			Labels: map[string]string{"checklist": "plan", "criterion": "errors", "kind": "measured", "section": "Costs $5"},
			Annotations: map[string]string{
				"measured": `{{ with query "errors{a=\"b\"}" }}{{ . | first | value | humanizePercentage }}{{ else }}no data{{ end }}`,
				"since":    `{{ with query "ALERTS_FOR_STATE{}" }}{{ . | first | value | humanizeTimestamp }}{{ end }}`,
				"line":     `costs $5 in {{"{{"}} braces }}`,
			},
		},
		{
			Alert: "CutoverRollback", Expr: "max by (kind) (cutover_drill_open) > 0",
			Labels:      map[string]string{"criterion": "{{ $labels.kind }}", "kind": "drill"},
			Annotations: map[string]string{"summary": "{{ $labels.kind }} at {{ $value | humanize }}"},
		},
	}}}}
}

// TestGolden shows whole files.
func TestGolden(t *testing.T) {
	o := grafanaalerts.Options{DataSource: "mimir", Folder: "Team $A", Heartbeat: true}
	few := alerts.Receivers{WebhookURL: "https://hook.example.org/$path", HeartbeatURLFile: "/run/secrets/heartbeat"}
	for name, got := range map[string][]byte{
		"rules.yml":          must(t)(grafanaalerts.Rules(small(), o)),
		"common.yml":         must(t)(grafanaalerts.CommonRules(alerts.File{Groups: []alerts.Group{{Name: "cutover"}}}, o)),
		"contact-points.yml": must(t)(grafanaalerts.ContactPoints(few)),
		"policies.yml":       must(t)(grafanaalerts.Policies(few)),
	} {
		golden := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", golden, diff)
		}
	}
}

// file is what Grafana reads of a provisioning file, by the fields of its source.
type file struct {
	APIVersion int `yaml:"apiVersion"`
	Groups     []struct {
		OrgID    int    `yaml:"orgId"`
		Name     string `yaml:"name"`
		Folder   string `yaml:"folder"`
		Interval string `yaml:"interval"`
		Rules    []struct {
			UID       string `yaml:"uid"`
			Title     string `yaml:"title"`
			Condition string `yaml:"condition"`
			Data      []struct {
				RefID             string         `yaml:"refId"`
				RelativeTimeRange map[string]int `yaml:"relativeTimeRange"`
				DatasourceUID     string         `yaml:"datasourceUid"`
				Model             map[string]any `yaml:"model"`
			} `yaml:"data"`
			NoDataState   string            `yaml:"noDataState"`
			ExecErrState  string            `yaml:"execErrState"`
			For           string            `yaml:"for"`
			KeepFiringFor string            `yaml:"keepFiringFor"`
			Annotations   map[string]string `yaml:"annotations"`
			Labels        map[string]string `yaml:"labels"`
		} `yaml:"rules"`
	} `yaml:"groups"`
}

func strictly(t testing.TB, source []byte) file {
	t.Helper()
	var f file
	d := yaml.NewDecoder(strings.NewReader(string(source)))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		t.Fatal(err)
	}
	return f
}

// interpolated is what Grafana makes of a value in a file: $NAME is replaced,
// and $$ is a dollar.
func interpolated(text string) string {
	parts := strings.Split(text, "$$")
	for i, p := range parts {
		parts[i] = os.Expand(p, func(name string) string { return "REPLACED<" + name + ">" })
	}
	return strings.Join(parts, "$")
}

// TestRules holds every rule of the sample, and of a plan with an awkward name,
// to what Grafana wants and to the rule it was made from.
func TestRules(t *testing.T) {
	name := strings.Repeat("long $HOME ", 30)
	uid := regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`)
	titles, uids := map[string]bool{}, map[string]bool{}
	for _, from := range []alerts.File{ruleFile(t, seed, "python-3.13"), ruleFile(t, plan, name)} {
		got := strictly(t, must(t)(grafanaalerts.Rules(from, grafanaalerts.Options{})))
		if len(got.Groups) != 1 || interpolated(got.Groups[0].Name) != from.Groups[0].Name || got.Groups[0].Interval != "20s" {
			t.Fatalf("groups %+v", got.Groups)
		}
		want := slices.DeleteFunc(slices.Clone(from.Groups[0].Rules), func(r alerts.Rule) bool { return r.Alert == "" })
		if len(got.Groups[0].Rules) != len(want) {
			t.Fatalf("%d rules, want %d", len(got.Groups[0].Rules), len(want))
		}
		for i, r := range got.Groups[0].Rules {
			title := interpolated(r.Title)
			if titles[title] || uids[r.UID] || !uid.MatchString(r.UID) || len(title) > 190 || !strings.HasPrefix(title, want[i].Alert) {
				t.Errorf("title %q, uid %q: taken, too long or not of %s", title, r.UID, want[i].Alert)
			}
			titles[title], uids[r.UID] = true, true
			if r.NoDataState != "OK" || r.ExecErrState != "OK" || r.Condition != "C" || r.Data[0].RefID != "A" || r.Data[0].Model["expr"] != want[i].Expr {
				t.Errorf("%s: %s, %s, condition %s, first %v", title, r.NoDataState, r.ExecErrState, r.Condition, r.Data[0])
			}
			if wait, err := model.ParseDuration(r.For); err != nil || time.Duration(wait) != want[i].For {
				t.Errorf("%s: for %s, want %s", title, r.For, want[i].For)
			}
			for label, value := range want[i].Labels {
				if interpolated(r.Labels[label]) != value {
					t.Errorf("%s: label %s is %q, want %q", title, label, interpolated(r.Labels[label]), value)
				}
			}
			for _, d := range r.Data {
				if expr, ok := d.Model["expr"].(string); ok {
					if _, err := parser.NewParser(parser.Options{}).ParseExpr(expr); err != nil {
						t.Errorf("%s: %s: %v", title, d.RefID, err)
					}
				}
			}
		}
	}
}

// TestCommonRules wants one rule, and no other, to fire where queries fail, and
// the watchdog only if somebody waits for it.
func TestCommonRules(t *testing.T) {
	for _, heartbeat := range []bool{false, true} {
		f := strictly(t, must(t)(grafanaalerts.CommonRules(commonFile(t), grafanaalerts.Options{Heartbeat: heartbeat})))
		var failing []string
		watchdog := false
		for _, r := range f.Groups[0].Rules {
			if r.ExecErrState != "OK" {
				failing = append(failing, r.Title+": "+r.ExecErrState)
			}
			watchdog = watchdog || r.Title == "CutoverWatchdog"
		}
		if diff := cmp.Diff([]string{"CutoverDataSourceFailing: Alerting"}, failing); diff != "" || watchdog != heartbeat {
			t.Errorf("heartbeat %t: watchdog %t\n%s", heartbeat, watchdog, diff)
		}
	}
}

// value is what all queries of TestAnnotations answer.
const value = 0.0512

// TestAnnotations expands every annotation as Prometheus and as Grafana does, and
// wants the same words.
func TestAnnotations(t *testing.T) {
	measured := 0
	for _, from := range []alerts.File{ruleFile(t, seed, "python-3.13"), ruleFile(t, plan, "plan"), commonFile(t)} {
		rules := strictly(t, must(t)(grafanaalerts.Rules(from, grafanaalerts.Options{}))).Groups[0].Rules
		i := 0
		for _, r := range from.Groups[0].Rules {
			if r.Alert == "" {
				continue
			}
			got := rules[i]
			i++
			for name, text := range r.Annotations {
				labels := map[string]string{} // whatever the text asks for
				for _, m := range regexp.MustCompile(`\$labels\.(\w+)`).FindAllStringSubmatch(text, -1) {
					labels[m[1]] = "some " + m[1]
				}
				want := prometheusText(t, text, labels, promql.Vector{{F: value}})
				raw, there := got.Annotations[name]
				if name == "since" {
					if there {
						t.Errorf("%s: Grafana has no ALERTS_FOR_STATE: %s", got.Title, raw)
					}
					continue
				}
				if name == "dashboard_url" {
					want, _, _ = strings.Cut(want, "?")
				}
				if strings.Contains(text, "with query") && name != "dashboard_url" {
					measured++
					nothing := prometheusText(t, text, labels, nil)
					if text := grafanaText(t, raw, labels, len(got.Data), -1e300); text != nothing {
						t.Errorf("%s: %s without data is %q, want %q", got.Title, name, text, nothing)
					}
				}
				if text := grafanaText(t, raw, labels, len(got.Data), value); text != want {
					t.Errorf("%s: %s is %q, want %q", got.Title, name, text, want)
				}
				outside := regexp.MustCompile(`\{\{.*?\}\}`).ReplaceAllString(raw, "")
				if strings.Contains(outside, "$") || strings.Contains(raw, "$_") || strings.Contains(raw, "${") {
					t.Errorf("%s: Grafana would replace a $ in %s: %q", got.Title, name, raw)
				}
			}
		}
	}
	if measured < 5 {
		t.Errorf("%d annotations ask for values: this test shows little", measured)
	}
}

func prometheusText(t testing.TB, text string, labels map[string]string, answer promql.Vector) string {
	t.Helper()
	text = "{{$labels := .Labels}}{{$value := .Value}}" + text
	data := template.AlertTemplateData(labels, nil, "", promql.Sample{F: value})
	out, err := template.NewTemplateExpander(t.Context(), text, "t", data, 0, func(context.Context, string, time.Time) (promql.Vector, error) {
		return answer, nil
	}, &url.URL{}, nil).Expand()
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}

// grafanaText expands an annotation as Grafana does: with the values of steps,
// and with queries that return nothing.
func grafanaText(t testing.TB, text string, labels map[string]string, steps int, answer float64) string {
	t.Helper()
	type step struct {
		Labels map[string]string
		Value  float64
	}
	values := map[string]step{"A": {labels, value}, "B": {labels, value}, "C": {labels, 1}}
	for i := range (steps - 3) / 2 {
		values["V"+string(rune('1'+i))] = step{nil, answer}
	}
	text = "{{- $labels := .Labels -}}{{- $values := .Values -}}{{- $value := .Value -}}" + text
	data := struct {
		Labels map[string]string
		Values map[string]step
		Value  string
	}{labels, values, "[ var='A' ]"}
	out, err := template.NewTemplateExpander(t.Context(), text, "t", data, 0, func(context.Context, string, time.Time) (promql.Vector, error) {
		return nil, nil
	}, &url.URL{}, []string{"missingkey=invalid"}).Expand()
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}

// TestPolicies wants every policy to have a contact point, whoever is set.
func TestPolicies(t *testing.T) {
	all := receivers()
	for name, r := range map[string]alerts.Receivers{
		"none": {}, "all": all, "pages only": {PagerDuty: all.PagerDuty}, "heartbeat only": {HeartbeatURL: "https://beat.example.org"}, "mail": {Email: all.Email},
	} {
		points, policies := must(t)(grafanaalerts.ContactPoints(r)), must(t)(grafanaalerts.Policies(r))
		if (points == nil) != (r == alerts.Receivers{}) || (policies == nil) != (points == nil) {
			t.Errorf("%s: points %q, policies %q", name, points, policies)
		}
		for _, m := range regexp.MustCompile(`- receiver: (\S+)`).FindAllStringSubmatch(string(policies), -1) {
			if !strings.Contains(string(points), "name: "+m[1]+"\n") {
				t.Errorf("%s: no contact point %s in\n%s", name, m[1], points)
			}
		}
	}
	for _, secret := range []string{"heartbeat", "pagerduty", "slack", "teams"} {
		if want := "$__file{/run/secrets/" + secret + "}"; !strings.Contains(string(must(t)(grafanaalerts.ContactPoints(all))), want) {
			t.Errorf("no %s", want)
		}
	}
}

// TestTexts wants the messages to arrive at Grafana as Alertmanager gets them.
func TestTexts(t *testing.T) {
	var f struct {
		ContactPoints []struct {
			Name      string `yaml:"name"`
			Receivers []struct {
				Type     string            `yaml:"type"`
				Settings map[string]string `yaml:"settings"`
			} `yaml:"receivers"`
		} `yaml:"contactPoints"`
	}
	if err := yaml.Unmarshal(must(t)(grafanaalerts.ContactPoints(receivers())), &f); err != nil {
		t.Fatal(err)
	}
	got := map[string][2]string{}
	for _, p := range f.ContactPoints {
		for _, r := range p.Receivers {
			title, body := r.Settings["title"]+r.Settings["subject"]+r.Settings["summary"], r.Settings["text"]+r.Settings["message"]
			got[p.Name+" "+r.Type] = [2]string{interpolated(title), interpolated(body)}
		}
	}
	slack, plain, teams := alerts.SlackTexts(), alerts.PlainTexts(), alerts.TeamsTexts()
	want := map[string][2]string{"cutover-page pagerduty": {plain.Title, ""}, "cutover-heartbeat webhook": {}}
	for _, name := range []string{"cutover", "cutover-page"} {
		want[name+" webhook"] = [2]string{}
		want[name+" slack"] = [2]string{slack.Title, slack.Body}
		want[name+" email"] = [2]string{plain.Title, plain.Body}
		want[name+" teams"] = [2]string{teams.Title, teams.Body}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("titles and bodies (-want +got)\n%s", diff)
	}
}

// TestRecordingRules leaves nothing for Prometheus to alert on, and every series
// that the alerts read.
func TestRecordingRules(t *testing.T) {
	whole := ruleFile(t, seed, "python-3.13")
	got := grafanaalerts.RecordingRules(whole)
	records := 0
	for _, r := range whole.Groups[0].Rules {
		if r.Record != "" {
			records++
		}
	}
	if records == 0 || len(got.Groups[0].Rules) != records || strings.Contains(string(must(t)(got.YAML())), "alert:") {
		t.Errorf("%d recording rules, want %d and no alerts", len(got.Groups[0].Rules), records)
	}
	alertsOnly := alerts.File{Groups: []alerts.Group{{Name: "cutover", Rules: []alerts.Rule{{Alert: "CutoverWatchdog", Expr: "vector(1)"}}}}}
	if none := grafanaalerts.RecordingRules(alertsOnly); len(none.Groups) != 0 {
		t.Errorf("a group without rules: %+v", none)
	}
}

func TestEvaluationInterval(t *testing.T) {
	for from, want := range map[time.Duration]time.Duration{
		time.Second: 10 * time.Second, 10 * time.Second: 10 * time.Second, 15 * time.Second: 20 * time.Second,
		time.Minute: time.Minute, 0: 10 * time.Second, 10*time.Second + 1: 20 * time.Second,
	} {
		if got := grafanaalerts.EvaluationInterval(from); got != want {
			t.Errorf("EvaluationInterval(%s) = %s, want %s", from, got, want)
		}
	}
}
