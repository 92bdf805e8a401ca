package alerts

import (
	"fmt"

	"github.com/cutover-dev/cutover/checklist/criterion"
)

// units are the base units of the signals, and so of their absolute bounds. What
// is missing is counted.
var units = map[criterion.Signal]criterion.Unit{
	criterion.ErrorRatio:    criterion.Ratio,
	criterion.SuccessRatio:  criterion.Ratio,
	criterion.Availability:  criterion.Ratio,
	criterion.TestPassRatio: criterion.Ratio,
	criterion.CPU:           criterion.Ratio,
	criterion.Latency:       criterion.Seconds,
	criterion.Memory:        criterion.Bytes,
	criterion.Throughput:    criterion.RequestsPerSecond,
}

// What no sane bound exceeds: a request that may take longer than an hour, or a
// value that is a thousand times the baseline's.
const (
	longestLatency = 3600
	largestChange  = 1000
)

// implausible says why a criterion must not become a rule: a rule from a line
// that was misread, or miswritten, pages somebody or, worse, doesn't.
func implausible(c criterion.Criterion) string {
	want, known := units[c.Signal]
	if c.Change != criterion.Absolute {
		want, known = criterion.Ratio, true
	}
	share := want == criterion.Ratio && c.Signal != criterion.CPU && c.Change != criterion.Increase
	switch {
	case !known:
		return ""
	case c.Unit != want:
		return fmt.Sprintf("its bound is in %s, and %s is measured in %s", c.Unit, c.Signal, want)
	case c.Value < 0:
		return fmt.Sprintf("its bound is negative: %v", c.Value)
	case share && c.Value > 1:
		return fmt.Sprintf("its bound is more than all: %v", c.Value)
	case c.Change == criterion.Increase && c.Value > largestChange:
		return fmt.Sprintf("its bound is %v times the baseline", c.Value)
	case want == criterion.Seconds && c.Value > longestLatency:
		return fmt.Sprintf("its bound is longer than an hour: %v s", c.Value)
	case want != criterion.Ratio && c.Value == 0:
		return "its bound is zero, which nothing can be below"
	default:
		return ""
	}
}
