package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/exporter"
	"github.com/cutover-dev/cutover/internal/journal"
	"github.com/cutover-dev/cutover/internal/promapi"
)

type baselineCommand struct {
	Record baselineRecord `cmd:"" help:"Ask Prometheus for the old version's figures, and keep them."`
}

// Help lists the variables that the command reads.
func (baselineCommand) Help() string { return variableHelp("baseline") }

type baselineRecord struct {
	Window time.Duration `default:"1h" help:"The time to look back at. Default: 1h."`
	File   []string      `arg:"" optional:"" help:"Checklists, instead of CUTOVER_CHECKLIST."`
}

// Help says where the figures go, and lists the variables that the command
// reads.
func (baselineRecord) Help() string {
	return `Keeps each figure with the query that measured it, the window and the time: through the
exporter at CUTOVER_URL where that is set, else in the file of CUTOVER_JOURNAL, which no
exporter may be writing then. The rules compare with them once the old version has no
traffic: run cutover generate afterwards.

` + variableHelp("baseline")
}

// maxWindow is how far back a window can reach.
const maxWindow = 31 * 24 * time.Hour

// Run freezes the baseline of every checklist.
func (c baselineRecord) Run(ctx context.Context, a *app) error {
	s, err := settingsFor(a)
	if err != nil {
		return err
	}
	if c.Window < time.Second || c.Window > maxWindow {
		return fmt.Errorf("--window %v: use a duration from 1s to %s", c.Window, model.Duration(maxWindow))
	}
	checklists, err := loadChecklists(ctx, c.File, s)
	if err != nil {
		return err
	}
	keep, err := baselineKeeper(s)
	if err != nil {
		return err
	}
	if s.PrometheusURL == "" {
		return errors.New("CUTOVER_PROMETHEUS_URL is not set: the Prometheus that measures the service")
	}
	prometheus, err := promapi.New(s.PrometheusURL, promapi.Options{Logger: newLogger(a, s)})
	if err != nil {
		return fmt.Errorf("CUTOVER_PROMETHEUS_URL: %w", err)
	}
	defer prometheus.Close()
	for _, l := range checklists {
		figures, err := c.measure(ctx, a, prometheus, l, s)
		if err != nil {
			return err
		}
		if err := keep(ctx, l.Name, figures); err != nil {
			return err
		}
		if err := printFigures(a, l.Name, figures); err != nil {
			return err
		}
	}
	return nil
}

// measure asks for every figure, and says which there are none of.
func (c baselineRecord) measure(ctx context.Context, a *app, prometheus *promapi.Client, l loaded, s settings) ([]journal.Baseline, error) {
	queries, err := alerts.BaselineQueries(l.Checklist, s.rules, c.Window)
	if err != nil {
		return nil, err
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	var figures []journal.Baseline
	for _, q := range queries {
		statistic := criterion.StatisticName(q.Quantile)
		reason := q.Reason
		if reason == "" {
			value, ok, err := prometheus.Value(ctx, q.Query, now)
			switch {
			case errors.Is(err, promapi.ErrSeveral):
				reason = err.Error() + ", and one is needed"
			case err != nil:
				return nil, err
			case !ok || math.IsNaN(value) || math.IsInf(value, 0):
				reason = fmt.Sprintf("no data, or too few requests, in the last %s", model.Duration(c.Window))
			default:
				figures = append(figures, journal.Baseline{
					Signal: string(q.Signal), Statistic: statistic, Unit: string(q.Unit), Value: value,
					Query: q.Query, Seconds: c.Window.Seconds(), At: now,
				})
				continue
			}
		}
		fmt.Fprintf(a.stderr, "cutover: warning: %s: %s %s is not frozen: %s\n", l.Name, q.Signal, statistic, reason)
	}
	if len(figures) == 0 {
		return nil, fmt.Errorf("%s: nothing to freeze: the old version (CUTOVER_BASELINE_SELECTOR) has no figure that the checklist asks for", l.Name)
	}
	return figures, nil
}

// keeper keeps figures of a checklist, all or none.
type keeper func(ctx context.Context, checklist string, figures []journal.Baseline) error

// baselineKeeper keeps figures through the exporter, or where none runs in the
// journal's file: a journal has one writer.
func baselineKeeper(s settings) (keeper, error) {
	switch {
	case s.URL != "":
		exp, err := newClient(s, true)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, checklist string, figures []journal.Baseline) error {
			var kept exporter.EventList
			return exp.post(ctx, "api/v1/baselines", exporter.BaselineRequest{Checklist: checklist, Baselines: figures}, &kept)
		}, nil
	case s.Journal != "":
		return func(_ context.Context, checklist string, figures []journal.Baseline) error {
			return appendBaseline(s.Journal, checklist, figures)
		}, nil
	}
	return nil, errors.New("nowhere to keep the figures: set CUTOVER_URL to the running exporter, or CUTOVER_JOURNAL to the journal's file where none runs")
}

func appendBaseline(path, checklist string, figures []journal.Baseline) error {
	j, err := journal.Open(path, journal.Options{})
	if err != nil {
		return fmt.Errorf("CUTOVER_JOURNAL: %w", err)
	}
	var events []journal.Event
	for _, b := range figures {
		events = append(events, journal.Event{Kind: journal.BaselineFrozen, Checklist: checklist, Baseline: &b})
	}
	_, err = j.Append(events...)
	return errors.Join(err, j.Close())
}

func printFigures(a *app, checklist string, figures []journal.Baseline) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, b := range figures {
		fmt.Fprintf(w, "%s\t%s\t%s\t%.6g %s\n", checklist, b.Signal, b.Statistic, b.Value, b.Unit)
	}
	return w.Flush()
}

// frozenBaselines are the figures that the rules compare with, by checklist:
// from the exporter, or where none is named from the journal's file. A journal
// that nobody has written yet has none, which is said: its name may be wrong.
func frozenBaselines(ctx context.Context, a *app, s settings) (map[string][]alerts.Baseline, error) {
	var events []journal.Event
	switch {
	case s.URL != "":
		exp, err := newClient(s, false)
		if err != nil {
			return nil, err
		}
		var list exporter.EventList
		if err := exp.get(ctx, "api/v1/baselines", "", &list); err != nil {
			return nil, err
		}
		events = list.Events
	case s.Journal != "":
		log, err := journal.Read(s.Journal)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			fmt.Fprintf(a.stderr, "cutover: warning: CUTOVER_JOURNAL: %v: no baseline is frozen\n", err)
			return nil, nil
		case err != nil:
			return nil, fmt.Errorf("CUTOVER_JOURNAL: %w", err)
		}
		events = log.State.Baselines()
	}
	frozen := map[string][]alerts.Baseline{}
	for _, e := range events {
		if e.Baseline == nil {
			continue
		}
		if quantile, ok := quantileOf(e.Baseline.Statistic); ok {
			frozen[e.Checklist] = append(frozen[e.Checklist], alerts.Baseline{
				Signal: criterion.Signal(e.Baseline.Signal), Quantile: quantile, Value: e.Baseline.Value,
			})
		}
	}
	return frozen, nil
}

// quantileOf undoes criterion.StatisticName.
func quantileOf(statistic string) (quantile float64, ok bool) {
	digits, named := strings.CutPrefix(statistic, "p")
	if named {
		quantile, _ = strconv.ParseFloat("0."+strings.ReplaceAll(digits, "_", ""), 64) // 0 where it is none
	}
	return quantile, criterion.StatisticName(quantile) == statistic
}
