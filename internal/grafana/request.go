package grafana

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

const (
	// tries is how often a request is made before it has failed.
	tries = 4
	// longestPause is the longest that Grafana may ask to wait for.
	longestPause = 30 * time.Second
)

// request is one request of the API.
type request struct {
	doing  string // for people: "reading the dashboard checkout"
	needs  string // the permission that Grafana asks for
	method string
	path   []string // below the address, each element as it is before escaping
	in     any      // sent as JSON; nil for none
}

// answer is what came back to a request.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	tries   int // 1 if the first one was answered for good
	tooLong bool
}

// do makes a request, again where that may help, and reads a good answer's JSON
// into out. How often it tried is told even with an error.
func (c *Client) do(ctx context.Context, r request, out any) (tried int, err error) {
	if i := slices.IndexFunc(r.path, func(e string) bool { return e == "" || e == "." || e == ".." }); i >= 0 {
		return 0, fmt.Errorf("%s: %q is no uid", r.doing, r.path[i])
	}
	a, err := c.persist(ctx, r)
	switch {
	case err != nil:
		return a.tries, fmt.Errorf("%s: %w", r.doing, err)
	case a.status/100 != 2:
		return a.tries, fmt.Errorf("%s: %w", r.doing, refusal(a, r.needs))
	case a.tooLong:
		return a.tries, fmt.Errorf("%s: Grafana's answer is longer than %d MiB", r.doing, c.o.MaxBytes>>20)
	}
	if err := json.Unmarshal(a.body, out); err != nil {
		return a.tries, fmt.Errorf("%s: what answers is not Grafana's API, or not of a version from 9.4 on: is the address Grafana's own, with its path?", r.doing)
	}
	return a.tries, nil
}

// persist repeats a request that was refused for the moment, or that reached
// nobody. One without answer in time is not repeated: four times the timeout
// tells nothing new.
func (c *Client) persist(ctx context.Context, r request) (answer, error) {
	var body []byte
	if r.in != nil {
		var err error
		if body, err = json.Marshal(r.in); err != nil {
			return answer{tries: 1}, err
		}
	}
	for try := 1; ; try++ {
		a, err := c.once(ctx, r, body)
		a.tries = try
		pause, again := c.pause(a, err, try, time.Now())
		if !again || ctx.Err() != nil {
			return a, err
		}
		c.o.Logger.Warn("Grafana is asked again", "what", r.doing, "status", a.status, "error", err, "in", pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return a, ctx.Err()
		}
	}
}

// pause is the time to wait before the next try, if there shall be one.
func (c *Client) pause(a answer, err error, try int, now time.Time) (time.Duration, bool) {
	var unreached *net.OpError
	switch {
	case try >= tries:
		return 0, false
	case err != nil && !errors.As(err, &unreached) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return 0, false
	case err == nil && a.status != http.StatusTooManyRequests && a.status/100 != 5:
		return 0, false
	}
	pause := c.o.Backoff << (try - 1)
	if asked, ok := retryAfter(a.header, now); ok {
		pause = max(asked, 0)
	}
	return pause, pause <= longestPause
}

// retryAfter is how long the other side asks to wait, in seconds or until a
// date.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	value := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(value); err == nil {
		return at.Sub(now), true
	}
	return 0, false
}

// once makes a request once. Its errors have neither address nor token.
func (c *Client) once(ctx context.Context, r request, body []byte) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	token, err := c.token()
	if err != nil {
		return answer{}, err
	}
	address := *c.base
	for _, element := range r.path {
		address = *address.JoinPath(url.PathEscape(element))
	}
	httpRequest, err := http.NewRequestWithContext(ctx, r.method, address.String(), bytes.NewReader(body))
	if err != nil {
		return answer{}, errors.New("the address of Grafana is none")
	}
	httpRequest.Header.Set("Accept", "application/json")
	if body != nil {
		httpRequest.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		httpRequest.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := c.http.Do(httpRequest)
	if err != nil {
		return answer{}, c.withoutAddress(err)
	}
	defer func() { _ = response.Body.Close() }()
	limit := c.o.MaxBytes
	if response.StatusCode/100 != 2 {
		limit = min(limit, maxRefusal)
	}
	a := answer{status: response.StatusCode, header: response.Header}
	a.body, err = io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err != nil {
		return a, c.withoutAddress(err)
	}
	a.tooLong = int64(len(a.body)) > limit
	return a, nil
}

// withoutAddress takes the address off an error of the HTTP client.
func (c *Client) withoutAddress(err error) error {
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer from Grafana within %v", c.o.Timeout)
	}
	return err
}
