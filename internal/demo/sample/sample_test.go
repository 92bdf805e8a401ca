package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/cutover-dev/cutover/internal/testenv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMisuse(t *testing.T) {
	for args, want := range map[string]string{
		"":                                       "say what to be: service, traffic, receiver, check",
		"everything":                             "say what to be: service, traffic, receiver, check",
		"service":                                `--slot="": use blue or green`,
		"service --slot=red":                     `--slot="red": use blue or green`,
		"service --slot=blue 8000":               "service takes 0 arguments [] beside its flags",
		"service --slot=blue --break=luck":       `can't break by "luck": want one of errors, latency, health, memory, crash`,
		"service --slot=blue --break=crash":      "--break=crash: stop the container instead",
		"traffic":                                "--to is missing: http://host:port",
		"traffic --to=http://127.0.0.1 --rate=-": `invalid value "-" for flag -rate: parse error`,
		"check":                                  "check takes 1 arguments [URL] beside its flags",
	} {
		err := run(t.Context(), strings.Fields(args), io.Discard, io.Discard)
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", args, err, want)
		}
	}
}

// awaited is the output of a command whose first line the test waits for.
type awaited struct{ lines chan string }

func (a awaited) Write(line []byte) (int, error) {
	select {
	case a.lines <- string(line):
	default:
	}
	return len(line), nil
}

func TestServiceServesUntilTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := awaited{make(chan string, 10)}
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, []string{"service", "--slot=green", "--listen=127.0.0.1:0", "--break=health"}, out, io.Discard)
	}()
	serving := regexp.MustCompile(`msg=serving slot=green address=(\S+)`)
	var address []string
	for address == nil {
		select {
		case line := <-out.lines:
			address = serving.FindStringSubmatch(line)
		case err := <-done:
			t.Fatal(err)
		}
	}
	url := "http://" + address[1]
	if err := run(ctx, []string{"check", url + "/health"}, io.Discard, io.Discard); err != nil {
		t.Error(err)
	}
	if err := run(ctx, []string{"check", url + "/nowhere"}, io.Discard, io.Discard); err == nil ||
		err.Error() != url+"/nowhere answers 404 Not Found" {
		t.Errorf("check of a page that isn't there: %v", err)
	}
	http.DefaultClient.CloseIdleConnections()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := run(t.Context(), []string{"check", url + "/health"}, io.Discard, io.Discard); err == nil {
		t.Error("the service has ended, and the check passes")
	}
}

func TestReceiverPrintsAlertsOnly(t *testing.T) {
	var out bytes.Buffer
	h := receiverHandler(&out)
	ask := func(method, path, body string) int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
		return w.Code
	}
	const notice = `{"receiver":"cutover","alerts":[{"status":"firing","labels":{"alertname":"CutoverRollback"},"annotations":{"summary":"Roll back"}}]}`
	for _, c := range []struct {
		method, path, body string
		want               int
	}{
		{"POST", "/alerts", notice, 200},
		{"POST", "/heartbeat", notice, 200},
		{"GET", "/-/healthy", "", 200},
		{"GET", "/alerts", "", 405},
		{"POST", "/elsewhere", notice, 404},
	} {
		if got := ask(c.method, c.path, c.body); got != c.want {
			t.Errorf("%s %s answers %d, want %d", c.method, c.path, got, c.want)
		}
	}
	if got, want := out.String(), "FIRING    CutoverRollback: Roll back\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}

func TestChecksAskRealServers(t *testing.T) {
	asked, err := checks(testenv.Postgres(t), testenv.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(asked) != 2 {
		t.Errorf("%d checks, want two", len(asked))
	}
	for name, check := range asked {
		if err := check(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	refused, err := checks("postgres://127.0.0.1:1/none", "redis://127.0.0.1:1/0")
	if err != nil {
		t.Fatal(err)
	}
	for name, check := range refused {
		if check(t.Context()) == nil {
			t.Errorf("%s: nobody listens there, and the check passes", name)
		}
	}
}

func TestChecksKeepSecrets(t *testing.T) {
	for _, addresses := range [][2]string{
		{"postgres://user:hunter2@host:port/name", ""},
		{"", "http://:hunter2@cache"},
	} {
		if _, err := checks(addresses[0], addresses[1]); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v, want an error without the password", err)
		}
	}
	if asked, err := checks("", ""); err != nil || len(asked) > 0 {
		t.Errorf("without addresses: %d checks, %v", len(asked), err)
	}
}

func TestReceiverEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, []string{"receiver", "--listen=127.0.0.1:0"}, io.Discard, io.Discard); err != nil {
		t.Error(err)
	}
}
