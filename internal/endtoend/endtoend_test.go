package endtoend

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/cutover-dev/cutover/internal/demo"
)

// The lines of the built-in checklist that the test is about, and where they
// stand.
const (
	errorLine       = "Error rate >1% for >5 minutes"
	errorCriterion  = "rollback-scenarios/rollback-criteria/error-rate-gt-1pct-for-gt-5-minutes"
	securityLine    = "Security incident"
	securityID      = "rollback-scenarios/rollback-criteria/security-incident"
	criteriaSection = "Rollback Scenarios (If Needed)"
	healthLine      = "Health check endpoint"
)

// TestRollbackIsDelivered breaks a candidate and waits for the page, mends it
// and waits for the resolution, declares an incident by ticking its box, and
// lets the candidate crash. Promised durations are shortened by
// CUTOVER_TIME_SCALE and by nothing else.
func TestRollbackIsDelivered(t *testing.T) {
	w := newWorld(t, timeScale)

	t.Run("healthy", func(t *testing.T) {
		w.eventually(t, `cutover:criterion:ok{id="`+errorCriterion+`"} == 1`)
		w.eventually(t, `cutover:traffic:ratio > 0.2 < 0.3`)
		w.eventually(t, `sum by (version) (cutover:instances:count{track="candidate"}) == 1`)
		w.never(t, `ALERTS{alertname="CutoverRollback"}`)
		w.panelsHaveData(t)
	})

	t.Run("a claim is contradicted", func(t *testing.T) {
		w.candidate.Break(demo.Sick)
		w.eventually(t, `ALERTS{alertname="CutoverClaimContradicted",task="`+healthLine+`",alertstate="firing"}`)
		w.mend(t)
		w.eventually(t, `cutover_checklist_task_verified * on (id) group_left () cutover_checklist_task_info{task="`+healthLine+`"} == 1`)
	})

	t.Run("errors", func(t *testing.T) {
		rollback := func(a demo.Alert) bool {
			return a.Labels["alertname"] == "CutoverRollback" && a.Labels["criterion"] == errorCriterion
		}
		w.candidate.Break(demo.Errors)
		a := w.receives(t, "firing", rollback)
		expect(t, a.Labels["action"], "rollback")
		expect(t, a.Labels["severity"], "critical")
		expect(t, a.Labels["section"], criteriaSection)
		expect(t, a.Annotations["line"], errorLine)
		expect(t, a.Receiver, "cutover-page")
		if !strings.HasSuffix(a.Annotations["measured"], "%") {
			t.Errorf("measured reads %q, want a percentage", a.Annotations["measured"])
		}
		if !strings.HasPrefix(a.Annotations["rollback_steps"], "1. ") {
			t.Errorf("rollback_steps reads %q, want the checklist's steps", a.Annotations["rollback_steps"])
		}
		w.panelsHaveData(t,
			[2]string{"Next step", "ROLL BACK"}, [2]string{"Error rate", "breach 1"}, [2]string{annotation, "Rollback alerts"})
		w.mend(t)
		w.receives(t, "resolved", rollback)
	})

	t.Run("declared", func(t *testing.T) {
		incident := func(a demo.Alert) bool {
			return a.Labels["alertname"] == "CutoverRollback" && a.Labels["criterion"] == securityID
		}
		w.edit(t, "- [ ] "+securityLine, "- [x] "+securityLine)
		a := w.receives(t, "firing", incident)
		expect(t, a.Labels["kind"], "declared")
		expect(t, a.Labels["section"], criteriaSection)
		expect(t, a.Annotations["line"], securityLine)
		w.edit(t, "- [x] "+securityLine, "- [ ] "+securityLine)
		w.receives(t, "resolved", incident)
	})

	t.Run("a drill reaches the pager", func(t *testing.T) {
		drill := func(a demo.Alert) bool { return a.Labels["drill"] == "true" }
		opened := w.client(t, "incident", "open", "--kind", "other", "--drill")
		a := w.receives(t, "firing", drill)
		expect(t, a.Labels["alertname"], "CutoverRollback")
		expect(t, a.Receiver, "cutover-page")
		w.client(t, "incident", "close", regexp.MustCompile(`\d+`).FindString(opened))
		w.receives(t, "resolved", drill)
	})

	t.Run("crash", func(t *testing.T) {
		down := func(a demo.Alert) bool { return a.Labels["alertname"] == "CutoverCandidateDown" }
		w.candidate.Break(demo.Crashed)
		a := w.receives(t, "firing", down)
		expect(t, a.Labels["action"], "rollback")
		w.mend(t)
		w.receives(t, "resolved", down)
	})

	t.Run("the checklist vanishes and comes back", func(t *testing.T) {
		kept := w.read(t)
		if err := os.Remove(w.checklist); err != nil {
			t.Fatal(err)
		}
		w.eventually(t, `cutover_source_up == 0`)
		w.eventually(t, `count(cutover_checklist_task_info) == 191`)
		if err := os.WriteFile(w.checklist, kept, 0o644); err != nil {
			t.Fatal(err)
		}
		w.eventually(t, `cutover_source_up == 1`)
	})

	t.Run("after the rollback all is quiet", func(t *testing.T) {
		w.edit(t, "- [ ] Traffic shifted to blue", "- [x] Traffic shifted to blue")
		w.eventually(t, `cutover_rollout_phase{phase="rolled_back"} == 1`)
		// What the crash set off keeps firing for a while.
		w.eventually(t, `absent(ALERTS{alertname="CutoverRollback"})`)
		w.candidate.Break(demo.Errors)
		w.eventually(t, `cutover:criterion:ok{id="`+errorCriterion+`"} == 0`)
		w.never(t, `ALERTS{alertname="CutoverRollback"}`)
	})
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
