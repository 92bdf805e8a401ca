package alerts_test

import (
	"testing"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
)

// onRuns is a service that exposes nothing: its smoke tests measure it.
var onRuns = one("runs", aimingFor(availabilityTarget, successTarget)+"\n## Rollback Scenarios\n\n### Rollback Criteria\n"+boxes([]string{errorsLine, latencyLine}),
	alerts.Options{Instrumentation: "smoke", Baseline: []alerts.Baseline{{Signal: criterion.Latency, Value: 0.01}}})

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
	slowOther := smoke{track: series.Candidate, test: "report", seconds: 9}
	blueSlow := smoke{track: series.Baseline, test: "legacy", seconds: 9}
	minor := smoke{track: series.Candidate, test: "banner", minor: true, fails: true, seconds: 9}
	blueMinor := smoke{track: series.Baseline, test: "banner", minor: true, seconds: 9}
	slowMinor := smoke{track: series.Candidate, test: "banner", minor: true, seconds: 9}
	staging := smoke{track: series.Candidate, test: "login", environment: "staging", fails: true}
	const counted = `round(sum(cutover:signal:count{signal="requests",track="candidate"}))`
	of := func(line string) string { return verdict(t, onRuns, line) }
	return complete(t, onRuns, []scenario{
		{
			name:    "runs: all is well",
			targets: []target{cutover(says(40, blue, blueMinor, green, other, minor, staging))},
			alerts:  []firing{{alert: failing(minor), from: "30s"}, {alert: failing(staging), from: "30s"}},
			values: []value{
				{"5m", of(errorsLine), fine}, {"5m", of(latencyLine), fine}, {"5m", of(availabilityTarget), fine},
				{"5m", candidateErrors, is(0)}, {"5m", recorded(series.SignalRatio, "availability", "candidate"), is(1)},
				{"5m", counted, is(9)}, {"5m", candidateLatency, is(0.05)},
				{"5m", of(successTarget), fine}, {"5m", recorded(series.SignalRatio, "success_ratio", "candidate"), is(1)},
			},
		},
		{
			name:    "runs: one of two tests fails from some moment on",
			targets: []target{cutover(says(8, blue, green, other), says(24, blue, fail(series.Candidate), other))},
			alerts: []firing{
				{alert: breach(errorsLine), from: "7m"}, {alert: miss(availabilityTarget), from: "4m30s"}, {alert: miss(successTarget), from: "4m30s"}, {alert: failing(green), from: "2m30s"},
			},
			values: []value{{"1m45s", of(errorsLine), fine}, {"2m", of(errorsLine), broken}, {"6m", candidateErrors, is(0.5)}, {"6m", recorded(series.SignalRatio, "success_ratio", "candidate"), is(0.5)}},
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
			// Of the tests that both versions have none is slower.
			name:    "runs: a test of the candidate's alone is slow",
			targets: []target{cutover(says(24, blue, green, slowOther))},
			values:  []value{{"5m", of(latencyLine), fine}, {"5m", candidateLatency, is(0.05)}},
		},
		{
			name:    "runs: the tests of the baseline's alone are slow",
			targets: []target{cutover(says(8, blue, blueSlow, green), says(24, blue, blueSlow, slow))},
			alerts:  []firing{{alert: breach(latencyLine), from: "4m30s"}},
			values:  []value{{"6m", recorded(series.SignalSeconds, "latency", "baseline"), is(0.05)}},
		},
		{
			// The frozen figure is of whatever tests there were.
			name:    "runs: the baseline is gone, and its time with it",
			targets: []target{cutover(says(12, blue, green), says(24, green, slowMinor))},
			values:  []value{{"2m", of(latencyLine), fine}, {"8m", of(latencyLine), open}, {"8m", candidateLatency, is(0.05)}},
		},
		{
			name:    "runs: no test is of both versions",
			targets: []target{cutover(says(12, blueSlow, green))},
			values:  []value{{"2m", of(latencyLine), open}},
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
			name:    "runs: the baseline fails alone",
			targets: []target{cutover(says(24, fail(series.Baseline), green, other))},
			alerts:  []firing{{alert: failing(blue), from: "30s"}},
			values:  []value{{"5m", of(errorsLine), fine}, {"5m", candidateErrors, is(0)}, {"5m", of(availabilityTarget), fine}, {"5m", candidateLatency, is(0.05)}},
		},
		{
			name:    "runs: the baseline fails, and one of the candidate's tests does",
			targets: []target{cutover(says(10, fail(series.Baseline), fail(series.Candidate), other))},
			alerts:  []firing{{alert: failing(blue), from: "30s"}, {alert: failing(green), from: "30s"}},
			values:  []value{{"2m15s", candidateErrors, is(0.5)}},
		},
		{
			name:    "runs: an exporter with a past is seen for the first time",
			targets: []target{cutover(unscraped(20, reporting(t, onRuns, report{smoke: []smoke{blue, fail(series.Candidate)}})), says(12, blue, green))},
			alerts:  []firing{{exporterDown, "1m", "5m"}},
			values:  []value{{"6m30s", candidateErrors, is(0)}, {"6m30s", counted, is(3)}},
		},
		{
			// One run of one is no share.
			name:    "runs: the candidate's tests are new, and begin with a failure",
			targets: []target{cutover(says(8, blue), says(2, blue, fail(series.Candidate)), says(20, blue, green))},
			values:  []value{{"2m15s", of(errorsLine), open}, {"6m", of(errorsLine), fine}},
		},
		{
			name: "runs: the candidate fails before anything is shifted",
			targets: []target{cutover(during(32, reporting(t, onRuns,
				report{phase: rollout.Planned, smoke: []smoke{blue, fail(series.Candidate)}})))},
			alerts: []firing{{alert: failing(green), from: "30s"}},
			values: []value{{"6m", of(errorsLine), broken}, {"6m", candidateLatency, is(0.05)}},
		},
		{
			name: "runs: one of two replicas is cut off from both versions",
			targets: []target{cutover(says(32, blue, green)),
				replica(says(8, blue, green), says(24, fail(series.Baseline), fail(series.Candidate)))},
			alerts: []firing{{alert: failing(blue), from: "2m30s"}, {alert: failing(green), from: "2m30s"}},
			values: []value{{"6m", of(errorsLine), fine}, {"6m", candidateErrors, is(0)}},
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
				{alert: breach(errorsLine), from: "7m"}, {alert: miss(availabilityTarget), from: "4m30s"}, {alert: miss(successTarget), from: "4m30s"}, {alert: failing(green), from: "2m30s"},
			},
		},
		{
			name: "runs: the prober is cut off from both versions",
			targets: []target{cutover(says(8, blue, green), says(32, fail(series.Baseline), fail(series.Candidate)),
				says(24, blue, green))},
			alerts: []firing{
				{failing(blue), "2m30s", "10m"}, {failing(green), "2m30s", "10m"}, {signalMissing, "7m", "11m45s"},
			},
			values: []value{{"1m45s", of(errorsLine), fine}, {"4m", of(errorsLine), open}, {"4m", candidateLatency, open}, {"11m", of(errorsLine), open}, {"14m", of(errorsLine), fine}},
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
