// Command cutover makes a team's migration checklist live: it publishes the
// checklist's progress as metrics, proves its claims by smoke tests, and writes
// the dashboards and alert rules that encode its targets and rollback criteria.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	stampVersion()
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
