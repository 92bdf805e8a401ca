package store

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// sessionKey begins the keys of the sessions.
const sessionKey = "sample:session:"

// Redis are [Sessions] in a Redis, which ends them by itself.
type Redis struct{ client *redis.Client }

// OpenRedis makes sessions in a Redis, which it does not connect to yet. The
// error does not repeat the address, which may hold a password.
func OpenRedis(address string) (*Redis, error) {
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, errors.New("use an address such as redis://host:6379/0")
	}
	return &Redis{redis.NewClient(options)}, nil
}

// Close ends the connections.
func (r *Redis) Close() { _ = r.client.Close() } // nothing is under way that could be lost

// Ping asks whether the Redis answers.
func (r *Redis) Ping(ctx context.Context) error { return r.client.Ping(ctx).Err() }

// Begin implements [Sessions].
func (r *Redis) Begin(ctx context.Context, hash string, userID int, lasts time.Duration) error {
	return r.client.Set(ctx, sessionKey+hash, userID, lasts).Err()
}

// User implements [Sessions].
func (r *Redis) User(ctx context.Context, hash string) (int, error) {
	id, err := r.client.Get(ctx, sessionKey+hash).Int()
	if errors.Is(err, redis.Nil) {
		return 0, ErrNotFound
	}
	return id, err
}
