package alerts

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
)

// Every measured figure once, in the order of the checklist, and a reason where
// there is none.
func TestBaselineQueries(t *testing.T) {
	c, err := checklist.Parse("plan.md", "plan", []byte(`# Plan

## Production
- [ ] Error rate < 0.1%
- [ ] P95 < 150ms
- [ ] Memory < 280MB
- [ ] Test pass rate >= 95%

## Rollback
### Rollback Criteria
- [ ] Error rate >1% for >5 minutes
- [ ] P95 latency increase >50%
- [ ] Orders drop by more than 10%
- [ ] Security incident
`))
	if err != nil {
		t.Fatal(err)
	}
	queries, err := BaselineQueries(c, Options{
		BaselineSelector: `track="old"`,
		Queries:          map[criterion.Signal]string{criterion.Business: "sum(rate(orders_total[$window]))"},
	}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, q := range queries {
		what := q.Reason
		if what == "" {
			switch {
			case strings.Contains(q.Query, "cutover:"), !strings.Contains(q.Query, "1h"):
				t.Errorf("%s reads recorded series, or another window:\n%s", q.Signal, q.Query)
			case strings.Contains(q.Query, `track="old"`):
				what = "of the old version"
			default:
				what = "of both"
			}
		}
		got = append(got, fmt.Sprintf("%s %s in %s: %s", q.Signal, criterion.StatisticName(q.Quantile), q.Unit, what))
	}
	want := []string{
		"error_ratio mean in ratio: of the old version",
		"latency p95 in seconds: of the old version",
		"memory mean in bytes: of the old version",
		"test_pass_ratio mean in ratio: no metric has the results of test runs: set CUTOVER_QUERY_TEST_PASS_RATIO if one of yours does",
		"business mean in count: of both",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, err := BaselineQueries(c, Options{BaselineSelector: "x=y"}, time.Hour); err == nil {
		t.Error("a selector that is none goes unnoticed")
	}
}
