package smoke

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// cache makes the test that connects to a Redis and pings it.
func cache(address string, config *tls.Config) (runFunc, error) {
	parsed, err := redis.ParseURL(address)
	if err != nil { // which quotes the address
		return nil, errors.New("smoke: the Redis URL can't be used: write redis://host:port/0 or rediss://host:port/0")
	}
	if parsed.TLSConfig != nil && config != nil {
		name := parsed.TLSConfig.ServerName
		parsed.TLSConfig = config.Clone()
		if config.ServerName == "" {
			parsed.TLSConfig.ServerName = name
		}
	}
	return func(ctx context.Context) Outcome {
		if err := ping(ctx, parsed); err != nil {
			return Outcome{Reason: redisCause(err)}
		}
		return Outcome{}
	}, nil
}

// ping connects, authenticates where the address says how, and pings. It
// brings the connection itself: the client would try again, write to stderr
// about it, and wait for an answer beyond the end of ctx.
func ping(ctx context.Context, to *redis.Options) error {
	tcp, err := (&net.Dialer{}).DialContext(ctx, to.Network, to.Addr)
	if err != nil {
		return err
	}
	defer func() { _ = tcp.Close() }()
	defer context.AfterFunc(ctx, func() { _ = tcp.SetDeadline(time.Unix(1, 0)) })()
	conn := tcp
	if to.TLSConfig != nil {
		secure := tls.Client(tcp, to.TLSConfig)
		if err := secure.HandshakeContext(ctx); err != nil {
			return err
		}
		conn = secure
	}

	connections := make(chan net.Conn, 1)
	connections <- &guardedConn{Conn: conn, left: maxReply}
	client := redis.NewClient(&redis.Options{
		Dialer: func(context.Context, string, string) (net.Conn, error) {
			select {
			case c := <-connections:
				return c, nil
			default:
				return nil, net.ErrClosed
			}
		},
		Username: to.Username, Password: to.Password, DB: to.DB,
		Protocol:                 2,
		PoolSize:                 1,
		MaxRetries:               -1,
		DialerRetries:            1,
		ReadTimeout:              -2, // AfterFunc above is the deadline
		WriteTimeout:             -2,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	defer func() { _ = client.Close() }()
	answer, err := client.Ping(ctx).Result()
	if err == nil && answer != "PONG" {
		return fault("PING gave something else than PONG")
	}
	return err
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

const (
	maxReply  = 64 << 10 // bytes read of a Redis
	maxDigits = 5        // of a length it announces
)

// guardedConn bounds what a Redis may say. The client makes room for whatever
// length a reply announces, so a line that announces more than five digits
// ends the connection before the client sees it.
type guardedConn struct {
	net.Conn
	left   int  // bytes that may still be read
	header bool // in the line of a type that announces a length
	inLine bool // past the first byte of a line
	digits int
}

// Read reads what keeps within the bounds.
func (c *guardedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.left -= n; c.left < 0 {
		return 0, fault("the answer is longer than 64 KiB")
	}
	for _, b := range p[:n] {
		switch {
		case b == '\n':
			c.inLine = false
		case !c.inLine:
			c.inLine, c.digits = true, 0
			c.header = strings.IndexByte("$*%~>|=!", b) >= 0
		case c.header && b >= '0' && b <= '9':
			if c.digits++; c.digits > maxDigits {
				return 0, fault("the answer announces too much")
			}
		}
	}
	return n, err
}
