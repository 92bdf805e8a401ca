package alerts_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
)

// loadTested has targets of two load tests in staging.
var loadTested = one("load-tested", "# Upgrade\n\n## Staging Environment\n- [ ] Error rate < 0.5%\n\n## Load Testing\n\n### Sustained Load Test\n"+
	"- [ ] P95 < 250ms\n- [ ] Error rate < 1%\n- [ ] Throughput > 60 req/s\n\n### Peak Load Test\n- [ ] Error rate < 5%\n\n"+
	"## Rollback Scenarios\n\n### Rollback Criteria\n- [ ] "+errorsLine+"\n", alerts.Options{LoadTestSelector: `slot="load"`})

// stages is the way through the stages, with errors at each.
func stages(t *testing.T) []scenario {
	of := func(track string) string {
		return fmt.Sprintf(`round(sum(cutover:signal:count{signal="requests",track=%q,window="1m"}))`, track)
	}
	var out []scenario
	ticked := []string{}
	for _, s := range staged.checklist(t, "plan").Stages {
		ticked = append(ticked, s.Name)
		served := int(1000 * s.Ratio)
		says := reporting(t, staged, report{shifted: append([]string(nil), ticked...)})
		targets := []target{
			green(bad(8, served, 0), bad(22, served-served/20, served/20)),
			cutover(during(30, says)),
		}
		if served < 1000 {
			targets = append(targets, blue(bad(30, 1000-served, 0)))
		}
		out = append(out, scenario{
			name:    s.Name + " is shifted, and 5 % of the candidate's requests fail",
			targets: targets,
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}},
			values:  []value{{"1m45s", share, is(s.Ratio)}, {"1m45s", of(series.Candidate), is(float64(4 * served))}},
		})
	}
	return complete(t, staged, append(out, mismatches(t)...))
}

// mismatches is traffic that is not where the boxes say, or too early.
func mismatches(t *testing.T) []scenario {
	says := func(n int, rep report) step { return during(n, reporting(t, staged, rep)) }
	first, second := []string{"10%"}, []string{"10%", "25%"}
	mismatch := aboutPlan(series.AlertTrafficMismatch)
	hasty := alert{"alertname": series.AlertHoldCutShort, series.LabelChecklist: "plan", series.LabelStage: "25%"}
	split := func(n, green int) []target {
		return []target{{`job="api",slot="green",instance="g"`, []step{bad(n, green, 0)}}, {`job="api",slot="blue",instance="b"`, []step{bad(n, 100-green, 0)}}}
	}
	return []scenario{
		{
			name:    "10 % is ticked, and 12 % arrive",
			targets: append(split(32, 12), cutover(says(32, report{shifted: first}))),
		},
		{
			name:    "10 % is ticked, and 50 % arrive",
			targets: append(split(32, 50), cutover(says(32, report{shifted: first}))),
			alerts:  []firing{{alert: mismatch, from: "5m15s"}},
		},
		{
			name:    "traffic is shifted, and nobody ticks the box",
			targets: append(split(32, 50), cutover(says(32, report{phase: rollout.Planned}))),
			alerts:  []firing{{alert: mismatch, from: "5m15s"}},
		},
		{
			name: "the next stage is ticked before the hold has passed, until it has",
			targets: append(split(80, 25),
				cutover(says(8, report{shifted: second, shiftedAt: map[string]float64{"10%": 0, "25%": 0}}),
					says(72, report{shifted: second, shiftedAt: map[string]float64{"10%": 0, "25%": 120}}))),
			alerts: []firing{{hasty, "0s", "15m"}},
		},
		{
			name: "after the rollback the stages stay ticked",
			targets: append(split(40, 0),
				cutover(says(40, report{phase: rollout.RolledBack, shifted: second, shiftedAt: map[string]float64{"10%": 0, "25%": 0}}))),
		},
		{
			name: "the next stage is ticked after the hold",
			targets: append(split(70, 25),
				cutover(says(64, report{shifted: first, shiftedAt: map[string]float64{"10%": 0}}),
					says(6, report{shifted: second, shiftedAt: map[string]float64{"10%": 0, "25%": 960}}))),
			alerts: []firing{{alert: mismatch, from: "5m15s", to: "16m"}},
		},
	}
}

// places is where a target stands: nothing is judged elsewhere.
func places(t *testing.T) []scenario {
	load := func(steps ...step) target { return target{`job="api",slot="load",instance="load-1"`, steps} }
	inTest := func(line string) string {
		return fmt.Sprintf("cutover:criterion:ok{id=%q}", loadTested.id(t, "plan", line))
	}
	sustained := fmt.Sprintf("sum(%s)", inTest("Error rate < 1%"))
	before := func(n int) target {
		return cutover(during(n, reporting(t, loadTested, report{phase: rollout.Planned})))
	}
	return complete(t, loadTested, []scenario{
		{
			name:    "outside of its test a load test's target says nothing",
			targets: []target{green(bad(12, 95, 5)), before(12)},
			values:  []value{{"2m", sustained, open}, {"2m", fmt.Sprintf("sum(%s)", inTest("P95 < 250ms")), open}},
		},
		{
			name:    "the load test keeps its limits",
			targets: []target{load(bad(24, 996, 4)), before(24)},
			values:  []value{{"4m", sustained, fine}, {"4m", fmt.Sprintf("sum(%s)", inTest("Throughput > 60 req/s")), fine}, {"4m", fmt.Sprintf("sum(%s)", inTest("P95 < 250ms")), fine}},
		},
		{
			// After the test the windows run out, and what was last said holds for
			// two minutes more.
			name:    "the load test misses a limit, and ends",
			targets: []target{load(bad(20, 97, 3), gone(100)), before(120)},
			alerts:  []firing{{miss("Error rate < 1%"), "2m15s", "26m15s"}},
			values:  []value{{"4m", sustained, broken}, {"25m", sustained, open}},
		},
		{
			name:    "the load test's errors are not the candidate's",
			targets: []target{load(bad(30, 995, 5)), green(well(30)), before(30)},
			values:  []value{{"6m", candidateErrorsIn("production"), is(0)}, {"6m", candidateErrorsIn("staging"), is(0.005)}},
		},
		{
			name:    "a target of staging is not judged by production",
			targets: []target{green(bad(24, 993, 7)), cutover(during(24, reporting(t, loadTested, report{})))},
			values:  []value{{"4m", fmt.Sprintf("sum(%s)", inTest("Error rate < 0.5%")), open}},
		},
	})
}

func candidateErrorsIn(environment string) string {
	return fmt.Sprintf(`round(1e6 * max(cutover:signal:ratio{signal="error_ratio",track="candidate",environment=%q})) / 1e6`, environment)
}

// sideBySide are two checklists about one service.
var sideBySide = &ruleSet{name: "two", plans: map[string]string{
	"plan":  rollbackOn(errorsLine, incidentLine),
	"other": rollbackOn("Error rate >3% for >5 minutes", incidentLine),
}}

// neighbours is that checklists don't mix.
func neighbours(t *testing.T) []scenario {
	elsewhere := func(a alert) alert {
		other := maps.Clone(a)
		other[series.LabelChecklist] = "other"
		return other
	}
	says := func(n int, plan, other report) step {
		other.checklist = "other"
		return during(n, reporting(t, sideBySide, plan, other))
	}
	const threePercent = "Error rate >3% for >5 minutes"
	return complete(t, sideBySide, []scenario{
		{
			name:    "one of two checklists has a stricter bound",
			targets: []target{green(well(8), bad(24, 98, 2)), cutover(says(32, report{}, report{}))},
			alerts:  []firing{{alert: breach(errorsLine), from: "7m15s"}},
		},
		{
			name:    "both are broken: each has its alert",
			targets: []target{green(well(8), bad(24, 90, 10)), cutover(says(32, report{}, report{}))},
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}, {alert: elsewhere(breach(threePercent)), from: "7m15s"}},
		},
		{
			name:    "an incident is declared in one",
			targets: []target{green(well(16)), cutover(says(16, report{}, report{declared: []string{incidentLine}}))},
			alerts:  []firing{{alert: elsewhere(declaration(incidentLine)), from: "0s"}},
		},
		{
			name:    "one is rolled back, and the other goes on",
			targets: []target{green(well(8), bad(24, 90, 10)), cutover(says(32, report{phase: rollout.RolledBack}, report{}))},
			alerts:  []firing{{alert: elsewhere(breach(threePercent)), from: "7m15s"}},
		},
		{
			name:    "one can't be read",
			targets: []target{green(well(24)), cutover(says(24, report{}, report{unreadable: true}))},
			alerts:  []firing{{alert: elsewhere(aboutPlan(series.AlertChecklistUnreadable)), from: "2m"}},
		},
		{
			name:    "the candidate crashes: both say so",
			targets: []target{green(well(12), down(10)), cutover(says(22, report{}, report{}))},
			alerts:  []firing{{alert: candidateDown, from: "4m"}, {alert: elsewhere(candidateDown), from: "4m"}},
		},
	})
}
