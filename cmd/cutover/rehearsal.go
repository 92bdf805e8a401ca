package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/exporter"
	"github.com/cutover-dev/cutover/internal/demo"
	"github.com/cutover-dev/cutover/internal/program"
	"github.com/cutover-dev/cutover/internal/smoke"
)

// The pace of the rehearsal: fast enough to watch.
const (
	rehearsalScrape    = 2 * time.Second
	rehearsalTimeScale = 0.1
	rehearsalAddress   = "127.0.0.1:9847" // or any other, if it is taken
	rehearsalAlerts    = 100              // that the receiver keeps
	rehearsalRate      = 100              // requests a second
)

// rehearsal is what the demo shows: two versions of a service with traffic
// between them, and everything that cutover does about it.
type rehearsal struct {
	settings       settings
	dir            string // the checklist and what is generated from it
	stdout, stderr io.Writer

	group       *errgroup.Group
	plan        rehearsedChecklist
	checklist   string // the file
	behind      behind // what the services keep their data in
	blue, green *demo.Service
	webhook     string // the address of the alerts' receiver
	exporter    *exporter.Exporter
	address     string // the exporter's, host:port
	servers     []*program.Server
}

// run sets everything up, says where it is, and waits for ctx to end. Whatever
// was started has ended when it returns.
func (r *rehearsal) run(ctx context.Context, kind string, after time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r.group, ctx = errgroup.WithContext(ctx)
	err := r.setUp(ctx)
	if err == nil {
		r.group.Go(func() error { return r.breakLater(ctx, kind, after) })
	} else {
		cancel()
	}
	err = errors.Join(err, r.group.Wait())
	cancel()
	r.await()
	return err
}

// setUp starts everything, in the order in which it needs each other.
func (r *rehearsal) setUp(ctx context.Context) error {
	r.say("cutover demo: a rollout of Python 3.13, with a quarter of the traffic on the new version")
	for _, step := range []func(context.Context) error{
		r.writeChecklist, r.writeToken, r.startDatabases, r.startServices, r.startExporter, r.startTraffic, r.shiftTraffic,
		r.startReceiver, r.generate, r.startMonitoring,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	r.say("")
	r.say("Tick a box in the checklist: it is live within two seconds. Tick “Security incident”,")
	r.say("and with Prometheus and Alertmanager running the alert arrives here. Ctrl-C ends everything.")
	r.say("Whether a page arrives without anything being wrong:")
	r.say("  CUTOVER_URL=http://%s CUTOVER_TOKEN_FILE='%s' cutover incident open --kind other --drill", r.address, r.token())
	r.say("")
	return nil
}

func (r *rehearsal) say(format string, args ...any) { fmt.Fprintf(r.stdout, format+"\n", args...) }

// at says where something is.
func (r *rehearsal) at(what, where string) { r.say("  %-13s %s", what, where) }

// await waits for what ends on its own once the context has.
func (r *rehearsal) await() {
	for _, s := range []*demo.Service{r.blue, r.green} {
		if s != nil {
			s.Wait()
		}
	}
	r.behind.close()
	for _, s := range r.servers {
		_ = s.Stop() // how it ended when it was told to is nobody's concern
	}
}

// writeChecklist writes a copy of the built-in checklist, to edit, with all
// ticked that comes before the stage that the rehearsal begins with.
func (r *rehearsal) writeChecklist(ctx context.Context) error {
	var err error
	if r.plan, err = rehearsed(ctx); err != nil {
		return err
	}
	r.checklist = filepath.Join(r.dir, "python-3.13.md")
	r.at("checklist", r.checklist)
	return os.WriteFile(r.checklist, r.plan.before, 0o644)
}

// token is the file with the token of who opens incidents.
func (r *rehearsal) token() string { return filepath.Join(r.dir, "token") }

// writeToken writes a token that nobody can guess: the exporter listens to
// whoever is on this machine.
func (r *rehearsal) writeToken(context.Context) error {
	return os.WriteFile(r.token(), []byte(rand.Text()+"\n"), 0o600)
}

// shiftTraffic ticks that stage, as the team would: the exporter sees it happen
// and knows from when the stage's hold counts.
func (r *rehearsal) shiftTraffic(context.Context) error {
	return os.WriteFile(r.checklist, r.plan.shifted, 0o644)
}

func (r *rehearsal) startServices(ctx context.Context) error {
	blue, green := demo.Baseline(), demo.Candidate()
	r.behind.serve(&blue)
	r.behind.serve(&green)
	r.blue, r.green = demo.NewService(blue), demo.NewService(green)
	if err := r.blue.Start(ctx, "127.0.0.1:0"); err != nil {
		return err
	}
	if err := r.green.Start(ctx, "127.0.0.1:0"); err != nil {
		return err
	}
	r.at("old version", r.blue.URL())
	r.at("new version", r.green.URL())
	return nil
}

func (r *rehearsal) startTraffic(ctx context.Context) error {
	r.group.Go(func() error {
		return demo.Traffic{Baseline: r.blue.URL(), Candidate: r.green.URL(), Share: r.share, Rate: rehearsalRate}.Run(ctx)
	})
	return nil
}

// share is the candidate's share of the traffic: that of the last stage ticked.
func (r *rehearsal) share() float64 {
	share := 0.0
	for _, c := range r.exporter.Checklists() {
		for _, s := range c.Stages {
			if s.Shifted {
				share = max(share, s.Ratio)
			}
		}
	}
	return share
}

// startReceiver serves the address that Alertmanager notifies.
func (r *rehearsal) startReceiver(ctx context.Context) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: demo.NewReceiver(r.stdout, rehearsalAlerts), ReadHeaderTimeout: 5 * time.Second}
	r.group.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	r.group.Go(func() error { <-ctx.Done(); return server.Close() })
	r.webhook = "http://" + l.Addr().String()
	return nil
}

func (r *rehearsal) startExporter(ctx context.Context) error {
	l, err := net.Listen("tcp", rehearsalAddress)
	if err != nil {
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return err
		}
	}
	tests, err := r.tests()
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewTextHandler(r.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	r.exporter, _, err = startExporter(ctx, r.group, l, tests,
		exporter.Options{
			Checklists: []string{r.checklist}, TimeScale: rehearsalTimeScale, Logger: logger,
			Journal: filepath.Join(r.dir, "journal.jsonl"), TokenFile: r.token(),
		},
		smoke.Options{Interval: r.rules().SmokeInterval, Logger: logger})
	if err != nil {
		return err
	}
	r.address = l.Addr().String()
	r.at("status page", "http://"+r.address+"/")
	r.at("metrics", "http://"+r.address+"/metrics")
	return nil
}

// rules are the options of the generated rules: those of the environment, at
// the rehearsal's pace and about its services.
func (r *rehearsal) rules() alerts.Options {
	o := r.settings.rules
	o.BaselineSelector, o.CandidateSelector = `slot="blue"`, `slot="green"`
	o.ScrapeInterval, o.EvaluationInterval, o.SmokeInterval = rehearsalScrape, rehearsalScrape, 2*rehearsalScrape
	o.MinRequests = 10
	o.TimeScale = rehearsalTimeScale
	return o
}

// generate writes what `cutover generate` writes.
func (r *rehearsal) generate(ctx context.Context) error {
	s := r.settings
	s.rules = r.rules()
	s.receivers = alerts.Receivers{WebhookURL: r.webhook}
	checklists, err := readChecklists(ctx, []string{r.checklist}, s)
	if err != nil {
		return err
	}
	files, err := generated(checklists, s, formatPrometheus)
	if err != nil {
		return err
	}
	for i := range files {
		files[i].mode = 0o644 // nothing is secret here, and the servers may run as another user
	}
	_, err = writeTree(r.monitoring(), files)
	r.at("generated", r.monitoring())
	return err
}

func (r *rehearsal) monitoring() string { return filepath.Join(r.dir, "monitoring") }

// startMonitoring starts Alertmanager and Prometheus on the generated files,
// where they are found.
func (r *rehearsal) startMonitoring(ctx context.Context) error {
	scrapes := demo.Scrapes{
		Exporter: r.address, Baseline: r.blue.Address(), Candidate: r.green.Address(),
		Rules:          []string{filepath.Join(r.monitoring(), "rules", "*.yml")},
		ScrapeInterval: rehearsalScrape, EvaluationInterval: rehearsalScrape,
	}
	alertmanager, err := r.startServer(ctx, program.Alertmanager, program.StartAlertmanager,
		filepath.Join(r.monitoring(), "alertmanager", "alertmanager.yml"))
	if err != nil {
		return err
	}
	if alertmanager != nil {
		scrapes.Alertmanager = alertmanager.URL[len("http://"):]
	}
	config, err := scrapes.Config()
	if err != nil {
		return err
	}
	file := filepath.Join(r.dir, "prometheus.yml")
	if err := os.WriteFile(file, config, 0o644); err != nil {
		return err
	}
	_, err = r.startServer(ctx, program.Prometheus, program.StartPrometheus, file)
	return err
}

type starter func(context.Context, program.ServerOptions) (*program.Server, error)

// startServer starts a server, or says that it was not found and gives nil.
func (r *rehearsal) startServer(ctx context.Context, tool program.Tool, start starter, config string) (*program.Server, error) {
	found, err := program.Find(ctx, tool)
	if errors.Is(err, program.ErrNotFound) {
		r.at(string(tool), "not found: `make tools` builds it, or put a recent one on PATH")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(r.dir, string(tool))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	server, err := start(ctx, program.ServerOptions{Program: found, Config: config, Dir: dir})
	if err != nil {
		return nil, err
	}
	r.servers = append(r.servers, server)
	r.at(string(tool), server.URL)
	return server, nil
}

// breakLater breaks the new version after a while, and ends with ctx.
func (r *rehearsal) breakLater(ctx context.Context, kind string, after time.Duration) error {
	if kind != "" {
		select {
		case <-time.After(after):
			r.say("breaking the new version: %s", kind)
			r.green.Break(demo.Kind(kind))
		case <-ctx.Done():
		}
	}
	<-ctx.Done()
	return nil
}
