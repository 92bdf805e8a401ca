package exporter

import (
	"cmp"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/collectors/version"
	dto "github.com/prometheus/client_model/go"
)

// Describe implements [prometheus.Collector].
func (e *Exporter) Describe(ch chan<- *prometheus.Desc) {
	fixed(nil).Describe(ch)
	ch <- sourceLastSuccess.Desc
}

// Collect implements [prometheus.Collector]: the metrics of the checklists and
// of the smoke tests, without those of the process. Nothing is computed but
// when the checklists were last looked at.
func (e *Exporter) Collect(ch chan<- prometheus.Metric) {
	fixed(e.current.Load().metrics).Collect(ch)
	lastSuccess{e}.Collect(ch)
}

// fixed collects what was built before.
type fixed []prometheus.Metric

func (f fixed) Describe(ch chan<- *prometheus.Desc) {
	for _, m := range described {
		ch <- m.Desc
	}
}

func (f fixed) Collect(ch chan<- prometheus.Metric) {
	for _, m := range f {
		ch <- m
	}
}

// lastSuccess says when the checklists could last be read. It moves on with
// every look at them, so it is not in the snapshot.
type lastSuccess struct{ *Exporter }

func (l lastSuccess) Describe(ch chan<- *prometheus.Desc) { ch <- sourceLastSuccess.Desc }

func (l lastSuccess) Collect(ch chan<- prometheus.Metric) {
	out := newSamples()
	for _, s := range l.current.Load().states {
		seen := l.source.Seen(s.file)
		switch {
		case s.name == "" || s.checklist == nil:
		case s.err == nil && seen.After(s.readAt):
			out.set(sourceLastSuccess, seconds(seen), s.name)
		default:
			out.set(sourceLastSuccess, seconds(s.readAt), s.name)
		}
	}
	for _, m := range out.metrics() {
		ch <- m
	}
}

// processRegistry has what is not in a snapshot.
func processRegistry(e *Exporter) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		version.NewCollector("cutover"),
		lastSuccess{e},
	)
	return r
}

// Gather implements [prometheus.Gatherer]: all that /metrics serves. The
// snapshot's part was gathered when it was built.
func (e *Exporter) Gather() ([]*dto.MetricFamily, error) {
	process, err := e.process.Gather()
	families := slices.Concat(e.current.Load().families, process)
	slices.SortFunc(families, func(a, b *dto.MetricFamily) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return families, err
}
