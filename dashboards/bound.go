package dashboards

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
)

// scale is how numbers of a unit are written for people.
type scale struct {
	factor float64 // from the base unit
	suffix string
	round  float64 // to a multiple of this
}

// scaleOf chooses the scale for a value in base units, so that two or three
// digits say what matters.
func scaleOf(u criterion.Unit, value float64) scale {
	switch u {
	case criterion.Ratio:
		return scale{100, " %", 0.01}
	case criterion.Seconds:
		if value < 1 {
			return scale{1000, " ms", 0.1}
		}
		return scale{1, " s", 0.01}
	case criterion.Bytes:
		if value < 1e9 {
			return scale{1e-6, " MB", 0.1}
		}
		return scale{1e-9, " GB", 0.01}
	case criterion.RequestsPerSecond:
		return scale{1, " req/s", 1}
	}
	return scale{1, "", 0.01}
}

// write writes a value of base units in the scale.
func (s scale) write(value float64) string {
	return strconv.FormatFloat(math.Round(value*s.factor*1e9)/1e9, 'f', -1, 64) + s.suffix
}

// boundText says what a criterion compares with: "> 1 % for 5m", "rise > 50 %".
func boundText(c checklist.Criterion) string {
	if !c.Quantified() {
		return "it happens"
	}
	var out strings.Builder
	switch c.Change {
	case criterion.Increase:
		fmt.Fprintf(&out, "rise %s %s", c.Comparison, scaleOf(criterion.Ratio, 0).write(c.Value))
	case criterion.Decrease:
		fmt.Fprintf(&out, "drop %s %s", c.Comparison, scaleOf(criterion.Ratio, 0).write(c.Value))
	default:
		fmt.Fprintf(&out, "%s %s", c.Comparison, scaleOf(c.Unit, c.Value).write(c.Value))
	}
	if c.For > 0 {
		fmt.Fprintf(&out, " for %s", shortDuration(c.For))
	}
	return out.String()
}

// shortDuration writes 5m0s as "5m".
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// unitOf is Grafana's name of a unit.
func unitOf(u criterion.Unit) string {
	switch u {
	case criterion.Ratio:
		return "percentunit"
	case criterion.Seconds:
		return "s"
	case criterion.Bytes:
		return "decbytes"
	case criterion.RequestsPerSecond:
		return "reqps"
	}
	return "short"
}
