package exporter

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
)

// metric describes a metric of the exporter.
type metric struct {
	*prometheus.Desc
	kind prometheus.ValueType
}

func gauge(name, help string, labels ...string) metric {
	return metric{prometheus.NewDesc(name, help, labels, nil), prometheus.GaugeValue}
}

func counter(name, help string, labels ...string) metric {
	return metric{prometheus.NewDesc(name, help, labels, nil), prometheus.CounterValue}
}

// samples collects values by metric and labels. A series can't come out twice,
// which would fail the whole scrape: texts of a checklist that differ may be
// the same once they are cut to the length of a label.
type samples struct {
	at  map[identity]int // where in all a series stands
	all []sample

	most    int // how many series there may be; see within
	dropped int // how many were left out since within
}

// identity is a series: its metric and its labels' values.
type identity struct {
	desc   *prometheus.Desc
	labels string
}

type sample struct {
	metric metric
	value  float64
	labels []string
}

func newSamples() *samples { return &samples{at: make(map[identity]int), most: math.MaxInt} }

// within lets collect add n series at most and gives how many it would have
// added beyond them.
func (s *samples) within(n int, collect func(*samples)) (dropped int) {
	s.most, s.dropped = len(s.all)+n, 0
	collect(s)
	s.most = math.MaxInt
	return s.dropped
}

// has says whether a series is there, or n more may be added.
func (s *samples) has(n int, m metric, labels ...string) bool {
	_, ok := s.at[identify(m, cleaned(labels))]
	return ok || len(s.all)+n <= s.most
}

// beyond lets collect add a few series whatever the limit is: those that stand
// for all that are left out.
func (s *samples) beyond(collect func(*samples)) {
	most := s.most
	s.most = math.MaxInt
	before := len(s.all)
	collect(s)
	s.most = most
	if most < math.MaxInt {
		s.most += len(s.all) - before
	}
}

// set sets a series, unless it is set: the first one stands.
func (s *samples) set(m metric, value float64, labels ...string) {
	if i, added := s.find(m, labels); added {
		s.all[i].value = value
	}
}

// add adds to a series that begins at 0.
func (s *samples) add(m metric, value float64, labels ...string) {
	if i, _ := s.find(m, labels); i >= 0 {
		s.all[i].value += value
	}
}

// lower sets a series, or lowers it: of several it is the smallest value.
func (s *samples) lower(m metric, value float64, labels ...string) {
	if i, added := s.find(m, labels); added || i >= 0 && value < s.all[i].value {
		s.all[i].value = value
	}
}

// find gives the place of a series, added where it isn't there yet; -1 where it is
// one too many.
func (s *samples) find(m metric, labels []string) (i int, added bool) {
	clean := cleaned(labels)
	id := identify(m, clean)
	if i, ok := s.at[id]; ok {
		return i, false
	}
	if len(s.all) >= s.most {
		s.dropped++
		return -1, false
	}
	s.at[id] = len(s.all)
	s.all = append(s.all, sample{metric: m, labels: clean})
	return len(s.all) - 1, true
}

func cleaned(labels []string) []string {
	clean := make([]string, len(labels))
	for n, l := range labels {
		clean[n] = label(l)
	}
	return clean
}

func identify(m metric, clean []string) identity {
	return identity{m.Desc, strings.Join(clean, "\xff")} // never in valid UTF-8
}

func (s *samples) metrics() []prometheus.Metric {
	out := make([]prometheus.Metric, 0, len(s.all))
	for _, v := range s.all {
		out = append(out, prometheus.MustNewConstMetric(v.metric.Desc, v.metric.kind, v.value, v.labels...))
	}
	return out
}

// maxLabel is how many characters of a text stand in a label.
const maxLabel = 200

// label makes a text a label value: valid UTF-8 of bounded length.
func label(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	if len(s) <= maxLabel || utf8.RuneCountInString(s) <= maxLabel {
		return s
	}
	n := 0
	for i := range s {
		if n++; n == maxLabel {
			return s[:i] + "…"
		}
	}
	return s
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
