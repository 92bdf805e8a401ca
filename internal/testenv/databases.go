package testenv

import (
	"context"
	"os"
	"testing"

	"github.com/cutover-dev/cutover/internal/program"
)

// Password is that of the servers that Postgres and Redis start: tests look
// for it where no secret may appear.
const Password = "Tr0ub4dor"

// Postgres starts a PostgreSQL server and returns a URL of its database
// "postgres", with a user who may do everything.
func Postgres(t testing.TB) string {
	t.Helper()
	return database(t, program.Postgres, DatabaseURL, program.StartPostgres)
}

// Redis starts a Redis server and returns its URL.
func Redis(t testing.TB) string {
	t.Helper()
	return database(t, program.Redis, RedisURL, program.StartRedis)
}

type databaseStarter func(context.Context, program.DatabaseOptions) (*program.Server, error)

// database starts a server, unless tests were given the address of one.
func database(t testing.TB, tool program.Tool, variable string, start databaseStarter) string {
	t.Helper()
	if given := os.Getenv(variable); given != "" {
		return given
	}
	found, err := program.Find(t.Context(), tool)
	if err != nil {
		t.Fatalf("%v: run `make tools`, or set %s", err, variable)
	}
	name := string(tool)
	// The server must not end with t.Context, which is done before the test's
	// own cleanup has used it.
	server, err := start(context.Background(), program.DatabaseOptions{
		Program: found, Dir: folder(t, name), Password: Password, Log: newJournal(t, name),
	})
	if err != nil {
		t.Fatal(err)
	}
	endWithTest(t, server.Process)
	return server.URL
}
