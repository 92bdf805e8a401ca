package probe

import (
	"context"
	"time"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// The checks that [Postgres] knows.
const (
	// PostgresConnect logs in and selects 1.
	PostgresConnect = "connect"
	// PostgresVersion wants the server's version to be Version.
	PostgresVersion = "version"
	// PostgresCRUD creates, reads, updates and deletes a row in a schema of its
	// own, which it drops. Writes.
	PostgresCRUD = "crud"
	// PostgresRollback inserts a row, rolls back, and wants it to be absent;
	// in a schema of its own, which it drops. Writes.
	PostgresRollback = "rollback"
	// PostgresConnections holds Connections connections at once.
	PostgresConnections = "connections"
	// PostgresQuery runs Query to its end within MaxDuration.
	PostgresQuery = "query"
	// PostgresReplication wants at least Replicas standbys to stream, none
	// more than MaxLag behind. Asked of a standby: its own lag.
	PostgresReplication = "replication"
	// PostgresArchiver wants the last WAL segment to have been archived within
	// MaxAge, and no failure since.
	PostgresArchiver = "archiver"
	// PostgresBackup wants the moment that Query gives to lie within MaxAge.
	PostgresBackup = "backup"
	// PostgresIntegrity wants Query to return no row.
	PostgresIntegrity = "integrity"
)

// Postgres checks a PostgreSQL. It speaks the simple protocol, which
// connection poolers pass on, and reads in transactions that are read-only.
// Phases: connect, query.
type Postgres struct {
	// Target is a URL or keyword=value pairs. What it leaves open is taken
	// from PGHOST, PGSSLMODE and their kin, as every PostgreSQL client does.
	Target string `yaml:"target"`
	// TLS is used where it is set; else the target's sslmode decides.
	TLS TLS `yaml:"tls"`
	// RequireTLS wants the connection to be encrypted whatever sslmode says.
	RequireTLS bool `yaml:"require_tls"`

	// Check is one of the Postgres constants. Empty: connect.
	Check string `yaml:"check"`

	// Version is "17" or "17.2".
	Version string `yaml:"version"`
	// Connections is how many; at most 200.
	Connections int `yaml:"connections"`
	// Query is one SELECT.
	Query string `yaml:"query"`
	// MaxDuration is how long the query may take.
	MaxDuration time.Duration `yaml:"max_duration"`
	// Replicas is how many standbys must stream. 0: one.
	Replicas int `yaml:"replicas"`
	// MaxLag is how far a standby may be behind. 0: 30 s.
	MaxLag time.Duration `yaml:"max_lag"`
	// MaxAge is how old the newest archive or backup may be. 0: 24 hours.
	MaxAge time.Duration `yaml:"max_age"`

	// Secrets are values that no reason, detail or error may hold.
	Secrets []string `yaml:"-"`
	// Writes allows crud and rollback.
	Writes bool `yaml:"-"`
}

// Compile implements [Kind].
func (p Postgres) Compile() (func(context.Context) smoke.Outcome, error) {
	return nil, errUnfinished
}
