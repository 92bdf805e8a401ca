package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// printReport prints a line for each test, and for each that was left out, with
// the target where there are several; then the details there are, and the sum.
func printReport(out io.Writer, report smoke.Report) error {
	name := func(id smoke.Identity) string { return id.Suite + "/" + id.Test }
	if targets(report) > 1 {
		name = func(id smoke.Identity) string { return id.Target() + "\t" + id.Suite + "/" + id.Test }
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, t := range report.Tests {
		verdict := "FAILED"
		if t.Success {
			verdict = "ok"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", verdict, name(t.Identity), took(t.Seconds), oneLine(why(t)))
	}
	for _, l := range report.LeftOut {
		fmt.Fprintf(w, "left out\t%s\t\t%s\n", name(l.Identity), oneLine(l.Why))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, t := range report.Tests {
		printDetail(out, t)
	}
	if report.ProberSuspected {
		fmt.Fprintln(out, smoke.Suspicion)
	}
	fmt.Fprintf(out, "%d of %s passed", report.Passed, plural(len(report.Tests), "test"))
	if left := len(report.LeftOut); left > 0 {
		fmt.Fprintf(out, ", %d left out", left)
	}
	_, err := fmt.Fprintln(out)
	return err
}

func targets(report smoke.Report) int {
	seen := map[string]bool{}
	for _, t := range report.Tests {
		seen[t.Target()] = true
	}
	for _, l := range report.LeftOut {
		seen[l.Target()] = true
	}
	return len(seen)
}

// why is the reason of a failure, with those of the tries before it.
func why(t smoke.ReportedTest) string {
	if len(t.Earlier) == 0 {
		return t.Reason
	}
	tries := fmt.Sprintf("(try %d; before: %s)", len(t.Earlier)+1, strings.Join(t.Earlier, "; "))
	return strings.TrimSpace(t.Reason + " " + tries)
}

func took(seconds float64) time.Duration {
	return time.Duration(seconds * float64(time.Second)).Round(time.Millisecond)
}

// printDetail prints what a verbose report has of a test.
func printDetail(out io.Writer, t smoke.ReportedTest) {
	if t.Detail == "" {
		return
	}
	fmt.Fprintf(out, "\n%s\n", oneLine(t.Name()))
	for _, p := range t.Phases {
		fmt.Fprintf(out, "  %-12s %s\n", oneLine(p.Name), time.Duration(p.Seconds*float64(time.Second)).Round(10*time.Microsecond))
	}
	for line := range strings.Lines(printable(t.Detail)) {
		fmt.Fprintf(out, "  %s\n", strings.TrimRight(line, "\r\n"))
	}
	fmt.Fprintln(out)
}
