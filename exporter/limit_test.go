package exporter

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/series"
)

// planOf is a plan of a text.
func planOf(t *testing.T, name, text string) *plan {
	t.Helper()
	c, err := checklist.Parse(name+".md", name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return &plan{name: name, file: name + ".md", checklist: c}
}

// sums gives, for each metric, how many series a checklist has and their sum.
func sums(t *testing.T, e *Exporter, name string) (count map[string]int, sum map[string]float64) {
	t.Helper()
	families, err := e.Gather()
	if err != nil {
		t.Fatal(err)
	}
	count, sum = map[string]int{}, map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == series.LabelChecklist && l.GetValue() == name {
					count[f.GetName()]++
					sum[f.GetName()] += m.GetGauge().GetValue()
				}
			}
		}
	}
	return count, sum
}

// TestSeriesAreBounded serves 50,000 tasks in 25,000 sections, with a criterion
// beside them. What rules are about is there, counts are right, and what was cut
// is said.
func TestSeriesAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Huge\n\n## Rollback Criteria\n\n- [ ] Error rate > 1%\n\n")
	for i := range checklist.MaxTasks/2 - 1 {
		fmt.Fprintf(&b, "## Section %d\n\n- [x] a: ____\n- [ ] b\n\n", i)
	}
	small := planOf(t, "small", "# Small\n\n- [ ] one\n- [x] two\n")
	e := holding(t, Options{MaxSeries: 1000}, planOf(t, "huge", b.String()), small)
	e.rebuild(noon)
	e.process = processRegistry(e)

	count, sum := sums(t, e, "huge")
	inAll := 0
	for _, n := range count {
		inAll += n
	}
	if inAll < 1000 || inAll > 1020 {
		t.Errorf("%d series", inAll)
	}
	if got := sum[series.ChecklistTasks]; got != checklist.MaxTasks-1 {
		t.Errorf("%v tasks are counted", got)
	}
	if got := sum[series.ChecklistBlanks]; got != checklist.MaxTasks/2-1 {
		t.Errorf("%v blanks are counted", got)
	}
	if count[series.CriterionThreshold] != 1 || count[series.CriterionDeclared] != 1 || count[series.RolloutPhase] == 0 {
		t.Errorf("what rules are about is missing: %v", count)
	}
	if got := sum[series.ChecklistDroppedSeries]; got < checklist.MaxTasks {
		t.Errorf("%v are said to be dropped", got)
	}
	if count, sum := sums(t, e, "small"); count[series.ChecklistTaskInfo] != 2 || sum[series.ChecklistDroppedSeries] != 0 {
		t.Errorf("the other checklist has %v", count)
	}
}

// TestSeriesOfAllAreBounded shares the limit out.
func TestSeriesOfAllAreBounded(t *testing.T) {
	for _, test := range []struct{ per, inAll, checklists, want int }{
		{0, 0, 0, 10_000}, {0, 0, 5, 10_000}, {0, 0, 10, 5_000}, {200, 0, 10, 200}, {200, 1000, 10, 100},
	} {
		if got := (Options{MaxSeries: test.per, MaxSeriesInAll: test.inAll}).seriesOf(test.checklists); got != test.want {
			t.Errorf("%+v: got %d", test, got)
		}
	}
}
