package probe

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// keyLife is how long a key lives that nobody deletes.
	keyLife = time.Minute
	// pollEvery is how often a key is looked at that should go, and lateness
	// how much later it may do so.
	pollEvery = 20 * time.Millisecond
	lateness  = time.Second
	// batch is how many commands are sent at once.
	batch = 20
)

// cacheCheck is one of the checks of [Redis]. Its error may be a fault.
type cacheCheck struct {
	run    func(ctx context.Context, s *session) error
	writes bool
}

var cacheChecks = map[string]cacheCheck{
	RedisPing:        {run: ping},
	RedisSetGet:      {run: withKey(setGet), writes: true},
	RedisTTL:         {run: withKey(expiry), writes: true},
	RedisPipeline:    {run: withKey(pipeline), writes: true},
	RedisTransaction: {run: withKey(transaction), writes: true},
	RedisPubSub:      {run: pubSub},
}

func ping(ctx context.Context, s *session) error {
	answer, err := s.conn.Ping(ctx).Result()
	if err == nil && answer != "PONG" {
		return fault("PING gave something else than PONG")
	}
	return err
}

// withKey gives a check a key of its own, and deletes it. Where the
// connection is of no use any more, the key's life ends it.
func withKey(check func(ctx context.Context, s *session, key string) error) func(context.Context, *session) error {
	return func(ctx context.Context, s *session) error {
		key := newKey(time.Now())
		if err := check(ctx, s, key); err != nil {
			_ = s.conn.Del(ctx, key).Err() // err says more
			return err
		}
		return s.conn.Del(ctx, key).Err()
	}
}

func setGet(ctx context.Context, s *session, key string) error {
	if err := s.conn.Set(ctx, key, "written", keyLife).Err(); err != nil {
		return err
	}
	return s.wants(ctx, key, "written")
}

// wants reads a key.
func (s *session) wants(ctx context.Context, key, want string) error {
	got, err := s.conn.Get(ctx, key).Result()
	switch {
	case errors.Is(err, redis.Nil):
		return fault("a key is gone that was just written")
	case err == nil && got != want:
		return fault("GET gave something else than was set")
	}
	return err
}

// expiry wants a key to be there before its TTL is over, and soon after gone.
func expiry(ctx context.Context, s *session, key string) error {
	set := time.Now()
	if err := s.conn.Set(ctx, key, "written", s.TTL).Err(); err != nil {
		return err
	}
	for {
		err := s.conn.Get(ctx, key).Err()
		age := time.Since(set) // at least the key's own
		switch {
		case errors.Is(err, redis.Nil) && age < s.TTL:
			return fault("a key is gone before its TTL is over")
		case errors.Is(err, redis.Nil):
			return nil
		case err != nil:
			return err
		case age > s.TTL+lateness:
			return fault("a key outlives its TTL")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollEvery):
		}
	}
}

// pipeline sends commands without waiting for their answers.
func pipeline(ctx context.Context, s *session, key string) error {
	return countUp(ctx, key, s.conn.Pipelined)
}

// transaction sends them within MULTI and EXEC.
func transaction(ctx context.Context, s *session, key string) error {
	return countUp(ctx, key, s.conn.TxPipelined)
}

// countUp appends numbers to a list in one batch, reads it in the same, and
// wants all answers in the order of the commands.
func countUp(ctx context.Context, key string, send func(context.Context, func(redis.Pipeliner) error) ([]redis.Cmder, error)) error {
	var lengths []*redis.IntCmd
	var all *redis.StringSliceCmd
	var want []string
	commands, err := send(ctx, func(p redis.Pipeliner) error {
		for i := range batch {
			want = append(want, strconv.Itoa(i))
			lengths = append(lengths, p.RPush(ctx, key, i))
		}
		p.Expire(ctx, key, keyLife)
		all = p.LRange(ctx, key, 0, -1)
		return nil
	})
	for _, command := range commands { // one of them says more than what became of them all
		if err != nil && command.Err() != nil && !strings.HasPrefix(command.Err().Error(), "EXECABORT") {
			return command.Err()
		}
	}
	if err != nil {
		return err
	}
	for i, length := range lengths {
		if length.Val() != int64(i+1) {
			return fault("the answers are not in the order of the commands")
		}
	}
	if !slices.Equal(all.Val(), want) {
		return fault("the commands did not run in their order")
	}
	return nil
}

// pubSub publishes to a channel that nobody else knows.
func pubSub(ctx context.Context, s *session) error {
	channel := newKey(time.Now())
	subscription := s.client.Subscribe(ctx, channel)
	defer func() { _ = subscription.Close() }()
	if _, err := subscription.Receive(ctx); err != nil { // the confirmation
		return err
	}
	receivers, err := s.conn.Publish(ctx, channel, "published").Result()
	switch {
	case err != nil:
		return err
	case receivers == 0:
		return fault("a message found no receiver")
	}
	message, err := subscription.ReceiveMessage(ctx)
	if err == nil && (message.Channel != channel || message.Payload != "published") {
		return fault("another message arrived than was published")
	}
	return err
}
