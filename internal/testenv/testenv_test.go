package testenv_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/cutover-dev/cutover/internal/testenv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPostgres(t *testing.T) {
	dsn := testenv.Postgres(t)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	var sum int
	if err := conn.QueryRow(t.Context(), "select 40 + 2").Scan(&sum); err != nil || sum != 42 {
		t.Errorf("got %d, %v, want 42", sum, err)
	}
	// The connection is left open: a server ends with its test all the same.
	t.Cleanup(func() { _ = conn.Close(t.Context()) })

	if os.Getenv(testenv.DatabaseURL) == "" {
		wrong := strings.Replace(dsn, testenv.Password, "wrong", 1)
		if conn, err := pgx.Connect(t.Context(), wrong); err == nil {
			_ = conn.Close(t.Context())
			t.Error("the server lets in who doesn't know the password")
		}
	}
}

func TestPostgresGiven(t *testing.T) {
	const given = "postgres://db.example/tests"
	t.Setenv(testenv.DatabaseURL, given)
	if got := testenv.Postgres(t); got != given {
		t.Errorf("got %s, want %s", got, given)
	}
}

func TestRedis(t *testing.T) {
	options, err := redis.ParseURL(testenv.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	if pong, err := client.Ping(t.Context()).Result(); err != nil || pong != "PONG" {
		t.Errorf("got %q, %v, want PONG", pong, err)
	}
}

func TestRedisGiven(t *testing.T) {
	const given = "redis://cache.example/3"
	t.Setenv(testenv.RedisURL, given)
	if got := testenv.Redis(t); got != given {
		t.Errorf("got %s, want %s", got, given)
	}
}

// TestServersAreApart holds two servers of a kind at once.
func TestServersAreApart(t *testing.T) {
	if os.Getenv(testenv.RedisURL) != "" {
		t.Setenv(testenv.RedisURL, "")
	}
	if a, b := testenv.Redis(t), testenv.Redis(t); a == b {
		t.Errorf("both are at %s", a)
	}
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAlerting has Prometheus, with a rule from a file of its own, alert
// through Alertmanager to a receiver.
func TestAlerting(t *testing.T) {
	dir := t.TempDir()
	delivered := make(chan string, 100)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var message struct {
			Alerts []struct{ Labels map[string]string }
		}
		if err := json.NewDecoder(r.Body).Decode(&message); err != nil {
			t.Error(err)
		}
		for _, alert := range message.Alerts {
			select {
			case delivered <- alert.Labels["alertname"]:
			default: // repetitions
			}
		}
	}))
	defer receiver.Close()

	alertmanager := testenv.Alertmanager(t, write(t, filepath.Join(dir, "alertmanager.yml"), `
route: {receiver: test, group_wait: 0s}
receivers: [{name: test, webhook_configs: [{url: "`+receiver.URL+`"}]}]
`))
	write(t, filepath.Join(dir, "rules.yml"), `
groups: [{name: test, rules: [{alert: Always, expr: vector(1)}]}]
`)
	prometheus := testenv.Prometheus(t, write(t, filepath.Join(dir, "prometheus.yml"), `
global: {evaluation_interval: 100ms}
rule_files: [rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ["`+alertmanager.Address+`"]}]}]}
`), "--rules.alert.resend-delay=1s")
	select {
	case got := <-delivered:
		if got != "Always" {
			t.Errorf("got alert %q, want Always", got)
		}
	case <-prometheus.Done():
		t.Fatal("Prometheus ended")
	case <-t.Context().Done():
		t.Fatal("no alert")
	}

	write(t, filepath.Join(dir, "rules.yml"), "groups: [{name: test, rules: [{alert: Always, expr: vector(}]}]")
	resp, err := http.Post(prometheus.URL+"/-/reload", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("reloading a broken rule file: got %s, want an error", resp.Status)
	}
}

func TestTools(t *testing.T) {
	dir := t.TempDir()
	rules := write(t, filepath.Join(dir, "rules.yml"), "groups: [{name: test, rules: [{record: a:b, expr: vector(1)}]}]")
	if got := testenv.Run(t, testenv.Promtool(t), "check", "rules", rules); !strings.Contains(got, "1 rules found") {
		t.Errorf("promtool says %q", got)
	}
	config := write(t, filepath.Join(dir, "alertmanager.yml"), "{route: {receiver: a}, receivers: [{name: a}]}")
	if got := testenv.Run(t, testenv.Amtool(t), "check-config", config); !strings.Contains(got, "SUCCESS") {
		t.Errorf("amtool says %q", got)
	}
}

// unlucky is a test that stands for one that lacks something.
type unlucky struct {
	*testing.T
	said string
}

func (u *unlucky) Fatalf(format string, args ...any) {
	u.said = fmt.Sprintf(format, args...)
	panic(u)
}

func TestMissingToolFails(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	u := &unlucky{T: t}
	defer func() {
		if recover() != u {
			t.Fatal("a missing tool did not end the test")
		}
		if !strings.Contains(u.said, "make tools") || !strings.Contains(u.said, "promtool") {
			t.Errorf("it said %q, want promtool and `make tools`", u.said)
		}
	}()
	testenv.Promtool(u)
}
