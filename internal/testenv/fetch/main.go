// Command fetch prepares the programs that the tests work with, in the user's
// cache folder: run it by `make tools`. It prints a line for each with how long
// that took, and does only what has not been done. What the toolchain and the
// package tools say goes to stderr.
//
// With names of tools as arguments it prepares only those.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/cutover-dev/cutover/internal/program"
	"github.com/cutover-dev/cutover/internal/testenv"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "fetch: %v\n", err)
		os.Exit(1)
	}
}

// run prepares the tools one after the other: each of them uses all processors.
func run(ctx context.Context, names []string, stdout, stderr io.Writer) error {
	tools := program.Tools()
	if len(names) > 0 {
		tools = nil
	}
	for _, name := range names {
		if !slices.Contains(program.Tools(), program.Tool(name)) {
			return fmt.Errorf("unknown tool %q: want some of %v", name, program.Tools())
		}
		tools = append(tools, program.Tool(name))
	}
	var failed error
	for _, tool := range tools {
		if variable := givenBy(tool); variable != "" {
			fmt.Fprintf(stdout, "%-12s given by %s\n", tool, variable)
			continue
		}
		began := time.Now()
		p, err := program.Prepare(ctx, tool, stderr)
		if ctx.Err() != nil {
			return errors.Join(failed, context.Cause(ctx))
		}
		if err != nil { // the others are worth having
			failed = errors.Join(failed, err)
			continue
		}
		fmt.Fprintf(stdout, "%-12s %6.1fs  %s\n", tool, time.Since(began).Seconds(), p.Path)
	}
	return failed
}

// givenBy is the variable that names a server to use instead of the tool, if it
// is set.
func givenBy(tool program.Tool) string {
	variable := map[program.Tool]string{
		program.Postgres: testenv.DatabaseURL,
		program.Redis:    testenv.RedisURL,
	}[tool]
	if variable == "" || os.Getenv(variable) == "" {
		return ""
	}
	return variable
}
