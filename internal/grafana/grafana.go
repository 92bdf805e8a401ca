// Package grafana is a small client of Grafana's HTTP API, 9.4 and later:
// folders, dashboards, library panels, and what is installed.
//
//	c, err := grafana.New("https://grafana.example.org", grafana.Options{TokenFile: "/run/secrets/grafana"})
//	…
//	d, err := c.Dashboard(ctx, "checkout")
//	…
//	d.Version, err = c.SaveDashboard(ctx, d, "what was done")
//
// An answer is bounded in time and size, redirects are not followed, and what a
// busy or restarting Grafana refuses is tried again. What somebody else changed
// since it was read is not overwritten: that is [ErrChanged]. No error repeats
// the address or the token, nor a page that a proxy sent in place of an answer.
//
// The client of grafana-tools/sdk is not used: it takes a refusal for success
// (401), panics on an answer without a message, reads without a bound, and knows
// neither library panels nor folders by uid.
package grafana

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"time"
)

// Options are what [New] needs besides the address. All may be left zero.
type Options struct {
	// TokenFile holds the token of a service account. It is read for every
	// request, so that a token may be renewed at any time. Empty: Grafana is asked
	// without a token, or with user and password where the address has them.
	TokenFile string
	// Timeout is how long an answer may take; the default is 15 seconds.
	Timeout time.Duration
	// MaxBytes is how long an answer may be; the default is 32 MiB.
	MaxBytes int64
	// Backoff is the pause before the second try, which doubles for each further
	// one; the default is half a second.
	Backoff time.Duration
	// Logger is told of every try that failed and is repeated. The default
	// discards.
	Logger *slog.Logger
}

// Client talks to one Grafana. Its methods may be called from several
// goroutines.
type Client struct {
	base *url.URL
	http *http.Client
	o    Options
}

// New makes a client of a Grafana. The address is an http or https URL, with a
// path where Grafana is served below one.
func New(address string, o Options) (*Client, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, errors.New("the address of Grafana: use a whole one that begins with http:// or https://")
	}
	if base.User != nil && o.TokenFile != "" {
		return nil, errors.New("the address of Grafana has a user, and there is a token: Grafana takes one of them, leave the other out")
	}
	if o.Timeout <= 0 {
		o.Timeout = 15 * time.Second
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 32 << 20
	}
	if o.Backoff <= 0 {
		o.Backoff = 500 * time.Millisecond
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	base.RawQuery, base.Fragment = "", ""
	return &Client{base: base, o: o, http: &http.Client{
		Transport: &http.Transport{
			Proxy:             http.ProxyFromEnvironment,
			IdleConnTimeout:   o.Timeout,
			MaxIdleConns:      4,
			ForceAttemptHTTP2: true,
		},
		// The token is for Grafana, not for whom it may send us to.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// maxToken bounds a token's file; Grafana's own have 46 bytes.
const maxToken = 4 << 10

// token reads the token's file; empty without one.
func (c *Client) token() (string, error) {
	if c.o.TokenFile == "" {
		return "", nil
	}
	info, err := os.Stat(c.o.TokenFile)
	switch {
	case err != nil:
		return "", fmt.Errorf("the token's file: %w", err)
	case info.Size() > maxToken:
		return "", fmt.Errorf("the token's file %s: longer than %d bytes: is it the right file?", c.o.TokenFile, maxToken)
	}
	text, err := os.ReadFile(c.o.TokenFile)
	if err != nil {
		return "", fmt.Errorf("the token's file: %w", err)
	}
	token := bytes.TrimSpace(text)
	if len(token) == 0 {
		return "", fmt.Errorf("the token's file %s: empty", c.o.TokenFile)
	}
	for _, b := range token {
		if b <= ' ' || b > '~' {
			return "", fmt.Errorf("the token's file %s: a token is one line of printable ASCII without spaces", c.o.TokenFile)
		}
	}
	return string(token), nil
}
