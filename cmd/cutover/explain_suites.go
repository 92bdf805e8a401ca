package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/suite"
)

// explainSuites prints what CUTOVER_CONFIG says: how many tests there are, what
// is left out and why, and which task has which test. A file that can't be used
// here, for want of its secrets perhaps, is said on stderr and explains nothing.
func explainSuites(ctx context.Context, a *app, s settings, files []string, checklists []loaded) {
	if s.Config == "" {
		return
	}
	plan, err := suite.Load(s.Config, suiteOptions(ctx, s, files, ""))
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintln(a.stderr, "cutover: warning:", strings.TrimSuffix(line, "\n"))
		}
		return
	}
	fmt.Fprintf(a.stdout, "\n%s: %s in %s\n", s.Config, plural(len(plan.Tests), "test"), strings.Join(plan.Environments, ", "))
	for _, l := range plan.LeftOut {
		fmt.Fprintf(a.stdout, "  left out: %s: %s\n", l.Name(), l.Why)
	}
	for _, l := range checklists {
		explainProven(a.stdout, l, plan)
	}
}

// explainProven lists the tasks of a checklist that the suites prove.
func explainProven(out io.Writer, l loaded, plan *suite.Plan) {
	proven := rollout.Evidence(l.Checklist, evidenceTests(plan.Tests))
	for _, t := range l.Tasks {
		var names []string
		for _, i := range proven[t.ID] {
			if name := plan.Tests[i].Name(); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			fmt.Fprintf(out, "  %s:%d  %s: proven by %s\n", l.file, t.Line, t.Text, strings.Join(names, ", "))
		}
	}
}
