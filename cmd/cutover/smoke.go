package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/cutover-dev/cutover/internal/smoke"
	"github.com/cutover-dev/cutover/internal/suite"
)

type smokeCommand struct {
	Only        []string `placeholder:"PATTERN" sep:"none" help:"Run only tests whose name, suite, or suite/test matches, such as health or 'api/*'. May be given several times."`
	Environment string   `placeholder:"NAME" help:"Run only tests of this environment; only its secrets are needed."`
	JUnit       string   `name:"junit" placeholder:"FILE" help:"Write the results to a file, in the format of JUnit."`
	JSON        bool     `name:"json" help:"Print the results as one JSON object."`
	Verbose     bool     `short:"v" help:"Also print the phases, the request and the answer of every test, bounded and without secrets."`
	File        []string `arg:"" optional:"" help:"Checklists that name the expected Python version and the tasks to prove, instead of CUTOVER_CHECKLIST."`
}

// Help lists the variables that the command reads.
func (smokeCommand) Help() string { return variableHelp("smoke") }

// Run runs every test once.
func (c smokeCommand) Run(ctx context.Context, a *app) error {
	s, err := settingsFor(a)
	if err != nil {
		return err
	}
	files := c.File
	if len(files) == 0 && s.Checklist != "" {
		files = []string{s.Checklist}
	}
	if len(files) > 0 { // a checklist that is named and can't be read is an error here
		if _, err := readChecklists(ctx, files, s); err != nil {
			return err
		}
	}
	plan, err := planTests(ctx, s, files, c.Environment)
	if err != nil {
		return err
	}
	tests, left, err := c.selected(plan)
	if err != nil {
		return err
	}
	runner, err := smoke.NewRunner(tests, smoke.Options{Interval: s.smokeInterval, Timeout: s.smokeTimeout})
	if err != nil {
		return err
	}
	results := runner.RunSelected(ctx, smoke.Selection{Each: progress(a.stderr, len(tests))})
	report := smoke.NewReport(results, left, c.Verbose)
	if err := c.write(a, report); err != nil {
		return err
	}
	switch {
	case len(results) < len(tests):
		return fmt.Errorf("interrupted: %d of %s ended", len(results), plural(len(tests), "test"))
	case report.Failed > 0:
		return errNo
	}
	return nil
}

// selected picks tests by their names. It fails where there are none, and where
// somebody asks by its whole name for a test that is left out everywhere: a run
// that silently does less would be taken for a proof.
func (c smokeCommand) selected(plan *suite.Plan) (tests []smoke.Test, left []smoke.LeftOut, err error) {
	if len(plan.Tests) == 0 && len(plan.LeftOut) == 0 {
		return nil, nil, errors.New("nothing to test: set CUTOVER_CONFIG, CUTOVER_TARGET_URL, CUTOVER_DATABASE_URL or CUTOVER_REDIS_URL")
	}
	for _, pattern := range c.Only {
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, nil, fmt.Errorf("--only %q: not a pattern: * is any text, ? any letter, [ab] one of those", pattern)
		}
		one := smokeCommand{Only: []string{pattern}}
		if slices.ContainsFunc(plan.Tests, func(t smoke.Test) bool { return one.wants(t.Identity) }) {
			continue
		}
		i := slices.IndexFunc(plan.LeftOut, func(l smoke.LeftOut) bool { return one.wants(l.Identity) })
		if i < 0 {
			return nil, nil, fmt.Errorf("--only %q: no test is named so", pattern)
		}
		if !strings.ContainsAny(pattern, `*?[\`) {
			return nil, nil, fmt.Errorf("--only %q: %s can't run: %s", pattern, plan.LeftOut[i].Name(), plan.LeftOut[i].Why)
		}
	}
	for _, t := range plan.Tests {
		if c.wants(t.Identity) {
			tests = append(tests, t)
		}
	}
	for _, l := range plan.LeftOut {
		if c.wants(l.Identity) {
			left = append(left, l)
		}
	}
	return tests, left, nil
}

// wants says whether a test is among those asked for.
func (c smokeCommand) wants(id smoke.Identity) bool {
	if len(c.Only) == 0 {
		return true
	}
	return slices.ContainsFunc(c.Only, func(pattern string) bool {
		return slices.ContainsFunc([]string{id.Test, id.Suite, id.Suite + "/" + id.Test}, func(name string) bool {
			matched, _ := path.Match(pattern, name) // selected has looked
			return matched || pattern == name
		})
	})
}

// progress counts on a terminal how many tests have ended, in one line that is
// gone in the end. Elsewhere it does nothing.
func progress(w io.Writer, tests int) func(smoke.Result) {
	f, ok := w.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	const clearLine = "\r\x1b[K"
	ended, failed := 0, 0
	return func(r smoke.Result) {
		if ended++; !r.Success {
			failed++
		}
		fmt.Fprint(w, clearLine)
		if ended < tests {
			fmt.Fprintf(w, "%d of %s, %d failed: %.60s", ended, plural(tests, "test"), failed, oneLine(r.Name()))
		}
	}
}

// write puts the report where it is wanted.
func (c smokeCommand) write(a *app, report smoke.Report) error {
	if c.JUnit != "" {
		text, err := report.JUnit()
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.JUnit, text, 0o644); err != nil {
			return fmt.Errorf("--junit: %w", err)
		}
	}
	if c.JSON {
		encoder := json.NewEncoder(a.stdout)
		encoder.SetEscapeHTML(false) // it is read in terminals, not in pages
		encoder.SetIndent("", "  ")
		return encoder.Encode(report)
	}
	return printReport(a.stdout, report)
}
