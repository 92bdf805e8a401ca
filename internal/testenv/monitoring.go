package testenv

import (
	"context"
	"testing"

	"github.com/cutover-dev/cutover/internal/program"
)

// Prometheus starts a Prometheus on a configuration file and waits until it is
// ready. It reloads the file and its rules at POST URL/-/reload. The file, its
// rules and their folders must be in a folder of the test's and readable to
// all. Stop it to see what happens without it.
//
// An alert that fires in the first seconds finds no Alertmanager yet and is
// sent again only after a minute: where a test can't wait, it passes
// --rules.alert.resend-delay=1s.
func Prometheus(t testing.TB, config string, flags ...string) *program.Server {
	t.Helper()
	return serve(t, program.StartPrometheus, program.Prometheus, config, flags)
}

// Alertmanager starts an Alertmanager on a configuration file, as [Prometheus]
// starts a Prometheus.
func Alertmanager(t testing.TB, config string, flags ...string) *program.Server {
	t.Helper()
	return serve(t, program.StartAlertmanager, program.Alertmanager, config, flags)
}

type starter func(context.Context, program.ServerOptions) (*program.Server, error)

func serve(t testing.TB, start starter, tool program.Tool, config string, flags []string) *program.Server {
	t.Helper()
	server, err := start(context.Background(), program.ServerOptions{
		Program: cached(t, tool),
		Config:  config,
		Dir:     folder(t, string(tool)),
		Args:    flags,
		Log:     newJournal(t, string(tool)),
	})
	if err != nil {
		t.Fatal(err)
	}
	endWithTest(t, server.Process)
	return server
}
