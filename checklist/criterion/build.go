package criterion

import (
	"fmt"
	"strconv"
)

// build puts a criterion together; why is empty unless it can't be said.
func build(s subject, i int, b bound, a *amount, m movement, value fraction) (Criterion, string) {
	crit := Criterion{Kind: Measured, Signal: s.signal, Comparison: b.op}
	if s.signal == Other {
		crit.Subject = s.subject
	}
	if s.signal == ErrorRatio && s.weak && a.bare() && a.value.compare(one) >= 0 {
		crit.Signal, crit.Subject = Other, "errors"
	}
	if s.signal == Latency && !m.relative() && a.is(Seconds) && seconds(a) >= 300 {
		crit.Signal, crit.Subject = Other, "response time" // of people
	}
	if i < len(s.quantiles) {
		crit.Quantile, _ = strconv.ParseFloat(s.quantiles[i], 64)
	}
	if crit.Comparison == "" {
		crit.Comparison = demandedSide(s, m)
	}
	scaled := value
	if !a.bare() {
		scaled = value.times(a.unit.scale)
	}
	var moved fraction
	crit.Change, crit.Comparison, moved = m.settle(s.good, crit.Comparison, scaled)
	crit.Value = moved.float()
	if crit.Unit = unitOf(crit.Signal, a); crit.Unit == "" {
		crit.Unit = s.implied
	}
	if crit.Unit == "" {
		return crit, fmt.Sprintf("%q needs a unit", s.phrase)
	}
	if moved.over == 0 {
		return crit, "a bound of zero can't be watched as a threshold"
	}
	return crit, ""
}

// demandedSide is the comparison of a target without one: the signal's good
// side, and as much of an improvement as it says.
func demandedSide(s subject, m movement) Comparison {
	if m.better > 0 || m.change != Absolute && s.good != "" && (m.change == Decrease) == (s.good == Less) {
		return GreaterOrEqual
	}
	if m.relative() || s.good == Less {
		return LessOrEqual
	}
	return GreaterOrEqual
}

func unitOf(s Signal, a *amount) Unit {
	switch {
	case a.unit.times:
		return Ratio
	case !a.bare():
		return a.unit.base
	case s == Other || s == Business:
		return Count
	case s == ErrorRatio || s == SuccessRatio || s == Availability || s == TestPassRatio || s == CPU:
		return Ratio
	}
	return ""
}

// add appends a criterion with its role.
func (r *reader) add(crit Criterion, s subject, b bound, c *clause) {
	crit.Role, crit.Advisory = r.role(crit, s, b, c)
	r.reading.Criteria = append(r.reading.Criteria, crit)
}
