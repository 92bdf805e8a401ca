package promquery

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/series"
)

// Recording is one recorded series.
type Recording struct {
	Name   string
	Labels map[string]string
	Expr   string // formatted as `promtool promql format` has it
}

// Selector is the PromQL selector that finds the recorded series.
func (r Recording) Selector() string {
	names := make([]string, 0, len(r.Labels))
	for name := range r.Labels {
		names = append(names, name)
	}
	slices.Sort(names)
	matchers := make([]string, 0, len(names))
	for _, name := range names {
		matchers = append(matchers, name+"="+strconv.Quote(r.Labels[name]))
	}
	return r.Name + "{" + strings.Join(matchers, ",") + "}"
}

func (s Settings) recording(name string, p Place, signal, statistic string, w time.Duration, expr string) Recording {
	if name == series.SignalRatio || name == series.SignalSeconds {
		expr = Rounded(expr)
	}
	return Recording{Name: name, Labels: recordedLabels(p, signal, statistic, w), Expr: Format(expr)}
}

// Rounded is an expression to nine decimals. increase() multiplies by a fraction
// that depends on the moments of the scrapes, so that exactly 1 % can come out as
// 0.010000000000000002, which is more than 0.01. Divided by a power of ten, the
// whole number is the very value that the decimal number in a rule has.
func Rounded(expr string) string { return "round(1e9 * (" + expr + ")) / 1e9" }

func recordedLabels(p Place, signal, statistic string, w time.Duration) map[string]string {
	l := map[string]string{
		series.LabelChecklist:   p.Checklist,
		series.LabelEnvironment: p.Environment,
		series.LabelTrack:       p.Track,
		series.LabelSignal:      signal,
		series.LabelStatistic:   statistic,
		series.LabelWindow:      promDuration(w),
	}
	if p.Test != "" {
		l[series.LabelTest] = p.Test
	}
	return l
}

// recordedName is the recorded series that has a signal's unit.
func recordedName(signal criterion.Signal) (string, error) {
	switch signal {
	case criterion.ErrorRatio, criterion.SuccessRatio, criterion.Availability, criterion.TestPassRatio, criterion.CPU:
		return series.SignalRatio, nil
	case criterion.Latency:
		return series.SignalSeconds, nil
	case criterion.Throughput:
		return series.SignalPerSecond, nil
	case criterion.Memory:
		return series.SignalBytes, nil
	case criterion.Business:
		return series.SignalCount, nil
	default:
		return "", notMeasurable("what is meant is not a signal that metrics have")
	}
}

func scaled(scale, expr string) string {
	if scale == "" {
		return expr
	}
	return scale + " * (" + expr + ")"
}

// expand fills in a replacement query.
func expand(query, selector string, w time.Duration) string {
	return strings.NewReplacer("$selector", selector, "$window", promDuration(w)).Replace(query)
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func promDuration(d time.Duration) string { return model.Duration(d).String() }

// Format writes PromQL as `promtool promql format` does. What does not parse is
// given back as it came, for the caller's own check to report.
func Format(expr string) string {
	parsed, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		return expr
	}
	return parsed.Pretty(0)
}
