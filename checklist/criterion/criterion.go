// Package criterion reads what one line of a checklist demands.
//
// A criterion is a quantified or named demand: "P95 < 150ms" demands that the
// 95th percentile of the latency stays below 0.15 seconds, "Error rate >1% for
// >5 minutes" under a rollback heading that the error ratio does not exceed
// 0.01 for five minutes. [Parse] takes a line with the headings it stands under
// and gives the criteria in it, in base units and in the order of the text. Many
// lines of one place are read faster at a [Place], which has read the headings.
//
// A line is read in three steps. The lexer makes tokens: words, numbers, signs
// and blanks. The phraser finds the known phrases among them, in eleven
// languages: what is measured, what compares, units, times. The reader attaches
// them to one another, clause by clause: each compared number is a bound, which
// gets its subject, its quantile, its direction and how long it must last from
// what stands around it. [Read] also says why a line was read as it was, and
// why a number was left alone: a wrong reading is worse than none.
//
// Words and units are tables (words_*.go, units.go). To teach the package a
// word, add it to the line of its meaning; no code needs to change.
//
// The package does no I/O, holds no state and depends on nothing but the
// standard library, so that other programs can import it alone.
package criterion

import (
	"strconv"
	"time"
)

// Criterion is one demand, with its numbers in base units.
type Criterion struct {
	Role       Role
	Kind       Kind
	Signal     Signal
	Subject    string        // what is meant where Signal is Other or named: "coverage", "security incident"
	Quantile   float64       // 0.95 for P95; 0 where the line names none
	Comparison Comparison    // after negation: "must not exceed" is <=; empty for a named demand
	Value      float64       // in Unit, exactly as written: 0.7 % is 0.007; meaningless unless Quantified
	Unit       Unit          // empty for a named demand
	Change     Change        // relative to the baseline where not empty
	For        time.Duration // how long it must hold before it counts; 0 where the line says nothing

	// Advisory marks a target that can be none because bad values meet it: an
	// alert's or a scaling rule's bound ("scale up: CPU > 70%"). It says when to
	// look closer. Measured as a target it would always be missed, so nothing may
	// judge it.
	Advisory bool
}

// Quantified says whether the criterion compares a number, as opposed to
// naming an event ("Security incident").
func (c Criterion) Quantified() bool { return c.Comparison != "" }

// Statistic is the criterion's statistic as a label value: "mean" where the
// line names no quantile, otherwise "p95", "p99_9".
func (c Criterion) Statistic() string { return StatisticName(c.Quantile) }

// StatisticName names a quantile as a label value: 0 is "mean", 0.95 "p95",
// 0.999 "p99_9".
func StatisticName(quantile float64) string {
	if quantile == 0 {
		return "mean"
	}
	digits := strconv.FormatFloat(quantile, 'f', -1, 64)[len("0."):]
	for len(digits) < 2 {
		digits += "0"
	}
	if len(digits) == 2 {
		return "p" + digits
	}
	return "p" + digits[:2] + "_" + digits[2:]
}

// Role says which way a criterion decides.
type Role string

// The roles: a target must hold, a rollback criterion must not.
const (
	Target   Role = "target"
	Rollback Role = "rollback"
)

// Kind says who can judge a criterion.
type Kind string

// The kinds. A measured criterion is judged from metrics, a smoke criterion
// from the results of smoke tests ("Critical functionality broken"), a declared
// one by people only ("Security incident"). Whatever compares a number is
// measured; named demands, smoke and declared, exist only under rollback headings.
const (
	Measured Kind = "measured"
	Smoke    Kind = "smoke"
	Declared Kind = "declared"
)

// Signal is what a criterion is about.
type Signal string

// The signals. Other carries a Subject.
const (
	ErrorRatio    Signal = "error_ratio"
	SuccessRatio  Signal = "success_ratio"
	Latency       Signal = "latency"
	Throughput    Signal = "throughput"
	Memory        Signal = "memory"
	CPU           Signal = "cpu"
	Availability  Signal = "availability"
	TestPassRatio Signal = "test_pass_ratio"
	Business      Signal = "business"
	Other         Signal = "other"
)

// Comparison is how the measured value compares with the criterion's: for a
// target what must hold, for a rollback criterion what must not.
type Comparison string

// The comparisons, spelled as PromQL spells them.
const (
	Less           Comparison = "<"
	LessOrEqual    Comparison = "<="
	Greater        Comparison = ">"
	GreaterOrEqual Comparison = ">="
)

// Negated is the comparison that holds exactly where c does not.
func (c Comparison) Negated() Comparison {
	switch c {
	case Less:
		return GreaterOrEqual
	case LessOrEqual:
		return Greater
	case Greater:
		return LessOrEqual
	case GreaterOrEqual:
		return Less
	default:
		return c
	}
}

// Mirrored is the comparison with its sides turned round, as after a change of
// sign: a < b is -a > -b.
func (c Comparison) Mirrored() Comparison {
	switch c {
	case Less:
		return Greater
	case LessOrEqual:
		return GreaterOrEqual
	case Greater:
		return Less
	case GreaterOrEqual:
		return LessOrEqual
	default:
		return c
	}
}

// Unit is the base unit of a criterion's value.
type Unit string

// The units.
const (
	Ratio             Unit = "ratio"
	Seconds           Unit = "seconds"
	Bytes             Unit = "bytes"
	RequestsPerSecond Unit = "requests_per_second"
	Count             Unit = "count"
)

// Change makes a value relative to the baseline: a decrease of 0.1 is ten per
// cent less than the baseline has.
type Change string

// The changes.
const (
	Absolute Change = ""
	Increase Change = "increase"
	Decrease Change = "decrease"
)

// Line is what Parse reads: a line's text and where it stands.
type Line struct {
	// Text is the line without its list marker, task box and inline markup.
	Text string
	// Headings are the headings above the line, outermost first, without the
	// document's title.
	Headings []string
	// Above are the list items the line is nested under, outermost first.
	Above []string
	// Header and Cells are set for a table row only: the column names and the
	// row's cells, Text then being the row as written.
	Header, Cells []string
}
