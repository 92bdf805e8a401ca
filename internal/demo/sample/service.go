package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/cutover-dev/cutover/internal/demo"
	"github.com/cutover-dev/cutover/internal/demo/store"
)

// service is one version of the sample service.
func service(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("service", flag.ContinueOnError)
	slot := flags.String("slot", "", "blue for the old version, green for the new one")
	listen := flags.String("listen", ":8000", "address of the service and its metrics")
	broken := flags.String("break", "", "begin broken: errors, latency, health or memory")
	if _, err := parse(flags, stderr, args); err != nil {
		return err
	}
	options, err := version(*slot)
	if err != nil {
		return err
	}
	options.Logger = slog.New(slog.NewTextHandler(stdout, nil))
	behind, err := open(ctx, os.Getenv("SAMPLE_DATABASE_URL"), os.Getenv("SAMPLE_REDIS_URL"))
	if err != nil {
		return err
	}
	defer behind.close()
	behind.serve(&options)
	s := demo.NewService(options)
	if *broken != "" {
		kind, err := demo.ParseKind(*broken)
		if err != nil {
			return err
		}
		if kind == demo.Crashed {
			return fmt.Errorf("--break=%s: stop the container instead", kind)
		}
		s.Break(kind)
	}
	if err := s.Start(ctx, *listen); err != nil {
		return err
	}
	options.Logger.Info("serving", "slot", *slot, "address", s.Address())
	s.Wait()
	return nil
}

// version is the version of the service in a slot.
func version(slot string) (demo.Options, error) {
	for _, o := range []demo.Options{demo.Baseline(), demo.Candidate()} {
		if o.Slot == slot {
			return o, nil
		}
	}
	return demo.Options{}, fmt.Errorf("--slot=%q: use blue or green", slot)
}

// servers are those behind the service, nil where it keeps things in memory.
type servers struct {
	database *store.Postgres
	cache    *store.Redis
}

// open opens the servers that have an address. Its errors never repeat one,
// which may hold a password.
func open(ctx context.Context, database, cache string) (behind servers, err error) {
	if cache != "" {
		if behind.cache, err = store.OpenRedis(cache); err != nil {
			return servers{}, fmt.Errorf("SAMPLE_REDIS_URL: %w", err)
		}
	}
	if database != "" {
		if behind.database, err = store.OpenPostgres(ctx, database); err != nil {
			behind.close()
			return servers{}, fmt.Errorf("SAMPLE_DATABASE_URL: %w", err)
		}
	}
	return behind, nil
}

// serve has a service keep what it knows in the servers, and ask them in its
// /health.
func (s servers) serve(o *demo.Options) {
	o.Checks = map[string]func(context.Context) error{}
	if s.database != nil {
		o.Store, o.Checks["database"] = s.database, s.database.Ping
	}
	if s.cache != nil {
		o.Sessions, o.Checks["redis"] = s.cache, s.cache.Ping
	}
}

func (s servers) close() {
	if s.database != nil {
		s.database.Close()
	}
	if s.cache != nil {
		s.cache.Close()
	}
}
