package promquery

import (
	"sort"
	"strings"

	"github.com/cutover-dev/cutover/internal/series"
)

// Instrumentation says how a service names its metrics. It is data: a further
// one is a further row in the table below.
type Instrumentation struct {
	Name string

	// Requests is a counter of requests; Fixed are matchers that its series
	// and those of the histograms always need, Errors the ones that pick the
	// requests answered with a 5xx status, NotProbe the ones that leave out
	// health checks and scrapes. All are label matchers without braces.
	Requests, Fixed, Errors, NotProbe string

	// Mean is the base name of a histogram or summary with _sum and _count
	// for the mean latency. Quantile is the base name of the histogram whose
	// buckets are finest, QuantileNotProbe its matchers against probes.
	Mean, Quantile, QuantileNotProbe string

	// Scale turns the histograms' unit into seconds: 0.001 for milliseconds.
	Scale string

	// Buckets are the default upper bounds of Quantile, in seconds.
	Buckets []float64

	// MeanGauge is a gauge of the mean latency in seconds, for programs
	// without a histogram.
	MeanGauge string

	// Memory and CPU are per-instance series, first choice first.
	Memory []string
	CPU    []string

	// Up is 1 where what the selectors select answers; empty stands for up.
	// UpMatchers are matchers that its series always need.
	Up, UpMatchers string

	// Baseline and Candidate are the selectors of the tracks where none are
	// set; empty for those of a service.
	Baseline, Candidate string

	// By are the labels of a series without those of the exporter it is of,
	// where replicas of the exporter run the same tests. Their series count
	// once, by whoever saw the most of it. Only is PromQL behind such a series
	// that leaves it out where it proves nothing, with $window and $step.
	By, Only string

	// Alike are the labels by which a series of one track finds its like of the
	// other. The mean is then of those that both tracks have: the tests that one
	// has alone would make a difference that is none of the versions'.
	Alike string

	// Version is an info metric and VersionLabel its label with the version
	// the instances run.
	Version, VersionLabel string
}

// CountsRuns says that the requests are runs of cutover's own smoke tests: there
// are few of them, at one pace, and they say nothing of the users' traffic.
func (in Instrumentation) CountsRuns() bool { return in.By != "" }

// probePaths matches the routes that probes and scrapes ask for.
const probePaths = `/-/.*|/health.*|/live.*|/ready.*|/metrics|/ping`

func notProbe(label string) string { return label + `!~"` + probePaths + `"` }

// What a Python service and its container expose whatever counts its requests.
var (
	residentMemory = []string{"process_resident_memory_bytes", "container_memory_working_set_bytes"}
	cpuSeconds     = []string{"process_cpu_seconds_total", "container_cpu_usage_seconds_total"}
)

// Matchers of the smoke tests that tell of the service.
const (
	ofProduction = `environment=~"|production"`
	ofBaseline   = `track="` + series.Baseline + `"`
	ofCandidate  = `track="` + series.Candidate + `"`
)

// onlyTrusted leaves the runs of critical tests, while their exporter is there. An
// exporter for which all of them fail, the baseline's too, is suspected itself:
// what it saw in that window counts for nothing.
const onlyTrusted = `and on (job, instance, environment, track, suite, test) ` + series.SmokeSuccess + `{critical="true"} ` +
	`unless on (job, instance) present_over_time((` + allFail + ofBaseline + `}) == 0 and on (job, instance) ` + allFail + ofCandidate + `}) == 0)[$window:$step])`

const allFail = `max by (job, instance) (` + series.SmokeSuccess + `{critical="true",` + ofProduction + `,`

var (
	clientBuckets = []float64{.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10}
	highrBuckets  = []float64{.01, .025, .05, .075, .1, .25, .5, .75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 7.5, 10, 30, 60}
)

var instrumentations = []Instrumentation{
	{
		Name:     "fastapi-instrumentator",
		Requests: "http_requests_total", Errors: `status=~"5xx|5.."`, NotProbe: notProbe("handler"),
		Mean: "http_request_duration_seconds",
		// The fine histogram has no labels, so probes can't be left out of it.
		Quantile: "http_request_duration_highr_seconds", Buckets: highrBuckets,
		Memory: residentMemory, CPU: cpuSeconds, Version: "python_info", VersionLabel: "version",
	},
	{
		Name:     "starlette-exporter",
		Requests: "starlette_requests_total", Errors: `status_code=~"5.."`, NotProbe: notProbe("path"),
		Mean:     "starlette_request_duration_seconds",
		Quantile: "starlette_request_duration_seconds", QuantileNotProbe: notProbe("path"),
		Buckets: clientBuckets,
		Memory:  residentMemory, CPU: cpuSeconds, Version: "python_info", VersionLabel: "version",
	},
	{
		Name:     "opentelemetry",
		Requests: "http_server_request_duration_seconds_count", Errors: `http_response_status_code=~"5.."`, NotProbe: notProbe("http_route"),
		Mean:     "http_server_request_duration_seconds",
		Quantile: "http_server_request_duration_seconds", QuantileNotProbe: notProbe("http_route"),
		Buckets: clientBuckets,
		Memory:  residentMemory, CPU: cpuSeconds, Version: "python_info", VersionLabel: "version",
	},
	{
		Name:     "opentelemetry-milliseconds",
		Requests: "http_server_duration_milliseconds_count", Errors: `http_status_code=~"5.."`, NotProbe: notProbe("http_route"),
		Mean:     "http_server_duration_milliseconds",
		Quantile: "http_server_duration_milliseconds", QuantileNotProbe: notProbe("http_route"), Scale: "0.001",
		Buckets: clientBuckets,
		Memory:  residentMemory, CPU: cpuSeconds, Version: "python_info", VersionLabel: "version",
	},
	{
		Name:     "django-prometheus",
		Requests: "django_http_responses_total_by_status_total", Errors: `status=~"5.."`,
		Mean:     "django_http_requests_latency_including_middlewares_seconds",
		Quantile: "django_http_requests_latency_including_middlewares_seconds",
		Buckets:  []float64{.01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 25, 50, 75},
		Memory:   residentMemory, CPU: cpuSeconds, Version: "python_info", VersionLabel: "version",
	},
	{
		Name:     "ingress-nginx",
		Requests: "nginx_ingress_controller_requests", Errors: `status=~"5.."`,
		Mean:     "nginx_ingress_controller_request_duration_seconds",
		Quantile: "nginx_ingress_controller_request_duration_seconds",
		Buckets:  []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		Memory:   residentMemory, CPU: cpuSeconds, Version: "python_info", VersionLabel: "version",
	},
	{
		Name:     "traefik",
		Requests: "traefik_service_requests_total", Errors: `code=~"5.."`,
		Mean:     "traefik_service_request_duration_seconds",
		Quantile: "traefik_service_request_duration_seconds",
		Buckets:  []float64{.1, .3, 1.2, 5},
		Memory:   residentMemory, CPU: cpuSeconds, Version: "python_info", VersionLabel: "version",
		Up: "traefik_service_server_up", // of services with a health check
	},
	{
		Name:     "istio",
		Requests: "istio_requests_total", Fixed: `reporter="destination"`, Errors: `response_code=~"5.."`,
		Mean:     "istio_request_duration_milliseconds",
		Quantile: "istio_request_duration_milliseconds", Scale: "0.001",
		Buckets: []float64{.0005, .001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 600, 1800, 3600},
		Memory:  residentMemory, CPU: cpuSeconds, Version: "python_info", VersionLabel: "version",
	},
	{
		Name:     "envoy",
		Requests: "envoy_cluster_upstream_rq", Errors: `envoy_response_code=~"5.."`,
		Mean:     "envoy_cluster_upstream_rq_time",
		Quantile: "envoy_cluster_upstream_rq_time", Scale: "0.001",
		Buckets: []float64{.0005, .001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 600, 1800, 3600},
		Memory:  residentMemory, CPU: cpuSeconds, Version: "python_info", VersionLabel: "version",
	},
	{
		Name:     "haproxy",
		Requests: "haproxy_backend_http_responses_total", Errors: `code="5xx"`,
		MeanGauge: "haproxy_backend_response_time_average_seconds",
		Memory:    residentMemory, CPU: cpuSeconds, Version: "python_info", VersionLabel: "version",
		Up: "haproxy_server_status", UpMatchers: `state="UP"`,
	},
	{
		// A service that exposes nothing at all is measured by its smoke tests.
		Name:     "smoke",
		Requests: series.SmokeRuns, Fixed: ofProduction, Errors: `result="failure"`,
		MeanGauge: series.SmokeDuration,
		Up:        series.SmokeSuccess, UpMatchers: `critical="true",` + ofProduction,
		Baseline: ofBaseline, Candidate: ofCandidate,
		By: "environment, track, suite, test, result", Only: onlyTrusted, Alike: "environment, suite, test",
	},
}

// DefaultInstrumentation is the name of the instrumentation that is assumed
// where none is set.
const DefaultInstrumentation = "fastapi-instrumentator"

// InstrumentationByName finds an instrumentation; ok is false for a name that
// is not in Instrumentations.
func InstrumentationByName(name string) (in Instrumentation, ok bool) {
	for _, in := range instrumentations {
		if in.Name == name {
			return in, true
		}
	}
	return Instrumentation{}, false
}

// InstrumentationNames lists the names of all instrumentations, sorted.
func InstrumentationNames() []string {
	names := make([]string, 0, len(instrumentations))
	for _, in := range instrumentations {
		names = append(names, in.Name)
	}
	sort.Strings(names)
	return names
}

// matchers joins label matchers, leaving out empty ones.
func matchers(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p = strings.Trim(strings.TrimSpace(p), ","); p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, ",")
}
