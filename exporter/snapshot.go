package exporter

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/journal"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
	"github.com/cutover-dev/cutover/internal/smoke"
)

// snapshot is all that is served at one moment. Nobody changes it.
type snapshot struct {
	states   []state // of the checklists, by name
	smoke    *smoke.Snapshot
	config   reload
	phases   []rollout.Phase // of the states with a checklist
	metrics  []prometheus.Metric
	families []*dto.MetricFamily // the same, as a registry gathers them
}

// state is what is known of one checklist.
type state struct {
	name, file string
	checklist  *checklist.Checklist // the last good state, with what incidents declare; nil if it never could be read
	err        error                // why the file can't be read now
	readAt     time.Time            // when it last could
	ticked     map[string]time.Time // when tasks were seen to be ticked, by ID
	phase      rollout.Phase
	incidents  incidents
	baselines  []journal.Baseline // the frozen figures
	verified   map[string]verdict // what smoke tests found about tasks, by ID
}

// verdict is what smoke tests found about a task.
type verdict struct {
	proven  bool
	reasons []string // why not
}

// rebuild publishes a snapshot of what is known now.
func (e *Exporter) rebuild(now time.Time) {
	s := &snapshot{smoke: e.smoke(), config: e.config(), phases: e.phases(now)}
	tests := testsOf(s.smoke)
	for _, name := range slices.Sorted(maps.Keys(e.plans)) {
		p := e.plans[name]
		st := p.state(now, e.options.TimeScale, e.journal)
		if st.checklist != nil {
			st.verified = verify(p.attached.evidence(p.checklist, tests), s.smoke)
		}
		s.states = append(s.states, st)
	}
	all := newSamples()
	share := e.options.seriesOf(len(s.states))
	for _, st := range s.states {
		dropped := all.within(share, st.collect)
		if st.checklist != nil {
			all.set(droppedSeries, float64(dropped), st.name)
		}
	}
	collectSmoke(all, s.smoke)
	s.config.collect(all)
	if e.journal.Durable() {
		all.set(journalUp, number(e.journalErr == nil))
	}
	s.metrics = all.metrics()
	s.families = e.gather(s.metrics)
	e.current.Store(s)
}

// gather turns metrics into families once, so that a scrape has nothing left
// to sort and to check.
func (e *Exporter) gather(metrics []prometheus.Metric) []*dto.MetricFamily {
	registry := prometheus.NewRegistry()
	registry.MustRegister(fixed(metrics))
	families, err := registry.Gather()
	if err != nil {
		// samples leaves nothing to complain about. Were it otherwise: the
		// good series count, not the bad one.
		e.logger.Error("Some metrics are left out", "error", err)
	}
	return families
}

// attached remembers which tests prove which tasks. That changes with the
// checklist and with the tests only, and results come every second.
type attached struct {
	to     *checklist.Checklist
	tests  []rollout.Test
	proven map[string][]int
}

// evidence is that of [rollout.Evidence].
func (a *attached) evidence(c *checklist.Checklist, tests []rollout.Test) map[string][]int {
	if a.to != c || !reflect.DeepEqual(a.tests, tests) {
		*a = attached{c, tests, rollout.Evidence(c, tests)}
	}
	return a.proven
}

// testsOf are the tests that there are results of.
func testsOf(results *smoke.Snapshot) []rollout.Test {
	if results == nil {
		return nil
	}
	tests := make([]rollout.Test, len(results.Tests))
	for i, t := range results.Tests {
		tests[i] = rollout.Test{
			Environment: t.Environment, Suite: t.Suite, Name: t.Test, Baseline: t.Track == series.Baseline,
			Python: t.Python, Proves: t.Proves,
		}
	}
	return tests
}

// verify says what smoke tests found about the tasks they prove: proven if all
// of a task's tests passed when last run, disproven if one failed. Until all
// have run, and none failed, nothing is said. The evidence names the results by
// their indices.
func verify(evidence map[string][]int, results *smoke.Snapshot) map[string]verdict {
	verdicts := make(map[string]verdict)
	for id, indices := range evidence {
		waiting := false
		var reasons []string
		for _, i := range indices {
			switch last := results.Tests[i].Last; {
			case last == nil:
				waiting = true
			case !last.Success:
				reasons = append(reasons, results.Tests[i].Test+": "+last.Reason)
			}
		}
		if len(reasons) > 0 || !waiting {
			verdicts[id] = verdict{proven: len(reasons) == 0, reasons: reasons}
		}
	}
	return verdicts
}
