package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/cutover-dev/cutover/internal/series"
	"github.com/cutover-dev/cutover/internal/smoke"
	"github.com/cutover-dev/cutover/internal/suite"
)

type smokeCommand struct {
	File []string `arg:"" optional:"" help:"Checklists that name the expected Python version, instead of CUTOVER_CHECKLIST."`
}

// Help lists the variables that the command reads.
func (smokeCommand) Help() string { return variableHelp("smoke") }

// Run runs every test once.
func (c smokeCommand) Run(ctx context.Context, a *app) error {
	s, err := settingsFor(a)
	if err != nil {
		return err
	}
	python := s.TargetPythonVersion
	if python == "" && (len(c.File) > 0 || s.Checklist != "") {
		checklists, err := loadChecklists(ctx, c.File, s)
		if err != nil {
			return err
		}
		python = pythonOf(checklists)
	}
	tests, err := smokeTests(s, python)
	if err != nil {
		return err
	}
	if len(tests) == 0 {
		return errors.New("nothing to test: set CUTOVER_TARGET_URL, CUTOVER_DATABASE_URL or CUTOVER_REDIS_URL")
	}
	runner, err := smoke.NewRunner(tests, smoke.Options{Timeout: s.smokeTimeout})
	if err != nil {
		return err
	}
	return printResults(a, runner.RunOnce(ctx), len(tests))
}

// smokeTests makes the standard tests of the target that the environment names.
func smokeTests(s settings, python string) ([]smoke.Test, error) {
	return suite.Standard(suite.Target{
		Environment:   s.TargetEnvironment,
		Track:         series.Candidate,
		URL:           s.TargetURL,
		DatabaseURL:   s.DatabaseURL,
		RedisURL:      s.RedisURL,
		PythonVersion: python,
		Origin:        s.TargetOrigin,
		Writes:        s.targetWrites,
	})
}

func printResults(a *app, results []smoke.Result, tests int) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	passed := 0
	for _, r := range results {
		verdict := "FAILED"
		if r.Success {
			verdict = "ok"
			passed++
		}
		fmt.Fprintf(w, "%s\t%s/%s\t%s\t%s\n", verdict, r.Suite, r.Test, r.Duration.Round(time.Millisecond), r.Reason)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%d of %s passed\n", passed, plural(tests, "test"))
	if passed < tests {
		return errNo
	}
	return nil
}
