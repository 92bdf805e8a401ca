package probe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"golang.org/x/sync/errgroup"
)

// databaseCheck is one of the checks of [Postgres]. Its error may be a fault.
type databaseCheck struct {
	run    func(ctx context.Context, d *database, conn *pgx.Conn) error
	writes bool
}

var databaseChecks = map[string]databaseCheck{
	PostgresConnect:     {run: selectOne},
	PostgresVersion:     {run: serverVersion},
	PostgresConnections: {run: manyConnections},
	PostgresQuery:       {run: timedQuery},
	PostgresReplication: {run: replication},
	PostgresArchiver:    {run: archiver},
	PostgresBackup:      {run: backup},
	PostgresIntegrity:   {run: integrity},
	PostgresCRUD:        {run: inScratch(createReadUpdateDelete), writes: true},
	PostgresRollback:    {run: inScratch(rollback), writes: true},
}

func selectOne(ctx context.Context, _ *database, conn *pgx.Conn) error {
	var got any
	if err := conn.QueryRow(ctx, "SELECT 1").Scan(&got); err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	if got != int32(1) {
		return fault("SELECT 1 gave something else than 1")
	}
	return nil
}

func serverVersion(ctx context.Context, d *database, conn *pgx.Conn) error {
	var got string
	if err := conn.QueryRow(ctx, "SHOW server_version").Scan(&got); err != nil {
		return err
	}
	if !matchVersion(got, d.Version) {
		number, _, _ := strings.Cut(got, " ")
		return fault(fmt.Sprintf("PostgreSQL %s, expected %s", quote(number), d.Version))
	}
	return nil
}

// manyConnections holds its connections until the last one was served: a pool
// that promises them must have them all at once.
func manyConnections(ctx context.Context, d *database, first *pgx.Conn) error {
	conns := make([]*pgx.Conn, d.Connections)
	conns[0] = first
	group, groupCtx := errgroup.WithContext(ctx)
	for i := range conns {
		group.Go(func() (err error) {
			if conns[i] == nil {
				if conns[i], err = pgx.ConnectConfig(groupCtx, d.config.Copy()); err != nil {
					return err
				}
			}
			return selectOne(groupCtx, d, conns[i])
		})
	}
	err := group.Wait()
	ending, cancel := forCleanup(ctx, time.Second)
	defer cancel()
	var closing errgroup.Group
	for _, conn := range conns[1:] {
		if conn != nil {
			closing.Go(func() error { return conn.Close(ending) })
		}
	}
	_ = closing.Wait()
	if err != nil {
		return fault(fmt.Sprintf("%d connections at once: %s", d.Connections, postgresCause(err)))
	}
	return nil
}

// reading runs f in a transaction that can't write, and in which a statement
// ends with the test: the server would go on with it otherwise.
func reading(ctx context.Context, conn *pgx.Conn, most time.Duration, f func(pgx.Tx) error) error {
	if deadline, ok := ctx.Deadline(); ok && (most == 0 || time.Until(deadline) < most) {
		most = time.Until(deadline)
	}
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if most > 0 {
		if _, err := tx.Exec(ctx, fmt.Sprintf("SET LOCAL statement_timeout = %d", max(1, most.Milliseconds()))); err != nil {
			return err
		}
	}
	return f(tx)
}

// timedQuery reads all rows and keeps none.
func timedQuery(ctx context.Context, d *database, conn *pgx.Conn) error {
	err := reading(ctx, conn, d.MaxDuration, func(tx pgx.Tx) error {
		start := time.Now()
		// One statement only: the server refuses more in this mode.
		rows, err := tx.Query(ctx, d.Query, pgx.QueryExecModeExec)
		if err != nil {
			return err
		}
		for rows.Next() {
			continue
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if d.MaxDuration > 0 && time.Since(start) > d.MaxDuration {
			return fault("the query took longer than " + d.MaxDuration.String())
		}
		return nil
	})
	if code(err) == codeCanceled && d.MaxDuration > 0 && ctx.Err() == nil {
		return fault("the query took longer than " + d.MaxDuration.String())
	}
	return err
}

// firstRow is the first row that d.Query gives, of how many there may be; nil
// without any. A cursor takes nothing but a query.
func firstRow(ctx context.Context, d *database, conn *pgx.Conn) (values []any, err error) {
	err = reading(ctx, conn, 0, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "DECLARE cutover_smoke NO SCROLL CURSOR FOR "+d.Query, pgx.QueryExecModeExec); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "FETCH 1 FROM cutover_smoke")
		if err != nil {
			return err
		}
		defer rows.Close()
		if rows.Next() {
			if values, err = rows.Values(); err != nil {
				return err
			}
		}
		rows.Close()
		return rows.Err()
	})
	return values, err
}

func integrity(ctx context.Context, d *database, conn *pgx.Conn) error {
	row, err := firstRow(ctx, d, conn)
	if err == nil && row != nil {
		return fault("the query that must return nothing returns rows")
	}
	return err
}

func backup(ctx context.Context, d *database, conn *pgx.Conn) error {
	row, err := firstRow(ctx, d, conn)
	if err != nil {
		return err
	}
	if len(row) == 0 || row[0] == nil {
		return fault("there is no backup")
	}
	made, ok := row[0].(time.Time)
	switch {
	case !ok || len(row) > 1:
		return fault("the query gives something else than a moment")
	case time.Since(made) > d.MaxAge:
		return fault("the last backup is older than " + d.MaxAge.String())
	}
	return nil
}

func archiver(ctx context.Context, d *database, conn *pgx.Conn) error {
	var mode string
	var age *float64
	var failing bool
	err := reading(ctx, conn, 0, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `
			SELECT current_setting('archive_mode'),
				extract(epoch FROM now() - last_archived_time)::float8,
				last_failed_time IS NOT NULL AND last_failed_time > coalesce(last_archived_time, '-infinity')
			FROM pg_stat_archiver`).Scan(&mode, &age, &failing)
	})
	switch {
	case err != nil:
		return err
	case mode == "off":
		return fault("archiving is off")
	case failing:
		return fault("archiving fails")
	case age == nil:
		return fault("nothing has been archived yet")
	case seconds(*age) > d.MaxAge:
		return fault("the last archived segment is older than " + d.MaxAge.String())
	}
	return nil
}

func replication(ctx context.Context, d *database, conn *pgx.Conn) error {
	var standby bool
	var known, streaming int
	var lag float64
	err := reading(ctx, conn, 0, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, "SELECT pg_is_in_recovery()").Scan(&standby); err != nil {
			return err
		}
		if standby {
			// Without new transactions the last replayed one only looks old.
			return tx.QueryRow(ctx, `
				SELECT (SELECT count(*) FROM pg_stat_wal_receiver),
					CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
					ELSE coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 0) END::float8`).Scan(&streaming, &lag)
		}
		return tx.QueryRow(ctx, `
			SELECT count(*), count(*) FILTER (WHERE state = 'streaming'),
				coalesce(max(extract(epoch FROM replay_lag)), 0)::float8
			FROM pg_stat_replication`).Scan(&known, &streaming, &lag)
	})
	switch {
	case err != nil:
		return err
	case standby && streaming == 0:
		return fault("the standby does not stream from its primary")
	case !standby && known >= d.Replicas && streaming == 0:
		return fault("no standby streams, or the user may not see it: grant pg_monitor")
	case !standby && streaming < d.Replicas:
		return fault(fmt.Sprintf("fewer than %d standbys stream", d.Replicas))
	case seconds(lag) > d.MaxLag:
		return fault("replication lags by more than " + d.MaxLag.String())
	}
	return nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// SQLSTATEs, of appendix A of PostgreSQL's manual.
const codeCanceled = "57014"

// code is the SQLSTATE of an error; empty without one.
func code(err error) string {
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		return answer.Code
	}
	return ""
}

var sqlStates = map[string]string{
	"28P01":      "wrong password",
	"28000":      "the server does not let this user in",
	"3D000":      "the database does not exist",
	"53300":      "too many connections",
	"57P01":      "the server is shutting down",
	"57P02":      "the server is shutting down",
	"57P03":      "the server is starting or stopping",
	"25006":      "the server is read-only",
	"42501":      "the user may not do this",
	"53100":      "the server's disk is full",
	"53200":      "the server is out of memory",
	"55P03":      "a lock could not be had",
	"42P01":      "the table does not exist",
	"42703":      "the column does not exist",
	"42601":      "the query is not one SELECT",
	codeCanceled: "the server ended the query",
}

// postgresCause makes the reason of an error by its SQLSTATE. The server's own
// sentence names users and databases, so it stays out.
func postgresCause(err error) string {
	state := code(err)
	if state == "" {
		return connectionCause(err)
	}
	if reason := sqlStates[state]; reason != "" {
		return reason
	}
	return "the server answered with SQLSTATE " + quote(state)
}

// connectionCause makes the reason of an error that the server didn't send.
func connectionCause(err error) string {
	var connect *pgconn.ConnectError
	var long *pgproto3.ExceededMaxBodyLenErr
	switch reason := cause(err); {
	case reason != causeUnknown:
		return reason
	case strings.Contains(err.Error(), "server refused TLS connection"): // pgconn gives it no type
		return "the target does not speak TLS"
	case errors.As(err, &connect):
		return "the connection could not be set up"
	case errors.As(err, &long):
		return "the answer is longer than " + bytesText(maxBody)
	}
	return causeUnknown
}
