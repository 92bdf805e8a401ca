package testenv

import (
	"context"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/cutover-dev/cutover/internal/program"
)

// The servers' user and password: tests look for the password where no secret
// may appear.
const (
	account  = "cutover"
	Password = "Tr0ub4dor" // of the servers that Postgres and Redis start
)

// Postgres starts a PostgreSQL server and returns a URL of its database
// "postgres", with a user who may do everything.
func Postgres(t testing.TB) string {
	t.Helper()
	if given := os.Getenv(DatabaseURL); given != "" {
		return given
	}
	postgres := server(t, program.Postgres, DatabaseURL)
	dir := folder(t, "postgres")
	log := newJournal(t, "postgres")
	initdb(t, postgres, dir, log)
	address := listen(t, log, func(host, port string) program.Command {
		return program.Command{
			Program: postgres,
			Args: []string{
				"-D", filepath.Join(dir, "data"), "-h", host, "-p", port, "-k", "",
				// A test's data need not survive the machine.
				"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off",
			},
			Ready: regexp.MustCompile(`database system is ready to accept connections`),
			// SIGTERM would wait for the clients to leave.
			Interrupt: syscall.SIGINT,
			Dir:       dir,
		}
	})
	dsn := url.URL{
		Scheme: "postgres", User: url.UserPassword(account, Password),
		Host: address, Path: "/postgres", RawQuery: "sslmode=disable",
	}
	return dsn.String()
}

// initdb makes the database cluster dir/data.
func initdb(t testing.TB, postgres program.Program, dir string, log *journal) {
	t.Helper()
	initdb, err := postgres.Beside("initdb")
	if err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte(Password+"\n"), 0o644); err != nil { // a user without root reads it
		t.Fatal(err)
	}
	process := start(t, program.Command{
		Program: initdb,
		Args: []string{
			"-D", filepath.Join(dir, "data"), "--username=" + account, "--pwfile=" + secret,
			"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync",
		},
		Env:          plainEnv(),
		Dir:          dir,
		Log:          log,
		Unprivileged: true,
	})
	if err := process.Wait(); err != nil {
		t.Fatal(err)
	}
}

// Redis starts a Redis server and returns its URL.
func Redis(t testing.TB) string {
	t.Helper()
	if given := os.Getenv(RedisURL); given != "" {
		return given
	}
	redis := server(t, program.Redis, RedisURL)
	dir := folder(t, "redis")
	address := listen(t, newJournal(t, "redis"), func(host, port string) program.Command {
		return program.Command{
			Program: redis,
			Args:    []string{"--bind", host, "--port", port, "--requirepass", Password, "--save", "", "--dir", dir},
			Ready:   regexp.MustCompile(`Ready to accept connections`),
			Dir:     dir,
		}
	})
	u := url.URL{Scheme: "redis", User: url.UserPassword("default", Password), Host: address, Path: "/0"}
	return u.String()
}

// server finds a server that tests can also be given the address of.
func server(t testing.TB, tool program.Tool, variable string) program.Program {
	t.Helper()
	p, err := program.Find(t.Context(), tool)
	if err != nil {
		t.Fatalf("%v: run `make tools`, or set %s", err, variable)
	}
	return p
}

// plainEnv makes the servers speak English and keep UTC, whatever the machine
// is set to.
func plainEnv() []string { return []string{"LC_ALL=C", "TZ=GMT"} }

// attempts is how many ports are tried: these servers can't choose one
// themselves, and somebody may take one between its choice and its use.
const attempts = 5

// listen starts a server that takes its port as a flag, waits until it is ready
// and returns its address.
func listen(t testing.TB, log *journal, command func(host, port string) program.Command) (address string) {
	t.Helper()
	for range attempts {
		address = FreeAddress(t)
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			t.Fatal(err)
		}
		c := command(host, port)
		c.Env, c.Log, c.Unprivileged = plainEnv(), log, true
		if awaitReady(t, c, log) {
			return address
		}
	}
	t.Fatalf("no free port in %d attempts", attempts)
	return ""
}

// awaitReady starts a server and says whether it is ready: false where its
// port was taken. Any other fault ends the test.
func awaitReady(t testing.TB, c program.Command, log *journal) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	process, err := program.Start(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = process.Await(ctx); err == nil {
		endWithTest(t, process)
		return true
	}
	_ = process.Stop() // err says more than how it ended
	if !strings.Contains(log.String(), "Address already in use") {
		t.Fatal(err)
	}
	return false
}
