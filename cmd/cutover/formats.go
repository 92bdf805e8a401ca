package main

import (
	"path"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/alerts/grafanaalerts"
	"github.com/cutover-dev/cutover/internal/kubernetes"
)

// The formats of generate.
const (
	formatPrometheus = "prometheus"
	formatKubernetes = "kubernetes"
	formatGrafana    = "grafana"
)

// contactFile may hold a receiver's address.
const contactFile = "provisioning/alerting/contact-points.yml"

// objects adds the objects of a checklist for a cluster.
func (t *tree) objects(d drawn, s settings) {
	t.rule(kubernetes.Name("cutover-"+d.Name), d.rules, s)
	for _, b := range d.boards {
		dashboard, err := b.JSON()
		if err != nil {
			t.fail(err)
			return
		}
		name := kubernetes.DashboardName(b.UID) + ".yml"
		t.add(path.Join("kubernetes/sidecar", name))(kubernetes.DashboardConfigMap(b.UID, b.File, dashboard, s.kubernetes))
		t.add(path.Join("kubernetes/grafana-operator", name))(kubernetes.GrafanaDashboard(b.UID, dashboard, s.kubernetes))
	}
}

// commonObjects adds the objects that are needed once.
func (t *tree) commonObjects(common alerts.File, s settings) {
	t.rule("cutover", common, s)
	t.add("kubernetes/prometheus-operator/servicemonitor.yml")(kubernetes.ServiceMonitor(s.rules.Job, s.rules.ScrapeInterval, s.kubernetes))
}

// rule adds a rule file as an object.
func (t *tree) rule(name string, rules alerts.File, s settings) {
	source, err := rules.YAML()
	if err != nil {
		t.fail(err)
		return
	}
	t.add(path.Join("kubernetes/prometheus-operator", "rules-"+name+".yml"))(kubernetes.PrometheusRule(name, source, s.kubernetes))
}

// managedRules adds the rules of a checklist for a Grafana that manages alerts:
// the recording rules stay in Prometheus.
func (t *tree) managedRules(d drawn, s settings) {
	t.add("rules/" + fileName(d.Name) + ".yml")(grafanaalerts.RecordingRules(d.rules).YAML())
	t.add("provisioning/alerting/rules-cutover-" + fileName(d.Name) + ".yml")(grafanaalerts.Rules(d.rules, s.managed()))
}

// commonManaged adds what such a Grafana needs once.
func (t *tree) commonManaged(common alerts.File, s settings) {
	t.add("rules/cutover.yml")(grafanaalerts.RecordingRules(common).YAML())
	t.add("provisioning/alerting/rules-cutover.yml")(grafanaalerts.CommonRules(common, s.managed()))
	t.addSome(contactFile)(grafanaalerts.ContactPoints(s.receivers))
	// Not beside the others: Grafana would replace whatever policies there are.
	t.addSome("provisioning/policies.yml")(grafanaalerts.Policies(s.receivers))
}

// addSome is add for a file that may have nothing to say.
func (t *tree) addSome(name string) func([]byte, error) {
	return func(content []byte, err error) {
		if err != nil || content != nil {
			t.add(name)(content, err)
		}
	}
}

func (s settings) managed() grafanaalerts.Options {
	return grafanaalerts.Options{
		DataSource: s.GrafanaDatasource,
		Heartbeat:  s.receivers.HeartbeatURL != "" || s.receivers.HeartbeatURLFile != "",
	}
}

// fail keeps the first error.
func (t *tree) fail(err error) {
	if t.err == nil {
		t.err = err
	}
}
