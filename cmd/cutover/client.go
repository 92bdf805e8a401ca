package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/cutover-dev/cutover/exporter"
)

// Bounds of a question to the exporter.
const (
	clientTimeout   = 15 * time.Second
	maxClientAnswer = 16 << 20
)

// client asks a running exporter. Its errors never have the exporter's address
// or the token: either may be secret.
type client struct {
	base  *url.URL
	token string // empty for who only reads
	http  *http.Client
}

// clientFor reads the environment, as settingsFor does, and makes a client of the
// exporter that it names.
func clientFor(a *app, writes bool) (settings, *client, error) {
	s, err := settingsFor(a)
	if err != nil {
		return s, nil, err
	}
	c, err := newClient(s, writes)
	return s, c, err
}

// newClient makes a client of the exporter that the environment names, with its
// token for who writes.
func newClient(s settings, writes bool) (*client, error) {
	if s.URL == "" {
		return nil, errors.New("CUTOVER_URL is not set: the address of the running exporter, such as http://localhost:9847")
	}
	base, err := url.Parse(s.URL)
	if err != nil {
		return nil, errors.New("CUTOVER_URL: not an address") // readEnvironment has looked
	}
	c := &client{base: base, http: &http.Client{
		Timeout: clientTimeout,
		// The token is for the exporter, not for whom it may send us to.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if !writes {
		return c, nil
	}
	if s.TokenFile == "" {
		return nil, errors.New("CUTOVER_TOKEN_FILE is not set: a file with the token of the exporter")
	}
	token, err := exporter.ReadToken(s.TokenFile)
	if err != nil {
		return nil, fmt.Errorf("CUTOVER_TOKEN_FILE: %w", err)
	}
	c.token = string(token)
	return c, nil
}

// get asks for JSON; query may be empty.
func (c *client) get(ctx context.Context, path, query string, into any) error {
	return c.do(ctx, http.MethodGet, path, query, nil, into)
}

// post sends JSON and takes the answer.
func (c *client) post(ctx context.Context, path string, in, into any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return c.do(ctx, http.MethodPost, path, "", body, into)
}

func (c *client) do(ctx context.Context, method, path, query string, body []byte, into any) error {
	defer c.http.CloseIdleConnections()
	address := c.base.JoinPath(path)
	address.RawQuery = query
	r, err := http.NewRequestWithContext(ctx, method, address.String(), bytes.NewReader(body))
	if err != nil {
		return errors.New("CUTOVER_URL: not an address")
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	switch {
	case c.token == "":
	case c.base.User != nil: // they take the place of a token
		r.Header.Set(exporter.TokenHeader, c.token)
	default:
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return fmt.Errorf("asking the exporter at CUTOVER_URL: %w", withoutAddress(err))
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxClientAnswer+1))
	switch {
	case err != nil:
		return fmt.Errorf("asking the exporter at CUTOVER_URL: %w", err)
	case len(text) > maxClientAnswer:
		return errors.New("the exporter at CUTOVER_URL: its answer is too long")
	case answer.StatusCode/100 != 2:
		return refusal(answer.StatusCode, text)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return errors.New("what answers at CUTOVER_URL is not a cutover exporter, or of another version")
	}
	return nil
}

// refusal is what the exporter says of a request that it didn't do.
func refusal(status int, text []byte) error {
	var said exporter.ErrorAnswer
	if json.Unmarshal(text, &said) == nil && said.Error != "" {
		return fmt.Errorf("the exporter refuses: %s", printable(said.Error))
	}
	return fmt.Errorf("what answers at CUTOVER_URL says %d %s: is it the exporter's own address?", status, http.StatusText(status))
}

// withoutAddress takes the address off an error of the HTTP client.
func withoutAddress(err error) error {
	var address *url.Error
	if errors.As(err, &address) {
		if address.Timeout() {
			return fmt.Errorf("no answer within %v", clientTimeout)
		}
		return address.Err
	}
	return err
}

// printable leaves out what a terminal would obey. Lines stay lines.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// oneLine is printable in one line.
func oneLine(s string) string {
	return strings.Join(strings.Fields(printable(s)), " ")
}
