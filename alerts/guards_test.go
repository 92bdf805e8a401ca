package alerts_test

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/internal/series"
)

// guards are the guards in the generated rules.
func guards() []guard {
	return slices.Concat(countingGuards(), verdictGuards(), smokeGuards(), runGuards(), alertGuards(), exporterGuards(), honestGuards())
}

// Parts of expressions by which a guard is found.
const (
	overPhase   = series.LastPhase
	ofCandidate = `track="candidate"`
)

// countingGuards keep the measured values right.
func countingGuards() []guard {
	return []guard{
		{"a minimum of requests", without(parser.GTE, "30"), "of three requests one fails, and nothing is proven"},
		{"a minimum of requests for latencies", of(series.SignalRatio, without(parser.GTE, "30")), "few requests say nothing about a quantile"},
		{"the longer windows, of latencies", both(without(parser.LOR, "[5m]"), without(parser.LOR, "[15m]")), "a small service is slow"},
		{"five minutes after one", without(parser.LOR, `window="5m"`), "a small service is judged by five minutes"},
		{"fifteen minutes after five", without(parser.LOR, `window="15m"`), "a tiny service is judged by fifteen minutes"},
		{"only a new series counts whole", without(parser.LUNLESS, "present_over_time"), "an old error series that doesn't rise counts nothing"},
		{"a new series counts whole", of(series.SignalCount, expr(onlyIncrease)), "the error series is born at 300"},
		{"what is first seen is not born", without(parser.LUNLESS, "sum_over_time"), "a tiny service with a past is seen for the first time"},
		{"nor what is seen again", without(parser.LUNLESS, "sum_over_time"), "Prometheus was down for ten minutes, and sees a tiny service with a past again"},
		{"exactly the bound is the bound", of(series.SignalRatio, unrounded), "exactly 1 % fails, and the scrapes don't keep step with the window"},
		{"no error series is no error", without(parser.LOR, "0 *", `signal="requests"`), "5 % fail: the first scrape shows it, and it fires five minutes later"},
		{"probes don't count as errors", unmatched("handler"), "health checks fail, and no user's request does"},
		{"probes are no traffic", unmatched("handler"), "health checks are no traffic"},
		{"probes don't dilute", unmatched("handler"), "health checks that succeed don't hide users' errors"},
		{"NaN is no value", without(parser.GTE, "-Inf"), "a query of the team's own divides by zero"},
		{"no candidate is a share of 0", of(series.TrafficRatio, without(parser.LOR, "0 *")), "the candidate was never deployed"},
		{"no traffic is no share", of(series.TrafficRatio, without(parser.GTR, "0")), "traffic ends: the windows run out, and then nothing is said"},
		{"memory per instance", of(series.SignalBytes, aggregated(parser.AVG, parser.SUM)), "memory per instance: three instances of the candidate, one of the baseline"},
	}
}

// onlyIncrease is increase() without the series that were just born.
func onlyIncrease(e parser.Expr) parser.Expr {
	if b, ok := e.(*parser.BinaryExpr); ok && b.Op == parser.LOR && containsAll(b.LHS.String(), []string{"present_over_time"}) {
		return b.RHS
	}
	return e
}

// unrounded takes the rounding away.
func unrounded(r *alerts.Rule) {
	expr(func(e parser.Expr) parser.Expr {
		if c, ok := e.(*parser.Call); ok && c.Func.Name == "round" {
			return c.Args[0]
		}
		return e
	})(r)
}

// verdictGuards keep the verdicts right.
func verdictGuards() []guard {
	ok := func(m mutation) mutation { return of(series.CriterionOK, m) }
	const between, other = "all requests take 120 ms: nobody can tell, and nothing fires", "all requests take 200 ms: nobody can tell either"
	return []guard{
		{"only the lower bound proves a quantile", ok(without(parser.EQLC, "1")), between},
		{"only the higher bound disproves a quantile", ok(without(parser.EQLC, "0")), other},
		{"the bound with a decimal point", written(`(\\.0)?`, ""), "two of a hundred requests take longer than a second"},
		{"the bound without one", written(`(\\.0)?`, `\\.0`), "the bound is stored without a decimal point, as by older servers"},
		{"little throughput is no miss", ok(written("> 1150", "> bool 1150")), "all targets are kept, and the throughput was never tried"},
		{"the frozen baseline", ok(without(parser.LOR, "vector")), "the baseline is drained while the candidate is bad"},
		{"the live baseline before the frozen one", ok(expr(onlyFrozen)), "both are slow: the baseline of the moment counts, not the frozen one"},
		{"a small baseline in five minutes", ok(without(parser.LOR, `window="5m"`)), "a small service is slow on both versions from the beginning"},
		{"a tiny baseline in fifteen minutes", ok(without(parser.LOR, `window="15m"`)), "a tiny service is slow on both versions from the beginning"},
		{"the baseline has to be back for ten minutes", ok(now("min_over_time")), "a few requests reach the drained baseline, and are slow"},
		{"a week ago", ok(written(" offset 1w", "")), "fewer orders than a week ago"},
		{"nothing compares with zero", ok(without(parser.GTR, "0")), "no orders at night, as a week ago"},
		{"one failed smoke test is noise", ok(written("> ignoring (checklist)", ">= ignoring (checklist)")), "a critical test fails once"},
		{"the prober is suspected", ok(without(parser.LUNLESS, `track="baseline"`)), "the old version fails alike: the prober is suspected"},
		{"only where nothing passes", ok(without(parser.LAND, `track="candidate"`)), "a test fails on both versions, and another one passes"},
		{"only the prober that is cut off", ok(written("job, instance", "")), "one of two replicas is cut off from both versions"},
		{"a test that passed is not failing", ok(written("> 0)", ">= 0)")), "a critical test fails exactly twice in a row"},
	}
}

// smokeGuards keep count of the failures in a row.
func smokeGuards() []guard {
	since := func(m mutation) mutation { return of(series.FailingSince, m) }
	return []guard{
		{"scrapes of one failed run are one failure", since(without(parser.LOR, "timestamp")), "a critical test fails exactly twice in a row"},
		{"the first failure is remembered", since(expr(onlyNow)), "a critical test fails exactly twice in a row"},
		{"a lost scrape is no pass", since(now("last_over_time")), "between two runs that fail a scrape is lost"},
		{"a pass is remembered", since(without(parser.LOR, "0 *")), "the first failure is no further one after some that were over"},
		{"a pass between two scrapes is one", since(without(parser.LUNLESS, `result="success"`)), "of runs that are seldom scraped every other one fails, and each time when it is seen"},
		{"only critical tests", since(unmatched("critical")), "a test that isn't critical fails"},
		{"only production's tests", since(unmatched("environment")), "staging fails"},
	}
}

// runGuards keep right what is measured by runs of the smoke tests alone.
func runGuards() []guard {
	const (
		well, cutOff, oneOfTwo = "runs: all is well", "runs: the prober is cut off from both versions", "runs: one of two replicas sees the candidate fail"
		bothFail               = "max by (job, instance) (" + series.SmokeSuccess
		isCritical             = series.SmokeSuccess + `{critical="true"}`
	)
	counts := func(m mutation) mutation { return of(series.SignalCount, m) }
	times := func(m mutation) mutation { return of(series.SignalSeconds, m) }
	return []guard{
		{"runs: only critical tests count", counts(without(parser.LAND, isCritical)), well},
		{"runs: only critical tests are timed", times(without(parser.LAND, isCritical)), well},
		{"runs: only production's tests count", counts(unmatched("environment")), well},
		{"runs: replicas count once", counts(aggregated(parser.MAX, parser.SUM)), "runs: two replicas count once"},
		{"runs: replicas are timed once", times(aggregated(parser.MAX, parser.SUM)), "runs: two replicas count once"},
		{"runs: who sees a failure is believed", of(series.SignalRatio, aggregated(parser.MIN, parser.MAX)), oneOfTwo},
		{"runs: the prober is suspected", counts(without(parser.LUNLESS, bothFail)), cutOff},
		{"runs: what it saw stays suspect", counts(expr(suspectedNow)), cutOff},
		{"runs: only where the baseline fails too", counts(expr(candidateFails)), oneOfTwo},
		{"runs: only where the candidate fails too", counts(without(parser.LAND, ofCandidate)), "runs: the baseline fails alone"},
		{"runs: only the prober that is cut off", counts(written("unless on (job, instance)", "unless on ()")), "runs: one of two replicas is cut off from both versions"},
		{"runs: one run is no share", of(series.SignalRatio, without(parser.GTE, "3")), "runs: the candidate's tests are new, and begin with a failure"},
		{"runs: a failed run is out of sight before the alert", of(series.AlertTargetMissed, waits(2*time.Minute)), "runs: one run fails"},
		{"runs: before the first stage there is nothing to roll back", of(series.AlertRollback, without(parser.LUNLESS, `phase="planned"`)), "runs: the candidate fails before anything is shifted"},
		{"runs: like is timed with like", times(without(parser.LAND, series.SmokeDuration)), "runs: a test of the candidate's alone is slow"},
		{"runs: and with nothing else", times(without(parser.LUNLESS, "count("+series.SmokeDuration)), "runs: no test is of both versions"},
	}
}

// suspectedNow suspects the prober as long as all fails, and not for a window more.
func suspectedNow(e parser.Expr) parser.Expr {
	if c, ok := e.(*parser.Call); ok && c.Func.Name == "present_over_time" {
		if s, ok := c.Args[0].(*parser.SubqueryExpr); ok {
			return s.Expr
		}
	}
	return e
}

// candidateFails suspects the prober as soon as the candidate's tests all fail. It
// looks into what suspectedNow takes apart.
func candidateFails(e parser.Expr) parser.Expr {
	s, ok := e.(*parser.SubqueryExpr)
	if !ok {
		return e
	}
	if both, ok := unwrapped(s.Expr).(*parser.BinaryExpr); ok && both.Op == parser.LAND {
		s.Expr = &parser.ParenExpr{Expr: both.RHS}
	}
	return s
}

func unwrapped(e parser.Expr) parser.Expr {
	for {
		p, ok := e.(*parser.ParenExpr)
		if !ok {
			return e
		}
		e = p.Expr
	}
}

// onlyFrozen is the frozen baseline, always.
func onlyFrozen(e parser.Expr) parser.Expr {
	if b, ok := e.(*parser.BinaryExpr); ok && b.Op == parser.LOR && containsAll(b.RHS.String(), []string{"vector"}) {
		return b.RHS
	}
	return e
}

// onlyNow takes the run of the moment for the first that failed.
func onlyNow(e parser.Expr) parser.Expr {
	if b, ok := e.(*parser.BinaryExpr); ok && b.Op == parser.LOR && containsAll(b.LHS.String(), []string{"last_over_time"}) && !containsAll(b.RHS.String(), []string{"0 *"}) {
		return b.RHS
	}
	return e
}

// alertGuards make the alerts wait, hold and end as they should.
func alertGuards() []guard {
	rollback := func(m mutation) mutation { return of(series.AlertRollback, m) }
	down := func(m mutation) mutation { return of(series.AlertCandidateDown, m) }
	missing := func(m mutation) mutation { return of(series.AlertSignalMissing, m) }
	return []guard{
		{"for", rollback(atOnce), "a burst ends one evaluation before the five minutes"},
		{"keep_firing_for", rollback(letGoAtOnce), "a burst lasts the five minutes, and clears five minutes after"},
		{"for, of a target", of(series.AlertTargetMissed, atOnce), "the mean response takes 46 ms"},
		{"keep_firing_for, of a target", of(series.AlertTargetMissed, letGoAtOnce), "the candidate uses 300 MB, and frees some"},
		{"a gap doesn't reset the clock", rollback(now("last_over_time", series.CriterionOK)), "scrapes are lost as soon as the candidate is asked for something"},
		{"only traffic makes a dead candidate alarming", down(without(parser.GTR, "0")), "the candidate is drained and taken away with the box still ticked"},
		{"drained for a scrape is drained", of(series.SignalCount, without(parser.LUNLESS, "irate")), "the candidate is drained for half a minute before it is taken away"},
		{"an empty scrape of few requests is chance", of(series.SignalCount, without(parser.LAND, "max_over_time")), "a small candidate crashes after a scrape without a request"},
		{"drained is 0", of(series.SignalCount, without(parser.LOR, "0 *", `signal="requests"`)), backendRemoved},
		{"up and asked for nothing is drained, too", of(series.SignalCount, without(parser.LOR, "min_over_time")), "the candidate restarts, nobody asks it for anything, and it is taken away"},
		{"up for a whole window", of(series.SignalCount, now("min_over_time")), "the candidate crashes, starts, and crashes before anybody asks it for anything"},
		{"up still", of(series.SignalCount, without(parser.LAND, "up{")), "the candidate vanishes from service discovery under traffic"},
		{"the candidate's last traffic is remembered", down(now("last_over_time", ofCandidate)), "the candidate crashes under traffic"},
		{"an instance that answers lives", down(without(parser.LUNLESS, "up{")), "one of two instances crashes"},
		{"an instance that nobody asked lives", down(without(parser.LOR, "up{")), "the candidate crashes, and nobody asks it for anything any more"},
		{"for, of a dead candidate", down(atOnce), "three scrapes in a row fail"},
		{"traffic that is seen is not missing", missing(without(parser.LUNLESS, ofCandidate)), "one of two instances fails"},
		{"a count of zero is no traffic", missing(without(parser.GTR, "0")), "traffic ends: the windows run out, and then nothing is said"},
		{"traffic is missed once it is shifted", missing(unmatched("phase")), "no traffic before anything is shifted"},
		{"for, of a missing signal", missing(atOnce), "the candidate crashes under traffic"},
	}
}

// exporterGuards are about who says what of the checklist.
func exporterGuards() []guard {
	rollback := func(m mutation) mutation { return of(series.AlertRollback, m) }
	const after = "after the rollback nothing fires, however bad the candidate is"
	return []guard{
		{"the end of a rollout silences what is measured", rollback(without(parser.LUNLESS, overPhase)), after},
		{"after the end as after a rollback", written("done|rolled_back", "rolled_back"), "after the end nothing fires"},
		{"the end silences declarations", rollback(without(parser.LUNLESS, overPhase)), "declared after the rollback"},
		{"the end silences a dead candidate", of(series.AlertCandidateDown, without(parser.LUNLESS, overPhase)), "the candidate is gone after the rollback"},
		{"the end silences a split that isn't the plan's", of(series.AlertTrafficMismatch, without(parser.LUNLESS, overPhase)), "after the rollback the stages stay ticked"},
		{"the end silences claims", of(series.AlertClaimContradicted, without(parser.LUNLESS, overPhase)), "a ticked task is disproven after the rollback, as it must be"},
		{"an incident of 0 is none", of(series.AlertIncidentOpen, without(parser.GTR, "0")), "an incident of no criterion's kind, minor and then significant"},
		{"an incident is remembered", of(series.AlertIncidentOpen, now("last_over_time")), "the exporter is gone while an incident is open"},
		{"replicas don't add up to an incident", of(series.LastIncident, aggregated(parser.MAX, parser.SUM)), "one of two replicas knows of an incident, and then both"},
		{"the end silences holds", of(series.AlertHoldCutShort, without(parser.LUNLESS, overPhase)), "after the rollback the stages stay ticked"},
		{"before the first stage there is nothing to roll back", rollback(without(parser.LUNLESS, `phase="planned"`)), "the candidate fails while it is warmed up"},
		{"nor is a candidate down", of(series.AlertCandidateDown, without(parser.LUNLESS, `phase="planned"`)), "the candidate restarts while it is warmed up"},
		{"traffic that nobody ticked is traffic", rollback(without(parser.LUNLESS, series.TrafficRatio)), "nothing is ticked, and the candidate has traffic: measured requests decide"},
		{"traffic is remembered", now("max_over_time", series.TrafficRatio), "the candidate crashes under traffic that nobody ticked"},
		{"a phase of 0 is not the phase", without(parser.EQLC, "1"), "60 % slower than the baseline"},
		{"the end is remembered", now("last_over_time", overPhase), "the exporter is gone after the rollback: it stays over"},
		{"a declaration is remembered", now("last_over_time", series.LastDeclared), "the exporter is gone while an incident is declared"},
		{"a declaration of 0 is none", rollback(without(parser.GTR, "0")), "declared and withdrawn"},
		{"who said it is forgotten", written(series.LastPhase, series.RolloutPhase), "the exporter moves to another host between the rollback and the second try"},
		{"who declared it is forgotten", written(series.LastDeclared, series.CriterionDeclared), "a replica dies while an incident is declared, and the other sees it withdrawn"},
		{"replicas don't add up to a phase", of(series.LastPhase, aggregated(parser.MAX, parser.SUM)), "two replicas after the rollback"},
		{"replicas don't add up to a declaration", of(series.LastDeclared, aggregated(parser.MAX, parser.SUM)), "one of two replicas has read the tick"},
		{"a target that is down is down", of(series.AlertExporterDown, without(parser.EQLC, "1")), "the exporter is down all along, and the candidate fails"},
		{"for, of the exporter", of(series.AlertExporterDown, atOnce), "the exporter misses three scrapes"},
		{"checklists don't mix", rollback(unmatched("checklist")), "an incident is declared in one"},
	}
}

// honestGuards keep the warnings from warning for nothing.
func honestGuards() []guard {
	claim := func(m mutation) mutation { return of(series.AlertClaimContradicted, m) }
	hold := func(m mutation) mutation { return of(series.AlertHoldCutShort, m) }
	split := func(m mutation) mutation { return of(series.AlertTrafficMismatch, m) }
	return []guard{
		{"a proven task is not disproven", claim(without(parser.EQLC, "0")), "a ticked task is disproven, and then proven"},
		{"for, of a claim", claim(atOnce), "a test fails once"},
		{"replicas don't add up to a tick", claim(aggregated(parser.MAX, parser.SUM)), "two replicas see a disproven task"},
		{"the rules' own criteria are not outdated", of(series.AlertRulesOutdated, without(parser.LUNLESS, series.RulesInfo)), "bursts of a minute with two minutes between them"},
		{"for, of the rules", of(series.AlertRulesOutdated, atOnce), "the criteria changed after the rules were generated"},
		{"a readable checklist is not unreadable", of(series.AlertChecklistUnreadable, without(parser.EQLC, "0")), "the checklist can't be read"},
		{"a journal that is written is no trouble", of(series.AlertJournalUnwritable, without(parser.EQLC, "0")), "one of two replicas can't write its journal, until it can"},
		{"for, of the journal", of(series.AlertJournalUnwritable, atOnce), "one of two replicas can't write its journal, until it can"},
		{"for, of the checklist", of(series.AlertChecklistUnreadable, atOnce), "the checklist can't be read"},
		{"one failed run is noise for the warning, too", of(series.AlertSmokeFailing, written("> ignoring (checklist)", ">= ignoring (checklist)")), "a critical test that runs once an hour fails once, and then twice"},
		{"a test that passed is not warned of", of(series.AlertSmokeFailing, written("> 0)", ">= 0)")), "a critical test fails exactly twice in a row"},
		{"a little of a difference is none", split(without(parser.GTR, "0.05")), "10 % is ticked, and 12 % arrive"},
		{"for, of the split", split(atOnce), "10 % is ticked, and 50 % arrive"},
		{"a hold that has passed is kept", hold(without(parser.LSS, "900")), "the next stage is ticked before the hold has passed, until it has"},
		{"only the next stage cuts a hold short", hold(without(parser.LAND, "25%")), "the next stage is ticked after the hold"},
		{"failures that rise count", of(series.AlertRuleFailing, without(parser.GTR, "0")), "a rule fails to evaluate, and then not"},
	}
}
