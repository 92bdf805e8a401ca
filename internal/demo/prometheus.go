package demo

import (
	"errors"
	"fmt"
	"net"
	"time"

	"go.yaml.in/yaml/v3"
)

// maxScrapeTimeout is Prometheus's own default.
const maxScrapeTimeout = 10 * time.Second

// Scrapes is the demo's Prometheus: what it scrapes, judges and alerts.
// Addresses are host:port.
type Scrapes struct {
	Exporter            string // job "cutover"
	Baseline, Candidate string // job "api", slot "blue" and "green"
	Alertmanager        string // empty: nobody is alerted
	Rules               []string

	ScrapeInterval     time.Duration // whole milliseconds
	EvaluationInterval time.Duration // whole milliseconds
}

type (
	promConfig struct {
		Global   promGlobal    `yaml:"global"`
		Rules    []string      `yaml:"rule_files,omitempty"`
		Alerting *promAlerting `yaml:"alerting,omitempty"`
		Scrape   []promJob     `yaml:"scrape_configs"`
	}
	promGlobal struct {
		ScrapeInterval     string `yaml:"scrape_interval"`
		ScrapeTimeout      string `yaml:"scrape_timeout"`
		EvaluationInterval string `yaml:"evaluation_interval"`
	}
	promAlerting struct {
		Alertmanagers []promManager `yaml:"alertmanagers"`
	}
	promManager struct {
		Static []promStatic `yaml:"static_configs"`
	}
	promJob struct {
		Name        string       `yaml:"job_name"`
		HonorLabels bool         `yaml:"honor_labels,omitempty"`
		Static      []promStatic `yaml:"static_configs"`
	}
	promStatic struct {
		Targets []string          `yaml:"targets"`
		Labels  map[string]string `yaml:"labels,omitempty"`
	}
)

// Config writes the prometheus.yml. It fails on an address that is not
// host:port, and on intervals that are not whole milliseconds above 0.
func (s Scrapes) Config() ([]byte, error) {
	addresses := []string{s.Exporter, s.Baseline, s.Candidate}
	if s.Alertmanager != "" {
		addresses = append(addresses, s.Alertmanager)
	}
	for _, a := range addresses {
		if _, _, err := net.SplitHostPort(a); err != nil {
			return nil, fmt.Errorf("demo: prometheus.yml: address %q is not host:port", a)
		}
	}
	for _, d := range []time.Duration{s.ScrapeInterval, s.EvaluationInterval} {
		if d <= 0 || d%time.Millisecond != 0 {
			return nil, errors.New("demo: prometheus.yml: intervals must be whole milliseconds above 0")
		}
	}
	c := promConfig{
		Global: promGlobal{
			ScrapeInterval:     promDuration(s.ScrapeInterval),
			ScrapeTimeout:      promDuration(min(s.ScrapeInterval, maxScrapeTimeout)),
			EvaluationInterval: promDuration(s.EvaluationInterval),
		},
		Rules: s.Rules,
		Scrape: []promJob{
			// Its labels tell environments and tracks apart: the target's must
			// not rename them.
			{Name: "cutover", HonorLabels: true, Static: []promStatic{{Targets: []string{s.Exporter}}}},
			{Name: "api", Static: []promStatic{
				{Targets: []string{s.Baseline}, Labels: map[string]string{"slot": "blue"}},
				{Targets: []string{s.Candidate}, Labels: map[string]string{"slot": "green"}},
			}},
		},
	}
	if s.Alertmanager != "" {
		c.Alerting = &promAlerting{[]promManager{{[]promStatic{{Targets: []string{s.Alertmanager}}}}}}
	}
	return yaml.Marshal(c)
}

// promDuration writes whole milliseconds as Prometheus does: "15s", "500ms".
func promDuration(d time.Duration) string {
	if d%time.Second == 0 {
		return fmt.Sprintf("%ds", d/time.Second)
	}
	return fmt.Sprintf("%dms", d/time.Millisecond)
}
