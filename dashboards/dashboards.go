// Package dashboards draws Grafana dashboards for a checklist: what it claims,
// what is measured, and what is next.
//
// Each board asks one question and answers it in its first row, in words and
// one large number. It is generated from the checklist: one without traffic
// stages, criteria or smoke tests has no empty rows for them. A board reads only
// series of package series, and takes replicas of the exporter and of Prometheus
// away before it counts anything.
//
// [All] gives the set of a checklist, [Overview] one of it; [Board.JSON] is what
// goes into a file or to Grafana. The package does no I/O.
//
// # Text from a checklist
//
// Headings and lines are somebody else's text. They reach a board as label
// values, or as words that replace an id, and are shown as they stand: what
// Grafana would interpolate ($name, ${name}, [[name]], {{name}}) is broken up
// with a zero-width space, what PromQL or Markdown would read is quoted.
package dashboards

import (
	"fmt"
	"net/url"
	"time"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
)

// Options are what a board needs to know beyond the checklist. The zero value
// is a useful set of options.
type Options struct {
	// DataSource is the name of the Prometheus data source that is chosen when a
	// board is opened. Empty: Grafana's default one.
	DataSource string

	// ChecklistURL is where people open the checklist; http or https. Empty: the
	// boards don't link to it.
	ChecklistURL string

	// RefreshInterval is how often an open board asks again. Zero: 30 seconds.
	RefreshInterval time.Duration

	// Queried lists the signals that a query of one's own measures
	// (CUTOVER_QUERY_<SIGNAL>). Signals that nothing measures by itself, such as
	// business figures, are drawn only when listed.
	Queried []criterion.Signal
}

func (o Options) check() error {
	if o.RefreshInterval < 0 {
		return fmt.Errorf("refresh interval %s: must not be negative", o.RefreshInterval)
	}
	if o.ChecklistURL == "" {
		return nil
	}
	u, err := url.Parse(o.ChecklistURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("the checklist's URL must be an absolute http or https URL")
	}
	return nil
}

// All draws the boards of a checklist's set, in the order in which they link to
// each other. A board that would have nothing to show isn't in it.
func All(c *checklist.Checklist, o Options) ([]Board, error) {
	var out []Board
	for _, k := range set(c) {
		b, err := draw(c, o, k)
		if err != nil {
			return nil, err
		}
		out = append(out, *b)
	}
	return out, nil
}

// Overview draws the board that asks: where are we, may we go on, what is wrong?
func Overview(c *checklist.Checklist, o Options) (*Board, error) {
	return draw(c, o, kinds()[0])
}
