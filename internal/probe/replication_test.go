package probe

import (
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// testReplication streams from the server as a standby does.
func testReplication(t *testing.T, address string) {
	conn := connect(t, address)
	poor := role(t, conn, address, "")
	follower, err := pgconn.Connect(t.Context(), with(t, address, func(u *url.URL) { u.RawQuery += "&replication=true" }))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = follower.Conn().Close() }()
	system, err := follower.Exec(t.Context(), "IDENTIFY_SYSTEM").ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	position := string(system[0].Rows[0][2])
	follower.Frontend().Send(&pgproto3.Query{String: "START_REPLICATION PHYSICAL " + position})
	if err := follower.Frontend().Flush(); err != nil {
		t.Fatal(err)
	}
	for streaming := false; !streaming; {
		if err := conn.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming')").Scan(&streaming); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		p    Postgres
		want string
	}{
		{"streams", Postgres{Target: address}, ""},
		{"one of two", Postgres{Target: address, Replicas: 2}, "fewer than 2 standbys stream"},
		{"not for this user to see", Postgres{Target: poor}, "no standby streams, or the user may not see it: grant pg_monitor"},
	} {
		c.p.Check, c.p.MaxLag = PostgresReplication, time.Hour
		if got := outcome(t.Context(), t, c.p); got.Reason != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got.Reason, c.want)
		}
	}
}
