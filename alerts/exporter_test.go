package alerts_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
)

// report is what cutover's exporter says of a checklist.
type report struct {
	checklist  string        // "plan" if empty
	phase      rollout.Phase // shifting if empty
	declared   []string      // texts of the criteria that are declared
	unreadable bool
	outdated   bool     // the criteria are not those of the rules
	shifted    []string // stages that are ticked
	shiftedAt  map[string]float64
	smoke      []smoke
	tasks      []task
	incidents  map[string]int // open ones of the kind other, by impact
	noJournal  bool           // it can't be written
	drills     float64        // open ones
}

// smoke is what a smoke test finds whenever it runs.
type smoke struct {
	track, test string
	environment string // production if empty
	minor       bool   // not critical
	fails       bool
	seconds     float64 // it takes; 0 is 50 ms
	late        bool    // runs a scrape later than the others
	every       int     // scrapes from one run to the next; 0 is two
}

// task is a ticked task, or an open one, with what its tests say of it.
type task struct {
	id     string
	proven bool
	open   bool
}

// scrapesServed is the client library's own count.
const scrapesServed = `promhttp_metric_handler_requests_total{code="200"}`

// reporting is what the exporter exposes while it reports this. Of the smoke
// tests it remembers how often they ran.
func reporting(t *testing.T, r *ruleSet, reports ...report) func(exposition) {
	t.Helper()
	now := exposition{}
	for _, rep := range reports {
		rep.write(t, r, now)
	}
	return func(e exposition) {
		before := maps.Clone(e)
		clear(e)
		maps.Copy(e, now)
		e[scrapesServed] = before[scrapesServed] + 1
		for _, rep := range reports {
			for _, s := range rep.smoke {
				s.write(before, e)
			}
		}
	}
}

func (rep report) write(t *testing.T, r *ruleSet, e exposition) {
	t.Helper()
	name := rep.checklist
	if name == "" {
		name = "plan"
	}
	c := r.checklist(t, name)
	set := func(metric string, value float64, labels ...string) {
		labels = append([]string{fmt.Sprintf("checklist=%q", name)}, labels...)
		e[labelled(metric, join(labels...))] = value
	}
	phase := rep.phase
	if phase == "" {
		phase = rollout.Shifting
	}
	for _, p := range rollout.Phases() {
		set(series.RolloutPhase, truth(p == phase), fmt.Sprintf("phase=%q", p))
	}
	for _, c := range c.Criteria {
		if c.Role == criterion.Rollback {
			set(series.CriterionDeclared, truth(slices.Contains(rep.declared, c.Text)), fmt.Sprintf("id=%q", c.ID))
		}
	}
	hash := c.Hash()
	if rep.outdated {
		hash = "000000000000"
	}
	set(series.ChecklistCriteriaHashInfo, 1, fmt.Sprintf("hash=%q", hash))
	set(series.SourceUp, truth(!rep.unreadable))
	for _, s := range c.Stages {
		stage := fmt.Sprintf("stage=%q", s.Name)
		set(series.StageTrafficRatio, s.Ratio, stage)
		set(series.StageShifted, truth(slices.Contains(rep.shifted, s.Name)), stage)
		if at, ok := rep.shiftedAt[s.Name]; ok {
			set(series.StageShiftedTimestamp, at, stage)
		}
	}
	for _, task := range rep.tasks {
		id := fmt.Sprintf("id=%q", task.id)
		set(series.ChecklistTaskInfo, 1, id, `section="S",group="G",kind="plan",task="T"`)
		set(series.ChecklistTaskDone, truth(!task.open), id)
		set(series.ChecklistTaskVerified, truth(task.proven), id)
	}
	for _, impact := range []string{"none", "minor", "significant"} {
		set(series.IncidentOpen, float64(rep.incidents[impact]), `kind="other"`, fmt.Sprintf("impact=%q", impact))
	}
	set(series.DrillOpen, rep.drills, `kind="other"`)
	e[series.JournalUp] = truth(!rep.noJournal)
}

// firstRun is when the first smoke test ran.
const firstRun = 1.8e9

// write adds the test's metrics to what the exporter exposed before. It runs
// before every other scrape, or more seldom.
func (s smoke) write(before, e exposition) {
	environment := s.environment
	if environment == "" {
		environment = "production"
	}
	labels := fmt.Sprintf("environment=%q,track=%q,suite=%q,test=%q", environment, s.track, "standard", s.test)
	success := labelled(series.SmokeSuccess, join(labels, fmt.Sprintf(`critical="%t"`, !s.minor)))
	lastRun := labelled(series.SmokeLastRunTimestamp, labels)
	runs := map[bool]string{true: labelled(series.SmokeRuns, join(labels, `result="failure"`)), false: labelled(series.SmokeRuns, join(labels, `result="success"`))}
	e[labelled(series.SmokeDuration, labels)] = cmp.Or(s.seconds, 0.05)
	for _, name := range []string{success, lastRun, runs[true], runs[false]} {
		e[name] = before[name]
	}
	scrape, first := int(e[scrapesServed])-1, 0
	if s.late {
		first = 1
	}
	if _, ran := before[lastRun]; !ran || scrape%cmp.Or(s.every, 2) == first {
		e[success] = truth(!s.fails)
		e[lastRun] = firstRun + 15*float64(scrape)
		e[runs[s.fails]]++
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// cutover is the exporter.
func cutover(steps ...step) target { return target{`job="cutover",instance="cutover-1"`, steps} }
