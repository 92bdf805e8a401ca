package rollout

import (
	"regexp"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist"
)

// PhaseAt is the phase of a rollout at a time, as far as the checklist and the
// moments of its changes tell. A nil changed knows no moment.
//
//   - Planned until the first stage is ticked; a plan without stages stays
//     planned until its final sign-off.
//   - Shifting until the last stage is ticked and its hold has passed. A stage
//     that was ticked when first seen counts as held.
//   - Soaking for 48 hours after that, or until the final sign-off. Where
//     nobody saw the tick, only the sign-off ends it.
//   - RolledBack once the rollback is marked as executed, by choice or by task,
//     until the stages are unticked for another try.
func PhaseAt(c *checklist.Checklist, changed Changes, now time.Time) Phase {
	switch full, planned := fullStage(c); {
	case planned && !anyShifted(c):
		return Planned
	case executedRollback(c):
		return RolledBack
	case !planned && signedOff(c), full.Shifted && signedOff(c):
		return Done
	case !planned:
		return Planned
	case !full.Shifted:
		return Shifting
	default:
		return afterShift(full, changed, now)
	}
}

// afterShift is the phase once all traffic is shifted, going by the clock.
func afterShift(full checklist.Stage, changed Changes, now time.Time) Phase {
	if changed == nil {
		return Soaking
	}
	at, ok := changed(full.Task)
	if !ok {
		return Soaking
	}
	switch passed := now.Sub(at); {
	case passed < full.Hold:
		return Shifting
	case passed < full.Hold+Soak:
		return Soaking
	}
	return Done
}

// CurrentStage is the stage in progress: the last one that is ticked. There is
// none before the first, nor after a rollback, when the ticks tell of the past.
func CurrentStage(c *checklist.Checklist) (checklist.Stage, bool) {
	if executedRollback(c) {
		return checklist.Stage{}, false
	}
	for i := len(c.Stages) - 1; i >= 0; i-- {
		if c.Stages[i].Shifted {
			return c.Stages[i], true
		}
	}
	return checklist.Stage{}, false
}

// fullStage is the stage that shifts all traffic: the one of 100 %, or the
// last one of a plan that never says so.
func fullStage(c *checklist.Checklist) (checklist.Stage, bool) {
	if len(c.Stages) == 0 {
		return checklist.Stage{}, false
	}
	for _, s := range c.Stages {
		if s.Ratio >= 1 {
			return s, true
		}
	}
	return c.Stages[len(c.Stages)-1], true
}

func anyShifted(c *checklist.Checklist) bool {
	for _, s := range c.Stages {
		if s.Shifted {
			return true
		}
	}
	return false
}

// rollbackTask is how a contingency task says that the rollback took place, as
// opposed to being prepared for or decided on.
var rollbackTask = regexp.MustCompile(`(?i)\broll(?:ed)?[ -]?back (?:was |has been )?(?:executed|performed|completed|done)\b` +
	`|\btraffic (?:was |has been |is )?(?:shifted|switched|moved|routed|redirected|returned) (?:back\b|(?:back )?to (?:the )?(?:blue|old|previous|baseline)\b)`)

// executedRollback says whether the checklist marks its rollback as executed.
func executedRollback(c *checklist.Checklist) bool {
	for _, choice := range c.Choices {
		if !strings.Contains(strings.ToLower(choice.Label), "rollback") {
			continue
		}
		for _, selected := range choice.Selected {
			if strings.EqualFold(strings.TrimSpace(selected), "executed") {
				return true
			}
		}
	}
	for _, t := range c.Tasks {
		if t.Kind == checklist.Contingency && t.State == checklist.Done && rollbackTask.MatchString(t.Text) {
			return true
		}
	}
	return false
}

// finalSection is how the section is called whose sign-off ends a migration.
var finalSection = regexp.MustCompile(`(?i)\bfinal\b.*\b(?:sign|approval|acceptance)`)

// signedOff says whether the final sign-off was given: there is a section for
// it, all its tasks are ticked, it is signed where it can be, and so are all
// approvals of the checklist. Approvals alone don't count: many are given
// before the work begins, and a rollout that is done is no longer watched.
func signedOff(c *checklist.Checklist) bool {
	final := ""
	for _, s := range c.Sections {
		if finalSection.MatchString(s.Title) {
			final = s.Title
		}
	}
	if final == "" {
		return false
	}
	demands := len(c.Approvals)
	for _, t := range c.Tasks {
		if t.Section == final && t.Leaf && t.Kind == checklist.Plan {
			if demands++; isOpen(t) {
				return false
			}
		}
	}
	for _, s := range c.SignOffs {
		if s.Section == final {
			if demands++; !s.Signed() {
				return false
			}
		}
	}
	for _, a := range c.Approvals {
		if !a.Approved() {
			return false
		}
	}
	return demands > 0
}

func isOpen(t checklist.Task) bool {
	return t.State != checklist.Done && t.State != checklist.Cancelled
}
