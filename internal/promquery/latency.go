package promquery

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/series"
)

func (s Settings) meanLatency(p Place) (string, error) {
	in := s.Instrumentation
	if in.Mean == "" {
		if in.MeanGauge == "" {
			return "", notMeasurable("%s exposes no latency", in.Name)
		}
		return s.meanGauge(p), nil
	}
	m := matchers(p.Selector, in.Fixed, in.NotProbe)
	return s.firstWindow(func(w time.Duration) string {
		h := s.histogram(in.Mean, m, w)
		return scaled(in.Scale, fmt.Sprintf("%s / (%s >= %d)", h.sum, h.count, s.Minimum()))
	}), nil
}

// meanGauge is the mean of gauges of a latency. Where the other track has such
// gauges at all, those count that both tracks have.
func (s Settings) meanGauge(p Place) string {
	in := s.Instrumentation
	mean := fmt.Sprintf("%s{%s}", in.MeanGauge, matchers(p.Selector, in.Fixed))
	other, two := map[string]string{series.Baseline: in.Candidate, series.Candidate: in.Baseline}[p.Track]
	if in.Alike != "" && two {
		others := fmt.Sprintf("%s{%s}", in.MeanGauge, matchers(other, in.Fixed))
		mean = fmt.Sprintf("%[1]s and on (%[2]s) (%[3]s or (%[1]s unless on () count(%[3]s)))", mean, in.Alike, others)
	}
	return "avg(" + s.once("max", mean, s.Windows()[0]) + ")"
}

func (s Settings) quantileLatency(quantile float64, p Place) (string, error) {
	in := s.Instrumentation
	if in.Quantile == "" {
		return "", notMeasurable("%s exposes no latency histogram", in.Name)
	}
	m := matchers(p.Selector, in.Fixed, in.QuantileNotProbe)
	return s.firstWindow(func(w time.Duration) string {
		h := s.histogram(in.Quantile, m, w)
		return scaled(in.Scale, fmt.Sprintf("histogram_quantile(%s, %s) and on () (%s >= %d)", number(quantile), h.buckets, h.count, s.Minimum()))
	}), nil
}

// histogram is PromQL for the parts of a histogram over a window.
type histogram struct{ sum, count, buckets string }

func (s Settings) histogram(name, matchers string, w time.Duration) histogram {
	d := promDuration(w)
	if s.Native {
		all := fmt.Sprintf("sum(increase(%s{%s}[%s]))", name, matchers, d)
		return histogram{sum: "histogram_sum(" + all + ")", count: "histogram_count(" + all + ")", buckets: all}
	}
	part := func(aggregate, suffix string) string {
		return fmt.Sprintf("%s(increase(%s_%s{%s}[%s]))", aggregate, name, suffix, matchers, d)
	}
	return histogram{sum: part("sum", "sum"), count: part("sum", "count"), buckets: part("sum by (le) ", "bucket")}
}

// Bracket gives the histogram's bounds around a latency in seconds: the next at
// or below, and the next at or above. A share of requests is known exactly only
// at a bound. ok is false where the latency lies outside of the buckets. A
// native histogram's buckets are so fine that any latency is as good as a bound.
func (s Settings) Bracket(seconds float64) (below, above float64, ok bool) {
	in := s.Instrumentation
	i, exact := slices.BinarySearch(in.Buckets, seconds)
	if exact || s.Native {
		return seconds, seconds, true
	}
	if i == 0 || i == len(in.Buckets) {
		return 0, 0, false
	}
	return in.Buckets[i-1], in.Buckets[i], true
}

// ShareWithin records the share of requests that took at most bound seconds;
// bound is one that Bracket gave.
func (s Settings) ShareWithin(bound float64, p Place) Recording {
	in := s.Instrumentation
	m := matchers(p.Selector, in.Fixed, in.QuantileNotProbe)
	expr := s.firstWindow(func(w time.Duration) string {
		h := s.histogram(in.Quantile, m, w)
		return fmt.Sprintf("%s / (%s >= %d)", s.within(bound, m, h, w), h.count, s.Minimum())
	})
	return s.recording(series.SignalRatio, p, string(criterion.Latency), "within_"+promDuration(time.Duration(bound*float64(time.Second))), s.Windows()[0], expr)
}

// within counts the requests that took at most bound seconds.
func (s Settings) within(bound float64, m string, h histogram, w time.Duration) string {
	in := s.Instrumentation
	le := number(bound)
	if in.Scale == "0.001" {
		le = number(bound * 1000)
	}
	if s.Native {
		return fmt.Sprintf("histogram_fraction(-Inf, %s, %s) * %s", le, h.buckets, h.count)
	}
	// Prometheus stores le="1" as le="1.0", and older versions didn't: match both.
	return fmt.Sprintf("sum(increase(%s_bucket{%s}[%s]))", in.Quantile, matchers(m, fmt.Sprintf(`le=~"%s"`, boundPattern(le))), promDuration(w))
}

func boundPattern(le string) string {
	pattern := strings.ReplaceAll(le, ".", `\\.`)
	if !strings.Contains(le, ".") {
		pattern += `(\\.0)?`
	}
	return pattern
}
