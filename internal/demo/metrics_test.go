package demo

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// requests are a fixed day in the life of a service.
func requests(l life) {
	for range 20 {
		l.ask("GET", "/", "")
		l.ask("GET", "/api/v1/items/1", "")
		l.ask("POST", "/api/v1/orders", `{"item_id":2,"quantity":3}`)
	}
	l.ask("GET", "/health", "")
	l.ask("GET", "/api/v1/version", "")
	l.ask("PUT", "/api/v1/items/3", `{"name":"Table","price":299}`)
	l.ask("DELETE", "/api/v1/items/3", "")
	l.ask("GET", "/api/v1/items/3", "")
	l.ask("POST", "/api/v1/items", `{"name":""}`)
	l.ask("GET", "/wp-login.php", "")
	l.ask("BREW", "/coffee", "")
}

// TestExpositionGolden compares the whole of /metrics, values included: by a fake
// clock even the response times are exact.
func TestExpositionGolden(t *testing.T) {
	for _, o := range []Options{Baseline(), Candidate()} {
		t.Run(o.Slot, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o.Seed = 7
				l := live(o)
				requests(l)
				_, got := l.ask("GET", "/metrics", "")
				golden(t, "metrics-"+o.Slot+".txt", got)
			})
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// TestLint finds nothing but what the imitated names ask for.
func TestLint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := live(Baseline())
		requests(l)
		problems, err := testutil.GatherAndLint(l.metrics.registry)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range problems {
			got = append(got, p.Metric+": "+p.Text)
		}
		if diff := cmp.Diff([]string(nil), got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestOpenMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := live(Candidate())
		w := newAnswer(l, "/metrics", "application/openmetrics-text; version=1.0.0")
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "application/openmetrics-text") || !strings.HasSuffix(w.Body.String(), "# EOF\n") {
			t.Errorf("no OpenMetrics: %s", w.Header().Get("Content-Type"))
		}
	})
}

func TestRoute(t *testing.T) {
	for pattern, want := range map[string]string{
		"GET /{$}":                        "/",
		"GET /api/v1/items/{item_id}":     "/api/v1/items/{item_id}",
		"POST /api/v1/orders":             "/api/v1/orders",
		"/":                               "none", // nothing else fitted
		"":                                "none", // the path exists, by another method
		http.MethodGet + " /metrics":      "/metrics",
		http.MethodDelete + " /{$}/extra": "/{$}/extra",
	} {
		if got := route(pattern); got != want {
			t.Errorf("%q: got %q, want %q", pattern, got, want)
		}
	}
}

// TestProfiles holds both versions to the figures of the checklist.
func TestProfiles(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Baseline(), "mean 50ms, p50 28ms, p95 180ms, p99 280ms, 256 MB, 0.01 % errors"},
		{Candidate(), "mean 35ms, p50 21ms, p95 121ms, p99 197ms, 238 MB, 0.01 % errors"},
	} {
		l := c.o.Profile.Latency
		got := fmt.Sprintf("mean %v, p50 %v, p95 %v, p99 %v, %g MB, %g %% errors", l.Mean().Round(time.Millisecond),
			l.At(0.5), l.At(0.95), l.At(0.99), c.o.Profile.Memory/1e6, c.o.Profile.ErrorRatio*100)
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.o.Slot, got, c.want)
		}
	}
}
