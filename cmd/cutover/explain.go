package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/rollout"
)

type explainCommand struct {
	JSON       bool     `name:"json" help:"Print one JSON object a checklist, one a line."`
	Prometheus string   `placeholder:"URL" help:"Also say which criteria the metrics in this Prometheus can't measure now, and why."`
	File       []string `arg:"" optional:"" help:"Checklists, instead of CUTOVER_CHECKLIST."`
}

// Help lists the variables that the command reads.
func (explainCommand) Help() string { return variableHelp("explain") }

// Run says what was understood.
func (c explainCommand) Run(ctx context.Context, a *app) error {
	s, err := settingsFor(a)
	if err != nil {
		return err
	}
	checklists, err := loadChecklists(ctx, c.File, s)
	if err != nil {
		return err
	}
	live, err := c.prometheus(a, s)
	if err != nil {
		return err
	}
	if live != nil {
		defer live.Close()
	}
	encoder := json.NewEncoder(a.stdout)
	encoder.SetEscapeHTML(false) // it is read in terminals, not in pages
	for i, l := range checklists {
		if c.JSON {
			if err := encoder.Encode(explained(l.Checklist)); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		if err := explainToPeople(tame{a.stdout}, l, s); err != nil {
			return err
		}
		if live == nil {
			continue
		}
		if err := explainMeasured(ctx, tame{a.stdout}, live, l, s); err != nil {
			return err
		}
	}
	if !c.JSON {
		files, err := checklistFiles(c.File, s)
		if err != nil {
			return err
		}
		explainSuites(ctx, a, s, files, checklists)
	}
	return nil
}

// explainToPeople prints a summary: the counts, the stages, every criterion with
// how it is judged, and what only looks like one.
func explainToPeople(out io.Writer, l loaded, s settings) error {
	done, total := rollout.Progress(l.Tasks)
	groups := 0
	for _, section := range l.Sections {
		groups += len(section.Groups)
	}
	fmt.Fprintf(out, "%s: %s\n", l.Name, l.Title)
	fmt.Fprintf(out, "%s, %s, %s; %d of %d steps of the plan done\n",
		plural(len(l.Sections), "section"), plural(groups, "group"), plural(len(l.Tasks), "task"), done, total)
	if next := rollout.NextStep(l.Checklist); next != "" {
		fmt.Fprintf(out, "Next: %s\n", next)
	}

	judgements, err := alerts.Judgements(l.Checklist, s.rules)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(l.Stages) > 0 {
		fmt.Fprintln(w, "\nTraffic stages")
		for _, stage := range l.Stages {
			hold := "no hold"
			if stage.Hold > 0 {
				hold = "hold " + model.Duration(stage.Hold).String()
			}
			fmt.Fprintf(w, "  %s:%d\t%s\t%s\n", l.file, stage.Line, stage.Name, hold)
		}
	}
	if len(judgements) > 0 {
		fmt.Fprintln(w, "\nCriteria")
	}
	for _, j := range judgements {
		fmt.Fprintf(w, "  %s:%d\t%s\t%s\n", l.file, j.Criterion.Line, demand(j.Criterion), j.Criterion.Text)
		if j.Reason != "" {
			fmt.Fprintf(w, "\t\t  not judged: %s\n", j.Reason)
		}
		if j.Between[1] > 0 {
			fmt.Fprintf(w, "\t\t  between the buckets %s and %s nobody can tell\n", bucket(j.Between[0]), bucket(j.Between[1]))
		}
	}
	explainEvidence(w, l)
	if len(l.Left) > 0 {
		fmt.Fprintln(w, "\nLeft alone")
	}
	for _, part := range l.Left {
		fmt.Fprintf(w, "  %s:%d\t%s\t%s\n", l.file, part.Line, part.Text, part.Why)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(l.Warnings) > 0 {
		fmt.Fprintln(out, "\nWarnings")
		printWarnings(indented{out}, l)
	}
	return nil
}

// bucket writes a histogram's bound.
func bucket(seconds float64) string { return time.Duration(seconds * float64(time.Second)).String() }

// demand writes a criterion as it is understood: "rollback if error ratio > 1 %
// for 5 min".
func demand(c checklist.Criterion) string {
	lead := "target"
	switch {
	case c.Advisory:
		lead = "look closer if"
	case c.Role == criterion.Rollback:
		lead = "rollback if"
	}
	return lead + " " + c.Describe()
}

// tame passes on what is printable: a checklist is anybody's text, and explain
// prints it to terminals.
type tame struct{ io.Writer }

func (w tame) Write(text []byte) (int, error) {
	_, err := io.WriteString(w.Writer, printable(string(text)))
	return len(text), err
}

// indented indents each line that is written to it by two blanks.
type indented struct{ io.Writer }

func (w indented) Write(line []byte) (int, error) {
	_, err := fmt.Fprintf(w.Writer, "  %s", line)
	return len(line), err
}
