package demo

import (
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// look gathers the metrics of a life by name.
func (l life) look(t *testing.T) map[string]*dto.MetricFamily {
	t.Helper()
	families, err := l.metrics.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]*dto.MetricFamily{}
	for _, f := range families {
		byName[f.GetName()] = f
	}
	return byName
}

// status sums the requests of a class of status.
func status(f *dto.MetricFamily, class string) (n float64) {
	for _, m := range f.GetMetric() {
		for _, l := range m.GetLabel() {
			if l.GetName() == "status" && l.GetValue() == class {
				n += m.GetCounter().GetValue()
			}
		}
	}
	return n
}

func TestBreakErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := live(Candidate())
		run := func(n int) (errors float64) {
			before := status(l.look(t)["http_requests_total"], "5xx")
			for range n {
				l.ask("GET", "/", "")
			}
			return status(l.look(t)["http_requests_total"], "5xx") - before
		}
		if n := run(10000); n != 1 {
			t.Errorf("healthy: %g of 10000 failed, want 1", n)
		}
		l.Break(Errors)
		if n := run(1000); n < 49 || n > 51 {
			t.Errorf("broken: %g of 1000 failed, want 50", n)
		}
		l.Break(Errors) // once more changes nothing
		if n := run(1000); n < 49 || n > 51 {
			t.Errorf("broken twice: %g of 1000 failed, want 50", n)
		}
		if err := l.Mend(); err != nil {
			t.Fatal(err)
		}
		if n := run(1000); n > 1 {
			t.Errorf("mended: %g of 1000 failed", n)
		}
	})
}

func TestBreakLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := live(Candidate())
		run := func() time.Duration {
			const n = 5000
			start := time.Now()
			for range n {
				l.ask("GET", "/api/v1/items", "")
			}
			return time.Since(start) / n
		}
		mean := l.options.Profile.Latency.Mean()
		near := func(what string, got, want time.Duration) {
			if math.Abs(float64(got-want)) > 0.05*float64(want) {
				t.Errorf("%s: %v in the mean, want %v", what, got, want)
			}
		}
		near("healthy", run(), mean)
		l.Break(Slow)
		near("broken", run(), 2*mean)
		h := l.look(t)["http_request_duration_highr_seconds"].GetMetric()[0].GetHistogram()
		near("measured", time.Duration(h.GetSampleSum()/float64(h.GetSampleCount())*float64(time.Second)), mean*3/2)
		if err := l.Mend(); err != nil {
			t.Fatal(err)
		}
		near("mended", run(), mean)
		if _, body := l.ask("GET", "/health", ""); !strings.Contains(body, `"status":"healthy"`) {
			t.Errorf("a slow service is called sick: %s", body)
		}
	})
}

func TestBreakHealth(t *testing.T) {
	l := live(Candidate())
	l.Break(Sick)
	const want = `{"status":"unhealthy","environment":"production","checks":{"database":"unhealthy","redis":"healthy"}}`
	if status, body := l.ask("GET", "/health", ""); status != 200 || body != want {
		t.Errorf("got %d %s, want 200 %s", status, body, want)
	}
	if err := l.Mend(); err != nil {
		t.Fatal(err)
	}
	if _, body := l.ask("GET", "/health", ""); !strings.Contains(body, `"status":"healthy"`) {
		t.Errorf("mended: %s", body)
	}
}

func TestBreakMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := live(Candidate())
		check := func(what string, want float64) {
			t.Helper()
			if got := l.look(t)["process_resident_memory_bytes"].GetMetric()[0].GetGauge().GetValue(); got != want {
				t.Errorf("%s: %g bytes, want %g", what, got, want)
			}
		}
		check("healthy", 238e6)
		time.Sleep(time.Hour)
		check("an hour later", 238e6)
		l.Break(Leak)
		check("at once", 238e6)
		time.Sleep(5 * time.Second)
		check("after 5 s", 288e6)
		time.Sleep(time.Hour)
		check("at last", 400e6)
		if err := l.Mend(); err != nil {
			t.Fatal(err)
		}
		check("mended", 238e6)
	})
}

func TestParseKind(t *testing.T) {
	for _, k := range Kinds() {
		if got, err := ParseKind(string(k)); got != k || err != nil {
			t.Errorf("%s: got %s, %v", k, got, err)
		}
	}
	const want = `can't break by "erors": want one of errors, latency, health, memory, crash`
	if _, err := ParseKind("erors"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
