// Command sample is the world around cutover in containers: the sample service
// in its old and its new version, the people who use it, and the receiver of
// the alerts, each run as
//
//	sample service --slot blue|green [--listen :8000] [--break KIND]
//	sample traffic --to http://proxy:8080 [--rate 40]
//	sample receiver [--listen :9094]
//	sample check URL
//
// The service keeps items, orders and users in the PostgreSQL of
// SAMPLE_DATABASE_URL and sessions in the Redis of SAMPLE_REDIS_URL, where they
// are set, and its /health asks them. check is for the health checks of
// containers that have no shell: it fails unless the URL answers 200.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "sample:", err)
		os.Exit(1)
	}
}

// run runs one of the commands until it is over or ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	commands := []struct {
		name string
		run  func(ctx context.Context, args []string, stdout, stderr io.Writer) error
	}{
		{"service", service}, {"traffic", traffic}, {"receiver", receiver}, {"check", check},
	}
	var names []string
	for _, c := range commands {
		if len(args) > 0 && args[0] == c.name {
			return c.run(ctx, args[1:], stdout, stderr)
		}
		names = append(names, c.name)
	}
	return fmt.Errorf("say what to be: %s", strings.Join(names, ", "))
}

// parse parses flags that admit positional arguments after them, and gives
// those, of which there must be as many as have a name.
func parse(flags *flag.FlagSet, stderr io.Writer, args []string, names ...string) ([]string, error) {
	flags.SetOutput(stderr)
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() != len(names) {
		return nil, fmt.Errorf("%s takes %d arguments %v beside its flags", flags.Name(), len(names), names)
	}
	return flags.Args(), nil
}
