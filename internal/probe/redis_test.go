package probe

import (
	"context"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/cutover-dev/cutover/internal/testenv"
)

func testRedisChecks(t *testing.T, address string) {
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	reader := unique("reader")
	if err := client.ACLSetUser(t.Context(), reader, "on", ">"+planted, "~*", "+@read", "+@connection").Err(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.ACLDelUser(context.Background(), reader).Err() }()
	readOnly := with(t, address, func(u *url.URL) { u.User = url.UserPassword(reader, planted) })
	t.Setenv(testenv.RedisURL, "") // nobody else's becomes a replica
	replica := testenv.Redis(t)
	follow(t, replica, options)

	checks := []string{RedisPing, RedisSetGet, RedisTTL, RedisPipeline, RedisTransaction, RedisPubSub}
	for _, target := range []struct {
		name, address string
		want          func(check string) string
	}{
		{"there", address, func(string) string { return "" }},
		{"refused", with(t, address, func(u *url.URL) { u.Host = testenv.FreeAddress(t) }), func(string) string { return "connection refused" }},
		{"wrong password", with(t, address, func(u *url.URL) { u.User = url.UserPassword(reader, planted+"?") }), func(string) string { return "wrong password" }},
		{"hanging", "redis://" + listen(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1<<16)); <-t.Context().Done() }), func(string) string { return "no answer in time" }},
		{"a user who may only read", readOnly, func(check string) string {
			if check == RedisPing {
				return ""
			}
			return "the user may not do this"
		}},
		{"a replica", replica, func(check string) string {
			if check == RedisPing || check == RedisPubSub {
				return ""
			}
			return "the server is a read-only replica"
		}},
	} {
		for _, check := range checks {
			t.Run(target.name+"/"+check, func(t *testing.T) {
				ctx := t.Context()
				if target.name == "hanging" {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, 50*time.Millisecond)
					defer cancel()
				}
				got := outcome(ctx, t, Redis{Target: target.address, Check: check, TTL: 50 * time.Millisecond, Writes: true})
				if want := target.want(check); got.Reason != want {
					t.Errorf("got %q, want %q", got.Reason, want)
				}
				if strings.Contains(got.Reason+got.Detail, planted) {
					t.Errorf("the secret comes out:\n%s\n%s", got.Reason, got.Detail)
				}
			})
		}
	}
	left, err := client.Keys(t.Context(), KeyPrefix+"*").Result()
	if diff := cmp.Diff([]string{}, left); err != nil || diff != "" {
		t.Errorf("left behind, %v (-want +got):\n%s", err, diff)
	}
}

// follow makes a Redis the replica of another.
func follow(t *testing.T, replica string, of *redis.Options) {
	t.Helper()
	options, err := redis.ParseURL(replica)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	host, port, _ := strings.Cut(of.Addr, ":")
	if err := client.ConfigSet(t.Context(), "masterauth", of.Password).Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.ReplicaOf(t.Context(), host, port).Err(); err != nil {
		t.Fatal(err)
	}
}

func TestRedisSettings(t *testing.T) {
	const at = "redis://localhost"
	for _, c := range []struct {
		r    Redis
		want string
	}{
		{Redis{}, "target: write redis://host:port/0 or rediss://host:port/0"},
		{Redis{Target: "redis://:" + planted + "@host/x"}, "target: write redis://host:port/0 or rediss://host:port/0"},
		{Redis{Target: at, Check: planted}, "check: use one of ping, pipeline, pubsub, set_get, transaction, ttl"},
		{Redis{Target: at, Check: "ttl"}, "check: ttl writes, which is not allowed here"},
		{Redis{Target: at, TTL: time.Hour}, "ttl: must lie between 1ms and 1m"},
		{Redis{Target: at, TLS: TLS{MinDays: 7}}, "target: write rediss:// for TLS"},
		{Redis{Target: at, TLS: TLS{Certificate: planted, Key: planted}}, "tls.certificate: is not a certificate in PEM with its key\ntarget: write rediss:// for TLS"},
	} {
		_, err := c.r.Compile()
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
