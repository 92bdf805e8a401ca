package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// The checks that [Redis] knows. All but ping and pubsub write; their keys
// begin with [KeyPrefix], are deleted, and would end by themselves a minute
// later.
const (
	// RedisPing logs in and pings.
	RedisPing = "ping"
	// RedisSetGet sets a key, reads it and deletes it.
	RedisSetGet = "set_get"
	// RedisTTL sets a key with TTL, and wants it there before and gone after.
	RedisTTL = "ttl"
	// RedisPipeline sends commands at once and wants their answers in order.
	RedisPipeline = "pipeline"
	// RedisTransaction does so with MULTI and EXEC.
	RedisTransaction = "transaction"
	// RedisPubSub publishes a message and wants it to arrive.
	RedisPubSub = "pubsub"
)

// Redis checks a Redis. Phases: resolve, connect, tls, commands.
type Redis struct {
	Target string `yaml:"target"` // redis or rediss
	TLS    TLS    `yaml:"tls"`    // for rediss

	// Check is one of the Redis constants. Empty: ping.
	Check string `yaml:"check"`

	// TTL is what RedisTTL waits for. 0: 200 ms.
	TTL time.Duration `yaml:"ttl"`

	// Secrets are values that no reason, detail or error may hold.
	Secrets []string `yaml:"-"`
	// Writes allows the checks that write.
	Writes bool `yaml:"-"`
}

// cache is a [Redis] that was read.
type cache struct {
	Redis
	options *redis.Options
	check   cacheCheck
	mask    mask
}

// Compile implements [Kind].
func (r Redis) Compile() (func(context.Context) smoke.Outcome, error) {
	r.Check, r.TTL = cmp.Or(r.Check, RedisPing), cmp.Or(r.TTL, 200*time.Millisecond)
	c := &cache{Redis: r, check: cacheChecks[r.Check], mask: mask{}.with(r.Secrets...).with(r.TLS.Key)}
	var p problems
	switch {
	case c.check.run == nil:
		p.oneOf("check", r.Check, slices.Sorted(maps.Keys(cacheChecks))...)
	case c.check.writes && !r.Writes:
		p.add("check", r.Check+" writes, which is not allowed here")
	}
	if r.TTL < time.Millisecond || r.TTL > time.Minute {
		p.add("ttl", "must lie between 1ms and 1m")
	}
	settings, below := r.TLS.config()
	p.within("tls", below)
	options, err := redis.ParseURL(r.Target)
	switch {
	case err != nil: // which quotes the address
		p.add("target", "write redis://host:port/0 or rediss://host:port/0")
	case options.TLSConfig == nil && !r.TLS.isZero():
		p.add("target", "write rediss:// for TLS")
	case options.TLSConfig != nil:
		settings.ServerName = cmp.Or(settings.ServerName, options.TLSConfig.ServerName)
		options.TLSConfig = settings
	}
	if err := c.mask.err(p); err != nil {
		return nil, err
	}
	c.options, c.mask = options, c.mask.with(options.Password)
	return c.run, nil
}

// run connects and checks.
func (c *cache) run(ctx context.Context) smoke.Outcome {
	var watch stopwatch
	var o smoke.Outcome
	s, err := c.open(ctx, &watch)
	o.Phases = watch.list()
	if err == nil {
		begun := time.Now()
		err = s.check(ctx)
		s.close()
		o.Phases = append(o.Phases, smoke.Phase{Name: "commands", Duration: time.Since(begun)})
	}
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		o.Reason = c.mask.hide(redisCause(err))
		o.Detail = printable(c.mask.hide(fmt.Sprintf("Redis %s, database %d\ncheck: %s\n", c.options.Addr, c.options.DB, c.Check)), maxDetail)
	}
	return o
}

// redisCause makes the reason of an error by its first word. The rest stays
// out: Redis quotes in it the arguments it was sent.
func redisCause(err error) string {
	var answer redis.Error
	if !errors.As(err, &answer) {
		return cause(err)
	}
	for _, known := range redisErrors {
		if strings.HasPrefix(answer.Error(), known.prefix) {
			return known.reason
		}
	}
	return "the server answered with an error"
}

var redisErrors = []struct{ prefix, reason string }{
	{"WRONGPASS", "wrong password"},
	{"ERR invalid password", "wrong password"}, // before Redis 6
	{"NOAUTH", "the server wants a password"},
	{"ERR AUTH", "the server wants no password"},
	{"ERR Client sent AUTH", "the server wants no password"}, // before Redis 6
	{"READONLY", "the server is a read-only replica"},
	{"OOM", "the server is out of memory"},
	{"MISCONF", "the server can't save to its disk"},
	{"NOREPLICAS", "the server has too few replicas to write"},
	{"NOPERM", "the user may not do this"},
	{"DENIED", "the server runs in protected mode"},
	{"LOADING", "the server is still loading its data"},
	{"BUSY", "the server is busy with a script"},
	{"MASTERDOWN", "the replica has lost its master"},
	{"CLUSTERDOWN", "the cluster is down"},
	{"ERR max number of clients", "too many connections"},
	{"ERR DB index", "the database does not exist"},
	{"ERR invalid DB index", "the database does not exist"},
}
