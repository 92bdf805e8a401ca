package probe

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cutover-dev/cutover/internal/testenv"
)

func TestPrometheus(t *testing.T) {
	config := filepath.Join(t.TempDir(), "prometheus.yml")
	if err := os.WriteFile(config, []byte("global: {scrape_interval: 1h}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	url := testenv.Prometheus(t, config).URL
	instances := func(a, b string) string {
		return `label_replace(vector(` + a + `), "instance", "a:80", "", "") or label_replace(vector(` + b + `), "instance", "b:80", "", "")`
	}
	for query, want := range map[string]string{
		"1":                         "",
		"1 < bool 2":                "",
		"1 > bool 2":                "the expression does not hold",
		"0 / 0":                     "the expression does not hold",
		"vector(7)":                 "",
		instances("1", "2"):         "",
		instances("1", "0"):         `the expression does not hold for {instance="b:80"}`,
		instances("0", "0 / 0"):     `the expression does not hold for {instance="a:80"} and others`,
		"no_such_series":            "the expression gives no series",
		"no_such_series[5m]":        "the expression gives no value at a moment",
		`"text"`:                    "the expression gives no value at a moment",
		"sum by (":                  `Prometheus refuses the query: "bad_data"`,
		`{x="` + planted + `"} and`: `Prometheus refuses the query: "bad_data"`,
	} {
		got := outcome(t.Context(), t, Prometheus{Target: url, Query: query, Secrets: []string{planted}})
		if got.Reason != want {
			t.Errorf("%s: got %q, want %q", query, got.Reason, want)
		}
		if strings.Contains(got.Detail, planted) {
			t.Errorf("%s: the secret comes out:\n%s", query, got.Detail)
		}
	}
}

// TestSomethingElseThanPrometheus has something else answer, or refuse.
func TestSomethingElseThanPrometheus(t *testing.T) {
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		want    string
	}{
		{"a page", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, "the answer is not one of Prometheus"},
		{"another API", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"vector","result":"x"}}`)
		}, "the answer is not one of Prometheus"},
		{"a gateway", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, "HTTP 503"},
		{"a bearer token wanted", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer "+planted {
				w.WriteHeader(http.StatusUnauthorized)
			}
		}, "HTTP 401, expected 2xx or 400 or 422 or 503"},
		{"hanging", func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // or nobody sees the connection end
			<-r.Context().Done()
		}, "no answer in time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			if got := outcome(ctx, t, Prometheus{Target: serve(t, c.handler), Query: "up"}); got.Reason != c.want {
				t.Errorf("got %q, want %q", got.Reason, c.want)
			}
		})
	}
	_, err := Prometheus{Target: planted, Bearer: "x\n"}.Compile()
	if want := "query: is missing\ntarget: write http://host:port or https://host:port\nbearer: must be one line"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
