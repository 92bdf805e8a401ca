package promquery

import (
	"fmt"
	"time"

	"github.com/cutover-dev/cutover/checklist/criterion"
)

// Over is PromQL for a signal of a place over one window that ends now. Unlike
// what Measure records it reads the service's own series only, so that it can be
// asked before any rule is loaded: a baseline is frozen long before the rollout.
// The window should hold some scrapes; it is taken in whole seconds. The error
// is a *NotMeasurableError.
func (s Settings) Over(signal criterion.Signal, quantile float64, p Place, window time.Duration) (string, error) {
	window = max(window.Round(time.Second), time.Second)
	one := s.oneWindow(window)
	measured, err := one.Measure(signal, quantile, p)
	if err != nil {
		return "", err
	}
	switch replaced := s.Queries[signal] != ""; {
	case replaced:
		return measured.Expr, nil
	case signal == criterion.ErrorRatio:
		return Format(one.ratioOver(p, window)), nil
	case signal == criterion.SuccessRatio:
		return Format("1 - " + one.ratioOver(p, window)), nil
	case signal == criterion.Memory, signal == criterion.Latency && s.Instrumentation.Mean == "":
		// Gauges say how it is at a moment: take many of them.
		step := min(s.ScrapeInterval, window/scrapesPerWindow)
		return Format(fmt.Sprintf("avg_over_time((%s)[%s:%s])", measured.Expr, promDuration(window), promDuration(step))), nil
	}
	return measured.Expr, nil
}

// oneWindow are settings under which Windows has this one only.
func (s Settings) oneWindow(window time.Duration) Settings {
	s.only = window
	return s
}

// ratioOver is the share of failed requests.
func (s Settings) ratioOver(p Place, window time.Duration) string {
	requests := s.counted(s.requests(p), window)
	failing := s.counted(s.requests(p, s.Instrumentation.Errors), window)
	return fmt.Sprintf("((%[1]s or on () 0 * %[2]s) / (%[2]s >= %[3]d))", failing, requests, s.Minimum())
}
