package main

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"

	"github.com/cutover-dev/cutover/internal/demo"
	"github.com/cutover-dev/cutover/internal/demo/store"
	"github.com/cutover-dev/cutover/internal/program"
	"github.com/cutover-dev/cutover/internal/series"
	"github.com/cutover-dev/cutover/internal/smoke"
	"github.com/cutover-dev/cutover/internal/suite"
)

// rehearsalPasswordCost is bcrypt's least: the passwords are those of tests, and
// the machine has enough to do.
const rehearsalPasswordCost = 4

// behind are the servers behind the rehearsal's services. Addresses that the
// environment gives are somebody's: they are tested, as far as that somebody
// allows it, and the services leave them alone.
type behind struct {
	databaseURL, redisURL string // of the rehearsal's own servers; empty: there is none
	database              *store.Postgres
	cache                 *store.Redis
	memory                *store.Memory // where there is no server
}

// startDatabases starts a PostgreSQL and a Redis, where they are found and none
// are given.
func (r *rehearsal) startDatabases(ctx context.Context) (err error) {
	r.behind.memory = store.NewMemory()
	if r.settings.DatabaseURL == "" {
		if r.behind.databaseURL, err = r.startDatabase(ctx, program.Postgres, program.StartPostgres); err != nil {
			return err
		}
	}
	if r.settings.RedisURL == "" {
		if r.behind.redisURL, err = r.startDatabase(ctx, program.Redis, program.StartRedis); err != nil {
			return err
		}
	}
	return r.behind.open(ctx)
}

// startDatabase starts a server and gives its URL, or says that it was not
// found and gives none.
func (r *rehearsal) startDatabase(ctx context.Context, tool program.Tool,
	start func(context.Context, program.DatabaseOptions) (*program.Server, error),
) (string, error) {
	found, err := program.Find(ctx, tool)
	if errors.Is(err, program.ErrNotFound) {
		r.at(string(tool), "not found: the services keep its part in memory, and no test asks for it")
		return "", nil
	}
	if err != nil {
		return "", err
	}
	dir := filepath.Join(r.dir, string(tool))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if dir, err = os.MkdirTemp(dir, ""); err != nil { // that of an earlier rehearsal may be there
		return "", err
	}
	if err := program.Share(dir); err != nil {
		return "", err
	}
	// It ends after the services that use it, not with them: see await.
	server, err := start(context.WithoutCancel(ctx), program.DatabaseOptions{Program: found, Dir: dir, Password: rand.Text()})
	if err != nil {
		return "", err
	}
	r.servers = append(r.servers, server)
	r.at(string(tool), server.Address)
	return server.URL, nil
}

// open connects to the rehearsal's own servers.
func (b *behind) open(ctx context.Context) (err error) {
	if b.databaseURL != "" {
		if b.database, err = store.OpenPostgres(ctx, b.databaseURL); err != nil {
			return err
		}
	}
	if b.redisURL != "" {
		b.cache, err = store.OpenRedis(b.redisURL)
	}
	return err
}

// serve has a service keep its data in them. Both versions share it, as they
// share a database.
func (b *behind) serve(o *demo.Options) {
	o.Store, o.Sessions = b.memory, b.memory
	o.PasswordCost = rehearsalPasswordCost
	o.Checks = map[string]func(context.Context) error{}
	if b.database != nil {
		o.Store, o.Checks["database"] = b.database, b.database.Ping
	}
	if b.cache != nil {
		o.Sessions, o.Checks["redis"] = b.cache, b.cache.Ping
	}
}

func (b *behind) close() {
	if b.database != nil {
		b.database.Close()
	}
	if b.cache != nil {
		b.cache.Close()
	}
}

// tests are the standard suites of the new version with its servers, where
// they may write, and of the servers that the environment gives.
func (r *rehearsal) tests() ([]smoke.Test, error) {
	own, err := suite.Standard(suite.Target{
		Track: series.Candidate, URL: r.green.URL(), DatabaseURL: r.behind.databaseURL, RedisURL: r.behind.redisURL,
		PythonVersion: demo.Candidate().PythonVersion, Origin: demo.Origin, Writes: true,
		Interval: r.rules().SmokeInterval,
	})
	if err != nil {
		return nil, err
	}
	given, err := suite.Standard(suite.Target{
		Track: series.Candidate, DatabaseURL: r.settings.DatabaseURL, RedisURL: r.settings.RedisURL, Writes: r.settings.targetWrites,
		Interval: r.rules().SmokeInterval,
	})
	return append(own, given...), err
}
