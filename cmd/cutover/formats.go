package main

import (
	"path"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/internal/kubernetes"
)

// The formats of generate.
const (
	formatPrometheus = "prometheus"
	formatKubernetes = "kubernetes"
)

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

// fail keeps the first error.
func (t *tree) fail(err error) {
	if t.err == nil {
		t.err = err
	}
}
