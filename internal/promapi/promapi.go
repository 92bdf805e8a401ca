// Package promapi asks a Prometheus for values: PromQL and a moment in, samples
// out.
//
//	c, err := promapi.New("http://prometheus:9090", promapi.Options{})
//	…
//	samples, err := c.Query(ctx, `up{job="api"}`, time.Now())
//
// An answer is bounded in time and size, redirects are not followed, and no
// error repeats the address: it may hold a password.
package promapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

// Options are what [New] needs besides the address. All may be left zero.
type Options struct {
	// Timeout is how long a query may take; the default is 30 seconds.
	Timeout time.Duration
	// MaxBytes is how long an answer may be; the default is 16 MiB.
	MaxBytes int64
	// Logger is told what Prometheus warns of. The default discards.
	Logger *slog.Logger
}

// Client asks one Prometheus. Its methods may be called from several
// goroutines.
type Client struct {
	prometheus v1.API
	timeout    time.Duration
	logger     *slog.Logger
	close      func()
}

// Sample is one series of an answer.
type Sample struct {
	Labels map[string]string // the metric's name among them, as __name__
	Value  float64
	Time   time.Time
}

// New makes a client for a Prometheus, or what answers as one does. The address
// is an http or https URL, with a path where one is in front of the API, and
// with user and password where these are asked for.
func New(address string, o Options) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("the address of Prometheus: use a whole one that begins with http:// or https://")
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 16 << 20
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		ResponseHeaderTimeout: o.Timeout,
		IdleConnTimeout:       o.Timeout,
		MaxIdleConns:          4,
		ForceAttemptHTTP2:     true,
	}
	client, err := api.NewClient(api.Config{Address: address, Client: &http.Client{
		Transport:     bounded{transport, o.MaxBytes},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}})
	if err != nil {
		return nil, fmt.Errorf("the address of Prometheus: %w", bare(err))
	}
	return &Client{prometheus: v1.NewAPI(client), timeout: o.Timeout, logger: o.Logger, close: transport.CloseIdleConnections}, nil
}

// Close lets go of idle connections.
func (c *Client) Close() { c.close() }

// Query evaluates PromQL at a moment. No series is no error; a scalar is one
// without labels. An expression that gives anything else is an error.
func (c *Client) Query(ctx context.Context, promQL string, at time.Time) ([]Sample, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	value, warnings, _, err := c.prometheus.Query(ctx, promQL, at)
	if err != nil {
		return nil, fmt.Errorf("asking Prometheus: %w", bare(err))
	}
	for _, w := range warnings {
		c.logger.Warn("Prometheus warns of a query", "query", promQL, "warning", w)
	}
	switch value := value.(type) {
	case model.Vector:
		samples := make([]Sample, 0, len(value))
		for _, s := range value {
			if s.Histogram != nil {
				return nil, errors.New("asking Prometheus: the answer has histograms, not numbers")
			}
			samples = append(samples, Sample{Labels: labels(s.Metric), Value: float64(s.Value), Time: s.Timestamp.Time()})
		}
		return samples, nil
	case *model.Scalar:
		return []Sample{{Value: float64(value.Value), Time: value.Timestamp.Time()}}, nil
	default:
		return nil, errors.New("asking Prometheus: the answer is not a number at a moment")
	}
}

// ErrSeveral is the error of a query for one value that gives more.
var ErrSeveral = errors.New("the query gives several values")

// Value evaluates PromQL that gives one value. ok is false where it gives none.
func (c *Client) Value(ctx context.Context, promQL string, at time.Time) (value float64, ok bool, err error) {
	samples, err := c.Query(ctx, promQL, at)
	switch {
	case err != nil:
		return 0, false, err
	case len(samples) > 1:
		return 0, false, fmt.Errorf("%w: %d", ErrSeveral, len(samples))
	case len(samples) == 0:
		return 0, false, nil
	}
	return samples[0].Value, true, nil
}

func labels(m model.Metric) map[string]string {
	out := make(map[string]string, len(m))
	for name, value := range m {
		out[string(name)] = string(value)
	}
	return out
}

// bare takes the address off an error, and says what went wrong in plain words.
func bare(err error) error {
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	var answer *v1.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("it did not answer in time")
	case errors.As(err, &answer):
		return errors.New(clipped(answer.Msg))
	}
	return err
}
