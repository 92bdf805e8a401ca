package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/source"
)

// loaded is a checklist with the file it was read from.
type loaded struct {
	*checklist.Checklist
	file string
}

var errNoChecklist = errors.New("no checklist: give a FILE or set CUTOVER_CHECKLIST; builtin:python-3.13 is a sample")

// checklistFiles are the checklists given as arguments, or else by the variable.
func checklistFiles(args []string, s settings) ([]string, error) {
	switch {
	case len(args) > 0:
		return args, nil
	case s.Checklist != "":
		return specsIn(s.Checklist), nil
	default:
		return nil, errNoChecklist
	}
}

// specsIn takes a list with commas apart, unless it is the name of a file.
func specsIn(list string) []string {
	if _, err := os.Lstat(list); err == nil {
		return []string{list}
	}
	var specs []string
	for spec := range strings.SplitSeq(list, ",") {
		if spec = strings.TrimSpace(spec); spec != "" {
			specs = append(specs, spec)
		}
	}
	if specs == nil {
		return []string{list} // which is refused with a reason
	}
	return specs
}

// loadChecklists reads and parses all checklists. The error has a line for each
// that can't be read; nothing is loaded then.
func loadChecklists(ctx context.Context, args []string, s settings) ([]loaded, error) {
	files, err := checklistFiles(args, s)
	if err != nil {
		return nil, err
	}
	checklists, err := readChecklists(ctx, files, s)
	if err != nil {
		return nil, err
	}
	return checklists, nil
}

// readChecklists gives those that can be read, and an error with a line for each
// of the others.
func readChecklists(ctx context.Context, files []string, s settings) ([]loaded, error) {
	src, err := source.Open(files, source.Options{Name: s.ChecklistName, Remote: s.remote})
	if err != nil {
		return nil, err
	}
	var out []loaded
	var errs []error
	for _, d := range src.Read(ctx) {
		if d.Err != nil {
			errs = append(errs, d.Err)
			continue
		}
		c, err := checklist.Parse(d.File, d.Name, d.Bytes)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, loaded{c, d.File})
	}
	return out, errors.Join(errors.Join(errs...), ctx.Err())
}

// pythonOf is the first Python version that a checklist expects; empty if none
// does.
func pythonOf(checklists []loaded) string {
	for _, c := range checklists {
		if v := rollout.ExpectedPython(c.Checklist); v != "" {
			return v
		}
	}
	return ""
}

// printWarnings says what is odd in a checklist, as `file:line: what`.
func printWarnings(w io.Writer, c loaded) {
	for _, warning := range c.Warnings {
		fmt.Fprintf(w, "%s:%d: %s\n", c.file, warning.Line, warning.Message)
	}
}

// settingsFor reads the environment and prints its warnings.
func settingsFor(a *app) (settings, error) {
	s, warnings, err := readEnvironment()
	for _, w := range warnings {
		fmt.Fprintln(a.stderr, "cutover: warning:", w)
	}
	return s, err
}

// plural writes a number with its noun: "1 task", "2 tasks".
func plural(n int, noun string) string {
	if n != 1 {
		noun = strings.TrimSuffix(noun, "y") + map[bool]string{true: "ies", false: "s"}[strings.HasSuffix(noun, "y")]
	}
	return fmt.Sprintf("%d %s", n, noun)
}
