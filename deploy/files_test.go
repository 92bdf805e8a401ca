package deploy

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/dashboards"
	"github.com/cutover-dev/cutover/internal/demo"
	"github.com/cutover-dev/cutover/internal/testenv"
)

// shiftedRatio is the share of the traffic that the rollout of the compose file
// has reached.
const shiftedRatio = 0.25

// TestGolden holds the files that are written by this project to what it writes.
func TestGolden(t *testing.T) {
	config, err := demo.Scrapes{
		Exporter: "cutover:9847", Baseline: "blue:8000", Candidate: "green:8000", Alertmanager: "alertmanager:9093",
		Rules: []string{"rules/*.yml"}, ScrapeInterval: 15 * time.Second, EvaluationInterval: 15 * time.Second,
	}.Config()
	if err != nil {
		t.Fatal(err)
	}
	// The committed example knows receivers that nobody here has.
	receivers, err := alerts.Alertmanager(alerts.Receivers{
		WebhookURLFile:   "/etc/alertmanager/secrets/cutover-webhook-url",
		HeartbeatURLFile: "/etc/alertmanager/secrets/cutover-heartbeat-url",
	})
	if err != nil {
		t.Fatal(err)
	}
	builtin := parse(t, "../internal/source/builtin/python-3.13.md")
	for name, want := range map[string][]byte{
		"prometheus.yml":            append([]byte("# Written by `make golden`, as the demo writes it.\n"), config...),
		"alertmanager.yml":          receivers,
		"grafana/dashboards.yml":    dashboards.Provider(),
		"checklists/python-3.13.md": ticked(builtin),
	} {
		if *update {
			if err := os.WriteFile(name, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got := []byte(read(t, name))
		if strings.HasSuffix(name, ".md") {
			// Its boxes are there to be ticked.
			got, want = unticked(got), unticked(want)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s: run `make golden` (-want +got):\n%s", name, diff)
		}
	}
}

// parsed is a checklist with its text.
type parsed struct {
	*checklist.Checklist
	text []byte
}

func parse(t *testing.T, name string) parsed {
	t.Helper()
	text := []byte(read(t, name))
	c, err := checklist.Parse(name, "python-3.13", text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed{c, text}
}

// ticked is a checklist in the middle of the work: done is all of the plan up
// to the stage.
func ticked(c parsed) []byte {
	stage := 0
	for _, s := range c.Stages {
		if s.Ratio <= shiftedRatio {
			stage = max(stage, s.Line)
		}
	}
	lines := bytes.SplitAfter(c.text, []byte("\n"))
	for _, task := range c.Tasks {
		if line := &lines[task.Line-1]; task.Kind == checklist.Plan && task.Line <= stage {
			*line = bytes.Replace(*line, []byte("[ ]"), []byte("[x]"), 1)
		}
	}
	return bytes.Join(lines, nil)
}

func unticked(text []byte) []byte { return bytes.ReplaceAll(text, []byte("[x]"), []byte("[ ]")) }

// TestProxySplitsAsTicked compares what the proxy does with what the checklist
// says.
func TestProxySplitsAsTicked(t *testing.T) {
	share := regexp.MustCompile(`(?m)^ +(\d+)% green;$`).FindStringSubmatch(read(t, "proxy/nginx.conf"))
	if share == nil {
		t.Fatal("the proxy sends green no share of the traffic")
	}
	got, err := strconv.ParseFloat(share[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	want := 0.0
	for _, s := range parse(t, "checklists/python-3.13.md").Stages {
		if s.Shifted {
			want = max(want, s.Ratio)
		}
	}
	if got/100 != want {
		t.Errorf("the proxy sends green %v %% of the traffic, the checklist has %v ticked", got, want)
	}
}

// TestConfigurationsInTheirContainers puts the files where the containers find
// them, and asks the tools of Prometheus and Alertmanager.
func TestConfigurationsInTheirContainers(t *testing.T) {
	prometheus := root(t, "prometheus")
	out := testenv.Run(t, testenv.Promtool(t), "check", "config", "--lint=all", "--lint-fatal", flagged(t, prometheus, "prometheus"))
	if !strings.Contains(out, "2 rule files found") {
		t.Errorf("promtool found other rule files than the two of the examples:\n%s", out)
	}

	alertmanager := root(t, "alertmanager")
	file := flagged(t, alertmanager, "alertmanager")
	testenv.Run(t, testenv.Amtool(t), "check-config", file)
	secrets := regexp.MustCompile(`_file: (\S+)`).FindAllStringSubmatch(read(t, file), -1)
	if len(secrets) == 0 {
		t.Error("the alerts go nowhere")
	}
	for _, secret := range secrets {
		if url := read(t, filepath.Join(alertmanager, secret[1])); !strings.HasPrefix(url, "http://receiver:9094/") {
			t.Errorf("%s sends alerts to %q", secret[1], url)
		}
	}
}

// TestGrafanaFindsItsDashboards follows the provisioning to the dashboards.
func TestGrafanaFindsItsDashboards(t *testing.T) {
	grafana := root(t, "grafana")
	folder := regexp.MustCompile(`path: (\S+)`).FindStringSubmatch(read(t, filepath.Join(grafana, "etc/grafana/provisioning/dashboards/cutover.yml")))
	boards, err := filepath.Glob(filepath.Join(grafana, folder[1], "*.json"))
	if err != nil || len(boards) != 5 {
		t.Errorf("%d dashboards in %s, want 5 (%v)", len(boards), folder[1], err)
	}
	home := project(t).Services["grafana"].Environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
	if home == nil || !slices.Contains(boards, filepath.Join(grafana, *home)) {
		t.Errorf("no dashboard is the first to be seen")
	}
}

// root makes a folder that looks like the root of a service's container, as far
// as files of the repository are mounted there.
func root(t *testing.T, service string) string {
	t.Helper()
	p, dir := project(t), t.TempDir()
	link := func(source, target string) {
		target = filepath.Join(dir, target)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(source, target); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range p.Services[service].Volumes {
		if v.Type == "bind" {
			link(v.Source, v.Target)
		}
	}
	for _, s := range p.Services[service].Secrets {
		link(p.Secrets[s.Source].File, s.Target)
	}
	return dir
}

// flagged is the configuration file that a service's command names, below its
// root.
func flagged(t *testing.T, root, service string) string {
	t.Helper()
	for _, argument := range project(t).Services[service].Command {
		if file, ok := strings.CutPrefix(argument, "--config.file="); ok {
			return filepath.Join(root, file)
		}
	}
	t.Fatalf("%s is given no configuration file", service)
	return ""
}
