package alerts_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A meaning is a sentence of the design's "meanings that are easy to get wrong",
// and what fails without it.
type meaning struct {
	paragraph int
	says      string
	scenarios []string
	guards    []string
	tests     []string // with their folder: "internal/promquery TestWindows"
}

var meanings = []meaning{
	{1, "a ratio over a short window, and for: 5m", []string{"5 % fail: the first scrape shows it, and it fires five minutes later", "1.1 % fail: the window has to fill first"}, []string{"for"}, nil},
	{1, "a burst is judged to a window", []string{"a burst ends one evaluation before the five minutes", "a burst lasts the five minutes, and clears five minutes after"}, []string{"for", "keep_firing_for"}, nil},
	{1, "the recorded value exactly", []string{"exactly 1 % fails: the bound itself is kept"}, []string{"exactly the bound is the bound"}, nil},
	{1, "a window holds at least four scrapes", []string{"5 % fail, scraped every minute: the shortest window is four minutes", "5 % fail, scraped every 30 s: the shortest window is two minutes"}, nil, []string{"internal/promquery TestWindows"}},
	{1, "no duration in the line", []string{"60 % slower than the baseline", "a line without a duration waits as long as is set"}, nil, []string{"alerts TestGoldenExamples"}},
	{1, "a restart restarts for, and the alert says so", nil, nil, []string{"alerts TestPrometheus", "alerts TestAlertsSayWhatToKnow"}},
	{2, "a missing error series is 0 while there is traffic", nil, []string{"no error series is no error"}, nil},
	{2, "a series born at 300 counts from its birth", []string{"the error series is born at 300", "an old error series that doesn't rise counts nothing"}, []string{"a new series counts whole", "only a new series counts whole", "what is first seen is not born", "nor what is seen again"}, nil},
	{2, "0/0 is NaN", []string{"traffic ends: the windows run out, and then nothing is said"}, []string{"NaN is no value", "no traffic is no share"}, nil},
	{2, "no data is inconclusive, never ok", []string{"no traffic at all says nothing"}, nil, nil},
	{3, "a gap does not reset the clock", []string{"three scrapes are lost inside the five minutes", "Prometheus pauses for a minute inside the five minutes"}, []string{"a gap doesn't reset the clock"}, nil},
	{3, "a firing alert bridges gaps", []string{"a firing alert outlives the data it was about"}, []string{"keep_firing_for", "keep_firing_for, of a target"}, nil},
	{3, "resolved is no longer observed", nil, nil, []string{"alerts TestResolvedHasNoSteps"}},
	{4, "a dead candidate is not inconclusive", []string{"the candidate crashes under traffic", "the candidate vanishes from service discovery under traffic"}, []string{"the candidate's last traffic is remembered", "an instance that answers lives", "for, of a dead candidate"}, nil},
	{4, "silent when never deployed or drained", []string{"the candidate was never deployed"}, []string{"only traffic makes a dead candidate alarming", "drained for a scrape is drained", "drained is 0", "an empty scrape of few requests is chance"}, nil},
	{4, "a missing signal pages", []string{"traffic is ticked as shifted, and the candidate isn't scraped"}, []string{"traffic that is seen is not missing", "a count of zero is no traffic", "traffic is missed once it is shifted", "for, of a missing signal"}, nil},
	{5, "few requests prove nothing", []string{"29 requests a minute are too few for a minute, and enough for five"}, []string{"a minimum of requests", "a minimum of requests for latencies", "five minutes after one", "fifteen minutes after five", "the longer windows, of latencies"}, nil},
	{6, "exact at a bound, bracketed between two", []string{"five of a hundred requests take 300 ms: the quantile is at its bound"}, []string{"only the lower bound proves a quantile", "only the higher bound disproves a quantile"}, []string{"internal/promquery TestBracket"}},
	{6, "explain says what lies between", nil, nil, []string{"cmd/cutover TestExplainMeasured"}},
	{6, "le with and without a decimal point", nil, []string{"the bound with a decimal point", "the bound without one"}, []string{"alerts TestPrometheus"}},
	{7, "memory and processors per instance", []string{"processors per instance: three instances that are each half busy"}, []string{"memory per instance"}, nil},
	{7, "business on both tracks against a week ago", []string{"a healthy stage of 10 % is no drop in orders"}, []string{"a week ago", "nothing compares with zero"}, nil},
	{7, "throughput is capacity", []string{"the throughput is reached, once", "the load test keeps its limits"}, []string{"little throughput is no miss"}, []string{"alerts TestThroughputOfARollbackLine"}},
	{8, "live while it has traffic, frozen after", []string{"the baseline is back for ten minutes: it counts again"}, []string{"the frozen baseline", "the live baseline before the frozen one", "a small baseline in five minutes", "a tiny baseline in fifteen minutes"}, nil},
	{8, "hysteresis", nil, []string{"the baseline has to be back for ten minutes"}, nil},
	{9, "measured rules read no exporter series", []string{"no exporter was ever there"}, nil, []string{"alerts TestMeasuredRulesNeedNoExporter"}},
	{9, "thresholds and frozen baselines are literals", []string{"memory against the frozen baseline once the live one is gone"}, []string{"the frozen baseline"}, []string{"alerts TestMeasuredRulesNeedNoExporter"}},
	{9, "measured requests switch them on", nil, []string{"traffic that nobody ticked is traffic", "traffic is remembered"}, nil},
	{9, "declared ones keep their state, and closing writes 0", []string{"withdrawn while nobody sees it: it ends when the exporter is back"}, []string{"a declaration is remembered", "a declaration of 0 is none"}, []string{"exporter TestZerosOutliveTheCriterion"}},
	{9, "smoke tests prove nothing without their exporter", []string{"the exporter is gone: its tests prove nothing", "runs: the exporter is gone, and nobody can tell"}, nil, nil},
	{9, "an exporter that is down pages", nil, []string{"a target that is down is down", "for, of the exporter"}, nil},
	{10, "a ticked box declares, measured or not", []string{"a measured criterion is declared though nothing is measured", "declared before anything is shifted"}, nil, nil},
	{10, "an incident does the same", nil, nil, []string{"exporter TestIncident"}},
	{11, "judged where its section stands", []string{"outside of its test a load test's target says nothing", "the load test's errors are not the candidate's", "a target of staging is not judged by production"}, nil, nil},
	{11, "the stage in progress, and the 48 hours", []string{"10% is shifted, and 5 % of the candidate's requests fail", "soaking at full traffic", "everything is well for 48 hours"}, nil, nil},
	{11, "the end silences all but the meta alerts", []string{"the exporter is gone after the rollback: it stays over", "a target is missed after the rollback"}, []string{"the end of a rollout silences what is measured", "after the end as after a rollback", "the end silences declarations", "the end silences a dead candidate", "the end silences claims", "the end silences holds", "the end silences a split that isn't the plan's", "the end is remembered"}, nil},
	{11, "nothing fires before the first stage", []string{"a target is missed before anything is shifted"}, []string{"before the first stage there is nothing to roll back", "nor is a candidate down"}, nil},
	{11, "the phase knows of a rollback", []string{"a second try after a rollback"}, nil, []string{"internal/rollout TestExecutedRollback"}},
	{12, "probes don't count", nil, []string{"probes don't count as errors", "probes are no traffic", "probes don't dilute"}, nil},
	{12, "smoke tests carry their track", []string{"the old version fails, and the new one doesn't"}, nil, nil},
	{12, "two failures in a row", []string{"a critical test that runs once an hour fails once, and then twice"}, []string{"one failed smoke test is noise", "scrapes of one failed run are one failure", "the first failure is remembered", "a pass is remembered", "a pass between two scrapes is one"}, nil},
	{12, "the prober is suspected", nil, []string{"the prober is suspected", "only where nothing passes", "only the prober that is cut off", "runs: the prober is suspected"}, []string{"internal/smoke TestTheProberIsSuspectedWhenEverythingFails"}},
	{13, "first, alone and at once", nil, nil, []string{"alerts TestRollbackIsNotGrouped", "alerts TestRoutesOfEveryAlert"}},
	{13, "it inhibits only missed targets of its checklist", nil, nil, []string{"alerts TestInhibition"}},
	{13, "no existing route catches it first", nil, nil, []string{"alerts/merge TestAmtool", "alerts TestMerged"}},
	{14, "0.7 % is 0.007", []string{"exactly 0.7 % fail where 0.7 % are allowed"}, nil, []string{"checklist/criterion TestNumbersAreExact"}},
	{15, "a ticked task whose test fails", []string{"a ticked task is disproven, and then proven"}, []string{"a proven task is not disproven", "for, of a claim", "replicas don't add up to a tick"}, nil},
	{16, "200 is not healthy", nil, nil, []string{"internal/probe TestHealth", "internal/suite TestEachBreakTurnsTheRightTestsRed"}},
}

// TestMeanings holds the list to what there is.
func TestMeanings(t *testing.T) {
	scenario, guarded, paragraph := map[string]bool{}, map[string]bool{}, map[int]bool{}
	for _, s := range scenarios(t) {
		scenario[s.name] = true
	}
	for _, g := range guards() {
		guarded[g.name] = true
	}
	for _, m := range meanings {
		paragraph[m.paragraph] = true
		if len(m.scenarios)+len(m.guards)+len(m.tests) == 0 {
			t.Errorf("%d, %s: nothing fails without it", m.paragraph, m.says)
		}
		for _, name := range m.scenarios {
			if !scenario[name] {
				t.Errorf("%d, %s: there is no scenario %q", m.paragraph, m.says, name)
			}
		}
		for _, name := range m.guards {
			if !guarded[name] {
				t.Errorf("%d, %s: there is no guard %q", m.paragraph, m.says, name)
			}
		}
		for _, test := range m.tests {
			if folder, name, _ := strings.Cut(test, " "); !declared(t, folder, name) {
				t.Errorf("%d, %s: there is no test %s", m.paragraph, m.says, test)
			}
		}
	}
	const paragraphs = 16
	for n := range paragraphs {
		if !paragraph[n+1] {
			t.Errorf("nothing fails without paragraph %d", n+1)
		}
	}
}

// declared says whether a folder's tests declare one of a name.
func declared(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(folder), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(source), "\nfunc "+name+"(t *testing.T)")
	})
}
