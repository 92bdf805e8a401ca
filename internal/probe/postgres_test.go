package probe

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/cutover-dev/cutover/internal/smoke"
	"github.com/cutover-dev/cutover/internal/testenv"
)

// outcome compiles a test and runs it once.
func outcome(ctx context.Context, t *testing.T, k Kind) smoke.Outcome {
	t.Helper()
	run, err := k.Compile()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return run(ctx)
}

// connect gives a test its own view of the database.
func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// scratches are the schemas that tests left in a database.
func scratches(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `SELECT nspname FROM pg_namespace WHERE nspname LIKE 'cutover\_smoke\_%' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// role makes a user of the test's own, with settings such as CONNECTION LIMIT.
func role(t *testing.T, conn *pgx.Conn, address, settings string, then ...string) string {
	t.Helper()
	name := unique("probe")
	for _, statement := range append([]string{fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s' %s", name, planted, settings)}, then...) {
		if _, err := conn.Exec(t.Context(), strings.ReplaceAll(statement, "ROLE_", name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if _, err := conn.Exec(context.Background(), fmt.Sprintf("DROP OWNED BY %s CASCADE; DROP ROLE %[1]s", name)); err != nil {
			t.Error(err)
		}
	})
	return with(t, address, func(u *url.URL) { u.User = url.UserPassword(name, planted) })
}

// TestPostgres has one server for all of its parts.
func TestPostgres(t *testing.T) {
	address := testenv.Postgres(t)
	t.Run("from the standard suite", func(t *testing.T) { testDatabase(t, address) })
	t.Run("checks", func(t *testing.T) { testPostgresChecks(t, address) })
	t.Run("leftovers", func(t *testing.T) { testPostgresClears(t, address) })
	t.Run("TLS", func(t *testing.T) { testPostgresTLS(t, address) })
	t.Run("replication", func(t *testing.T) { testReplication(t, address) })
}

func testPostgresChecks(t *testing.T, address string) {
	conn := connect(t, address)
	table := unique("orders")
	if _, err := conn.Exec(t.Context(), fmt.Sprintf(`CREATE TABLE %s AS SELECT 1 AS id, '%s' AS note, now() - interval '2 days' AS at`, table, planted)); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = conn.Exec(t.Context(), "DROP TABLE "+table) }()
	var version string
	if err := conn.QueryRow(t.Context(), "SHOW server_version").Scan(&version); err != nil {
		t.Fatal(err)
	}
	number, _, _ := strings.Cut(version, " ")
	major, _, _ := strings.Cut(number, ".")
	readOnly := role(t, conn, address, "", "ALTER ROLE ROLE_ SET default_transaction_read_only = on")
	poor := role(t, conn, address, "CONNECTION LIMIT 3")
	refused := with(t, address, func(u *url.URL) { u.Host = testenv.FreeAddress(t) })

	for _, c := range []struct {
		name string
		p    Postgres
		want string
	}{
		{"connect", Postgres{}, ""},
		{"refused", Postgres{Target: refused}, "connection refused"},
		{"version", Postgres{Check: "version", Version: major}, ""},
		{"another version", Postgres{Check: "version", Version: "9"}, fmt.Sprintf("PostgreSQL %q, expected 9", number)},
		{"crud", Postgres{Check: "crud", Writes: true}, ""},
		{"crud, read-only", Postgres{Check: "crud", Writes: true, Target: readOnly}, "create schema: the server is read-only"},
		{"crud, no rights", Postgres{Check: "crud", Writes: true, Target: poor}, "create schema: the user may not do this"},
		{"rollback", Postgres{Check: "rollback", Writes: true}, ""},
		{"rollback, read-only", Postgres{Check: "rollback", Writes: true, Target: readOnly}, "create schema: the server is read-only"},
		{"connections", Postgres{Check: "connections", Connections: 3, Target: poor}, ""},
		{"connections, pool exhausted", Postgres{Check: "connections", Connections: 4, Target: poor}, "4 connections at once: too many connections"},
		{"connections, refused", Postgres{Check: "connections", Connections: 4, Target: refused}, "connection refused"},
		{"query", Postgres{Check: "query", Query: "SELECT generate_series(1, 1000)", MaxDuration: time.Minute}, ""},
		{"query, slow", Postgres{Check: "query", Query: "SELECT pg_sleep(60)", MaxDuration: 50 * time.Millisecond}, "the query took longer than 50ms"},
		{"query, none", Postgres{Check: "query", Query: "SELEKT"}, "the query is not one SELECT"},
		{"query, two", Postgres{Check: "query", Query: "SELECT 1; SELECT 2"}, "the query is not one SELECT"},
		{"query that writes", Postgres{Check: "query", Query: "DELETE FROM " + table}, "the server is read-only"},
		{"query that breaks out", Postgres{Check: "query", Query: "COMMIT; DELETE FROM " + table}, "the query is not one SELECT"},
		{"integrity", Postgres{Check: "integrity", Query: "SELECT * FROM " + table + " WHERE id < 0"}, ""},
		{"integrity, broken", Postgres{Check: "integrity", Query: "SELECT * FROM " + table}, "the query that must return nothing returns rows"},
		{"integrity, a billion rows", Postgres{Check: "integrity", Query: "SELECT generate_series(1, 1000000000)"}, "the query that must return nothing returns rows"},
		{"integrity that writes", Postgres{Check: "integrity", Query: "DELETE FROM " + table + " RETURNING id"}, "the query is not one SELECT"},
		{"integrity, no table", Postgres{Check: "integrity", Query: "SELECT 1 FROM nowhere"}, "the table does not exist"},
		{"integrity, a row of 2 MB", Postgres{Check: "integrity", Query: "SELECT repeat('x', 2000000)"}, "the answer is longer than 1 MiB"},
		{"backup", Postgres{Check: "backup", Query: "SELECT at FROM " + table, MaxAge: 72 * time.Hour}, ""},
		{"backup, old", Postgres{Check: "backup", Query: "SELECT at FROM " + table}, "the last backup is older than 24h0m0s"},
		{"backup, none", Postgres{Check: "backup", Query: "SELECT max(at) FROM " + table + " WHERE id < 0"}, "there is no backup"},
		{"backup, a word", Postgres{Check: "backup", Query: "SELECT note FROM " + table}, "the query gives something else than a moment"},
		{"archiver, off", Postgres{Check: "archiver"}, "archiving is off"},
		{"replication, none", Postgres{Check: "replication"}, "fewer than 1 standbys stream"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.p.Target == "" {
				c.p.Target = address
			}
			got := outcome(t.Context(), t, c.p)
			if got.Reason != c.want {
				t.Errorf("got %q, want %q\n%s", got.Reason, c.want, got.Detail)
			}
			if strings.Contains(got.Reason+got.Detail, planted) {
				t.Errorf("the secret comes out:\n%s\n%s", got.Reason, got.Detail)
			}
			if got.Reason != "" && !strings.Contains(got.Detail, "check: ") {
				t.Errorf("no detail: %q", got.Detail)
			}
		})
	}
	var left int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&left); err != nil || left != 1 {
		t.Errorf("the table has %d rows, %v", left, err)
	}
	if left := scratches(t, conn); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// testPostgresClears ends a run in the middle and leaves schemas as a killed
// one does.
func testPostgresClears(t *testing.T, address string) {
	conn := connect(t, address)
	stale, fresh := schemaName(newKey(time.Now().Add(-time.Hour))), schemaName(newKey(time.Now()))
	const kin = "cutover_smoke_of_somebody"
	for _, name := range []string{stale, fresh, kin} {
		if _, err := conn.Exec(t.Context(), fmt.Sprintf("CREATE SCHEMA %s; CREATE TABLE %[1]s.rows ()", name)); err != nil {
			t.Fatal(err)
		}
		defer func() { _, _ = conn.Exec(context.Background(), "DROP SCHEMA IF EXISTS "+name+" CASCADE") }()
	}
	// The context ends while the test inserts: the table is locked for it.
	d, p := Postgres{Target: address, Check: PostgresCRUD, Writes: true}.compile()
	if len(p) > 0 {
		t.Fatal(p[0])
	}
	ctx, cancel := context.WithCancel(t.Context())
	d.check.run = inScratch(func(ctx context.Context, conn *pgx.Conn, _ string) error {
		cancel()
		_, err := conn.Exec(ctx, "SELECT pg_sleep(60)")
		return err
	})
	if o := d.run(ctx); o.Passed() {
		t.Error("passed although its context ended")
	}
	if diff := cmp.Diff([]string{fresh, kin}, scratches(t, conn)); diff != "" {
		t.Errorf("schemas (-want +got):\n%s", diff)
	}
}

func testPostgresTLS(t *testing.T, address string) {
	server, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	secure, ca := terminatePostgresTLS(t, server.Host)
	at := func(mode string) string {
		return with(t, address, func(u *url.URL) { u.Host, u.RawQuery = secure, "sslmode="+mode })
	}
	for _, c := range []struct {
		name string
		p    Postgres
		want string
	}{
		{"verified", Postgres{Target: at("require"), TLS: TLS{CA: ca}, RequireTLS: true}, ""},
		{"not verified", Postgres{Target: at("prefer"), RequireTLS: true}, ""},
		{"unknown authority", Postgres{Target: at("disable"), TLS: TLS{MinVersion: "1.2"}}, "the certificate is signed by an unknown authority"},
		{"another name", Postgres{Target: at("require"), TLS: TLS{CA: ca, Name: "db.test"}}, "the certificate is for another host name"},
		{"expires", Postgres{Target: at("require"), TLS: TLS{CA: ca, MinDays: 100_000}}, "the certificate expires in less than 100000 days"},
		{"no TLS there", Postgres{Target: with(t, address, func(u *url.URL) { u.RawQuery = "sslmode=prefer" }), RequireTLS: true}, "the target does not speak TLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := outcome(t.Context(), t, c.p); got.Reason != c.want {
				t.Errorf("got %q, want %q", got.Reason, c.want)
			}
		})
	}
}

// terminatePostgresTLS listens before a PostgreSQL that speaks plain TCP.
func terminatePostgresTLS(t *testing.T, server string) (address, ca string) {
	t.Helper()
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS() // for its certificate
	certified.Close()
	config := &tls.Config{Certificates: certified.TLS.Certificates}
	address = listen(t, func(conn net.Conn) {
		request := make([]byte, 8) // SSLRequest: its length and code
		if _, err := conn.Read(request); err != nil {
			return
		}
		_, _ = conn.Write([]byte("S"))
		relay(tls.Server(conn, config), server)
	})
	return address, pemOf(certified.Certificate())
}

// listen serves connections until the test ends.
func listen(t *testing.T, serve func(net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				serve(conn)
			}()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().String()
}

func TestPostgresSettings(t *testing.T) {
	const at = "postgres://localhost/app"
	for _, c := range []struct {
		p    Postgres
		want string
	}{
		{Postgres{}, "target: write postgres://user:password@host:port/database"},
		{Postgres{Target: "postgres://app:" + planted + "@host:port/app"}, "target: write postgres://user:password@host:port/database"},
		{Postgres{Target: at, Check: planted}, "check: use one of archiver, backup, connect, connections, crud, integrity, query, replication, rollback, version"},
		{Postgres{Target: at, Check: "crud"}, "check: crud writes, which is not allowed here"},
		{Postgres{Target: at, Check: "version"}, "version: is missing: version needs it"},
		{Postgres{Target: at, Check: "integrity"}, "query: is missing: integrity needs it"},
		{Postgres{Target: at, Check: "connections", Connections: 201}, "connections: must lie between 1 and 200"},
		{Postgres{Target: at, Query: "SELECT 1", MaxAge: -1}, "query: is not for connect\nmax_age: must not be negative"},
		{Postgres{Target: at + "?sslmode=disable", RequireTLS: true}, "require_tls: contradicts the sslmode of the target"},
		{Postgres{Target: at, TLS: TLS{CA: planted, MinVersion: "1.1", MinDays: -1, Key: planted}},
			"tls.min_version: use 1.2 or 1.3\ntls.ca: has no certificate in PEM\ntls.certificate: is missing beside the key\ntls.min_days: must not be negative"},
	} {
		_, err := c.p.Compile()
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
