package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// TCP connects. Phases: resolve, connect, transfer.
type TCP struct {
	// Target is host:port, or a URL whose scheme has a well-known port.
	Target string `yaml:"target"`
	// Match is a regular expression (RE2) that the first line the target says
	// of its own accord must match. Empty: it need not say anything.
	Match string `yaml:"match"`

	// Secrets are values that no reason, detail or error may hold.
	Secrets []string `yaml:"-"`
}

// Compile implements [Kind].
func (t TCP) Compile() (func(context.Context) smoke.Outcome, error) {
	var p problems
	c := newConnection(t.Target, t.Secrets, &p)
	var pattern *regexp.Regexp
	if t.Match != "" {
		pattern = compileRegexp("match", t.Match, &p)
	}
	if err := c.mask.err(p); err != nil {
		return nil, err
	}
	return func(ctx context.Context) smoke.Outcome {
		return c.run(ctx, func(ctx context.Context, conn net.Conn, watch *stopwatch) error {
			if pattern == nil {
				return nil
			}
			watch.begin(phaseTransfer)
			line, err := firstLine(conn)
			watch.end(phaseTransfer)
			switch {
			case err != nil:
				return err
			case !pattern.MatchString(line):
				return fault("the target greets with " + quote(c.mask.hide(line)))
			}
			return nil
		})
	}, nil
}

// Certificate connects with TLS and judges the version and the certificates.
// Phases: resolve, connect, tls.
type Certificate struct {
	// Target is host:port, or a URL whose scheme has a well-known port.
	Target string `yaml:"target"`
	TLS    TLS    `yaml:"tls"`

	// Secrets are values that no reason, detail or error may hold.
	Secrets []string `yaml:"-"`
}

// Compile implements [Kind].
func (c Certificate) Compile() (func(context.Context) smoke.Outcome, error) {
	var p problems
	to := newConnection(c.Target, append(c.Secrets, c.TLS.Key), &p)
	config, below := c.TLS.config()
	p.within("tls", below)
	if err := to.mask.err(p); err != nil {
		return nil, err
	}
	if config.ServerName == "" {
		config.ServerName = to.host
	}
	return func(ctx context.Context) smoke.Outcome {
		return to.run(ctx, func(ctx context.Context, conn net.Conn, watch *stopwatch) error {
			watch.begin(phaseTLS)
			state, err := handshake(ctx, conn, config)
			watch.end(phaseTLS)
			if err != nil {
				return err
			}
			if reason := c.TLS.judge(&state, time.Now()); reason != "" {
				return fault(reason)
			}
			return nil
		})
	}, nil
}

// objection is how long a target may take to object to the client certificate
// that it asked for. In TLS 1.3 it does so after the handshake, or says
// nothing.
const objection = 500 * time.Millisecond

// handshake does the handshake and hears the target's objections.
func handshake(ctx context.Context, tcp net.Conn, config *tls.Config) (tls.ConnectionState, error) {
	asked := false
	config = config.Clone()
	shown := config.Certificates
	config.Certificates = nil
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		asked = true
		if len(shown) > 0 {
			return &shown[0], nil
		}
		return &tls.Certificate{}, nil // none
	}
	conn := tls.Client(tcp, config)
	if err := conn.HandshakeContext(ctx); err != nil {
		return tls.ConnectionState{}, err
	}
	if asked && ctx.Err() == nil {
		_ = tcp.SetReadDeadline(time.Now().Add(objection))
		_, err := conn.Read(make([]byte, 1))
		if alert := (*net.OpError)(nil); errors.As(err, &alert) && alert.Op == "remote error" {
			return tls.ConnectionState{}, err
		}
	}
	return conn.ConnectionState(), nil
}

// connection is where a test connects to.
type connection struct {
	host, port string
	mask       mask
}

// wellKnown are the ports of the schemes that addresses of services have.
var wellKnown = map[string]string{
	"http": "80", "https": "443", "postgres": "5432", "postgresql": "5432", "redis": "6379", "rediss": "6379",
}

// newConnection reads an address.
func newConnection(target string, secrets []string, p *problems) *connection {
	c := &connection{mask: mask{}.with(secrets...)}
	if u, err := url.Parse(target); err == nil && u.Host != "" {
		c.mask = c.mask.withURL(u)
		c.host, c.port = u.Hostname(), u.Port()
		if c.port == "" {
			c.port = wellKnown[u.Scheme]
		}
	} else if host, port, err := net.SplitHostPort(target); err == nil {
		c.host, c.port = host, port
	}
	if number, err := strconv.ParseUint(c.port, 10, 16); err != nil || number == 0 || c.host == "" {
		p.add("target", "write host:port")
	}
	return c
}

// run connects and hands the connection to f. The connection ends with ctx.
func (c *connection) run(ctx context.Context, f func(context.Context, net.Conn, *stopwatch) error) smoke.Outcome {
	var watch stopwatch
	address := net.JoinHostPort(c.host, c.port)
	conn, err := (&net.Dialer{}).DialContext(httptrace.WithClientTrace(ctx, watch.trace()), "tcp", address)
	if err == nil {
		stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
		err = f(ctx, conn, &watch)
		stop()
		_ = conn.Close()
	}
	o := smoke.Outcome{Phases: watch.list()}
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		o.Reason = cause(err)
		o.Detail = printable(c.mask.hide(fmt.Sprintf("TCP %s\n", address)), maxDetail)
	}
	return o
}

// maxLine is how many bytes a greeting may have.
const maxLine = 4 << 10

// firstLine reads up to the first end of a line.
func firstLine(conn net.Conn) (string, error) {
	var line []byte
	b := make([]byte, 256)
	for len(line) < maxLine {
		n, err := conn.Read(b)
		line = append(line, b[:n]...)
		if first, _, whole := strings.Cut(string(line), "\n"); whole {
			return strings.TrimSuffix(first, "\r"), nil
		}
		if errors.Is(err, io.EOF) && len(line) > 0 {
			return string(line), nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", fault("the target greets with more than " + bytesText(maxLine))
}
