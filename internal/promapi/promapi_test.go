package promapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/cutover-dev/cutover/internal/testenv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func client(t *testing.T, address string, o Options) *Client {
	t.Helper()
	c, err := New(address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestPrometheus(t *testing.T) {
	config := filepath.Join(t.TempDir(), "prometheus.yml")
	if err := os.WriteFile(config, []byte("global: {scrape_interval: 1h}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := client(t, testenv.Prometheus(t, config).URL, Options{})
	at := time.Unix(1773489600, 0)
	both := `label_replace(vector(7), "a", "1", "", "") or label_replace(vector(8), "a", "2", "", "")`
	for query, want := range map[string][]Sample{
		"1 + 1":       {{Value: 2, Time: at}},
		"vector(1)":   {{Labels: map[string]string{}, Value: 1, Time: at}},
		"no_such":     {},
		both:          {{Labels: map[string]string{"a": "1"}, Value: 7, Time: at}, {Labels: map[string]string{"a": "2"}, Value: 8, Time: at}},
		`time() / 60`: {{Value: 29558160, Time: at}},
	} {
		got, err := c.Query(t.Context(), query, at)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", query, err, diff)
		}
	}
	if v, ok, err := c.Value(t.Context(), "vector(3)", at); v != 3 || !ok || err != nil {
		t.Errorf("one value: %v, %v, %v", v, ok, err)
	}
	if _, ok, err := c.Value(t.Context(), "no_such", at); ok || err != nil {
		t.Errorf("no value: %v, %v", ok, err)
	}
	if _, _, err := c.Value(t.Context(), both, at); !errors.Is(err, ErrSeveral) {
		t.Errorf("two values: %v", err)
	}
	for query, want := range map[string]string{
		"sum(":   `asking Prometheus: invalid parameter "query": 1:5: parse error: unclosed left parenthesis`,
		`"text"`: `asking Prometheus: unexpected value type "string"`,
		"up[5m]": "asking Prometheus: the answer is not a number at a moment",
	} {
		if _, err := c.Query(t.Context(), query, at); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", query, err, want)
		}
	}
}

// What only a broken or hostile server does.
func TestBadServers(t *testing.T) {
	const good = `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1773489600,"1"]}]}}`
	tests := map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"too long": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, good[:len(good)-1], strings.Repeat(" ", 64<<10), "}")
		}, "the answer is too long"},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(bytes.Repeat([]byte("x"), 4096)); err != nil {
					return
				}
			}
		}, "the answer is too long"},
		"late": {func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // or nobody notices that the client has gone
			<-r.Context().Done()
		}, "it did not answer in time"},
		"elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://evil.example.org/", http.StatusTemporaryRedirect)
		}, ""},
		"a proxy": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			fmt.Fprint(w, "<html>hunter2</html>")
		}, "server error: 502"},
		"a login":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, "client error: 401"},
		"not JSON":  {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, ""},
		"half JSON": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, good[:60]) }, ""},
		"a terminal's": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"status":"error","errorType":"bad_data","error":"a\u001b[2J\n%s"}`, strings.Repeat("b", 10_000))
		}, "a [2J " + strings.Repeat("b", maxMessage-6) + "…"},
		"a histogram": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"1","sum":"1","buckets":[]}]}]}}`)
		}, "the answer has histograms, not numbers"},
	}
	for name, test := range tests {
		server := httptest.NewServer(test.answer)
		address := strings.Replace(server.URL, "http://", "http://kim:hunter2@", 1)
		timeout := 30 * time.Second
		if name == "late" {
			timeout = 50 * time.Millisecond
		}
		c := client(t, address, Options{Timeout: timeout, MaxBytes: 32 << 10})
		_, err := c.Query(t.Context(), "vector(1)", time.Unix(0, 0))
		switch {
		case err == nil || !strings.HasPrefix(err.Error(), "asking Prometheus: "+test.want):
			t.Errorf("%s: got %v", name, err)
		case strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), server.URL):
			t.Errorf("%s: the error says too much: %v", name, err)
		}
		c.Close()
		server.Close()
	}
}

func TestNobodyListens(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	c := client(t, strings.Replace(server.URL, "http://", "http://kim:hunter2@", 1)+"/prefix?token=hunter2", Options{})
	if _, err := c.Query(t.Context(), "vector(1)", time.Unix(0, 0)); err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Query(ctx, "vector(1)", time.Unix(0, 0)); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, address := range []string{"", "localhost:9090", "ftp://hunter2@host", "http://", "https//kim:hunter2@host", "http://[hunter2"} {
		if _, err := New(address, Options{}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: got %v", address, err)
		}
	}
}

// User, password and path of the address are used, and warnings are logged.
func TestAddress(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "kim" || password != "hunter2" || r.URL.Path != "/prefix/api/v1/query" {
			t.Errorf("asked by %q at %s", user, r.URL.Path)
		}
		if q, at := r.FormValue("query"), r.FormValue("time"); q != `up{a="b"}` || at != "1773489600.5" {
			t.Errorf("asked for %s at %s", q, at)
		}
		fmt.Fprint(w, `{"status":"success","warnings":["slow disk"],"data":{"resultType":"vector","result":[{"metric":{},"value":[1773489600.5,"0.25"]}]}}`)
	}))
	defer server.Close()
	var log bytes.Buffer
	c := client(t, strings.Replace(server.URL, "http://", "http://kim:hunter2@", 1)+"/prefix/", Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if v, ok, err := c.Value(t.Context(), `up{a="b"}`, time.Unix(1773489600, 5e8)); v != 0.25 || !ok || err != nil {
		t.Errorf("got %v, %v, %v", v, ok, err)
	}
	if !strings.Contains(log.String(), `warning="slow disk"`) {
		t.Errorf("the log says %s", log.String())
	}
}
