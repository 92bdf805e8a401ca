package endtoend

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cutover-dev/cutover/internal/demo"
	"github.com/cutover-dev/cutover/internal/program"
	"github.com/cutover-dev/cutover/internal/source"
	"github.com/cutover-dev/cutover/internal/testenv"
)

// The pace of the tests. At a time scale of 0.05, five promised minutes are
// fifteen seconds.
const (
	scrape    = time.Second
	timeScale = "0.05"
)

// deadline bounds every wait: a busy machine may take its time, and an alert
// that never comes is a failure all the same.
const deadline = 90 * time.Second

// world is everything that runs during the test.
type world struct {
	checklist           string // the file
	baseline, candidate *demo.Service
	receiver            *demo.Receiver
	prometheus          string // its address
	cutover             program.Program
	exporter            string // its address, host:port
	token               string // the file with the token that opens incidents
	received            int    // alerts that earlier waits have taken
}

// newWorld starts everything; it ends with the test. Further rule files are
// loaded beside the generated ones.
func newWorld(t *testing.T, timeScale string, rules ...string) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{
		checklist: filepath.Join(dir, "python-3.13.md"),
		baseline:  demo.NewService(demo.Baseline()),
		candidate: demo.NewService(demo.Candidate()),
		receiver:  demo.NewReceiver(t.Output(), 1000),
	}
	w.writeChecklist(t)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		cancel()
		w.baseline.Wait()
		w.candidate.Wait()
	})
	for _, s := range []*demo.Service{w.baseline, w.candidate} {
		if err := s.Start(ctx, "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	w.startTraffic(t)
	webhook := httptest.NewServer(w.receiver)
	t.Cleanup(webhook.Close)

	w.token = filepath.Join(dir, "token")
	if err := os.WriteFile(w.token, []byte("end-to-end-token\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.cutover = binary(t)
	w.exporter = serve(t, w.cutover, map[string]string{
		"CUTOVER_JOURNAL":        filepath.Join(dir, "journal.jsonl"),
		"CUTOVER_TOKEN_FILE":     w.token,
		"CUTOVER_CHECKLIST":      w.checklist,
		"CUTOVER_LISTEN_ADDRESS": "127.0.0.1:0",
		"CUTOVER_TARGET_URL":     w.candidate.URL(),
		"CUTOVER_DATABASE_URL":   testenv.Postgres(t),
		"CUTOVER_REDIS_URL":      testenv.Redis(t),
		"CUTOVER_SMOKE_INTERVAL": scrape.String(),
		"CUTOVER_TIME_SCALE":     timeScale,
	})
	monitoring := filepath.Join(dir, "monitoring")
	generate(t, w.cutover, monitoring, map[string]string{
		"CUTOVER_CHECKLIST":            w.checklist,
		"CUTOVER_SCRAPE_INTERVAL":      scrape.String(),
		"CUTOVER_EVALUATION_INTERVAL":  scrape.String(),
		"CUTOVER_SMOKE_INTERVAL":       scrape.String(),
		"CUTOVER_MIN_REQUESTS":         "10",
		"CUTOVER_TIME_SCALE":           timeScale,
		"CUTOVER_RECEIVER_WEBHOOK_URL": webhook.URL,
	})
	for i, content := range rules {
		file := filepath.Join(monitoring, "rules", fmt.Sprintf("further-%d.yml", i))
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w.startMonitoring(t, dir, monitoring, w.exporter)
	return w
}

// writeChecklist copies the built-in checklist with a quarter of the traffic
// shifted, and the claims ticked that the smoke tests are about.
func (w *world) writeChecklist(t *testing.T) {
	t.Helper()
	src, err := source.Open([]string{"builtin:python-3.13"}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := src.Read(t.Context())[0]
	if d.Err != nil {
		t.Fatal(d.Err)
	}
	if err := os.WriteFile(w.checklist, d.Bytes, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{healthLine, "Traffic shifted: 10%", "Traffic shifted: 25%"} {
		w.edit(t, "- [ ] "+line, "- [x] "+line)
	}
}

func (w *world) read(t *testing.T) []byte {
	t.Helper()
	content, err := os.ReadFile(w.checklist)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// edit replaces text in the checklist as an editor does.
func (w *world) edit(t *testing.T, old, changed string) {
	t.Helper()
	before := w.read(t)
	after := bytes.Replace(before, []byte(old), []byte(changed), 1)
	if bytes.Equal(before, after) {
		t.Fatalf("the checklist has no %q", old)
	}
	if err := os.WriteFile(w.checklist, after, 0o644); err != nil {
		t.Fatal(err)
	}
}

// startTraffic sends a quarter of the requests to the candidate.
func (w *world) startTraffic(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	traffic := demo.Traffic{
		Baseline: w.baseline.URL(), Candidate: w.candidate.URL(), Rate: 100,
		Share: func() float64 { return 0.25 },
	}
	go func() { done <- traffic.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// binary builds the program under test.
func binary(t *testing.T) program.Program {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cutover")
	testenv.Run(t, "go", "build", "-o", path, "github.com/cutover-dev/cutover/cmd/cutover")
	return program.Program{Tool: "cutover", Path: path}
}

// environment is this process's, without the variables of cutover, and with
// those given.
func environment(variables map[string]string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "CUTOVER_") })
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		env = append(env, name+"="+variables[name])
	}
	return env
}

var serving = regexp.MustCompile(`msg=serving address=(\S+)`)

// serve runs `cutover serve` and gives its address.
func serve(t *testing.T, cutover program.Program, variables map[string]string) string {
	t.Helper()
	var env []string
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		env = append(env, name+"="+variables[name])
	}
	p, err := program.Start(context.Background(), program.Command{
		Program: cutover, Args: []string{"serve"}, Env: env, Log: t.Output(), Ready: serving,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	line, err := p.Await(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.AwaitHTTP(ctx, "http://"+line[1]+"/-/ready"); err != nil {
		t.Fatal(err)
	}
	return line[1]
}

// generate runs `cutover generate`.
func generate(t *testing.T, cutover program.Program, out string, variables map[string]string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), cutover.Path, "generate", "--out", out)
	cmd.Env = environment(variables)
	if printed, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("generate: %v\n%s", err, printed)
	}
	// Alertmanager may run as another user than the test.
	if err := os.Chmod(filepath.Join(out, "alertmanager", "alertmanager.yml"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// client runs a command of cutover's that speaks to the running exporter, and
// gives what it printed.
func (w *world) client(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), w.cutover.Path, args...)
	cmd.Env = environment(map[string]string{"CUTOVER_URL": "http://" + w.exporter, "CUTOVER_TOKEN_FILE": w.token})
	printed, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("cutover %q: %v\n%s", args, err, printed)
	}
	return string(printed)
}

func (w *world) startMonitoring(t *testing.T, dir, monitoring, exporter string) {
	t.Helper()
	alertmanager := testenv.Alertmanager(t, filepath.Join(monitoring, "alertmanager", "alertmanager.yml"))
	config, err := demo.Scrapes{
		Exporter: exporter, Baseline: w.baseline.Address(), Candidate: w.candidate.Address(),
		Alertmanager:   strings.TrimPrefix(alertmanager.URL, "http://"),
		Rules:          []string{filepath.Join(monitoring, "rules", "*.yml")},
		ScrapeInterval: scrape, EvaluationInterval: scrape,
	}.Config()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, config, 0o644); err != nil {
		t.Fatal(err)
	}
	// An alert that fires before Prometheus has found Alertmanager would be
	// sent again only after a minute.
	w.prometheus = testenv.Prometheus(t, file, "--rules.alert.resend-delay=1s").URL
}

func (w *world) mend(t *testing.T) {
	t.Helper()
	if err := w.candidate.Mend(); err != nil {
		t.Fatal(err)
	}
}

// eventually waits until a query has a result.
func (w *world) eventually(t *testing.T, query string) {
	t.Helper()
	wait(t, query, func() bool { return w.results(t, query) > 0 })
}

// never holds a query to have no result over several evaluations.
func (w *world) never(t *testing.T, query string) {
	t.Helper()
	for range 5 {
		if w.results(t, query) > 0 {
			t.Fatalf("%s has a result", query)
		}
		time.Sleep(scrape)
	}
}

// receives waits for an alert that no earlier wait has seen.
func (w *world) receives(t *testing.T, status string, matches func(demo.Alert) bool) demo.Alert {
	t.Helper()
	var found demo.Alert
	wait(t, status+" alert", func() bool {
		alerts := w.receiver.Alerts()
		for i := w.received; i < len(alerts); i++ {
			if alerts[i].Status == status && matches(alerts[i]) {
				found, w.received = alerts[i], i+1
				return true
			}
		}
		return false
	})
	return found
}

func wait(t *testing.T, what string, done func() bool) {
	t.Helper()
	start := time.Now()
	for !done() {
		if time.Since(start) > deadline {
			t.Fatalf("not within %s: %s", deadline, what)
		}
		time.Sleep(scrape / 4)
	}
	t.Logf("%s: after %s", what, time.Since(start).Round(time.Second/10))
}

// results is how many series a query has.
func (w *world) results(t *testing.T, query string) int {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second}
	resp, err := client.Get(w.prometheus + "/api/v1/query?query=" + url.QueryEscape(query))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Status, Error string
		Data          struct{ Result []json.RawMessage }
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Status != "success" {
		t.Fatal(fmt.Errorf("%s: %w, %s", query, err, answer.Error))
	}
	return len(answer.Data.Result)
}
