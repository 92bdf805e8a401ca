package alerts_test

import (
	"slices"
	"strconv"
	"strings"
)

// A target is something that Prometheus scrapes: what it answers, scrape after
// scrape. A small model of the real thing plays it, so that a counter that is
// born late, a restart and a lost scrape look as they do in Prometheus.
type target struct {
	labels string // of the scrape: `job="api",slot="green",instance="green-1"`
	steps  []step
}

// A step is a number of scrapes that go alike.
type step struct {
	scrapes int
	outcome outcome
	// change is what happens to the target before each scrape, whether or not
	// the scrape succeeds: the world goes on unseen.
	change func(exposition)
	fresh  bool // the target starts anew, with nothing counted
}

// An exposition is what a target answers: series, without the scrape's labels,
// and their values.
type exposition map[string]float64

// outcome is how a scrape ends.
type outcome int

const (
	answered outcome = iota
	failed           // the target doesn't answer: up is 0, and all its series end
	missed           // nobody scraped: no samples, and no series ends
	removed          // the target is not known any more: its series end, up too
)

// during answers n scrapes.
func during(n int, change func(exposition)) step { return step{scrapes: n, change: change} }

// down fails n scrapes.
func down(n int) step { return step{scrapes: n, outcome: failed} }

// lost fails n scrapes of a target that goes on.
func lost(n int, change func(exposition)) step {
	return step{scrapes: n, outcome: failed, change: change}
}

// unscraped is the time of n scrapes that Prometheus never made.
func unscraped(n int, change func(exposition)) step {
	return step{scrapes: n, outcome: missed, change: change}
}

// gone is the time of n scrapes in which the target is not known.
func gone(n int) step { return step{scrapes: n, outcome: removed} }

// restarted is a step before which the target starts anew.
func restarted(s step) step {
	s.fresh = true
	return s
}

// length is how many scrapes a target is known for.
func (t target) length() int {
	n := 0
	for _, s := range t.steps {
		n += s.scrapes
	}
	return n
}

// input plays the target and gives its series in promtool's notation.
func (t target) input() map[string]string {
	p := player{values: map[string][]string{}, alive: map[string]bool{}}
	now := exposition{}
	for _, s := range t.steps {
		if s.fresh {
			clear(now)
		}
		for range s.scrapes {
			if s.change != nil {
				s.change(now)
			}
			p.scrape(now, s.outcome)
		}
	}
	input := map[string]string{}
	for name, v := range p.values {
		input[labelled(name, t.labels)] = strings.Join(v, " ")
	}
	return input
}

// A player writes what Prometheus stores of a target.
type player struct {
	n      int                 // scrapes so far
	values map[string][]string // by series, one a scrape
	alive  map[string]bool     // the series that have not ended
}

func (p *player) scrape(now exposition, o outcome) {
	if o == failed || o == removed {
		now = nil
	}
	if o != missed {
		p.end(now, o == removed)
	}
	switch o {
	case answered:
		for name, value := range now {
			p.put(name, number(value))
		}
		p.put("up", "1")
	case failed:
		p.put("up", "0")
	}
	p.n++
}

// end marks the series that are not exposed any more. Prometheus writes up
// itself, as long as it knows the target.
func (p *player) end(now exposition, all bool) {
	for name := range p.alive {
		if _, ok := now[name]; !ok && (all || name != "up") {
			p.put(name, "stale")
			delete(p.alive, name)
		}
	}
}

func (p *player) put(name, value string) {
	v := p.values[name]
	for len(v) < p.n {
		v = append(v, "_")
	}
	p.values[name] = append(v, value)
	p.alive[name] = value != "stale"
}

// labelled adds labels to a series.
func labelled(name, labels string) string {
	metric, own, _ := strings.Cut(strings.TrimSuffix(name, "}"), "{")
	return metric + "{" + join(own, labels) + "}"
}

// join joins lists of labels, any of which may be empty.
func join(labels ...string) string {
	return strings.Join(slices.DeleteFunc(labels, func(s string) bool { return s == "" }), ",")
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
