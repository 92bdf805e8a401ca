package alerts_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
)

// Targets of a deployment, as the sample checklist writes them.
const (
	errorTarget        = "Error rate: _______ % (target: <0.1%)"
	responseTarget     = "Response time: _______ ms (target: <45ms)"
	throughputTarget   = "Throughput: _______ req/sec (target: >1,150)"
	memoryTarget       = "Memory usage: _______ MB (target: <280MB)"
	availabilityTarget = "Availability > 99.9%"
	cpuTarget          = "CPU usage < 80%"
)

var (
	deployment = one("deployment", aimingFor(errorTarget, responseTarget, throughputTarget, memoryTarget), alerts.Options{})
	running    = one("running", aimingFor(availabilityTarget, cpuTarget), alerts.Options{})
	sevenInTen = one("seven-in-ten", rollbackOn("Error rate >0.7% for >5 minutes"), alerts.Options{})
	onSuccess  = one("success", rollbackOn("Success rate < 99% for 5 minutes"), alerts.Options{})
	patient    = one("patient", rollbackOn("Response time > 2 seconds"), alerts.Options{DefaultFor: 6 * time.Minute})
	ownQuery   = one("own-query", rollbackOn(errorsLine), alerts.Options{Queries: map[criterion.Signal]string{
		criterion.ErrorRatio: `sum(rate(calls_total{$selector,result="failed"}[$window])) / sum(rate(calls_total{$selector}[$window]))`,
	}})
	onOrders = one("orders", rollbackOn(ordersLine), alerts.Options{
		ScrapeInterval: time.Hour, EvaluationInterval: time.Hour, SmokeInterval: time.Hour,
		Queries: map[criterion.Signal]string{criterion.Business: `sum(increase(orders_total{$selector}[$window]))`},
	})
)

// targets is what must hold. A miss is a warning after two minutes.
func targets(t *testing.T) []scenario {
	as := serving
	quick := load{ok: 1000, seconds: 0.04}
	with := func(change func(*load)) load {
		l := quick
		change(&l)
		return l
	}
	return complete(t, deployment, []scenario{
		{
			// Little demand is no miss of a target of capacity.
			name:    "all targets are kept, and the throughput was never tried",
			targets: []target{green(during(24, as(quick)))},
			values: []value{
				{"3m", verdict(t, deployment, errorTarget), fine}, {"3m", verdict(t, deployment, responseTarget), fine},
				{"3m", verdict(t, deployment, memoryTarget), fine}, {"3m", verdict(t, deployment, throughputTarget), open},
				{"3m", "round(sum(cutover:signal:per_second{track=\"candidate\"}))", is(67)},
			},
		},
		{
			name:    "the throughput is reached, once",
			targets: []target{green(during(8, as(quick)), during(4, as(load{ok: 20000, seconds: 0.04})), during(12, as(quick)))},
			values:  []value{{"2m45s", verdict(t, deployment, throughputTarget), fine}, {"5m", verdict(t, deployment, throughputTarget), open}},
		},
		{
			name:    "0.2 % of the requests fail",
			targets: []target{green(during(8, as(quick)), during(16, as(with(func(l *load) { l.ok, l.errors = 998, 2 }))))},
			alerts:  []firing{{alert: miss(errorTarget), from: "4m15s"}},
		},
		{
			name:    "the mean response takes 46 ms",
			targets: []target{green(during(16, as(with(func(l *load) { l.seconds = 0.046 }))))},
			alerts:  []firing{{alert: miss(responseTarget), from: "2m15s"}},
		},
		{
			name:    "the candidate uses 300 MB, and frees some",
			targets: []target{green(during(12, as(with(func(l *load) { l.memory = 300e6 }))), during(28, as(quick)))},
			alerts:  []firing{{miss(memoryTarget), "2m", "8m"}},
		},
		{
			name:    "a failed scrape is no miss of the availability",
			rules:   running,
			targets: []target{green(well(8), lost(1, serving(healthy)), well(16))},
			values:  []value{{"2m", verdict(t, running, availabilityTarget), broken}, {"3m", verdict(t, running, availabilityTarget), fine}},
		},
		{
			name:    "an instance of two is away for three minutes",
			rules:   running,
			targets: []target{green(well(8), down(12), well(30)), instance(2, well(50))},
			alerts:  []firing{{miss(availabilityTarget), "4m", "10m45s"}},
		},
		{
			name:    "the candidate is short of processors",
			rules:   running,
			targets: []target{green(well(8), during(24, serving(load{ok: 100, cpu: 14})))},
			alerts:  []firing{{alert: miss(cpuTarget), from: "4m30s"}},
			values:  []value{{"1m", recorded(series.SignalRatio, "cpu", "candidate"), is(0.2)}},
		},
		{
			name:    "processors per instance: three instances that are each half busy",
			rules:   running,
			targets: []target{green(busy(16)), instance(2, busy(16)), instance(3, busy(16))},
			values:  []value{{"2m", recorded(series.SignalRatio, "cpu", "candidate"), is(0.5)}, {"2m", verdict(t, running, cpuTarget), fine}},
		},
		{
			name: "a target is missed before anything is shifted",
			targets: []target{green(during(24, as(load{ok: 10, seconds: 0.1}))), blue(bad(24, 2000, 0)),
				cutover(during(24, reporting(t, deployment, report{phase: rollout.Planned})))},
			values: []value{{"5m", verdict(t, deployment, responseTarget), broken}},
		},
		{
			name: "a target is missed, nothing is ticked, and the candidate has traffic",
			targets: []target{green(during(12, as(load{ok: 100, seconds: 0.1}))), blue(well(12)),
				cutover(during(12, reporting(t, deployment, report{phase: rollout.Planned})))},
			alerts: []firing{{alert: miss(responseTarget), from: "2m15s"}},
		},
		{
			name: "a target is missed after the rollback",
			targets: []target{green(during(24, as(load{ok: 100, seconds: 0.1}))),
				cutover(during(24, reporting(t, deployment, report{phase: rollout.RolledBack})))},
			values: []value{{"5m", verdict(t, deployment, responseTarget), broken}},
		},
		{
			name:    "a line without a duration waits as long as is set",
			rules:   patient,
			targets: []target{green(well(8), during(32, serving(load{ok: 100, seconds: 3})))},
			alerts:  []firing{{alert: breach("Response time > 2 seconds"), from: "8m30s"}},
		},
		{
			name:    "exactly 0.7 % fail where 0.7 % are allowed",
			rules:   sevenInTen,
			targets: []target{green(bad(32, 993, 7))},
			values:  []value{{"4m", candidateErrors, is(0.007)}, {"4m", verdict(t, sevenInTen, "Error rate >0.7% for >5 minutes"), fine}},
		},
		{
			name:    "0.8 % fail where 0.7 % are allowed",
			rules:   sevenInTen,
			targets: []target{green(bad(32, 992, 8))},
			alerts:  []firing{{alert: breach("Error rate >0.7% for >5 minutes"), from: "5m15s"}},
		},
		{
			name:    "too few requests succeed",
			rules:   onSuccess,
			targets: []target{green(well(8), bad(24, 97, 3))},
			alerts:  []firing{{alert: breach("Success rate < 99% for 5 minutes"), from: "7m15s"}},
			values:  []value{{"4m", recorded(series.SignalRatio, "success_ratio", "candidate"), is(0.97)}},
		},
	})
}

// busy is n scrapes of an instance that uses half a processor.
func busy(n int) step { return during(n, serving(load{ok: 100, cpu: 7.5})) }

// calls counts calls for a query of the team's own.
func calls(n, well, failed int) step {
	return during(n, func(e exposition) {
		serving(healthy)(e)
		e[`calls_total{result="ok"}`] += float64(well)
		e[`calls_total{result="failed"}`] += float64(failed)
	})
}

// ownQueries is what a query of the team's own measures.
func ownQueries(t *testing.T) []scenario {
	ordered := func(n, perHour int) step {
		return during(n, func(e exposition) { e["orders_total"] += float64(perHour) })
	}
	shop := func(steps ...step) []target {
		s := target{`job="shop",instance="shop-1"`, steps}
		return []target{s, green(well(s.length()))}
	}
	orders := func(hours int, want []float64) value {
		return value{fmt.Sprint(hours, "h"), verdict(t, onOrders, ordersLine), want}
	}
	return complete(t, onOrders, []scenario{
		{
			name:    "a query of the team's own fails",
			rules:   ownQuery,
			targets: []target{green(calls(8, 100, 0), calls(30, 95, 5))},
			alerts:  []firing{{alert: breach(errorsLine), from: "7m"}},
			values:  []value{{"6m", candidateErrors, is(0.05)}},
		},
		{
			name:    "a query of the team's own divides by zero",
			rules:   ownQuery,
			targets: []target{green(calls(4, 100, 0), calls(28, 0, 0))},
			values:  []value{{"1m", verdict(t, ownQuery, errorsLine), fine}, {"3m", verdict(t, ownQuery, errorsLine), open}, {"3m", candidateErrors, open}},
		},
		{
			name:    "as many orders as a week ago",
			targets: shop(ordered(178, 100)),
			values:  []value{orders(100, open), orders(174, fine)},
		},
		{
			// The candidate has a tenth of the traffic, and so of the orders: eight
			// hours of it fill every window.
			name: "a healthy stage of 10 % is no drop in orders",
			targets: append(shop(ordered(168, 100), ordered(8, 90)),
				target{`job="shop",slot="green",instance="shop-2"`, []step{gone(168), ordered(8, 10)}}),
			values: []value{orders(175, fine), {"175h", "round(sum(cutover:signal:count{signal=\"business\"}))", is(400)}},
		},
		{
			// A window is four hours: the second hour with 80 orders passes 10 %.
			name:    "fewer orders than a week ago",
			targets: shop(ordered(172, 100), ordered(8, 80)),
			alerts:  []firing{{alert: breach(ordersLine), from: "174h"}},
			values:  []value{orders(172, fine), orders(173, broken)},
		},
		{
			name:    "no orders at night, as a week ago",
			targets: shop(ordered(6, 0), ordered(162, 100), ordered(6, 0)),
			values:  []value{orders(172, open), orders(173, open)},
		},
		{
			name:    "few orders at night, as a week ago",
			targets: shop(ordered(8, 10), ordered(160, 100), ordered(8, 10)),
			values:  []value{orders(174, fine)},
		},
	})
}
