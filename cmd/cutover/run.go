package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// Exit codes.
const (
	exitOK       = 0 // fine, GO
	exitNo       = 1 // the answer is no: failed tests, drift
	exitUnusable = 2 // used wrongly, or could not work
)

// errNo is the answer no. What there is to say about it was printed as the
// result; no further message follows.
var errNo = errors.New("no")

// commandLine is the grammar of the command line.
type commandLine struct {
	Demo       demoCommand       `cmd:"" help:"Show the whole thing on this machine, with sample services and nothing installed."`
	Serve      serveCommand      `cmd:"" help:"Publish checklists and smoke tests as Prometheus metrics."`
	Explain    explainCommand    `cmd:"" help:"Say what was understood of a checklist."`
	Generate   generateCommand   `cmd:"" help:"Write dashboards, rules, rule tests and the Alertmanager configuration."`
	Dashboards dashboardsCommand `cmd:"" help:"Bring dashboards and panels into a Grafana, or into somebody's dashboard."`
	Smoke      smokeCommand      `cmd:"" help:"Run the smoke tests once."`
	Incident   incidentCommand   `cmd:"" help:"Open, close and list incidents, through a running exporter."`
	Journal    journalCommand    `cmd:"" help:"Say what changed when, through a running exporter."`
	Baseline   baselineCommand   `cmd:"" help:"Freeze the old version's figures before it is gone."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
}

// app is what a command gets from its surroundings.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
}

// run parses the arguments, runs the command and returns the exit code. Results
// go to stdout, everything else to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	exited := -1
	parser, err := kong.New(&commandLine{},
		kong.Name("cutover"),
		kong.Description("Makes a migration checklist live. What lasts is set by CUTOVER_* variables; the help of each command lists those it reads."),
		rowVars(),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(&app{stdin: os.Stdin, stdout: stdout, stderr: stderr}),
	)
	if err != nil {
		fmt.Fprintln(stderr, "cutover:", err)
		return exitUnusable
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	switch {
	case exited >= 0: // help was asked for
		return exited
	case err != nil:
		fmt.Fprintf(stderr, "cutover: %v\nTry: cutover --help\n", err)
		return exitUnusable
	}
	switch err := command.Run(); {
	case err == nil:
		return exitOK
	case errors.Is(err, errNo):
		return exitNo
	default:
		// Several faults are several lines, each complete in itself.
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintln(stderr, "cutover:", strings.TrimSuffix(line, "\n"))
		}
		return exitUnusable
	}
}
