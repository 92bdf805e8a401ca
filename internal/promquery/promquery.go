// Package promquery writes the PromQL that measures a signal: signal ×
// instrumentation × track × window.
//
// What it gives are recordings, a name, labels and an expression each, so that
// every signal is derived once and everything else reads the recorded series.
// The instrumentations are rows of a table; none has code of its own.
//
// Three things are the same for every request-based signal. A window holds at
// least four scrapes. A window with fewer requests than [Settings.MinRequests]
// gives nothing, and the next longer one is asked. A counter that appears with a
// value counts from its birth, since increase() would not see its first value,
// and a service that never failed has an error count of zero, not no data. A
// counter that is old when Prometheus first sees its target has no birth there.
package promquery

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/series"
)

// Settings say what is measured and how densely it is scraped.
type Settings struct {
	Instrumentation Instrumentation
	ScrapeInterval  time.Duration
	MinRequests     int                         // requests that a window needs before it says anything
	RunInterval     time.Duration               // between two runs of a smoke test, where those are counted
	TimeScale       float64                     // shortens windows for rehearsals; 1 is real time
	Queries         map[criterion.Signal]string // replacements, PromQL with $selector and $window
	Native          bool                        // latencies are native histograms

	only time.Duration // the one window there is; 0 for the usual ones
}

// Place is what a recording is about and which series belong to it.
type Place struct {
	Checklist   string
	Environment string
	Test        string // the load test; empty outside of one
	Track       string // series.Baseline or series.Candidate
	Selector    string // label matchers without braces
}

// NotMeasurableError says why a signal can't be measured with these settings.
type NotMeasurableError struct{ Reason string }

func (e *NotMeasurableError) Error() string { return "not measurable: " + e.Reason }

func notMeasurable(format string, args ...any) error {
	return &NotMeasurableError{Reason: fmt.Sprintf(format, args...)}
}

// scrapesPerWindow is how many scrapes a window must hold: with fewer, one lost
// scrape leaves rate() without the two samples it needs.
const scrapesPerWindow = 4

// Windows are the windows that signals are measured over, shortest first: one,
// five and fifteen minutes in real time, each at least four scrapes long. Of
// runs there is one, of at least four of them: a failed run would stay in a longer
// one for as long as a whole outage.
func (s Settings) Windows() []time.Duration {
	if s.only != 0 {
		return []time.Duration{s.only}
	}
	if s.Instrumentation.CountsRuns() {
		return []time.Duration{max(s.Scale(time.Minute), scrapesPerWindow*s.ScrapeInterval, scrapesPerWindow*s.RunInterval)}
	}
	var windows []time.Duration
	for _, w := range []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute} {
		w = max(s.Scale(w), scrapesPerWindow*s.ScrapeInterval)
		if !slices.Contains(windows, w) {
			windows = append(windows, w)
		}
	}
	return windows
}

// Minimum is how many requests a window needs before it says anything. Of four
// runs of a test one may be counted in the next window.
func (s Settings) Minimum() int {
	if s.Instrumentation.CountsRuns() {
		return min(s.MinRequests, scrapesPerWindow-1)
	}
	return s.MinRequests
}

// Scale shortens a duration by the time scale, to whole seconds and at least
// one of them.
func (s Settings) Scale(d time.Duration) time.Duration {
	if s.TimeScale <= 0 || s.TimeScale == 1 || d == 0 {
		return d
	}
	return max(time.Duration(float64(d)*s.TimeScale).Round(time.Second), time.Second)
}

// Names of the counts that Traffic and Serving record, as values of the signal
// label.
const (
	Requests = "requests"
	Errors   = "errors"
	Serving  = "serving"
)

// Traffic records how many requests, and how many failing ones, a place had in
// each window.
func (s Settings) Traffic(p Place) []Recording {
	var out []Recording
	for _, w := range s.Windows() {
		requests := s.requests(p)
		failing := s.requests(p, s.Instrumentation.Errors)
		out = append(out,
			s.recording(series.SignalCount, p, Requests, "total", w, s.counted(requests, w)),
			// A service that never failed has no error series: none of its requests failed.
			s.recording(series.SignalCount, p, Errors, "total", w,
				fmt.Sprintf("%s or on () (0 * %s)", s.counted(failing, w), s.traffic(p, Requests, w).Selector())))
	}
	return out
}

// drainMemory is how far back a place's traffic is looked for that a single
// empty scrape is compared with.
const drainMemory = "10m"

// Serving records a place's requests in the shortest window, and 0 as soon as it
// is drained: the window alone knows of requests for a while after the last one.
// Where there were enough requests for a minimum within the last ten minutes, a
// whole scrape interval without any is no chance. Where there are always few, it
// is, and proves nothing. An instance that is up for a window and that nobody asked
// in it is drained, too. None while no instance is up, so that the last value is of when
// it was alive.
func (s Settings) Serving(p Place) Recording {
	w := s.Windows()[0]
	requests := s.traffic(p, Requests, w).Selector()
	last := s.counter(s.requests(p), "irate(%s["+promDuration(w)+"])", w)
	return s.recording(series.SignalCount, p, Serving, "total", w,
		fmt.Sprintf("((%[1]s unless on () (%[2]s == 0 and on () max_over_time(%[1]s[%[3]s]) >= %[4]d)) or 0 * %[1]s) and on () (%[5]s) or on () 0 * (max(min_over_time(%[6]s[%[7]s]) and %[6]s) == 1)",
			requests, last, drainMemory, s.Minimum(), s.Present(p), s.up(p), promDuration(w)))
}

// TrafficSelector selects the recorded count of Requests, Errors or Serving of a
// place in the shortest window.
func (s Settings) TrafficSelector(p Place, signal string) string {
	return s.traffic(p, signal, s.Windows()[0]).Selector()
}

// RequestsByWindow selects the recorded counts of a place's requests, in the order
// of Windows.
func (s Settings) RequestsByWindow(p Place) []string {
	var selectors []string
	for _, w := range s.Windows() {
		selectors = append(selectors, s.traffic(p, Requests, w).Selector())
	}
	return selectors
}

func (s Settings) traffic(p Place, signal string, w time.Duration) Recording {
	return Recording{Name: series.SignalCount, Labels: recordedLabels(p, signal, "total", w)}
}

// Measure records a signal of a place. For ratios of requests it reads what
// Traffic recorded. The error is a *NotMeasurableError.
func (s Settings) Measure(signal criterion.Signal, quantile float64, p Place) (Recording, error) {
	name, err := recordedName(signal)
	if err != nil {
		return Recording{}, err
	}
	statistic := criterion.StatisticName(quantile)
	shortest := s.Windows()[0]
	if query := s.Queries[signal]; query != "" {
		// Every comparison with NaN is false, so 0/0 leaves no sample.
		expr := "(" + expand(query, matchers(p.Selector), shortest) + ") >= -Inf"
		return s.recording(name, p, string(signal), statistic, shortest, expr), nil
	}
	expr, err := s.expression(signal, quantile, p)
	if err != nil {
		return Recording{}, err
	}
	return s.recording(name, p, string(signal), statistic, shortest, expr), nil
}

func (s Settings) expression(signal criterion.Signal, quantile float64, p Place) (string, error) {
	if quantile != 0 && signal != criterion.Latency {
		return "", notMeasurable("no quantile of %s is known to any instrumentation", signal)
	}
	w := s.Windows()[0]
	switch signal {
	case criterion.ErrorRatio:
		return s.errorRatio(p), nil
	case criterion.SuccessRatio:
		return "1 - (" + s.errorRatio(p) + ")", nil
	case criterion.Latency:
		if quantile == 0 {
			return s.meanLatency(p)
		}
		return s.quantileLatency(quantile, p)
	case criterion.Throughput:
		if s.Instrumentation.CountsRuns() {
			return "", notMeasurable("smoke tests see nothing of the users' requests")
		}
		return s.counter(s.requests(p), "rate(%s["+promDuration(w)+"])", w), nil
	case criterion.Memory:
		return s.perInstance(signal, "avg(%s)", s.Instrumentation.Memory, p)
	case criterion.CPU:
		return s.perInstance(signal, "avg(rate(%s["+promDuration(w)+"]))", s.Instrumentation.CPU, p)
	case criterion.Availability:
		return s.availability(p, w), nil
	default:
		return "", notMeasurable("no metric measures %s: set CUTOVER_QUERY_%s", signal, strings.ToUpper(string(signal)))
	}
}

func (s Settings) errorRatio(p Place) string {
	return s.firstWindow(func(w time.Duration) string {
		return fmt.Sprintf("%s / ignoring (signal) (%s >= %d)",
			s.traffic(p, Errors, w).Selector(), s.traffic(p, Requests, w).Selector(), s.Minimum())
	})
}

// Instances records how many instances of a place run which version; ok is
// false for an instrumentation without version metric.
func (s Settings) Instances(p Place) (r Recording, ok bool) {
	in := s.Instrumentation
	if in.Version == "" {
		return Recording{}, false
	}
	expr := fmt.Sprintf(`count by (%[1]s) (label_replace(%[2]s{%[3]s}, "%[1]s", "$1", "%[4]s", "(.*)"))`,
		series.LabelVersion, in.Version, matchers(p.Selector), in.VersionLabel)
	if in.VersionLabel == series.LabelVersion {
		expr = fmt.Sprintf("count by (%s) (%s{%s})", series.LabelVersion, in.Version, matchers(p.Selector))
	}
	return Recording{
		Name:   series.InstancesCount,
		Labels: map[string]string{series.LabelChecklist: p.Checklist, series.LabelTrack: p.Track},
		Expr:   Format(expr),
	}, true
}

// Present is PromQL that has a value while an instance of the place is up: its
// requests are scraped, or its target is up and nobody asked it for anything
// yet. A scrape that fails makes it empty at once.
func (s Settings) Present(p Place) string {
	return fmt.Sprintf("count(%s) or max(%s) == 1", s.requests(p), s.up(p))
}

func (s Settings) up(p Place) string { return "up{" + matchers(p.Selector) + "}" }

// firstWindow asks the windows in turn, shortest first, for a value.
func (s Settings) firstWindow(expr func(time.Duration) string) string {
	var parts []string
	for _, w := range s.Windows() {
		parts = append(parts, expr(w))
	}
	return strings.Join(parts, " or ignoring (window) ")
}

// availability is for how much of a window a place answered.
func (s Settings) availability(p Place, w time.Duration) string {
	up := cmp.Or(s.Instrumentation.Up, "up") + "{" + matchers(p.Selector, s.Instrumentation.UpMatchers) + "}"
	return "avg(" + s.once("min", fmt.Sprintf("avg_over_time(%s[%s])", up, promDuration(w)), w) + ")"
}

// perInstance tries one series after the other.
func (s Settings) perInstance(signal criterion.Signal, format string, names []string, p Place) (string, error) {
	if len(names) == 0 {
		return "", notMeasurable("no metric measures %s: set CUTOVER_QUERY_%s", signal, strings.ToUpper(string(signal)))
	}
	var parts []string
	for _, name := range names {
		parts = append(parts, fmt.Sprintf(format, name+"{"+matchers(p.Selector)+"}"))
	}
	return strings.Join(parts, " or "), nil
}

func (s Settings) requests(p Place, more ...string) string {
	in := s.Instrumentation
	name := in.Requests
	if s.nativeRequests() {
		name = in.Mean
	}
	return name + "{" + matchers(append([]string{p.Selector, in.Fixed, in.NotProbe}, more...)...) + "}"
}

// bornWithin is how far back a series must be unseen to count as born: longer
// than a few lost scrapes, which would make an old series look new.
const bornWithin = "5m"

// counted counts events in a window. A series born in it counts whole, since
// increase() doesn't see the value that a series starts with. A series that was
// there in every scrape of its target is not born but first seen: Prometheus or
// the scrape is new, and what the counter counted before is nobody's trouble now.
// Where no series `up` tells of scrapes, as with pushed metrics, any new series
// is taken for born.
func (s Settings) counted(selector string, w time.Duration) string {
	return s.counter(selector, fmt.Sprintf("(%%[1]s unless present_over_time(%%[1]s[%[2]s] offset %[1]s) "+
		"unless count_over_time(%%[1]s[%[1]s]) >= on (job, instance) group_left () max by (job, instance) (sum_over_time(up[%[3]s]))) "+
		"or increase(%%[1]s[%[1]s])", promDuration(w), bornWithin, promDuration(w+s.ScrapeInterval)), w)
}

// counter is the sum of a function, over a window, of the counters that a
// selector selects.
func (s Settings) counter(selector, function string, w time.Duration) string {
	count := fmt.Sprintf(function, selector)
	if s.nativeRequests() {
		count = "histogram_count(" + count + ")"
	}
	return "sum(" + s.once("max", count, w) + ")"
}

// once leaves one of the series that replicas of an exporter have alike, by an
// aggregation, and none that proves nothing.
func (s Settings) once(aggregate, expr string, w time.Duration) string {
	in := s.Instrumentation
	if in.By == "" {
		return expr
	}
	only := strings.NewReplacer("$window", promDuration(w), "$step", promDuration(s.ScrapeInterval)).Replace(in.Only)
	return fmt.Sprintf("%s by (%s) ((%s) %s)", aggregate, in.By, expr, only)
}

// nativeRequests says whether requests are counted by a native histogram, which
// has no series for its count.
func (s Settings) nativeRequests() bool {
	return s.Native && s.Instrumentation.Requests == s.Instrumentation.Mean+"_count"
}
