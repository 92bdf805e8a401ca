package probe

import (
	"context"
	"time"

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

// Compile implements [Kind].
func (r Redis) Compile() (func(context.Context) smoke.Outcome, error) {
	return nil, errUnfinished
}
