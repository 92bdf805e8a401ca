package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/cutover-dev/cutover/internal/demo"
)

type demoCommand struct {
	Break      string        `placeholder:"KIND" help:"Break the new version: errors, latency, health, memory or crash."`
	BreakAfter time.Duration `default:"30s" help:"When to break it."`
	Dir        string        `placeholder:"DIR" help:"Folder for the checklist and the generated files; it is kept. Default: a temporary one."`
	For        time.Duration `placeholder:"DURATION" help:"End by itself. Default: at Ctrl-C."`
}

// Help says what is seen.
func (demoCommand) Help() string {
	return `Starts two versions of a sample service with traffic between them, the exporter on a
copy of the built-in checklist, and, where they are found, Prometheus and Alertmanager on
the generated files. Promised durations are ten times as short as in earnest.
The services keep their data in a PostgreSQL and a Redis of their own where these are found, in
memory otherwise. CUTOVER_DATABASE_URL and CUTOVER_REDIS_URL are tested instead where they are
set, and written to only with CUTOVER_TARGET_WRITES.`
}

// Run runs the demo until ctx ends.
func (c demoCommand) Run(ctx context.Context, a *app) error {
	s, err := settingsFor(a)
	if err != nil {
		return err
	}
	if c.Break != "" {
		if _, err := demo.ParseKind(c.Break); err != nil {
			return err
		}
	}
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	dir, remove, err := c.folder()
	if err != nil {
		return err
	}
	r := &rehearsal{settings: s, dir: dir, stdout: a.stdout, stderr: a.stderr}
	return errors.Join(r.run(ctx, c.Break, c.BreakAfter), remove())
}

// folder is where the demo keeps its files.
func (c demoCommand) folder() (dir string, remove func() error, err error) {
	if c.Dir != "" {
		// The servers have working folders of their own.
		dir, err = filepath.Abs(c.Dir)
		if err == nil {
			err = os.MkdirAll(dir, 0o755)
		}
		return dir, func() error { return nil }, err
	}
	dir, err = os.MkdirTemp("", "cutover-demo-")
	return dir, func() error { return os.RemoveAll(dir) }, err
}
