package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
	"github.com/cutover-dev/cutover/internal/smoke"
	"github.com/cutover-dev/cutover/internal/suite"
)

// planTests makes the tests of CUTOVER_CONFIG, or without it the standard ones
// of the target that the environment names. Of several environments it may be
// only one.
func planTests(ctx context.Context, s settings, files []string, only string) (*suite.Plan, error) {
	if s.Config != "" {
		return suite.Load(s.Config, suiteOptions(ctx, s, files, only))
	}
	if only != "" && only != s.TargetEnvironment {
		return nil, fmt.Errorf("no environment is named %q: CUTOVER_TARGET_ENVIRONMENT=%q is the only one without CUTOVER_CONFIG", only, s.TargetEnvironment)
	}
	tests, err := smokeTests(s, expectedPython(ctx, files, s))
	return &suite.Plan{Tests: tests}, err
}

// suiteOptions are what cutover.yaml is read with. What tests prove is looked up
// in the checklists, as they are now, unless none can be read.
func suiteOptions(ctx context.Context, s settings, files []string, only string) suite.Options {
	o := suite.Options{Environment: only, LookupEnv: os.LookupEnv, Interval: s.smokeInterval, Timeout: s.smokeTimeout}
	if len(files) == 0 {
		return o
	}
	if checklists, _ := readChecklists(ctx, files, s); len(checklists) > 0 {
		o.Task = func(reference string) bool {
			return slices.ContainsFunc(checklists, func(c loaded) bool { return len(rollout.Named(c.Checklist, reference)) > 0 })
		}
	}
	return o
}

// followedTests are [planTests] for the exporter, with what follows
// CUTOVER_CONFIG; nil without it.
func followedTests(ctx context.Context, s settings, files []string, logger *slog.Logger) (*suite.Plan, *suite.Follower, error) {
	if s.Config == "" {
		plan, err := planTests(ctx, s, files, "")
		return plan, nil, err
	}
	f, plan, err := suite.Follow(s.Config, func() suite.Options { return suiteOptions(ctx, s, files, "") }, logger, time.Now)
	if err != nil {
		return nil, nil, err
	}
	for _, l := range plan.LeftOut {
		logger.Info("A test is left out", "test", l.Name(), "why", l.Why)
	}
	return plan, f, nil
}

// followSuites lets a runner take the suites anew whenever CUTOVER_CONFIG
// changes.
func followSuites(ctx context.Context, f *suite.Follower, runner *smoke.Runner) error {
	f.Run(ctx, func(p *suite.Plan) error { return runner.Replace(p.Tests) })
	return nil
}

// shadowed warns of variables that CUTOVER_CONFIG takes the place of.
func (s settings) shadowed() []string {
	if s.Config == "" {
		return nil
	}
	var warnings []string
	for name, value := range map[string]string{"TARGET_URL": s.TargetURL, "DATABASE_URL": s.DatabaseURL, "REDIS_URL": s.RedisURL} {
		if value != "" {
			warnings = append(warnings, fmt.Sprintf("%s_%s is set, but CUTOVER_CONFIG says what to test", prefix, name))
		}
	}
	slices.Sort(warnings)
	return warnings
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
		Interval:      s.smokeInterval,
		Writes:        s.targetWrites,
	})
}
