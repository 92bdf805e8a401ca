// Package kubernetes wraps what is generated in objects for clusters: rules and
// the scrape for the Prometheus operator, dashboards for Grafana's sidecar and
// for the Grafana operator.
//
// Each function gives one YAML document, with the same bytes for the same input.
// Text is carried as it is: rules and dashboards are full of {{ }}, which Helm
// takes for its own unless the files are read with .Files.Get.
package kubernetes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// Options are what all objects have in common. The zero value is useful.
type Options struct {
	// Namespace of the objects. Empty: the one they are applied to.
	Namespace string
	// Labels of the objects, besides app.kubernetes.io/name and what marks
	// dashboards. An operator chooses by them what it loads: that of
	// kube-prometheus-stack wants release=NAME.
	Labels map[string]string
}

// maxData is what a ConfigMap holds, in bytes; an API server refuses more.
const maxData = 1 << 20

// The label by which a ServiceMonitor finds the exporter's Service, and which
// everything else has, too.
const (
	nameLabel = "app.kubernetes.io/name"
	appName   = "cutover"
)

// folder is where dashboards go in Grafana.
const folder = "Cutover"

// object is any object of a cluster. The fields are in the order in which people
// read them.
type object struct {
	APIVersion string            `yaml:"apiVersion"`
	Kind       string            `yaml:"kind"`
	Metadata   metadata          `yaml:"metadata"`
	Data       map[string]string `yaml:"data,omitempty"`
	Spec       any               `yaml:"spec,omitempty"`
}

type metadata struct {
	Name        string            `yaml:"name"`
	Namespace   string            `yaml:"namespace,omitempty"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations,omitempty"`
}

type selector struct {
	MatchLabels map[string]string `yaml:"matchLabels"`
}

func (o Options) metadata(name string) metadata {
	labels := map[string]string{nameLabel: appName}
	maps.Copy(labels, o.Labels)
	return metadata{Name: name, Namespace: o.Namespace, Labels: labels}
}

// PrometheusRule has the Prometheus operator load a rule file, which is given as
// YAML.
func PrometheusRule(name string, rules []byte, o Options) ([]byte, error) {
	var spec yaml.Node
	if err := yaml.Unmarshal(rules, &spec); err != nil {
		return nil, fmt.Errorf("PrometheusRule %s: %w", name, err)
	}
	if len(spec.Content) == 0 {
		return nil, fmt.Errorf("PrometheusRule %s: there are no rules", name)
	}
	return encode(object{APIVersion: "monitoring.coreos.com/v1", Kind: "PrometheusRule", Metadata: o.metadata(name), Spec: withoutHead(spec.Content[0])})
}

// withoutHead takes the comment off that a file begins with: the object has one
// of its own.
func withoutHead(mapping *yaml.Node) *yaml.Node {
	mapping.HeadComment = ""
	if len(mapping.Content) > 0 {
		mapping.Content[0].HeadComment = ""
	}
	return mapping
}

type serviceMonitor struct {
	Selector  selector   `yaml:"selector"`
	Endpoints []endpoint `yaml:"endpoints"`
}

type endpoint struct {
	Port        string       `yaml:"port"`
	Interval    string       `yaml:"interval"`
	HonorLabels bool         `yaml:"honorLabels"`
	Relabelings []relabeling `yaml:"relabelings"`
}

type relabeling struct {
	TargetLabel string `yaml:"targetLabel"`
	Replacement string `yaml:"replacement"`
}

// ServiceMonitor has the Prometheus operator scrape the exporter behind the
// Service with the label app.kubernetes.io/name=cutover and a port named
// metrics. The exporter's labels are honoured, or a target's environment label
// would rename those of smoke tests; the job is the one that the rules ask for.
func ServiceMonitor(job string, interval time.Duration, o Options) ([]byte, error) {
	return encode(object{
		APIVersion: "monitoring.coreos.com/v1", Kind: "ServiceMonitor", Metadata: o.metadata(appName),
		Spec: serviceMonitor{
			Selector: selector{MatchLabels: map[string]string{nameLabel: appName}},
			Endpoints: []endpoint{{
				Port: "metrics", Interval: model.Duration(interval).String(), HonorLabels: true,
				Relabelings: []relabeling{{TargetLabel: "job", Replacement: strings.ReplaceAll(job, "$", "$$")}},
			}},
		},
	})
}

// DashboardConfigMap holds a dashboard for the sidecar of Grafana's Helm chart,
// which loads every ConfigMap with the label grafana_dashboard. A file is named
// within it.
func DashboardConfigMap(uid, file string, dashboard []byte, o Options) ([]byte, error) {
	text, err := fitting(uid, dashboard)
	if err != nil {
		return nil, err
	}
	m := o.metadata(DashboardName(uid))
	m.Labels["grafana_dashboard"] = "1"
	m.Annotations = map[string]string{"grafana_folder": folder}
	return encode(object{APIVersion: "v1", Kind: "ConfigMap", Metadata: m, Data: map[string]string{file: text}})
}

type grafanaDashboard struct {
	InstanceSelector          selector `yaml:"instanceSelector"`
	AllowCrossNamespaceImport bool     `yaml:"allowCrossNamespaceImport"`
	Folder                    string   `yaml:"folder"`
	JSON                      string   `yaml:"json"`
}

// GrafanaDashboard has the Grafana operator (v5) put a dashboard into the
// Grafanas with the label dashboards=grafana, in whatever namespace they are.
func GrafanaDashboard(uid string, dashboard []byte, o Options) ([]byte, error) {
	text, err := fitting(uid, dashboard)
	if err != nil {
		return nil, err
	}
	return encode(object{
		APIVersion: "grafana.integreatly.org/v1beta1", Kind: "GrafanaDashboard", Metadata: o.metadata(DashboardName(uid)),
		Spec: grafanaDashboard{
			InstanceSelector:          selector{MatchLabels: map[string]string{"dashboards": "grafana"}},
			AllowCrossNamespaceImport: true,
			Folder:                    folder,
			JSON:                      text,
		},
	})
}

// fitting is a dashboard that an object can hold, without indentation if it is
// too large with it.
func fitting(uid string, dashboard []byte) (string, error) {
	const room = maxData - 4<<10 // for what stands around it
	if len(dashboard) > room {
		var b bytes.Buffer
		if err := json.Compact(&b, dashboard); err != nil {
			return "", fmt.Errorf("dashboard %s: %w", uid, err)
		}
		dashboard = b.Bytes()
	}
	if len(dashboard) > room {
		return "", fmt.Errorf("dashboard %s has %d bytes, and an object in Kubernetes holds 1 MiB: split the checklist, or load the dashboard from a file", uid, len(dashboard))
	}
	return string(dashboard), nil
}

func encode(o object) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# Generated by cutover: change the checklist and generate again.\n")
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(o); err != nil {
		return nil, fmt.Errorf("%s %s: %w", o.Kind, o.Metadata.Name, err)
	}
	if err := e.Close(); err != nil {
		return nil, fmt.Errorf("%s %s: %w", o.Kind, o.Metadata.Name, err)
	}
	return b.Bytes(), nil
}
