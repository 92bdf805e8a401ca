package alerts_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
)

// load is what an instance of the service does between two scrapes.
type load struct {
	ok, errors  int     // requests answered with 200 and with 500
	seconds     float64 // each took; 0 is 50 ms
	slow        int     // requests answered with 200 that took longer,
	slowSeconds float64 // namely this
	probes      int     // health checks answered with 200
	badProbes   int     // health checks answered with 503
	memory      float64 // resident, in bytes; 0 is 200 MB
	cpu         float64 // seconds of a processor; 0 is three
	away        bool    // the second server behind a proxy doesn't answer
}

func (l load) mean() float64 { return cmp.Or(l.seconds, 0.05) }

// healthy is the load of a service that is well: 400 requests a minute.
var healthy = load{ok: 100}

// serving is what the service exposes under a load through
// prometheus-fastapi-instrumentator, as that exporter shapes it.
func serving(l load) func(exposition) {
	requests, resources := answering(l), process("3.13.0", l)
	return func(e exposition) {
		requests(e)
		resources(e)
	}
}

// answering is that without the process.
func answering(l load) func(exposition) {
	return func(e exposition) {
		const users, health = `method="GET",handler="/api/v1/users/me"`, `method="GET",handler="/health"`
		count(e, "http_requests_total", users+`,status="2xx"`, l.ok+l.slow)
		count(e, "http_requests_total", users+`,status="5xx"`, l.errors)
		count(e, "http_requests_total", health+`,status="2xx"`, l.probes)
		count(e, "http_requests_total", health+`,status="5xx"`, l.badProbes)
		coarse := []float64{.1, .5, 1}
		fine := []float64{.01, .025, .05, .075, .1, .25, .5, .75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 7.5, 10, 30, 60}
		observe(e, "http_request_duration_seconds", users, coarse, l.ok+l.errors, l.mean())
		observe(e, "http_request_duration_seconds", users, coarse, l.slow, l.slowSeconds)
		observe(e, "http_request_duration_seconds", health, coarse, l.probes+l.badProbes, 0.001)
		observe(e, "http_request_duration_highr_seconds", "", fine, l.ok+l.errors, l.mean())
		observe(e, "http_request_duration_highr_seconds", "", fine, l.slow, l.slowSeconds)
		observe(e, "http_request_duration_highr_seconds", "", fine, l.probes+l.badProbes, 0.001)
	}
}

// process is what the Python client exposes of its own process.
func process(version string, l load) func(exposition) {
	return func(e exposition) {
		e[fmt.Sprintf(`python_info{implementation="CPython",version=%q}`, version)] = 1
		e["process_resident_memory_bytes"] = cmp.Or(l.memory, 200e6)
		e["process_cpu_seconds_total"] += cmp.Or(l.cpu, 3)
	}
}

// container is what is known of an instance with several processes, of which
// none speaks for all: the version, and what the container uses.
func container(version string, l load) func(exposition) {
	return func(e exposition) {
		e[fmt.Sprintf(`python_info{implementation="CPython",version=%q}`, version)] = 1
		e["container_memory_working_set_bytes"] = cmp.Or(l.memory, 200e6)
		e["container_cpu_usage_seconds_total"] += cmp.Or(l.cpu, 3)
	}
}

// count adds to a counter. Like the client libraries', its series is born with
// the first event.
func count(e exposition, name, labels string, n int) {
	series := labelled(name, labels)
	if _, ok := e[series]; ok || n > 0 {
		e[series] += float64(n)
	}
}

// observe adds n observations of a value to a classic histogram, with the
// bounds as Prometheus stores them.
func observe(e exposition, name, labels string, bounds []float64, n int, value float64) {
	if _, ok := e[labelled(name+"_count", labels)]; !ok && n == 0 {
		return
	}
	e[labelled(name+"_count", labels)] += float64(n)
	e[labelled(name+"_sum", labels)] += float64(n) * value
	for _, bound := range append(slices.Clone(bounds), math.Inf(1)) {
		bucket := labelled(name+"_bucket", join(labels, fmt.Sprintf("le=%q", stored(bound))))
		if e[bucket] += 0; value <= bound {
			e[bucket] += float64(n)
		}
	}
}

// stored is how Prometheus stores a bound: with a decimal point.
func stored(bound float64) string {
	s := number(bound)
	if bound == math.Trunc(bound) && !math.IsInf(bound, 0) {
		s += ".0"
	}
	return s
}

// green is an instance of the candidate, and blue one of the baseline.
func green(steps ...step) target { return target{`job="api",slot="green",instance="green-1"`, steps} }
func blue(steps ...step) target  { return target{`job="api",slot="blue",instance="blue-1"`, steps} }

// merged is the series of several targets.
func merged(targets []target) map[string]string {
	input := map[string]string{}
	for _, t := range targets {
		maps.Copy(input, t.input())
	}
	return input
}
