// Package rollout says where a migration stands: its phase, its progress, the
// stage in progress and the next step, and which test proves which task.
//
// The package is pure. What it needs to know of the world, such as when a task
// was seen to change, comes in as an argument.
package rollout

import (
	"time"

	"github.com/cutover-dev/cutover/checklist"
)

// Phase is the phase of a rollout.
type Phase string

// The phases, in their order; RolledBack can follow any of them.
const (
	Planned    Phase = "planned"
	Shifting   Phase = "shifting"
	Soaking    Phase = "soaking" // all traffic shifted and its hold passed: the 48 hours
	Done       Phase = "done"
	RolledBack Phase = "rolled_back"
)

// Phases lists every Phase in order.
func Phases() []Phase { return []Phase{Planned, Shifting, Soaking, Done, RolledBack} }

// Soak is how long a rollout soaks at full traffic before it counts as done.
const Soak = 48 * time.Hour

// Changes says when a task's box was seen to be ticked; ok is false where it
// was ticked when first seen, or is not ticked.
type Changes func(taskID string) (at time.Time, ok bool)

// Progress counts the done leaves and all leaves of the plan that are not
// cancelled; contingency tasks count in neither.
func Progress(tasks []checklist.Task) (done, total int) {
	for _, t := range tasks {
		if !t.Leaf || t.Kind != checklist.Plan || t.State == checklist.Cancelled {
			continue
		}
		total++
		if t.State == checklist.Done {
			done++
		}
	}
	return done, total
}
