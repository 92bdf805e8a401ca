package main

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/exporter"
)

func TestCheck(t *testing.T) {
	listen := func(h http.Handler) string {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s.Listener.Addr().String()
	}
	answers := func(status int) string {
		return listen(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	}
	e, err := exporter.New(t.Context(), exporter.Options{
		Checklists: []string{"builtin:python-3.13"}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	encrypted := httptest.NewTLSServer(nil)
	t.Cleanup(encrypted.Close)
	port := func(address string) string { // as in CUTOVER_LISTEN_ADDRESS=:9847
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			t.Fatal(err)
		}
		return ":" + port
	}
	fine, locked, sick := listen(e.Handler()), answers(http.StatusUnauthorized), answers(http.StatusServiceUnavailable)
	for _, c := range []struct {
		name, address, webConfig string
		code                     int
		want                     string
	}{
		{"healthy", fine, "", exitOK, "healthy\n"},
		{"without a host", port(fine), "", exitOK, "healthy\n"},
		{"sick", sick, "", exitNo, "unhealthy: " + sick + " answers 503 Service Unavailable\n"},
		{"sick and guarded", sick, "web.yml", exitNo, "unhealthy: " + sick + " answers 503 Service Unavailable\n"},
		{"behind a password", locked, "web.yml", exitOK, "healthy\n"},
		{"somebody else's password", locked, "", exitNo, "unhealthy: " + locked + " answers 401 Unauthorized\n"},
		{"behind TLS", encrypted.Listener.Addr().String(), "web.yml", exitOK, "healthy\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("CUTOVER_LISTEN_ADDRESS", c.address)
			t.Setenv("CUTOVER_WEB_CONFIG_FILE", c.webConfig)
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), []string{"serve", "--check"}, &stdout, &stderr)
			if code != c.code || stderr.Len() > 0 {
				t.Errorf("exit code %d, stderr %q; want %d and none", code, &stderr, c.code)
			}
			if diff := cmp.Diff(c.want, stdout.String()); diff != "" {
				t.Errorf("stdout (-want +got):\n%s", diff)
			}
		})
	}
}
