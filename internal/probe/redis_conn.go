package probe

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptrace"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// session is a client with the connections that it may use.
type session struct {
	*cache
	client *redis.Client
	conn   *redis.Conn // the first of conns, which alone is used for commands
	conns  []net.Conn
}

// open connects. It brings the client its connections: the client would try
// again, write to stderr about it, and wait for an answer beyond the end of ctx.
func (c *cache) open(ctx context.Context, watch *stopwatch) (*session, error) {
	s := &session{cache: c}
	ready := make(chan net.Conn, 2)
	for range cap(ready) {
		conn, err := c.dial(ctx, watch)
		if err != nil {
			s.closeConns()
			return nil, err
		}
		s.conns = append(s.conns, conn)
		ready <- &guardedConn{Conn: conn, left: maxReply}
		if c.Check != RedisPubSub { // which alone needs a second one
			break
		}
	}
	s.client = redis.NewClient(&redis.Options{
		Dialer: func(context.Context, string, string) (net.Conn, error) {
			select {
			case conn := <-ready:
				return conn, nil
			default:
				return nil, net.ErrClosed
			}
		},
		Username: c.options.Username, Password: c.options.Password, DB: c.options.DB,
		Protocol:                 2,
		PoolSize:                 1,
		MaxRetries:               -1,
		DialerRetries:            1,
		ReadTimeout:              -2, // interrupt is the deadline
		WriteTimeout:             -2,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	s.conn = s.client.Conn()
	return s, nil
}

// dial makes one connection.
func (c *cache) dial(ctx context.Context, watch *stopwatch) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(httptrace.WithClientTrace(ctx, watch.trace()), c.options.Network, c.options.Addr)
	if err != nil || c.options.TLSConfig == nil {
		return conn, err
	}
	secure := tls.Client(conn, c.options.TLSConfig)
	watch.begin(phaseTLS)
	err = secure.HandshakeContext(ctx)
	watch.end(phaseTLS)
	if err == nil {
		state := secure.ConnectionState()
		if reason := c.TLS.judge(&state, time.Now()); reason != "" {
			err = fault(reason)
		}
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secure, nil
}

// check runs the check until it or ctx ends.
func (s *session) check(ctx context.Context) error {
	defer context.AfterFunc(ctx, s.interrupt)()
	return s.cache.check.run(ctx, s)
}

// interrupt ends every read and write under way.
func (s *session) interrupt() {
	for _, conn := range s.conns {
		_ = conn.SetDeadline(time.Unix(1, 0))
	}
}

func (s *session) close() {
	_ = s.conn.Close()
	_ = s.client.Close()
	s.closeConns()
}

func (s *session) closeConns() {
	for _, conn := range s.conns {
		_ = conn.Close()
	}
}

const (
	maxReply  = 64 << 10 // bytes read of a Redis
	maxDigits = 5        // of a length it announces
)

// guardedConn bounds what a Redis may say on one connection. The client makes room for whatever
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
