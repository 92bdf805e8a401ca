package probe

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/internal/smoke"
)

const (
	maxBody      = 1 << 20  // bytes read of an answer
	maxHeader    = 64 << 10 // bytes read of its head
	maxRedirects = 5
)

// service is a target that speaks HTTP.
type service struct {
	base      *url.URL // without user and password
	basic     string   // the header Authorization that they make
	transport *http.Transport
	tls       TLS
	mask      mask
}

// newService reads the address of a service. keepAlive is for conversations.
func newService(target string, settings TLS, secrets []string, keepAlive bool) (*service, problems) {
	config, below := settings.config()
	var p problems
	p.within("tls", below)
	base, err := url.Parse(target)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		p.add("target", "write http://host:port or https://host:port")
		return nil, p
	}
	s := &service{tls: settings, mask: mask{}.with(secrets...).with(settings.Key).withURL(base)}
	s.transport = &http.Transport{
		// A test goes to its target the shortest way, by a new connection: a
		// proxy of the environment would answer for a dead target, and an old
		// connection would still reach the pod that a rollout has replaced.
		Proxy:                  nil,
		DisableKeepAlives:      !keepAlive,
		DialContext:            (&net.Dialer{}).DialContext,
		TLSClientConfig:        config,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
	}
	if base.User != nil {
		password, _ := base.User.Password()
		s.basic = "Basic " + base64.StdEncoding.EncodeToString([]byte(base.User.Username()+":"+password))
		base.User = nil
	}
	if base.Path == "" {
		base.Path = "/"
	}
	s.base = base
	return s, p
}

// exchange is a message and what came of it, bounded.
type exchange struct {
	message
	redirected string // the path where the answer was found, after redirects
	proto      string
	status     int  // 0: there was no answer
	good       bool // the status is one that was wanted
	head       http.Header
	text       []byte // the body, unpacked
	packed     int    // bytes of the body before that
	tls        *tls.ConnectionState
	phases     []smoke.Phase
	duration   time.Duration

	decoded *decoded // the body as JSON; nil until somebody asks

	// Of a workflow:
	captured map[string]any
	key      string
}

type decoded struct {
	value any
	err   error
}

// json is the body as JSON.
func (x *exchange) json() (any, error) {
	if x.decoded == nil {
		v, err := decodeJSON(x.text)
		x.decoded = &decoded{v, err}
	}
	return x.decoded.value, x.decoded.err
}

// quote makes text of the target safe for a reason.
func (x *exchange) quote(s string) string { return quote(x.mask.hide(s)) }

// outcome is the exchange as the outcome of a test. Only a failure has a
// detail: nobody looks at the others.
func (x *exchange) outcome(reason string) smoke.Outcome {
	o := smoke.Outcome{Reason: reason, Phases: x.phases}
	if reason != "" {
		o.Detail = x.detail()
	}
	return o
}

// do sends a message and reads the answer. An answer of any status is an
// answer, and read errors count only where the status is wanted, as another
// one says more. What there is of the exchange comes with an error too.
func (s *service) do(ctx context.Context, m message, c *call, jar http.CookieJar) (*exchange, error) {
	x := &exchange{message: m}
	var watch stopwatch
	start := time.Now()
	client := http.Client{Transport: s.transport, Jar: jar, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		return checkRedirect(next, via, c.redirects)
	}}
	var body io.Reader
	if m.body != "" {
		body = strings.NewReader(m.body)
	}
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, watch.trace()), m.method, "", body)
	if err != nil {
		return x, err
	}
	req.URL, req.Host, req.Header = m.url, m.url.Host, m.header.Clone()
	resp, err := client.Do(req) //nolint:bodyclose // read closes it
	if err == nil {
		err = x.read(resp, c.expect.most)
		if x.good = c.expect.wants(x.status); !x.good && err != nil {
			err, x.text = nil, nil
		}
	}
	x.phases, x.duration = watch.list(), time.Since(start)
	return x, err
}

// judge says what is wrong with an exchange.
func (s *service) judge(ctx context.Context, x *exchange, c *call, err error) (reason string) {
	switch {
	case ctx.Err() != nil:
		return cause(ctx.Err())
	case err != nil:
		return cause(err)
	}
	if reason := s.tls.judge(x.tls, time.Now()); reason != "" {
		return reason
	}
	return c.expect.judge(ctx, x)
}

// checkRedirect follows a redirect within the target only: what answers
// elsewhere is another service, and perhaps not one for us to call.
func checkRedirect(next *http.Request, via []*http.Request, most int) error {
	first := via[0].URL
	switch {
	case most == 0:
		return http.ErrUseLastResponse
	case len(via) > most:
		return fault(fmt.Sprintf("more than %d redirects", most))
	case next.URL.Hostname() != first.Hostname():
		return fault("redirected to another host")
	case next.URL.Scheme != first.Scheme && next.URL.Scheme != "https":
		return fault("redirected away from " + first.Scheme)
	}
	return nil
}

// read reads an answer into x.
func (x *exchange) read(resp *http.Response, most int) error {
	defer func() { _ = resp.Body.Close() }()
	x.proto, x.status, x.head, x.tls = resp.Proto, resp.StatusCode, resp.Header, resp.TLS
	if resp.Request.URL.String() != x.url.String() {
		x.redirected = x.mask.hide(resp.Request.URL.EscapedPath())
	}
	counted := &counter{r: resp.Body}
	var body io.Reader = counted
	if strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") && resp.Request.Method != http.MethodHead {
		unpacked, err := gzip.NewReader(counted)
		if err != nil {
			if errors.Is(err, gzip.ErrHeader) || errors.Is(err, io.EOF) {
				return fault("the answer says that it is gzip, but is not")
			}
			return err
		}
		body = unpacked
	}
	var buffer bytes.Buffer
	if n := resp.ContentLength; n > 0 {
		buffer.Grow(int(min(n, int64(most))) + bytes.MinRead)
	}
	_, err := buffer.ReadFrom(io.LimitReader(body, int64(most)+1))
	x.text, x.packed = buffer.Bytes(), counted.n
	switch {
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return fault("the gzip of the answer is damaged")
	case err == nil && len(x.text) > most:
		return fault("the answer is longer than " + bytesText(most))
	}
	return err
}

// counter counts what is read through it.
type counter struct {
	r io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

// bytesText is a size in the largest unit in which it is whole.
func bytesText(n int) string {
	switch {
	case n > 0 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n > 0 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
