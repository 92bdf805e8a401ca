package alerts_test

import (
	"testing"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/internal/series"
)

// onRuns is a service that exposes nothing: its smoke tests measure it.
var onRuns = one("runs", aimingFor(availabilityTarget)+"\n## Rollback Scenarios\n\n### Rollback Criteria\n"+boxes([]string{errorsLine, latencyLine}),
	alerts.Options{Instrumentation: "smoke"})

// runs is what is judged by the smoke tests' runs, where there is nothing else. A
// window of four runs is two minutes, in which increase() sees four and a half.
func runs(t *testing.T) []scenario {
	says := func(n int, results ...smoke) step { return during(n, reporting(t, onRuns, report{smoke: results})) }
	pass := func(track string) smoke { return smoke{track: track, test: "login"} }
	other := smoke{track: series.Candidate, test: "health"}
	fail := func(track string) smoke { return smoke{track: track, test: "login", fails: true} }
	blue, green := pass(series.Baseline), pass(series.Candidate)
	failing := func(s smoke) alert {
		return alert{"alertname": series.AlertSmokeFailing, series.LabelTrack: s.track, series.LabelTest: s.test}
	}
	replica := func(steps ...step) target { return target{`job="cutover",instance="cutover-2"`, steps} }
	slow := smoke{track: series.Candidate, test: "login", seconds: 0.2}
	minor := smoke{track: series.Candidate, test: "banner", minor: true, fails: true}
	staging := smoke{track: series.Candidate, test: "login", environment: "staging", fails: true}
	const counted = `round(sum(cutover:signal:count{signal="requests",track="candidate"}))`
	of := func(line string) string { return verdict(t, onRuns, line) }
	return complete(t, onRuns, []scenario{
		{
			name:    "runs: all is well",
			targets: []target{cutover(says(40, blue, green, other, minor, staging))},
			alerts:  []firing{{alert: failing(minor), from: "1m"}, {alert: failing(staging), from: "1m"}},
			values: []value{
				{"5m", of(errorsLine), fine}, {"5m", of(latencyLine), fine}, {"5m", of(availabilityTarget), fine},
				{"5m", candidateErrors, is(0)}, {"5m", recorded(series.SignalRatio, "availability", "candidate"), is(1)},
				{"5m", counted, is(9)}, {"5m", candidateLatency, is(0.05)},
			},
		},
		{
			name:    "runs: one of two tests fails from some moment on",
			targets: []target{cutover(says(8, blue, green, other), says(24, blue, fail(series.Candidate), other))},
			alerts: []firing{
				{alert: breach(errorsLine), from: "7m"}, {alert: miss(availabilityTarget), from: "4m30s"}, {alert: failing(green), from: "3m"},
			},
			values: []value{{"1m45s", of(errorsLine), fine}, {"2m", of(errorsLine), broken}, {"6m", candidateErrors, is(0.5)}},
		},
		{
			name:    "runs: one run fails",
			targets: []target{cutover(says(8, blue, green, other), says(2, blue, fail(series.Candidate), other), says(40, blue, green, other))},
			values:  []value{{"2m", of(errorsLine), broken}, {"2m", of(availabilityTarget), broken}, {"6m", of(availabilityTarget), fine}},
		},
		{
			name:    "runs: the candidate takes four times as long",
			targets: []target{cutover(says(8, blue, green), says(24, blue, slow))},
			alerts:  []firing{{alert: breach(latencyLine), from: "4m30s"}},
			values:  []value{{"2m", of(latencyLine), broken}, {"6m", candidateLatency, is(0.2)}},
		},
		{
			name:    "runs: the exporter is gone, and nobody can tell",
			targets: []target{cutover(says(8, blue, green, other), down(40))},
			alerts:  []firing{{alert: exporterDown, from: "3m"}},
			values: []value{
				{"1m45s", of(errorsLine), fine}, {"2m", of(errorsLine), open}, {"2m", of(latencyLine), open}, {"2m", of(availabilityTarget), open},
				{"9m", of(errorsLine), open},
			},
		},
		{
			name:    "runs: two replicas count once",
			targets: []target{cutover(says(32, blue, green, other)), replica(says(32, blue, green, other))},
			values:  []value{{"5m", counted, is(9)}, {"5m", of(errorsLine), fine}, {"5m", candidateLatency, is(0.05)}},
		},
		{
			name: "runs: one of two replicas sees the candidate fail",
			targets: []target{cutover(says(32, blue, green)),
				replica(says(8, blue, green), says(24, blue, fail(series.Candidate)))},
			alerts: []firing{
				{alert: breach(errorsLine), from: "7m"}, {alert: miss(availabilityTarget), from: "4m30s"}, {alert: failing(green), from: "3m"},
			},
		},
		{
			name: "runs: the prober is cut off from both versions",
			targets: []target{cutover(says(8, blue, green), says(32, fail(series.Baseline), fail(series.Candidate)),
				says(24, blue, green))},
			alerts: []firing{
				{failing(blue), "3m", "10m"}, {failing(green), "3m", "10m"}, {signalMissing, "7m", "11m45s"},
			},
			values: []value{{"1m45s", of(errorsLine), fine}, {"4m", of(errorsLine), open}, {"14m", of(errorsLine), fine}},
		},
	})
}

// What runs of smoke tests can't tell is said, and not guessed.
func TestWhatRunsCannotTell(t *testing.T) {
	plan := one("untold", aimingFor(responseTarget, throughputTarget, memoryTarget, cpuTarget, quantileTarget), onRuns.options)
	judgements, err := alerts.Judgements(plan.checklist(t, "plan"), plan.options)
	if err != nil {
		t.Fatal(err)
	}
	if len(judgements) != 5 {
		t.Fatalf("%d criteria", len(judgements))
	}
	for _, j := range judgements {
		if j.Reason == "" {
			t.Errorf("%q is judged", j.Criterion.Text)
		}
	}
}
