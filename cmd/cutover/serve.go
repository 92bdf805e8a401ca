package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"

	"golang.org/x/sync/errgroup"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/exporter"
	"github.com/cutover-dev/cutover/internal/smoke"
)

type serveCommand struct {
	Check bool     `help:"Serve nothing; ask the exporter on CUTOVER_LISTEN_ADDRESS whether it lives, and exit with 1 if it doesn't."`
	File  []string `arg:"" optional:"" help:"Checklists, instead of CUTOVER_CHECKLIST."`
}

// Help lists the variables that the command reads.
func (serveCommand) Help() string { return variableHelp("serve") }

// Run serves until ctx ends.
func (c serveCommand) Run(ctx context.Context, a *app) error {
	s, err := settingsFor(a)
	if err != nil {
		return err
	}
	if c.Check {
		return check(ctx, a, s)
	}
	files, err := checklistFiles(c.File, s)
	if err != nil {
		return err
	}
	logger := newLogger(a, s)
	listener, err := net.Listen("tcp", s.ListenAddress)
	if err != nil {
		return fmt.Errorf("CUTOVER_LISTEN_ADDRESS=%q: %w", s.ListenAddress, err)
	}
	defer listener.Close() // twice is harmless: the exporter closes it too
	plan, follower, err := followedTests(ctx, s, files, logger)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	options := exporterOptions(files, s, logger)
	if follower != nil {
		options.Config = follower
	}
	tests := plan.Tests
	e, runner, err := startExporter(ctx, group, listener, tests, options, smokeOptions(s, logger))
	if err != nil {
		return err
	}
	if follower != nil {
		group.Go(func() error { return followSuites(ctx, follower, runner) })
	}
	logger.Info("serving", "address", listener.Addr().String(), "checklists", checklistNames(e.Checklists()), "tests", len(tests))
	return group.Wait()
}

// startExporter starts an exporter and its smoke tests in a group: they run until
// ctx ends or one of them fails.
func startExporter(ctx context.Context, group *errgroup.Group, l net.Listener, tests []smoke.Test, o exporter.Options, so smoke.Options) (*exporter.Exporter, *smoke.Runner, error) {
	runner, err := smoke.NewRunner(tests, so)
	if err != nil {
		return nil, nil, err
	}
	o.Smoke = runner
	e, err := exporter.New(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	group.Go(func() error { return e.Run(ctx, l) })
	group.Go(func() error { runner.Run(ctx); return nil })
	return e, runner, nil
}

// expectedPython is the Python that the checklists name. One that can't be read
// names none: the exporter says what is wrong with it.
func expectedPython(ctx context.Context, files []string, s settings) string {
	if s.TargetPythonVersion != "" {
		return s.TargetPythonVersion
	}
	checklists, _ := readChecklists(ctx, files, s)
	return pythonOf(checklists)
}

func exporterOptions(files []string, s settings, logger *slog.Logger) exporter.Options {
	return exporter.Options{
		Checklists:    files,
		Name:          s.ChecklistName,
		Remote:        s.remote,
		ChecklistURL:  s.ChecklistURL,
		WebConfigFile: s.WebConfigFile,
		Journal:       s.Journal,
		TokenFile:     s.TokenFile,
		TimeScale:     s.rules.TimeScale,
		MaxSeries:     s.maxSeries, MaxSeriesInAll: s.maxSeriesInAll,
		Logger: logger,
	}
}

func smokeOptions(s settings, logger *slog.Logger) smoke.Options {
	return smoke.Options{Interval: s.smokeInterval, Timeout: s.smokeTimeout, Logger: logger}
}

func newLogger(a *app, s settings) *slog.Logger {
	o := &slog.HandlerOptions{Level: s.logLevel}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(a.stderr, o))
	}
	return slog.New(slog.NewTextHandler(a.stderr, o))
}

func checklistNames(checklists []*checklist.Checklist) []string {
	names := make([]string, 0, len(checklists))
	for _, c := range checklists {
		names = append(names, c.Name)
	}
	return names
}
