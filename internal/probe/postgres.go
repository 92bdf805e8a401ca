package probe

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

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

// Postgres checks a PostgreSQL, also through a connection pooler. It reads in
// transactions that are read-only. Phases: connect, query.
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

// database is a [Postgres] that was read.
type database struct {
	Postgres
	config *pgx.ConnConfig
	check  databaseCheck
	mask   mask
}

// Compile implements [Kind].
func (p Postgres) Compile() (func(context.Context) smoke.Outcome, error) {
	d, problems := p.compile()
	if err := d.mask.err(problems); err != nil {
		return nil, err
	}
	return d.run, nil
}

func (p Postgres) compile() (*database, problems) {
	p.Check = cmp.Or(p.Check, PostgresConnect)
	p.MaxLag, p.MaxAge = cmp.Or(p.MaxLag, 30*time.Second), cmp.Or(p.MaxAge, 24*time.Hour)
	p.Replicas = cmp.Or(p.Replicas, 1)
	d := &database{Postgres: p, check: databaseChecks[p.Check], mask: mask{}.with(p.Secrets...).with(p.TLS.Key)}
	var problems problems
	if d.check.run == nil {
		problems.oneOf("check", p.Check, slices.Sorted(maps.Keys(databaseChecks))...)
		return d, problems
	}
	if d.check.writes && !p.Writes {
		problems.add("check", p.Check+" writes, which is not allowed here")
	}
	for _, s := range []struct {
		field      string
		set, wants bool
	}{
		{"version", p.Version != "", p.Check == PostgresVersion},
		{"connections", p.Connections > 0, p.Check == PostgresConnections},
		{"query", strings.TrimSpace(p.Query) != "", p.Check == PostgresQuery || p.Check == PostgresBackup || p.Check == PostgresIntegrity},
	} {
		switch {
		case s.wants && !s.set:
			problems.add(s.field, "is missing: "+p.Check+" needs it")
		case s.set && !s.wants:
			problems.add(s.field, "is not for "+p.Check)
		}
	}
	if p.Connections < 0 || p.Connections > maxConnections {
		problems.add("connections", fmt.Sprintf("must lie between 1 and %d", maxConnections))
	}
	notNegative("max_duration", p.MaxDuration, &problems)
	notNegative("max_lag", p.MaxLag, &problems)
	notNegative("max_age", p.MaxAge, &problems)
	d.connect(&problems)
	return d, problems
}

// maxConnections is how many connections a test may hold.
const maxConnections = 200

// connect reads how to connect.
func (d *database) connect(p *problems) {
	config, err := pgx.ParseConfig(d.Target)
	if err != nil || strings.TrimSpace(d.Target) == "" { // the error quotes the address
		p.add("target", "write postgres://user:password@host:port/database")
		return
	}
	d.mask = d.mask.with(config.Password)
	// What poolers pass on; a statement that must be one is sent otherwise.
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	config.MaxProtocolMessageBodyLen = maxBody
	config.OnNotice = nil // which is the target's word on stderr
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = userAgent
	}
	if !d.TLS.isZero() {
		settings, below := d.TLS.config()
		p.within("tls", below)
		secure(&config.Config, settings)
	}
	if d.RequireTLS && !onlyTLS(&config.Config) {
		p.add("require_tls", "contradicts the sslmode of the target")
	}
	d.config = config
}

// secure makes every way to connect use TLS as settings say.
func secure(config *pgconn.Config, settings *tls.Config) {
	to := func(host string) *tls.Config {
		c := settings.Clone()
		if c.ServerName == "" {
			c.ServerName = host
		}
		return c
	}
	config.TLSConfig = to(config.Host)
	seen := map[string]bool{fmt.Sprint(config.Host, config.Port): true}
	config.Fallbacks = slices.DeleteFunc(config.Fallbacks, func(f *pgconn.FallbackConfig) bool {
		at := fmt.Sprint(f.Host, f.Port)
		again := seen[at]
		seen[at] = true
		return again
	})
	for _, f := range config.Fallbacks {
		f.TLSConfig = to(f.Host)
	}
}

// onlyTLS takes away the ways to connect without TLS and says whether any is
// left.
func onlyTLS(config *pgconn.Config) bool {
	config.Fallbacks = slices.DeleteFunc(config.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.TLSConfig == nil })
	if config.TLSConfig != nil {
		return true
	}
	if len(config.Fallbacks) == 0 {
		return false
	}
	first := config.Fallbacks[0]
	config.Host, config.Port, config.TLSConfig = first.Host, first.Port, first.TLSConfig
	config.Fallbacks = config.Fallbacks[1:]
	return true
}

// run connects and checks.
func (d *database) run(ctx context.Context) smoke.Outcome {
	begun := time.Now()
	conn, err := pgx.ConnectConfig(ctx, d.config.Copy())
	connected := time.Now()
	o := smoke.Outcome{Phases: []smoke.Phase{{Name: "connect", Duration: connected.Sub(begun)}}}
	if err != nil {
		return d.failed(o, postgresCause(err), err)
	}
	defer func() {
		ending, cancel := forCleanup(ctx, time.Second)
		defer cancel()
		_ = conn.Close(ending)
	}()
	if reason := d.judgeTLS(conn); reason != "" {
		return d.failed(o, reason, nil)
	}
	err = d.check.run(ctx, d, conn)
	o.Phases = append(o.Phases, smoke.Phase{Name: "query", Duration: time.Since(connected)})
	if err != nil {
		return d.failed(o, postgresCause(err), err)
	}
	return o
}

// judgeTLS says what is wrong with the connection's TLS.
func (d *database) judgeTLS(conn *pgx.Conn) (reason string) {
	secure, ok := conn.PgConn().Conn().(*tls.Conn)
	switch {
	case ok:
		state := secure.ConnectionState()
		return d.TLS.judge(&state, time.Now())
	case d.RequireTLS || !d.TLS.isZero():
		return "the connection is not encrypted"
	}
	return ""
}

// failed is the outcome of a failure. Its detail leaves out the server's own
// sentence, which names users and quotes data.
func (d *database) failed(o smoke.Outcome, reason string, err error) smoke.Outcome {
	o.Reason = d.mask.hide(reason)
	var b strings.Builder
	fmt.Fprintf(&b, "PostgreSQL %s:%d, database %s\ncheck: %s\n", d.config.Host, d.config.Port, d.config.Database, d.Check)
	if d.Query != "" {
		fmt.Fprintf(&b, "query: %s\n", d.Query)
	}
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		fmt.Fprintf(&b, "SQLSTATE %s, severity %s\n", clip(answer.Code, maxQuoted), clip(answer.Severity, maxQuoted))
	}
	o.Detail = printable(hideFields(d.mask.hide(b.String())), maxDetail)
	return o
}
