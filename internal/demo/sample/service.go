package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"github.com/cutover-dev/cutover/internal/demo"
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
	options.Checks, err = checks(os.Getenv("SAMPLE_DATABASE_URL"), os.Getenv("SAMPLE_REDIS_URL"))
	if err != nil {
		return err
	}
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

// checks are what /health asks. An empty address leaves its check out. The
// error never repeats an address, which may hold a password.
func checks(database, cache string) (map[string]func(context.Context) error, error) {
	out := map[string]func(context.Context) error{}
	if database != "" {
		config, err := pgx.ParseConfig(database)
		if err != nil {
			return nil, fmt.Errorf("SAMPLE_DATABASE_URL: use an address such as postgres://user@host:5432/name")
		}
		out["database"] = func(ctx context.Context) error {
			conn, err := pgx.ConnectConfig(ctx, config)
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close(ctx) }()
			return conn.Ping(ctx)
		}
	}
	if cache != "" {
		options, err := redis.ParseURL(cache)
		if err != nil {
			return nil, fmt.Errorf("SAMPLE_REDIS_URL: use an address such as redis://host:6379/0")
		}
		out["redis"] = func(ctx context.Context) error {
			client := redis.NewClient(options)
			defer func() { _ = client.Close() }()
			return client.Ping(ctx).Err()
		}
	}
	return out, nil
}
