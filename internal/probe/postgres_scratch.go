package probe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// inScratch runs a check in a schema of its own that it drops, whatever
// happens, and drops what earlier runs could not.
func inScratch(check func(ctx context.Context, conn *pgx.Conn, table string) error) func(context.Context, *database, *pgx.Conn) error {
	return func(ctx context.Context, d *database, conn *pgx.Conn) (err error) {
		if err := sweep(ctx, conn, time.Now()); err != nil {
			return named("sweep", err)
		}
		schema := pgx.Identifier{schemaName(newKey(time.Now()))}
		defer func() {
			if dropErr := d.drop(ctx, conn, schema); err == nil && dropErr != nil {
				err = named("drop schema", dropErr)
			}
		}()
		if _, err := conn.Exec(ctx, "CREATE SCHEMA "+schema.Sanitize()); err != nil {
			return named("create schema", err)
		}
		table := append(schema, "rows").Sanitize()
		if _, err := conn.Exec(ctx, "CREATE TABLE "+table+" (id int PRIMARY KEY, note text NOT NULL)"); err != nil {
			return named("create table", err)
		}
		return check(ctx, conn, table)
	}
}

// named makes the error of a step one that says which.
func named(step string, err error) error {
	return fault(step + ": " + postgresCause(err))
}

// drop drops a schema, by a new connection where the test's own was closed
// because its time was over.
func (d *database) drop(ctx context.Context, conn *pgx.Conn, schema pgx.Identifier) error {
	ctx, cancel := forCleanup(ctx, cleanupTimeout)
	defer cancel()
	if conn.IsClosed() {
		again, err := pgx.ConnectConfig(ctx, d.config.Copy())
		if err != nil {
			return err
		}
		defer func() { _ = again.Close(ctx) }()
		conn = again
	}
	return dropSchema(ctx, conn, schema)
}

func dropSchema(ctx context.Context, conn *pgx.Conn, schema pgx.Identifier) error {
	_, err := conn.Exec(ctx, "DROP SCHEMA IF EXISTS "+schema.Sanitize()+" CASCADE")
	return err
}

// sweep drops the schemas of runs that were killed.
func sweep(ctx context.Context, conn *pgx.Conn, now time.Time) error {
	rows, err := conn.Query(ctx, `
		SELECT nspname FROM pg_namespace
		WHERE nspname LIKE 'cutover\_smoke\_%' AND pg_has_role(nspowner, 'USAGE')
		ORDER BY nspname LIMIT 100`)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		if keyPattern.FindString(name) == name && isStale(name, now, staleAfter) {
			if err := dropSchema(ctx, conn, pgx.Identifier{name}); err != nil {
				return err
			}
		}
	}
	return nil
}

// createReadUpdateDelete writes a row and reads it back after every change.
func createReadUpdateDelete(ctx context.Context, conn *pgx.Conn, table string) error {
	for _, step := range []struct{ name, statement, want string }{
		{"insert", "INSERT INTO " + table + " VALUES (1, 'created')", "created"},
		{"update", "UPDATE " + table + " SET note = 'updated' WHERE id = 1", "updated"},
		{"delete", "DELETE FROM " + table + " WHERE id = 1", ""},
	} {
		tag, err := conn.Exec(ctx, step.statement)
		if err != nil {
			return named(step.name, err)
		}
		got, err := note(ctx, conn, table)
		switch {
		case err != nil:
			return named("select after "+step.name, err)
		case tag.RowsAffected() != 1 || got != step.want:
			return fault(step.name + ": the row is not what was written")
		}
	}
	return nil
}

// rollback writes a row in a transaction that is given up, and wants it to be
// there within and gone after.
func rollback(ctx context.Context, conn *pgx.Conn, table string) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return named("begin", err)
	}
	if _, err := tx.Exec(ctx, "INSERT INTO "+table+" VALUES (1, 'created')"); err != nil {
		return named("insert", err)
	}
	within, err := note(ctx, tx, table)
	switch {
	case err != nil:
		return named("select", err)
	case within != "created":
		return fault("the transaction does not see its own row")
	}
	if err := tx.Rollback(ctx); err != nil {
		return named("rollback", err)
	}
	after, err := note(ctx, conn, table)
	switch {
	case err != nil:
		return named("select", err)
	case after != "":
		return fault("a row is there that was rolled back")
	}
	return nil
}

// note is the note of row 1; empty where there is no such row.
func note(ctx context.Context, from interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}, table string) (got string, err error) {
	err = from.QueryRow(ctx, fmt.Sprintf("SELECT note FROM %s WHERE id = 1", table)).Scan(&got)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return got, err
}
