package probe

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"github.com/cutover-dev/cutover/internal/testenv"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// with changes a copy of an address.
func with(t *testing.T, address string, change func(*url.URL)) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	change(u)
	return u.String()
}

// unique is a name that nobody else on a shared server has.
func unique(prefix string) string {
	return fmt.Sprintf("%s_%d_%d", prefix, os.Getpid(), time.Now().UnixNano())
}

func testDatabase(t *testing.T, address string) {
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	plain, full := unique("plain"), unique("full")
	for name, limit := range map[string]int{plain: -1, full: 0} {
		if _, err := conn.Exec(t.Context(), fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s' CONNECTION LIMIT %d", name, planted, limit)); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if _, err := conn.Exec(t.Context(), "DROP ROLE "+name); err != nil {
				t.Error(err)
			}
		}()
	}
	as := func(user, password string) string {
		return with(t, address, func(u *url.URL) { u.User = url.UserPassword(user, password) })
	}
	keywords, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct{ name, address, want string }{
		{"there", address, ""},
		{"another user", as(plain, planted), ""},
		{"keywords", fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=%s sslmode=disable",
			keywords.Host, keywords.Port, plain, planted, keywords.Database), ""},
		{"wrong password", as(plain, planted+"?"), "wrong password"},
		{"unknown user", as(unique("nobody"), planted), "wrong password"},
		{"full", as(full, planted), "too many connections"},
		{"unknown database", with(t, address, func(u *url.URL) { u.Path = "/" + unique("none") }), "the database does not exist"},
		{"refused", with(t, address, func(u *url.URL) { u.Host = testenv.FreeAddress(t) }), "connection refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := reasons(t, tested{DatabaseURL: c.address}, smoke.Options{})
			if diff := cmp.Diff(map[string]string{"database": c.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestRedis has one server for all of its parts.
func TestRedis(t *testing.T) {
	address := testenv.Redis(t)
	t.Run("from the standard suite", func(t *testing.T) { testCache(t, address) })
	t.Run("checks", func(t *testing.T) { testRedisChecks(t, address) })
}

func testCache(t *testing.T, address string) {
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	plain, bound := unique("plain"), unique("bound")
	for name, rules := range map[string][]string{plain: {"+@all"}, bound: {"-@all", "+hello", "+auth"}} {
		if err := client.ACLSetUser(t.Context(), name, append([]string{"on", ">" + planted}, rules...)...).Err(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := client.ACLDelUser(t.Context(), name).Err(); err != nil {
				t.Error(err)
			}
		}()
	}
	as := func(user *url.Userinfo) string { return with(t, address, func(u *url.URL) { u.User = user }) }
	secure, trust := terminateTLS(t, options.Addr)
	secure = with(t, as(url.UserPassword(plain, planted)), func(u *url.URL) { u.Scheme, u.Host = "rediss", secure })

	for _, c := range []struct {
		name, address string
		ca            string
		want          string
	}{
		{"there", address, "", ""},
		{"another user", as(url.UserPassword(plain, planted)), "", ""},
		{"wrong password", as(url.UserPassword(plain, planted+"?")), "", "wrong password"},
		{"no rights", as(url.UserPassword(bound, planted)), "", "the user may not do this"},
		{"unknown database", with(t, address, func(u *url.URL) { u.Path = "/99999" }), "", "the database does not exist"},
		{"refused", with(t, address, func(u *url.URL) { u.Host = testenv.FreeAddress(t) }), "", "connection refused"},
		{"TLS", secure, trust, ""},
		{"TLS, unknown authority", secure, "", "the certificate is signed by an unknown authority"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := reasons(t, tested{RedisURL: c.address, TLS: TLS{CA: c.ca}}, smoke.Options{})
			if diff := cmp.Diff(map[string]string{"cache": c.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	// A Redis without TLS waits for the end of the line it takes a handshake for.
	got := reasons(t, tested{RedisURL: with(t, address, func(u *url.URL) { u.Scheme = "rediss" })}, smoke.Options{Timeout: 200 * time.Millisecond})
	if diff := cmp.Diff(map[string]string{"cache": "no answer within 200ms"}, got); diff != "" {
		t.Errorf("TLS, none there (-want +got):\n%s", diff)
	}
	if options.Password != "" {
		got := reasons(t, tested{RedisURL: as(nil)}, smoke.Options{})
		if diff := cmp.Diff(map[string]string{"cache": "the server wants a password"}, got); diff != "" {
			t.Errorf("no password (-want +got):\n%s", diff)
		}
	}
}

// terminateTLS listens with TLS before a server that speaks plain TCP.
func terminateTLS(t *testing.T, server string) (address string, ca string) {
	t.Helper()
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS() // for its certificate
	certified.Close()
	config := &tls.Config{Certificates: certified.TLS.Certificates}
	address = listen(t, func(conn net.Conn) { relay(tls.Server(conn, config), server) })
	return address, pemOf(certified.Certificate())
}

// relay passes bytes between a connection and a server until one side ends.
func relay(from net.Conn, server string) {
	defer func() { _ = from.Close() }()
	to, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(from, to)
	}()
	_, _ = io.Copy(to, from)
	_ = to.Close()
	<-ended
}

// TestStrangersOnThePort has something answer that is neither a PostgreSQL nor
// a Redis, or a hostile one.
func TestStrangersOnThePort(t *testing.T) {
	const timeout = "no answer within 200ms"
	const senseless = "the answer makes no sense"
	const unset = "the connection could not be set up"
	for _, c := range []struct{ name, answer, database, cache string }{
		{"HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", unset, senseless},
		{"silence", "", timeout, timeout},
		{"a map of a billion", "%999999999\r\n", unset, "the answer announces too much"},
		{"a string of two gigabytes", "$2147483647\r\n", unset, "the answer announces too much"},
		{"an endless line", "+" + strings.Repeat("x", 1<<20), unset, "the answer is longer than 64 KiB"},
		{"endless nesting", strings.Repeat("*1\r\n", 1<<18), unset, senseless},
		{"an error", "-ERR unknown command\r\n", unset, "the server answered with an error"},
		{"a message of a gigabyte", "R\x3f\xff\xff\xff", unset, timeout},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := say(t, c.answer)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got := reasons(t, tested{
				DatabaseURL: "postgres://app@" + address + "/app?sslmode=disable",
				RedisURL:    "redis://" + address,
			}, smoke.Options{Timeout: 200 * time.Millisecond})
			runtime.ReadMemStats(&after)
			if diff := cmp.Diff(map[string]string{"database": c.database, "cache": c.cache}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 32<<20 {
				t.Errorf("allocated %d MiB", allocated>>20)
			}
		})
	}
}

func TestSomethingElseThanPong(t *testing.T) {
	address := say(t, "-ERR unknown command 'HELLO'\r\n", "+BONG\r\n")
	got := reasons(t, tested{RedisURL: "redis://" + address}, smoke.Options{})
	if diff := cmp.Diff(map[string]string{"cache": "PING gave something else than PONG"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
