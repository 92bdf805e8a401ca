package alerts

import (
	"fmt"
	"strings"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/promquery"
	"github.com/cutover-dev/cutover/internal/series"
)

// proberLabels tell one exporter, which runs its own tests, from another.
const proberLabels = "job, instance"

// critical is a metric of production's critical smoke tests of a track.
func critical(track string) string {
	return fmt.Sprintf(`%s{%s=~"|%s",%s=%q,%s="true"}`, series.SmokeSuccess,
		series.LabelEnvironment, production, series.LabelTrack, track, series.LabelCritical)
}

// failingTests counts a track's critical tests that fail now.
func failingTests(track string) string {
	return fmt.Sprintf("count(min by (%s, %s) (%s) == 0)", series.LabelSuite, series.LabelTest, critical(track))
}

// failingSince records for each critical test of the candidate, and for each
// exporter that runs it, when the first run began that failed since one passed.
// None for a checklist whose criteria need no smoke test.
func (g *generator) failingSince() []Rule {
	needed := false
	for _, j := range g.judged {
		needed = needed || j.criterion.Kind == criterion.Smoke
	}
	if !needed {
		return nil
	}
	return []Rule{{
		Comment: "When the candidate's critical tests began to fail; 0 for those that pass",
		Record:  series.FailingSince,
		Expr:    failingSince(fmt.Sprintf("%s=%q", series.LabelTrack, series.Candidate), critical(series.Candidate), g.checklist.Name, g.options),
		Labels:  map[string]string{series.LabelChecklist: g.checklist.Name},
	}}
}

// failingSince is when the first run of a test began that failed since one
// passed, and 0 while the last one passed, of the tests that the matchers of and
// the selector success select; checklist is that of the recorded series.
//
// It remembers its own last value: counting runs in a window can't tell two
// failures from two scrapes of one, whatever the window, as soon as scrapes and
// runs don't keep step, and a test may run once an hour. A pass writes 0, also one
// between two scrapes, of which only the counter tells.
func failingSince(of, success, checklist string, o Options) string {
	ignoring := func(labels string) string { return "ignoring (" + labels + ")" }
	const more = series.LabelChecklist + ", " + series.LabelCritical
	remembered := fmt.Sprintf("last_over_time(%s{%s=%q}[%s]) > 0", series.FailingSince, series.LabelChecklist, checklist, o.memory())
	passed := fmt.Sprintf("increase(%s{%s}[%s]) > 0", series.SmokeRuns,
		strings.TrimPrefix(of+`,`+series.LabelResult+`="success"`, ","), promDuration(2*o.ScrapeInterval))
	begun := series.SmokeLastRunTimestamp
	judged := begun // those of all tests
	if of != "" {
		begun += "{" + of + "}"
		judged = fmt.Sprintf("(%s and %s %s)", begun, ignoring(more), success)
	}
	return promquery.Format(fmt.Sprintf("(((%[1]s) unless %[2]s (%[3]s)) or %[4]s %[5]s) and %[6]s %[7]s == 0 or %[4]s 0 * %[8]s",
		remembered, ignoring(more+", "+series.LabelResult), passed,
		ignoring(series.LabelChecklist), begun, ignoring(more), success, judged))
}

// failedTwice are the tests whose last two runs failed, or more of them: the last
// one began after the first that failed.
func failedTwice(checklist string) string {
	return fmt.Sprintf("%[1]s > ignoring (%[2]s) (%[3]s{%[2]s=%[4]q} > 0)",
		series.SmokeLastRunTimestamp, series.LabelChecklist, series.FailingSince, checklist)
}

// judgeSmoke judges by the critical smoke tests of the candidate: one test that
// failed twice in a row is a breakage, a single failure may be noise. When every
// test that an exporter runs fails, the baseline's too, that exporter or its
// network is suspected, and what it says of the candidate counts for nothing.
func (g *generator) judgeSmoke(c checklist.Criterion) judged {
	twice := failedTwice(g.checklist.Name)
	allFail := func(track string) string {
		return fmt.Sprintf("max by (%s) (%s) == 0", proberLabels, critical(track))
	}
	suspected := fmt.Sprintf("(%s and on (%s) %s)", allFail(series.Baseline), proberLabels, allFail(series.Candidate))
	return judged{
		criterion: c,
		failing:   "count(group by (" + series.LabelSuite + ", " + series.LabelTest + ") (" + twice + "))",
		ok: fmt.Sprintf("(group(%[1]s) unless on () (%[2]s)) or 0 * group((%[2]s) unless on (%[3]s) %[4]s)",
			critical(series.Candidate), twice, proberLabels, suspected),
	}
}
