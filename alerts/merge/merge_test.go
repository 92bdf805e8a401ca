package merge_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/common/model"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/alerts/merge"
	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/testenv"
)

var (
	update = flag.Bool("update", false, "rewrite the golden files")
	every  = flag.Int("every", 29, "ask amtool about every how many alerts; 1 takes minutes")
)

// part is what is merged in most tests.
func part(t testing.TB) []byte {
	t.Helper()
	return partOf(t, alerts.Receivers{WebhookURLFile: "/run/secrets/webhook", HeartbeatURLFile: "/run/secrets/heartbeat"})
}

func partOf(t testing.TB, r alerts.Receivers) []byte {
	t.Helper()
	out, err := alerts.Routes(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// configurations are those of testdata, by name, and each of them with other
// line ends, a byte order mark, and without a last line break.
func configurations(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no configurations in testdata: %v", err)
	}
	out := map[string][]byte{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		out[name] = text
		out[name+", CRLF"] = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
		out[name+", one CRLF"] = bytes.Replace(text, []byte("\n"), []byte("\r\n"), 1)
		out[name+", BOM"] = append([]byte("\uFEFF"), text...)
		out[name+", cut short"] = bytes.TrimRight(text, "\n")
		out[name+", long"] = append(bytes.Clone(text), "\n\n"...)
	}
	return out
}

func into(t testing.TB, name string, existing, part []byte) []byte {
	t.Helper()
	out, err := merge.Into(name, existing, part)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

// TestInAndOut merges into every configuration. That nothing but our part is
// added, is that taking it out gives the same bytes.
func TestInAndOut(t *testing.T) {
	ours := part(t)
	other := partOf(t, alerts.Receivers{WebhookURL: "https://hook.example.org/", PagerDuty: alerts.PagerDuty{RoutingKeyFile: "/k"}, Email: alerts.Email{
		To: "a@example.org", From: "b@example.org", Smarthost: "mail.example.org:25",
	}})
	for name, existing := range configurations(t) {
		merged := into(t, name, existing, ours)
		if bytes.Equal(merged, existing) {
			t.Errorf("%s: nothing was added", name)
		}
		if again := into(t, name, merged, ours); !bytes.Equal(again, merged) {
			t.Errorf("%s: merging twice changes it (-once +twice)\n%s", name, cmp.Diff(string(merged), string(again)))
		}
		changed := into(t, name, merged, other)
		if want := into(t, name, existing, other); !bytes.Equal(changed, want) {
			t.Errorf("%s: another part over the first (-want +got)\n%s", name, cmp.Diff(string(want), string(changed)))
		}
		back, err := merge.Remove(name, changed)
		if err != nil || !bytes.Equal(back, existing) {
			t.Errorf("%s: removed: %v (-before +after)\n%s", name, err, cmp.Diff(string(existing), string(back)))
		}
		if strings.HasSuffix(name, ", CRLF") && bytes.Count(merged, []byte("\n")) != bytes.Count(merged, []byte("\r\n")) {
			t.Errorf("%s: not all line ends are the file's", name)
		}
	}
}

// TestGolden shows what is added to a file with lines, and to one with brackets.
func TestGolden(t *testing.T) {
	small, err := os.ReadFile("testdata/part/small.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"commented", "brackets", "no-lists"} {
		existing, err := os.ReadFile("testdata/" + name + ".yml")
		if err != nil {
			t.Fatal(err)
		}
		got, golden := into(t, name, existing, small), "testdata/merged/"+name+".yml"
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

// ownAlerts are the labels of every alert that is generated from the sample, and
// the receiver that it must reach.
func ownAlerts(t testing.TB) map[string][]map[string]string {
	t.Helper()
	source, err := os.ReadFile("../../internal/source/builtin/python-3.13.md")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := checklist.Parse("python-3.13.md", "python-3.13", source)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := alerts.Rules(plan, alerts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	common, err := alerts.CommonRules(alerts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]map[string]string{}
	for _, group := range slices.Concat(rules.Groups, common.Groups) {
		for _, rule := range group.Rules {
			if rule.Alert == "" {
				continue
			}
			labels := map[string]string{"alertname": rule.Alert, "cluster": "eu-1", "team": "payments"}
			maps.Copy(labels, rule.Labels)
			if strings.Contains(labels["criterion"], "{{") {
				labels["criterion"] = "other" // as Prometheus makes it of a drill
			}
			receiver := "cutover"
			switch {
			case rule.Alert == "CutoverWatchdog":
				receiver = "cutover-heartbeat"
			case labels["severity"] == "critical":
				receiver = "cutover-page"
			}
			out[receiver] = append(out[receiver], labels)
		}
	}
	return out
}

// theirAlerts are alerts of others, some of which look like ours.
func theirAlerts() []map[string]string {
	var out []map[string]string
	for _, alertname := range []string{"DiskFull", "NodeDown", "Watchdog", "Maintenance", "RolloutCutover"} {
		for _, severity := range []string{"critical", "warning", "info", ""} {
			for _, extra := range []map[string]string{
				{}, {"team": "payments", "service": "ledger"}, {"team": "web"}, {"team": "[web]", "environment": "production"},
				{"action": "rollback"}, {"checklist": "python-3.13", "criterion": "x", "action": "rollback"},
			} {
				labels := map[string]string{"alertname": alertname}
				if severity != "" {
					labels["severity"] = severity
				}
				maps.Copy(labels, extra)
				out = append(out, labels)
			}
		}
	}
	return out
}

// receivers are those that an alert reaches, with their grouping.
func receivers(t testing.TB, tree *dispatch.Route, labels map[string]string) string {
	t.Helper()
	set := model.LabelSet{}
	for name, value := range labels {
		set[model.LabelName(name)] = model.LabelValue(value)
	}
	var out []string
	for _, route := range tree.Match(set) {
		out = append(out, fmt.Sprintf("%s by %v all %t wait %s every %s again %s muted %v only %v", route.RouteOpts.Receiver,
			slices.Sorted(maps.Keys(route.RouteOpts.GroupBy)), route.RouteOpts.GroupByAll, route.RouteOpts.GroupWait,
			route.RouteOpts.GroupInterval, route.RouteOpts.RepeatInterval, route.RouteOpts.MuteTimeIntervals, route.RouteOpts.ActiveTimeIntervals))
	}
	return strings.Join(out, "\n")
}

func routeTree(t testing.TB, name string, text []byte) *dispatch.Route {
	t.Helper()
	c, err := config.Load(string(text))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return dispatch.NewRoute(c.Route, nil)
}

// TestReceivers has Alertmanager's own dispatcher say whom every alert reaches:
// ours their receiver, and those of others the same as before, in the same way.
func TestReceivers(t *testing.T) {
	ours, own := part(t), ownAlerts(t)
	for name, existing := range configurations(t) {
		before, after := routeTree(t, name, existing), routeTree(t, name, into(t, name, existing, ours))
		for receiver, labels := range own {
			for _, l := range labels {
				if got := receivers(t, after, l); !strings.HasPrefix(got, receiver+" by ") || strings.Contains(got, "\n") {
					t.Errorf("%s: %v reaches %s, want %s alone", name, l, got, receiver)
				}
			}
		}
		for _, l := range theirAlerts() {
			if diff := cmp.Diff(receivers(t, before, l), receivers(t, after, l)); diff != "" {
				t.Errorf("%s: %v reaches others (-before +after)\n%s", name, l, diff)
			}
		}
	}
}

// TestAmtool asks amtool the same of some alerts of each kind, as ops would, or
// of all.
func TestAmtool(t *testing.T) {
	amtool, dir := testenv.Amtool(t), t.TempDir()
	ours, own := part(t), ownAlerts(t)
	for name, existing := range configurations(t) {
		if strings.Contains(name, ", ") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, after := filepath.Join(dir, "before-"+name), filepath.Join(dir, "after-"+name)
			for file, text := range map[string][]byte{before: existing, after: into(t, name, existing, ours)} {
				if err := os.WriteFile(file, text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			testenv.Run(t, amtool, "check-config", after)
			for receiver, labels := range own {
				for i := 0; i < len(labels); i += *every {
					testenv.Run(t, amtool, routesTest(after, labels[i], "--verify.receivers="+receiver)...)
				}
			}
			for i, labels := range theirAlerts() {
				if i%*every != 0 {
					continue
				}
				was := testenv.Run(t, amtool, routesTest(before, labels)...)
				if is := testenv.Run(t, amtool, routesTest(after, labels)...); is != was {
					t.Errorf("%v reached %s, and reaches %s once merged", labels, was, is)
				}
			}
		})
	}
}

func routesTest(file string, labels map[string]string, flags ...string) []string {
	args := append([]string{"config", "routes", "test", "--config.file=" + file}, flags...)
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		args = append(args, name+"="+labels[name])
	}
	return args
}
