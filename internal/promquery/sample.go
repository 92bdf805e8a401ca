package promquery

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Load is made-up traffic of a place between two scrapes, for tests of rules.
type Load struct {
	Requests    int     // answered well
	Errors      int     // answered with a 5xx status
	MeanSeconds float64 // each took, on average
}

// Rise is what a series is at first, and how much it rises from one scrape to the
// next.
type Rise struct {
	Series      string
	Start, Step float64
}

// Rises gives the series that a place's instrumentation would show under a
// load. The error says which selector no series can be made up for.
func (s Settings) Rises(p Place, l Load) ([]Rise, error) {
	in := s.Instrumentation
	fixed, err := sampleLabels(matchers(p.Selector, in.Fixed))
	if err != nil {
		return nil, err
	}
	failing, err := sampleLabels(matchers(p.Selector, in.Fixed, in.Errors))
	if err != nil {
		return nil, err
	}
	rises := []Rise{{Series: in.Requests + fixed.String(), Step: float64(l.Requests)}}
	if l.Errors > 0 {
		rises = append(rises, Rise{Series: in.Requests + failing.String(), Step: float64(l.Errors)})
	}
	if in.MeanGauge != "" {
		rises = append(rises, Rise{Series: in.MeanGauge + fixed.String(), Start: l.MeanSeconds})
	}
	if in.Up != "" {
		up, err := sampleLabels(matchers(p.Selector, in.UpMatchers))
		if err != nil {
			return nil, err
		}
		rises = append(rises, Rise{Series: in.Up + up.String(), Start: 1})
	}
	if in.Mean == "" {
		return rises, nil
	}
	unit := 1.0
	if in.Scale == "0.001" {
		unit = 1000
	}
	sum := math.Round(float64(l.Requests+l.Errors)*l.MeanSeconds*unit*1e6) / 1e6
	rises = append(rises, Rise{Series: in.Mean + "_sum" + fixed.String(), Step: sum})
	if count := in.Mean + "_count" + fixed.String(); count != rises[0].Series {
		rises = append(rises, Rise{Series: count, Step: float64(l.Requests + l.Errors)})
	}
	return rises, nil
}

// sampleLabels makes up labels that label matchers accept.
func sampleLabels(selector string) (labels.Labels, error) {
	ms, err := parser.NewParser(parser.Options{}).ParseMetricSelector("{" + selector + "}")
	if err != nil {
		return labels.Labels{}, fmt.Errorf("selector %q: %w", selector, err)
	}
	b := labels.NewBuilder(labels.EmptyLabels())
	for _, m := range ms {
		candidates := append([]string{"", "500", m.Value}, strings.Split(m.Value, "|")...)
		i := slices.IndexFunc(candidates, m.Matches)
		if i < 0 {
			return labels.Labels{}, fmt.Errorf("no series can be made up for %s", m)
		}
		b.Set(m.Name, candidates[i])
	}
	return b.Labels(), nil
}
