package demo

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cutover-dev/cutover/internal/testenv"
)

func scrapes() Scrapes {
	return Scrapes{
		Exporter: "127.0.0.1:9847", Baseline: "127.0.0.1:8001", Candidate: "127.0.0.1:8002",
		Alertmanager: "127.0.0.1:9093", Rules: []string{"rules/*.yml"},
		ScrapeInterval: 15 * time.Second, EvaluationInterval: 15 * time.Second,
	}
}

func TestScrapesGolden(t *testing.T) {
	quick := scrapes()
	quick.ScrapeInterval, quick.EvaluationInterval = time.Second, 500*time.Millisecond
	bare := scrapes()
	bare.Alertmanager, bare.Rules = "", nil
	for name, s := range map[string]Scrapes{"prometheus.yml": scrapes(), "prometheus-quick.yml": quick, "prometheus-bare.yml": bare} {
		config, err := s.Config()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, string(config))
		file := filepath.Join(t.TempDir(), "prometheus.yml")
		if err := os.WriteFile(file, config, 0o644); err != nil {
			t.Fatal(err)
		}
		testenv.Run(t, testenv.Promtool(t), "check", "config", "--syntax-only", file)
	}
}

func TestScrapesErrors(t *testing.T) {
	for _, c := range []struct {
		change func(*Scrapes)
		want   string
	}{
		{func(s *Scrapes) { s.Candidate = "http://127.0.0.1:8002" }, `demo: prometheus.yml: address "http://127.0.0.1:8002" is not host:port`},
		{func(s *Scrapes) { s.Exporter = "" }, `demo: prometheus.yml: address "" is not host:port`},
		{func(s *Scrapes) { s.Alertmanager = "localhost" }, `demo: prometheus.yml: address "localhost" is not host:port`},
		{func(s *Scrapes) { s.ScrapeInterval = 0 }, "demo: prometheus.yml: intervals must be whole milliseconds above 0"},
		{func(s *Scrapes) { s.EvaluationInterval = time.Microsecond }, "demo: prometheus.yml: intervals must be whole milliseconds above 0"},
	} {
		s := scrapes()
		c.change(&s)
		if _, err := s.Config(); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
