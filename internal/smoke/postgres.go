package smoke

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// postgres makes the test that connects to a PostgreSQL and selects 1. What
// the address leaves open is taken from PGHOST, PGSSLMODE and their kin, as
// every PostgreSQL client does.
func postgres(address string) (runFunc, error) {
	config, err := pgconn.ParseConfig(address)
	if err != nil { // which quotes the address
		return nil, errors.New("smoke: the database URL can't be used: write postgres://user:password@host:port/database")
	}
	config.MaxProtocolMessageBodyLen = maxBody
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "cutover-smoke"
	}
	return func(ctx context.Context) Outcome {
		if err := selectOne(ctx, config.Copy()); err != nil {
			return Outcome{Reason: postgresCause(err)}
		}
		return Outcome{}
	}, nil
}

// selectOne speaks the simple protocol, which connection poolers pass on.
func selectOne(ctx context.Context, config *pgconn.Config) error {
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()

	answered := false
	results := conn.Exec(ctx, "SELECT 1")
	for results.NextResult() {
		rows := results.ResultReader()
		for rows.NextRow() {
			values := rows.Values()
			answered = len(values) == 1 && string(values[0]) == "1"
		}
	}
	if err := results.Close(); err != nil {
		return err
	}
	if !answered {
		return fault("SELECT 1 gave something else than 1")
	}
	return nil
}

// postgresCause makes the reason of an error by its SQLSTATE, the list of
// which is appendix A of PostgreSQL's manual. The server's own sentence names
// users and databases, so it stays out.
func postgresCause(err error) string {
	var answer *pgconn.PgError
	if !errors.As(err, &answer) {
		var connect *pgconn.ConnectError
		if reason := cause(err); reason != causeUnknown || !errors.As(err, &connect) {
			return reason
		}
		return "the connection could not be set up"
	}
	switch answer.Code {
	case "28P01":
		return "wrong password"
	case "28000":
		return "the server does not let this user in"
	case "3D000":
		return "the database does not exist"
	case "53300":
		return "too many connections"
	case "57P01", "57P02":
		return "the server is shutting down"
	case "57P03":
		return "the server is starting or stopping"
	}
	return fmt.Sprintf("the server answered with SQLSTATE %s", quote(answer.Code))
}
