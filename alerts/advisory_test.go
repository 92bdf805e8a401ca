package alerts_test

import (
	"strings"
	"testing"

	"github.com/cutover-dev/cutover/alerts"
)

// A bound that says when to look closer is met by bad values: nothing judges it.
func TestAdvisoryBoundIsNotJudged(t *testing.T) {
	watched := one("advisory", "# Upgrade\n\n## Monitoring\n\n### Alerts\n- [ ] CPU > 80% for 5 minutes\n\n"+
		"## Production Deployment\n- [ ] CPU < 70%\n", alerts.Options{})
	judgements, err := alerts.Judgements(watched.checklist(t, "plan"), watched.options)
	if err != nil {
		t.Fatal(err)
	}
	if len(judgements) != 2 || !judgements[0].Criterion.Advisory || judgements[1].Criterion.Advisory {
		t.Fatalf("want an advisory bound and then a target, got %+v", judgements)
	}
	if got := judgements[0].Reason; !strings.Contains(got, "when to look closer") || judgements[1].Reason != "" {
		t.Errorf("reasons %q and %q", got, judgements[1].Reason)
	}
	judged := 0
	for _, f := range watched.generated(t) {
		for _, g := range f.Groups {
			for _, r := range g.Rules {
				for _, label := range r.Labels {
					switch label {
					case judgements[0].Criterion.ID:
						t.Errorf("%s%s is about the advisory bound", r.Record, r.Alert)
					case judgements[1].Criterion.ID:
						judged++
					}
				}
			}
		}
	}
	if judged != 2 {
		t.Errorf("the target beside it has %d rules, want its verdict and its alert", judged)
	}
}
