package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/promapi"
)

// prometheus is the server to ask, nil for none. Close it.
func (c explainCommand) prometheus(a *app, s settings) (*promapi.Client, error) {
	if c.Prometheus == "" {
		return nil, nil
	}
	if c.JSON {
		return nil, errors.New("--prometheus: what a server measures now is said to people: leave --json away")
	}
	client, err := promapi.New(c.Prometheus, promapi.Options{Logger: newLogger(a, s)})
	if err != nil {
		return nil, fmt.Errorf("--prometheus: %w", err)
	}
	return client, nil
}

// recently is the longest window that a verdict looks back at.
const recently = 15 * time.Minute

// explainMeasured says of each criterion that is judged by metrics what they say
// now, or why they say nothing.
func explainMeasured(ctx context.Context, out io.Writer, live *promapi.Client, l loaded, s settings) error {
	measurements, err := alerts.Measurements(l.Checklist, s.rules, recently)
	if err != nil {
		return err
	}
	if len(measurements) > 0 {
		fmt.Fprintf(out, "\nMeasured in the last %s\n", model.Duration(recently))
	}
	now := time.Now()
	for _, m := range measurements {
		value, ok, err := live.Value(ctx, m.Query, now)
		var found string
		switch {
		case errors.Is(err, promapi.ErrSeveral):
			found = err.Error() + ", and one is needed"
		case err != nil:
			return err
		case !ok || math.IsNaN(value) || math.IsInf(value, 0):
			found = "not measured: no such series, or too few requests"
		default:
			found = criterion.Amount(rounded(value), m.Unit)
		}
		fmt.Fprintf(out, "  %s:%d  %s: %s\n", l.file, m.Criterion.Line, m.Of, found)
		if !ok {
			fmt.Fprintf(out, "    %s\n", strings.Join(strings.Fields(m.Query), " "))
		}
	}
	return nil
}

// rounded leaves of a measured value the three digits that people compare.
func rounded(value float64) float64 {
	short, err := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 3, 64), 64)
	if err != nil {
		return value // it was printed by the same package
	}
	return short
}
