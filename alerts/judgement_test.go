package alerts

import (
	"strings"
	"testing"

	"github.com/cutover-dev/cutover/checklist"
)

// Little demand is no breach: a tenth of the traffic has a tenth of the requests.
// As a target of a load test, and as an upper bound, a throughput says what it says.
func TestThroughputOfARollbackLine(t *testing.T) {
	for _, tt := range []struct{ place, line, reason string }{
		{"## Rollback Scenarios\n\n### Rollback Criteria", "Throughput < 800 req/s", "little demand is no breach"},
		{"## Rollback Scenarios\n\n### Rollback Criteria", "Throughput > 8000 req/s", ""},
		{"## Load Testing\n\n### Peak Load Test", "Throughput > 800 req/s", ""},
	} {
		c, err := checklist.Parse("plan.md", "plan", []byte("# Upgrade\n\n"+tt.place+"\n- [ ] "+tt.line+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		judgements, err := Judgements(c, Options{LoadTestSelector: `job="load"`})
		if err != nil {
			t.Fatal(err)
		}
		if len(judgements) != 1 {
			t.Fatalf("%s: %d criteria", tt.line, len(judgements))
		}
		if got := judgements[0].Reason; (got == "") != (tt.reason == "") || !strings.HasPrefix(got, tt.reason) {
			t.Errorf("%s, %s: %q, want %q", tt.place, tt.line, got, tt.reason)
		}
	}
}
