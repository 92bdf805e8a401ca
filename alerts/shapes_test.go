package alerts_test

import "fmt"

// A shape is how an exporter exposes a service's requests: its metrics, their
// labels, its buckets and their unit.
type shape struct {
	instrumentation string
	selector        string // of the candidate
	target          string // labels of the scrape
	expose          func(load) func(exposition)
	// app are the labels of the scrape of the service itself, where that is
	// another, and resources what it exposes of its process; nil where no label
	// of it tells the tracks apart.
	app       string
	resources func(version string, l load) func(exposition)
	// p95 is what the quantile interpolates to at 20 ms and at 2 s: 95 % of the
	// way through the bucket. native is the same for native histograms, whose
	// buckets end at powers of two; nil for exporters without them.
	p95, native []float64
	// checked says that the exporter itself knows which servers answer.
	checked bool
}

// Bounds of the exporters' histograms in seconds.
var (
	clientBounds = []float64{.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10}
	djangoBounds = []float64{.01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 25, 50, 75}
	proxyBounds  = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	meshBounds   = []float64{.0005, .001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}
)

const fromService = `job="api",slot="green",instance="green-1"`

// What 95 % of the way through a bucket comes to.
var (
	inClientBounds = []float64{0.02425, 2.425}     // 10 + 0.95 × 15 ms, 1 + 0.95 × 1.5 s
	inSeconds      = []float64{0.030186, 1.931873} // 2^(-6 + 0.95) and 2^0.95 s
	inMilliseconds = []float64{0.03091, 1.978238}  // 2^(4 + 0.95) and 2^(10 + 0.95) ms
)

// shapes are those of every instrumentation, as the exporters write them.
func shapes() []shape {
	return []shape{
		{
			// Two probes of 1 ms a scrape count too, below the bucket of the rest:
			// the rank 0.95 × 102 is 94.9 % through it, and 0.95 × 42 is 94.75 %.
			instrumentation: "fastapi-instrumentator", selector: `slot="green"`, target: fromService, expose: answering, resources: process,
			p95: []float64{0.024235, 1.97375},
		},
		{
			instrumentation: "starlette-exporter", selector: `slot="green"`, target: fromService, expose: starlette, resources: process,
			p95: inClientBounds,
		},
		{
			instrumentation: "opentelemetry", selector: `slot="green"`, target: fromService, expose: openTelemetry, resources: process,
			p95: inClientBounds, native: inSeconds,
		},
		{
			instrumentation: "opentelemetry-milliseconds", selector: `slot="green"`, target: fromService, expose: openTelemetryBefore, resources: process,
			p95: inClientBounds, native: inMilliseconds,
		},
		{
			instrumentation: "django-prometheus", selector: `slot="green"`, target: fromService, expose: django, resources: container,
			p95: inClientBounds,
		},
		{
			instrumentation: "ingress-nginx", selector: `service="api-green"`, target: `job="ingress",instance="ingress-1"`, expose: ingress,
			app: `job="api",service="api-green",instance="green-1"`, resources: process,
			p95: inClientBounds, native: inSeconds,
		},
		{
			// Its buckets end at 0.1, 0.3, 1.2 and 5 s.
			instrumentation: "traefik", selector: `service="green@docker"`, target: `job="traefik",instance="traefik-1"`, expose: traefik, checked: true,
			p95: []float64{0.095, 4.81},
		},
		{
			instrumentation: "istio", selector: `destination_workload="api-green"`, target: `job="istio",instance="green-1"`, expose: istio,
			p95: inClientBounds, native: inMilliseconds,
		},
		{
			instrumentation: "envoy", selector: `envoy_cluster_name="green"`, target: `job="envoy",instance="envoy-1"`, expose: envoy,
			p95: inClientBounds,
		},
		{instrumentation: "haproxy", selector: `proxy="green"`, target: `job="haproxy",instance="haproxy-1"`, expose: haproxy, checked: true},
	}
}

// answers are the requests of a load by status; each took as long.
func (l load) answers() map[int]int { return map[int]int{200: l.ok, 500: l.errors} }

func milliseconds(bounds []float64) []float64 {
	out := make([]float64, len(bounds))
	for i, b := range bounds {
		out[i] = b * 1000
	}
	return out
}

func starlette(l load) func(exposition) {
	return func(e exposition) {
		put := func(path string, status, n int, seconds float64) {
			labels := fmt.Sprintf(`method="GET",path=%q,status_code="%d",app_name="api"`, path, status)
			count(e, "starlette_requests_total", labels, n)
			observe(e, "starlette_request_duration_seconds", labels, clientBounds, n, seconds)
		}
		for status, n := range l.answers() {
			put("/api/v1/users/me", status, n, l.mean())
		}
		put("/health", 200, l.probes, 0.001)
		put("/health", 503, l.badProbes, 0.001)
	}
}

func openTelemetry(l load) func(exposition) {
	return func(e exposition) {
		put := func(route string, status, n int, seconds float64) {
			labels := fmt.Sprintf(`http_request_method="GET",http_route=%q,http_response_status_code="%d"`, route, status)
			observe(e, "http_server_request_duration_seconds", labels, clientBounds, n, seconds)
		}
		for status, n := range l.answers() {
			put("/api/v1/users/me", status, n, l.mean())
		}
		put("/health", 200, l.probes, 0.001)
		put("/health", 503, l.badProbes, 0.001)
	}
}

func openTelemetryBefore(l load) func(exposition) {
	return func(e exposition) {
		put := func(route string, status, n int, seconds float64) {
			labels := fmt.Sprintf(`http_method="GET",http_route=%q,http_status_code="%d"`, route, status)
			observe(e, "http_server_duration_milliseconds", labels, milliseconds(clientBounds), n, 1000*seconds)
		}
		for status, n := range l.answers() {
			put("/api/v1/users/me", status, n, l.mean())
		}
		put("/health", 200, l.probes, 0.001)
		put("/health", 503, l.badProbes, 0.001)
	}
}

// django has no label to tell probes by.
func django(l load) func(exposition) {
	return func(e exposition) {
		for status, n := range l.answers() {
			count(e, "django_http_responses_total_by_status_total", fmt.Sprintf(`status="%d"`, status), n)
			observe(e, "django_http_requests_latency_including_middlewares_seconds", "", djangoBounds, n, l.mean())
		}
	}
}

// ingress and the proxies below serve the baseline too, and say so by a label.
func ingress(l load) func(exposition) {
	return proxy(l, func(e exposition, track string, status, n int, seconds float64) {
		labels := fmt.Sprintf(`ingress="api",service="api-%s",method="GET",path="/",canary="",status="%d"`, track, status)
		count(e, "nginx_ingress_controller_requests", labels, n)
		observe(e, "nginx_ingress_controller_request_duration_seconds", labels, proxyBounds, n, seconds)
	})
}

func traefik(l load) func(exposition) {
	return proxy(l, func(e exposition, track string, status, n int, seconds float64) {
		labels := fmt.Sprintf(`service="%s@docker",method="GET",protocol="http",code="%d"`, track, status)
		count(e, "traefik_service_requests_total", labels, n)
		observe(e, "traefik_service_request_duration_seconds", labels, []float64{.1, .3, 1.2, 5}, n, seconds)
		for server, up := range l.servers() {
			e[fmt.Sprintf(`traefik_service_server_up{service="%s@docker",url="http://%s-%d:8000"}`, track, track, server+1)] = up
		}
	})
}

// istio counts at both ends of a request.
func istio(l load) func(exposition) {
	return proxy(l, func(e exposition, track string, status, n int, seconds float64) {
		for _, reporter := range []string{"source", "destination"} {
			labels := fmt.Sprintf(`reporter=%q,destination_workload="api-%s",response_code="%d"`, reporter, track, status)
			count(e, "istio_requests_total", labels, n)
			observe(e, "istio_request_duration_milliseconds", labels, milliseconds(meshBounds), n, 1000*seconds)
		}
	})
}

func envoy(l load) func(exposition) {
	return proxy(l, func(e exposition, track string, status, n int, seconds float64) {
		cluster := fmt.Sprintf(`envoy_cluster_name=%q`, track)
		count(e, "envoy_cluster_upstream_rq", join(cluster, fmt.Sprintf(`envoy_response_code="%d"`, status)), n)
		observe(e, "envoy_cluster_upstream_rq_time", cluster, milliseconds(meshBounds), n, 1000*seconds)
	})
}

// haproxy exposes every class of status from the start, and a mean in place of
// a histogram.
func haproxy(l load) func(exposition) {
	return proxy(l, func(e exposition, track string, status, n int, seconds float64) {
		backend := fmt.Sprintf(`proxy=%q`, track)
		for _, class := range []int{1, 2, 3, 4, 5} {
			series := labelled("haproxy_backend_http_responses_total", join(backend, fmt.Sprintf(`code="%dxx"`, class)))
			if e[series] += 0; class == status/100 {
				e[series] += float64(n)
			}
		}
		e[labelled("haproxy_backend_response_time_average_seconds", backend)] = seconds
		for server, up := range l.servers() {
			of := join(backend, fmt.Sprintf(`server="%s-%d"`, track, server+1))
			e[labelled("haproxy_server_status", join(of, `state="UP"`))] = up
			e[labelled("haproxy_server_status", join(of, `state="DOWN"`))] = 1 - up
		}
	})
}

// servers is 1 for each server behind a proxy that answers, and 0 for one that
// doesn't.
func (l load) servers() []float64 { return []float64{1, truth(!l.away)} }

// proxy puts a load on the candidate, and a healthy one on the baseline.
func proxy(l load, put func(e exposition, track string, status, n int, seconds float64)) func(exposition) {
	return func(e exposition) {
		for _, status := range []int{200, 500} {
			put(e, "green", status, l.answers()[status], l.mean())
			put(e, "blue", status, healthy.answers()[status], 0.02)
		}
	}
}
