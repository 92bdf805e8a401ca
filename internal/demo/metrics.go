package demo

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// highBuckets are the bounds of the instrumentator's histogram that has many
// buckets and no labels, in seconds.
var highBuckets = []float64{
	0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 7.5, 10, 30, 60,
}

// lowBuckets are the bounds of the one that has labels, in seconds.
var lowBuckets = []float64{0.1, 0.5, 1}

// metrics are what one life of a service measures. A restart begins anew.
type metrics struct {
	registry *prometheus.Registry
	served   atomic.Uint64 // requests

	requests     *prometheus.CounterVec   // method, status ("2xx"), handler
	requestSize  *prometheus.SummaryVec   // handler
	responseSize *prometheus.SummaryVec   // handler
	high         prometheus.Histogram     // no labels
	low          *prometheus.HistogramVec // method, handler: no status
}

// newMetrics makes the metrics of prometheus-fastapi-instrumentator with its
// default settings, and those of the Python client without the time each
// series was created (PROMETHEUS_DISABLE_CREATED_SERIES).
func newMetrics(pythonVersion string, start time.Time, c *condition) *metrics {
	m := &metrics{
		registry: prometheus.NewPedanticRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total", Help: "Requests, by method, class of status and route.",
		}, []string{"method", "status", "handler"}),
		requestSize: prometheus.NewSummaryVec(prometheus.SummaryOpts{
			Name: "http_request_size_bytes", Help: "Content-Length of the requests, by route; 0 without one.",
		}, []string{"handler"}),
		responseSize: prometheus.NewSummaryVec(prometheus.SummaryOpts{
			Name: "http_response_size_bytes", Help: "Content-Length of the responses, by route; 0 without one.",
		}, []string{"handler"}),
		high: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "http_request_duration_highr_seconds", Help: "Response times of everything together, in many buckets.",
			Buckets: highBuckets,
		}),
		low: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds", Help: "Response times by method and route, in few buckets.",
			Buckets: lowBuckets,
		}, []string{"method", "handler"}),
	}
	m.registry.MustRegister(m.requests, m.requestSize, m.responseSize, m.high, m.low,
		newPythonInfo(pythonVersion), &process{start: start, served: &m.served, condition: c})
	return m
}

// newPythonInfo makes the Python client's gauge about the interpreter.
func newPythonInfo(version string) prometheus.Collector {
	parts := append(strings.SplitN(version, ".", 3), "", "", "")
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "python_info", Help: "The Python that runs the service.",
		ConstLabels: prometheus.Labels{
			"implementation": "CPython", "version": version,
			"major": parts[0], "minor": parts[1], "patchlevel": parts[2],
		},
	})
	g.Set(1)
	return g
}

// observe counts one request.
func (m *metrics) observe(r *http.Request, handler string, status, size int, took time.Duration) {
	m.served.Add(1)
	verb := method(r.Method)
	m.requests.WithLabelValues(verb, strconv.Itoa(status/100)+"xx", handler).Inc()
	m.requestSize.WithLabelValues(handler).Observe(float64(max(0, r.ContentLength)))
	m.responseSize.WithLabelValues(handler).Observe(float64(size))
	m.high.Observe(took.Seconds())
	m.low.WithLabelValues(verb, handler).Observe(took.Seconds())
}

// method is the value of the method label. Clients choose their method freely,
// and must not choose the number of series with it.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "OTHER"
}

// process collects the Python client's metrics of a process that isn't there.
type process struct {
	start     time.Time
	served    *atomic.Uint64
	condition *condition
}

var (
	residentDesc = prometheus.NewDesc("process_resident_memory_bytes", "Memory in RAM.", nil, nil)
	virtualDesc  = prometheus.NewDesc("process_virtual_memory_bytes", "Memory set aside.", nil, nil)
	startDesc    = prometheus.NewDesc("process_start_time_seconds", "When the process began, as a Unix time.", nil, nil)
	cpuDesc      = prometheus.NewDesc("process_cpu_seconds_total", "CPU time, user and system.", nil, nil)
	openDesc     = prometheus.NewDesc("process_open_fds", "Open file descriptors.", nil, nil)
	maxDesc      = prometheus.NewDesc("process_max_fds", "File descriptors that may be open.", nil, nil)
)

// Describe is part of [prometheus.Collector].
func (p *process) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{residentDesc, virtualDesc, startDesc, cpuDesc, openDesc, maxDesc} {
		ch <- d
	}
}

// Collect is part of [prometheus.Collector].
func (p *process) Collect(ch chan<- prometheus.Metric) {
	const importing = 1.5 // seconds that Python takes to begin
	served := p.served.Load()
	resident := p.condition.memory(served)
	gauge := func(d *prometheus.Desc, v float64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v)
	}
	gauge(residentDesc, resident)
	gauge(virtualDesc, 3*resident)
	gauge(startDesc, float64(p.start.UnixMilli())/1000)
	gauge(openDesc, 24)
	gauge(maxDesc, 1048576)
	ch <- prometheus.MustNewConstMetric(cpuDesc, prometheus.CounterValue,
		importing+float64(served)*p.condition.profile.CPU.Seconds())
}
