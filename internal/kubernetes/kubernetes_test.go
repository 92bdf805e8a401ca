package kubernetes_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	operator "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"go.yaml.in/yaml/v3"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/dashboards"
	"github.com/cutover-dev/cutover/internal/kubernetes"
)

var options = kubernetes.Options{Namespace: "monitoring", Labels: map[string]string{"release": "stack"}}

// strictly reads an object as an API server with strict field validation does:
// as JSON, without unknown fields.
func strictly(t *testing.T, object []byte, into any) {
	t.Helper()
	var generic any
	if err := yaml.Unmarshal(object, &generic); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(generic)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(asJSON))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%T: %v\n%.500s", into, err, object)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Fatalf("%T: more than one document", into)
	}
}

func plan(t *testing.T, name string) *checklist.Checklist {
	t.Helper()
	source, err := os.ReadFile("../source/builtin/python-3.13.md")
	if err != nil {
		t.Fatal(err)
	}
	// A line that Helm, Grafana or YAML might take for theirs.
	source = append(source, "\n## Rollback\n### Rollback criteria\n- [ ] Error rate >2% on `{{ .Values.x }}` & $HOME: yes # no\n"...)
	c, err := checklist.Parse(name+".md", name, source)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestPrometheusRule decodes the rules strictly into the operator's own type and
// compares them with the rule file, text by text.
func TestPrometheusRule(t *testing.T) {
	file, err := alerts.Rules(plan(t, "python-3.13"), alerts.Options{RunbookURL: "https://example.org/{{x}}"})
	if err != nil {
		t.Fatal(err)
	}
	source, err := file.YAML()
	if err != nil {
		t.Fatal(err)
	}
	object, err := kubernetes.PrometheusRule("cutover-python-3.13", source, options)
	if err != nil {
		t.Fatal(err)
	}
	var rule operator.PrometheusRule
	strictly(t, object, &rule)
	if rule.Kind != operator.PrometheusRuleKind || rule.APIVersion != operator.SchemeGroupVersion.String() ||
		rule.Name != "cutover-python-3.13" || rule.Namespace != "monitoring" || rule.Labels["release"] != "stack" {
		t.Errorf("head %+v %+v", rule.TypeMeta, rule.ObjectMeta)
	}
	if len(rule.Spec.Groups) != 1 || len(rule.Spec.Groups[0].Rules) != len(file.Groups[0].Rules) {
		t.Fatalf("%d groups, or not as many rules as in the file", len(rule.Spec.Groups))
	}
	braces := false
	for i, got := range rule.Spec.Groups[0].Rules {
		want := file.Groups[0].Rules[i]
		if got.Alert != want.Alert || got.Record != want.Record || got.Expr.String() != want.Expr ||
			!reflect.DeepEqual(got.Labels, want.Labels) || !reflect.DeepEqual(got.Annotations, want.Annotations) {
			t.Errorf("rule %d (-file +object)\n%s", i, cmp.Diff(want, got))
		}
		braces = braces || strings.Contains(got.Annotations["line"], ".Values.x }}")
	}
	if !braces {
		t.Error("no rule quotes the line with braces: this test shows nothing")
	}
	if !bytes.Contains(object, []byte("# Error rate >1% for >5 minutes")) {
		t.Error("the lines of the checklist are gone from the comments")
	}
}

// TestServiceMonitor decodes the scrape strictly into the operator's own type.
func TestServiceMonitor(t *testing.T) {
	object, err := kubernetes.ServiceMonitor("pre$1", 90*time.Second, options)
	if err != nil {
		t.Fatal(err)
	}
	var monitor operator.ServiceMonitor
	strictly(t, object, &monitor)
	replacement := "pre$$1"
	want := operator.ServiceMonitorSpec{Endpoints: []operator.Endpoint{{
		Port: "metrics", Interval: "1m30s", HonorLabels: true,
		RelabelConfigs: []operator.RelabelConfig{{TargetLabel: "job", Replacement: &replacement}},
	}}}
	want.Selector.MatchLabels = map[string]string{"app.kubernetes.io/name": "cutover"}
	if diff := cmp.Diff(want, monitor.Spec); diff != "" || monitor.Kind != operator.ServiceMonitorsKind {
		t.Errorf("%s (-want +got)\n%s", monitor.Kind, diff)
	}
}

// configMap and grafanaDashboard are the published fields that we may write, as
// of core/v1 and of the Grafana operator's v1beta1, whose Go module is not to be
// had everywhere.
type (
	head struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name        string            `json:"name"`
			Namespace   string            `json:"namespace"`
			Labels      map[string]string `json:"labels"`
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
	}
	configMap struct {
		head
		Data map[string]string `json:"data"`
	}
	grafanaDashboard struct {
		head
		Spec struct {
			ResyncPeriod     string `json:"resyncPeriod"`
			InstanceSelector struct {
				MatchLabels map[string]string `json:"matchLabels"`
			} `json:"instanceSelector"`
			AllowCrossNamespaceImport *bool  `json:"allowCrossNamespaceImport"`
			UID                       string `json:"uid"`
			JSON                      string `json:"json"`
			GzipJSON                  []byte `json:"gzipJson"`
			Folder                    string `json:"folder"`
			FolderUID                 string `json:"folderUID"`
			FolderRef                 string `json:"folderRef"`
		} `json:"spec"`
	}
)

// TestDashboards wants every dashboard's bytes in both objects.
func TestDashboards(t *testing.T) {
	boards, err := dashboards.All(plan(t, "Plan B (ü)"), dashboards.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range boards {
		want, err := b.JSON()
		if err != nil {
			t.Fatal(err)
		}
		object, err := kubernetes.DashboardConfigMap(b.UID, b.File, want, options)
		if err != nil {
			t.Fatal(err)
		}
		var m configMap
		strictly(t, object, &m)
		if m.Kind != "ConfigMap" || m.Metadata.Labels["grafana_dashboard"] != "1" || m.Metadata.Labels["release"] != "stack" ||
			m.Data[b.File] != string(want) || len(m.Data) != 1 || len(object) > 1<<20 {
			t.Errorf("%s: %+v, %d bytes, or not the dashboard's", b.UID, m.head, len(object))
		}
		if object, err = kubernetes.GrafanaDashboard(b.UID, want, options); err != nil {
			t.Fatal(err)
		}
		var d grafanaDashboard
		strictly(t, object, &d)
		if d.APIVersion != "grafana.integreatly.org/v1beta1" || d.Kind != "GrafanaDashboard" || d.Spec.JSON != string(want) ||
			d.Spec.Folder != "Cutover" || d.Spec.InstanceSelector.MatchLabels["dashboards"] != "grafana" || d.Metadata.Name != kubernetes.DashboardName(b.UID) {
			t.Errorf("%s: %+v, or not the dashboard's bytes", b.UID, d.head)
		}
	}
}

// TestTooLarge leaves indentation out before it refuses.
func TestTooLarge(t *testing.T) {
	indented := []byte("{" + strings.Repeat(" ", 1<<20) + "}")
	object, err := kubernetes.DashboardConfigMap("u", "u.json", indented, options)
	if err != nil || len(object) > 1000 {
		t.Errorf("%d bytes, %v: want it without indentation", len(object), err)
	}
	for _, dashboard := range []string{`{"a":"` + strings.Repeat("x", 1<<20) + `"}`, strings.Repeat("x", 1<<20)} {
		if _, err := kubernetes.DashboardConfigMap("u", "u.json", []byte(dashboard), options); err == nil {
			t.Error("1 MiB and more fits into a ConfigMap")
		}
		if _, err := kubernetes.GrafanaDashboard("u", []byte(dashboard), options); err == nil {
			t.Error("1 MiB and more fits into a GrafanaDashboard")
		}
	}
}

func TestNotRules(t *testing.T) {
	for _, rules := range []string{"", "groups: [", "# nothing\n"} {
		if _, err := kubernetes.PrometheusRule("x", []byte(rules), options); err == nil {
			t.Errorf("%q: no error", rules)
		}
	}
}

func TestName(t *testing.T) {
	names := map[string]string{
		"cutover":                       "cutover",
		"cutover-python-3.13":           "cutover-python-3.13",
		"cutover-Plan B":                "cutover-plan-b-5fc5b5e5",
		"cutover-plan-b":                "cutover-plan-b",
		"übergang":                      "bergang-",
		"計画":                            "cutover-",
		"":                              "cutover-",
		"a..b":                          "a-b-",
		"-a-":                           "a-",
		strings.Repeat("long-name.", 9): "long-name-long-name-",
		"../../etc/passwd":              "etc-passwd-",
	}
	seen := map[string]string{}
	for text, want := range names {
		got := kubernetes.Name(text)
		if len(got) > 63 || strings.Trim(got, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" || strings.Trim(got, "-.") != got {
			t.Errorf("Name(%q) = %q: not a name", text, got)
		}
		if !strings.HasPrefix(got, strings.TrimRight(want, "0123456789abcdef")) {
			t.Errorf("Name(%q) = %q, want %q…", text, got, want)
		}
		if other, taken := seen[got]; taken {
			t.Errorf("%q and %q are both %q", text, other, got)
		}
		seen[got] = text
	}
}

func TestParseLabels(t *testing.T) {
	got, err := kubernetes.ParseLabels(" release=stack, example.org/team=a.b_c ,empty=,")
	if diff := cmp.Diff(map[string]string{"release": "stack", "example.org/team": "a.b_c", "empty": ""}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, text := range []string{"release", "=x", "a=b=c", "a b=c", "a=b c", "/a=b", "x y/a=b", "a=" + strings.Repeat("x", 64), "a=b,a=c", "a=ü", `a={{x}}`} {
		if _, err := kubernetes.ParseLabels(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
	for namespace, fine := range map[string]bool{"": true, "monitoring": true, "a.b": false, "A": false, "-a": false, strings.Repeat("a", 64): false} {
		if err := kubernetes.CheckNamespace(namespace); (err == nil) != fine {
			t.Errorf("namespace %q: %v", namespace, err)
		}
	}
}

// TestExamples keeps the tests' input honest: the golden rule file is what a
// team would wrap.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../../alerts/examples/rules/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		rules, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		object, err := kubernetes.PrometheusRule("x", rules, kubernetes.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var rule operator.PrometheusRule
		strictly(t, object, &rule)
		if rule.Namespace != "" || len(rule.Spec.Groups) == 0 {
			t.Errorf("%s: namespace %q, %d groups", file, rule.Namespace, len(rule.Spec.Groups))
		}
	}
}
