package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/cutover-dev/cutover/internal/demo"
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

// TestTwoVersionsShareTheirServers registers with the old version and logs in
// with the new one, as people do during a rollout.
func TestTwoVersionsShareTheirServers(t *testing.T) {
	database, cache := testenv.Postgres(t), testenv.Redis(t)
	ask := map[string]func(method, path, kind, token, body string) (int, string){}
	for _, o := range []demo.Options{demo.Baseline(), demo.Candidate()} {
		behind, err := open(t.Context(), database, cache)
		if err != nil {
			t.Fatal(err)
		}
		defer behind.close()
		behind.serve(&o)
		o.Profile.Latency, o.PasswordCost = nil, 4
		ctx, cancel := context.WithCancel(t.Context())
		s := demo.NewService(o)
		if err := s.Start(ctx, "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		defer s.Wait()
		defer cancel()
		ask[o.Slot] = func(method, path, kind, token, body string) (int, string) {
			r, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", kind)
			r.Header.Set("Authorization", "Bearer "+token)
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			answer, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			return resp.StatusCode, string(answer)
		}
	}
	defer http.DefaultClient.CloseIdleConnections()

	const asJSON, asForm = "application/json", "application/x-www-form-urlencoded"
	name := "sample-" + strings.ToLower(rand.Text())
	account := `{"username":"` + name + `","email":"` + name + `@shop.example","password":"correct horse"}`
	if status, got := ask["blue"]("POST", "/api/v1/auth/register", asJSON, "", account); status != 201 {
		t.Fatalf("register: %d %s", status, got)
	}
	status, got := ask["green"]("POST", "/api/v1/auth/login", asForm, "", "username="+name+"&password=correct+horse")
	var session struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(got), &session); err != nil || status != 200 {
		t.Fatalf("log in: %d %s", status, got)
	}
	if status, got := ask["blue"]("GET", "/api/v1/users/me", "", session.Token, ""); status != 200 || !strings.Contains(got, name) {
		t.Errorf("me: %d %s", status, got)
	}
	const healthy = `{"status":"healthy","environment":"production","checks":{"database":"healthy","redis":"healthy"}}`
	if _, got := ask["green"]("GET", "/health", "", "", ""); got != healthy {
		t.Errorf("health: %s", got)
	}
	if status, _ := ask["green"]("DELETE", "/api/v1/users/me", "", session.Token, ""); status != 204 {
		t.Errorf("delete: %d", status)
	}
	if status, _ := ask["blue"]("GET", "/api/v1/users/me", "", session.Token, ""); status != 401 {
		t.Errorf("me, once deleted: %d", status)
	}
}

func TestServersThatCanNotBeUsed(t *testing.T) {
	for _, c := range []struct{ database, cache, want string }{
		{"postgres://user:hunter2@host:port/name", "", "SAMPLE_DATABASE_URL: use an address such as postgres://user@host:5432/name"},
		{"", "http://:hunter2@cache", "SAMPLE_REDIS_URL: use an address such as redis://host:6379/0"},
		{"postgres://user:hunter2@127.0.0.1:1/none", "redis://127.0.0.1:1/0", "connection refused"},
	} {
		_, err := open(t.Context(), c.database, c.cache)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	nothing, err := open(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	o := demo.Baseline()
	nothing.serve(&o)
	if o.Store != nil || o.Sessions != nil || len(o.Checks) > 0 {
		t.Errorf("without addresses there are servers: %+v", o)
	}
}

func TestHealthSeesADeadRedis(t *testing.T) {
	behind, err := open(t.Context(), "", "redis://127.0.0.1:1/0")
	if err != nil {
		t.Fatal(err)
	}
	defer behind.close()
	o := demo.Baseline()
	behind.serve(&o)
	if err := o.Checks["redis"](t.Context()); err == nil {
		t.Error("nobody listens there, and the check passes")
	}
}

func TestReceiverEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, []string{"receiver", "--listen=127.0.0.1:0"}, io.Discard, io.Discard); err != nil {
		t.Error(err)
	}
}
