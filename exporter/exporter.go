// Package exporter makes checklists live: it reads them, follows their changes,
// and serves what they say as Prometheus metrics and as a plain status page.
//
//	e, err := exporter.New(ctx, exporter.Options{Checklists: []string{"plan.md"}})
//	…
//	listener, err := net.Listen("tcp", ":9847")
//	…
//	err = e.Run(ctx, listener)
//
// An [Exporter] is also a [prometheus.Collector], for programs that have a
// registry and a server of their own; these call [Exporter.Watch], if they like
// the page mount [Exporter.Handler], and in the end call [Exporter.Close].
//
// What is served is a snapshot that is built when something changes, not when
// somebody asks. A checklist that can't be read any more keeps its last good
// state; cutover_source_up says so.
package exporter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/exporter-toolkit/web"
	"golang.org/x/sync/errgroup"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/journal"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/smoke"
	"github.com/cutover-dev/cutover/internal/source"
)

// Options says what to export. Only Checklists is required.
type Options struct {
	// Checklists are files, globs, directories, addresses, issues
	// (github:owner/repository#12), or builtin:python-3.13.
	Checklists []string
	// Remote says how those are fetched that are no files.
	Remote Remote
	// Name replaces the name of the only checklist, its file's stem.
	Name string
	// ChecklistURL is where people open the checklist; the status page links
	// to it if there is only one. An http or https address.
	ChecklistURL string
	// Smoke runs smoke tests and has their results. Nil: there are none.
	Smoke interface {
		Snapshot() *smoke.Snapshot
		RunSelected(context.Context, smoke.Selection) []smoke.Result
	}
	// Config knows whether the configuration could be used when last read, and
	// when it last could. Nil: there is none, and no metrics about it.
	Config interface {
		LastReload() (ok bool, success time.Time)
	}
	// WebConfigFile turns on TLS and authentication for Run, in the format of
	// the Prometheus exporter-toolkit. Empty: plain HTTP for everybody.
	WebConfigFile string
	// Journal is a file that remembers what changed when, which incidents are
	// open, and the frozen baseline. What changed while no exporter ran is seen
	// to change when the checklist is first read again. Empty: all of it is
	// forgotten at the end.
	Journal string
	// TokenFile holds the token that whoever writes over HTTP must know. It is
	// read anew for every request. Empty: nobody can write.
	TokenFile string
	// TimeScale shortens the hold of the last stage and the soak of 48 hours
	// for rehearsals: 0.1 is ten times as fast. 0 is 1.
	TimeScale float64
	// MaxSeries is how many series a checklist may have, give or take the few that
	// count what is left out; 0 is 10,000. MaxSeriesInAll is how many all of them
	// may have together, each an equal share; 0 is 50,000. What is cut is said by
	// cutover_checklist_dropped_series, and counts stay right.
	MaxSeries, MaxSeriesInAll int
	// Logger is told when a checklist can't be read and when it can be again.
	// Nil: nobody is.
	Logger *slog.Logger
	// Clock tells the time; nil is [time.Now].
	Clock func() time.Time
}

// seriesOf is how many series each of so many checklists may have.
func (o Options) seriesOf(checklists int) int {
	return min(cmp.Or(o.MaxSeries, 10_000), cmp.Or(o.MaxSeriesInAll, 50_000)/max(checklists, 1))
}

// Remote says how checklists are fetched that are no files: how often, with the
// tokens in which files, and through which APIs.
type Remote = source.Remote

// Exporter exports checklists. Its methods may be called from several
// goroutines.
type Exporter struct {
	options Options
	source  *source.Source
	logger  *slog.Logger
	clock   func() time.Time
	process *prometheus.Registry // Go, process and build
	journal *journal.Journal
	writes  *bucket    // bounds how much is written over HTTP
	asked   sync.Mutex // held while tests run that somebody asked for

	mu         sync.Mutex
	plans      map[string]*plan // by key
	journalErr error            // why the last change could not be written

	current atomic.Pointer[snapshot]
}

// New reads the checklists. It fails if none of them can be read, with an error
// that has a line for each; if only some can't, or the server of one can't be
// reached yet, they are logged, and followed until they can.
func New(ctx context.Context, o Options) (*Exporter, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	switch {
	case o.TimeScale == 0:
		o.TimeScale = 1
	case o.TimeScale < 0 || o.TimeScale > 1:
		return nil, fmt.Errorf("time scale %v: allowed is more than 0 up to 1", o.TimeScale)
	}
	if err := web.Validate(o.WebConfigFile); err != nil {
		return nil, fmt.Errorf("%s: %w", o.WebConfigFile, err)
	}
	src, err := source.Open(o.Checklists, source.Options{Name: o.Name, Remote: o.Remote, Logger: o.Logger, Clock: o.Clock})
	if err != nil {
		return nil, err
	}
	e := &Exporter{
		options: o,
		source:  src,
		logger:  o.Logger,
		clock:   o.Clock,
		plans:   make(map[string]*plan),
		writes:  newBucket(),
	}
	if err := e.open(ctx); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	e.process = processRegistry(e)
	return e, nil
}

// open reads what there is: the token, the journal, the checklists.
func (e *Exporter) open(ctx context.Context) error {
	if e.options.TokenFile != "" {
		if _, err := ReadToken(e.options.TokenFile); err != nil {
			return err
		}
	}
	documents := e.source.Read(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	j, err := journal.Open(e.options.Journal, journal.Options{Logger: e.logger, Clock: e.clock})
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	e.journal = j
	return e.load(documents)
}

// Close ends writing the journal. Run does it by itself.
func (e *Exporter) Close() error {
	if e.journal == nil {
		return nil
	}
	return e.journal.Close()
}

// load takes the first documents.
func (e *Exporter) load(documents []source.Document) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.clock()
	var errs []error
	for _, d := range documents {
		if err := e.plan(d).take(d, now); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); len(errs) == len(documents) && !errors.Is(err, source.ErrUnreachable) {
		return err
	}
	e.report()
	e.save(now)
	e.rebuild(now)
	return nil
}

// Run serves on the listener and follows the checklists until ctx ends, then
// gives requests under way a moment to finish. It returns nil after that, and
// an error if it could not serve. The listener is closed in any case.
func (e *Exporter) Run(ctx context.Context, l net.Listener) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return e.Watch(ctx) })
	group.Go(func() error { return e.serve(ctx, l) })
	return errors.Join(group.Wait(), e.Close())
}

// refreshInterval is how often what changes without a checklist, smoke results
// and the passing of time, is looked at.
const refreshInterval = time.Second

// Watch follows the checklists until ctx ends. Run does it by itself.
func (e *Exporter) Watch(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return e.source.Watch(ctx, e.apply) })
	group.Go(func() error {
		ticker := time.NewTicker(refreshInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
				e.refresh()
			}
		}
	})
	return group.Wait()
}

// apply takes changed documents.
func (e *Exporter) apply(documents []source.Document) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.clock()
	maps.DeleteFunc(e.plans, func(_ string, p *plan) bool {
		// It got a name with its first checklist.
		return p.name == "" && !slices.ContainsFunc(documents, func(d source.Document) bool { return key(d) == p.file })
	})
	for _, d := range documents {
		// What is wrong is kept in the plan, for the metrics and the log.
		_ = e.plan(d).take(d, now)
	}
	e.report()
	e.save(now)
	e.rebuild(now)
}

// plan is the plan that a document belongs to, made if need be.
func (e *Exporter) plan(d source.Document) *plan {
	p, ok := e.plans[key(d)]
	if !ok {
		p = &plan{name: d.Name, file: d.File}
		p.remember(e.journal)
		e.plans[key(d)] = p
	}
	return p
}

// key tells plans apart: by name, or while there is none by file.
func key(d source.Document) string {
	if d.Name == "" {
		return d.File
	}
	return d.Name
}

// report logs every change of state once.
func (e *Exporter) report() {
	for _, name := range slices.Sorted(maps.Keys(e.plans)) {
		e.plans[name].report(e.logger)
	}
}

// refresh builds a new snapshot if there are other smoke results, or another
// phase has come with time, and tries again to write what could not be written.
func (e *Exporter) refresh() {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.clock()
	s := e.current.Load()
	if s.smoke == e.smoke() && s.config == e.config() && slices.Equal(s.phases, e.phases(now)) && e.journalErr == nil {
		return
	}
	e.save(now)
	e.rebuild(now)
}

func (e *Exporter) smoke() *smoke.Snapshot {
	if e.options.Smoke == nil {
		return nil
	}
	return e.options.Smoke.Snapshot()
}

// reload is how the configuration was last read; the zero value without one.
type reload struct {
	known, ok bool
	success   time.Time
}

func (e *Exporter) config() reload {
	if e.options.Config == nil {
		return reload{}
	}
	ok, success := e.options.Config.LastReload()
	return reload{true, ok, success}
}

// loaded lists the plans that ever could be read, by name.
func (e *Exporter) loaded() []*plan {
	var plans []*plan
	for _, name := range slices.Sorted(maps.Keys(e.plans)) {
		if p := e.plans[name]; p.checklist != nil {
			plans = append(plans, p)
		}
	}
	return plans
}

func (e *Exporter) phases(now time.Time) []rollout.Phase {
	var phases []rollout.Phase
	for _, p := range e.loaded() {
		phases = append(phases, p.phase(now, e.options.TimeScale))
	}
	return phases
}

// Checklists are the checklists as last read, in the order of their names.
func (e *Exporter) Checklists() []*checklist.Checklist {
	var out []*checklist.Checklist
	for _, s := range e.current.Load().states {
		if s.checklist != nil {
			out = append(out, s.checklist)
		}
	}
	return out
}
