package smoke

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

const (
	maxBody      = 1 << 20  // bytes read of an answer
	maxHeader    = 64 << 10 // bytes read of its head
	maxRedirects = 5
)

// runFunc is the shape of [Test.Run].
type runFunc = func(context.Context) Outcome

// service is a target that speaks HTTP.
type service struct {
	base   *url.URL
	client *http.Client
	mask   *strings.Replacer // takes the secrets of base out of what the target says
}

// answer is what a service said, bounded.
type answer struct {
	status      int
	contentType string
	body        []byte
}

// newService reads the address of a service.
func newService(address string, config *tls.Config) (*service, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, errors.New("smoke: the target URL can't be used: write http://host:port or https://host:port")
	}
	transport := &http.Transport{
		// A test goes to its target the shortest way, by a new connection: a
		// proxy of the environment would answer for a dead target, and an old
		// connection would still reach the pod that a rollout has replaced.
		Proxy:                  nil,
		DisableKeepAlives:      true,
		DialContext:            (&net.Dialer{}).DialContext,
		TLSClientConfig:        config.Clone(),
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
	}
	return &service{
		base:   base,
		client: &http.Client{Transport: transport, CheckRedirect: checkRedirect},
		mask:   newMask(base),
	}, nil
}

// checkRedirect follows a redirect within the target only: what answers
// elsewhere is another service, and perhaps not one for us to call.
func checkRedirect(next *http.Request, via []*http.Request) error {
	first := via[0].URL
	switch {
	case len(via) > maxRedirects:
		return fault(fmt.Sprintf("more than %d redirects", maxRedirects))
	case next.URL.Hostname() != first.Hostname():
		return fault("redirected to another host")
	case next.URL.Scheme != first.Scheme && next.URL.Scheme != "https":
		return fault("redirected away from " + first.Scheme)
	}
	return nil
}

// newMask makes the replacer for the password and the query values of an
// address. Values shorter than eight bytes are words rather than secrets, and
// taking them out would garble the reasons.
func newMask(u *url.URL) *strings.Replacer {
	var pairs []string
	if password, ok := u.User.Password(); ok && password != "" {
		pairs = append(pairs, password, "***")
	}
	for _, values := range u.Query() {
		for _, v := range values {
			if len(v) >= 8 {
				pairs = append(pairs, v, "***")
			}
		}
	}
	return strings.NewReplacer(pairs...)
}

// get asks for a path below the service's address. An answer of any status is
// an answer; its body is read up to maxBody, and read errors count only where
// the status is good, as a bad one says more.
func (s *service) get(ctx context.Context, path, accept string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base.JoinPath(path).String(), nil)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("User-Agent", "cutover-smoke")
	resp, err := s.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()

	a := answer{status: resp.StatusCode, contentType: s.mask.Replace(resp.Header.Get("Content-Type"))}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err == nil && len(body) > maxBody {
		err = fault("the answer is longer than 1 MiB")
	}
	if err != nil {
		if a.good() {
			return a, err
		}
		body = nil
	}
	a.body = []byte(s.mask.Replace(string(body)))
	return a, nil
}

// good says whether the status is one of success.
func (a answer) good() bool { return a.status >= 200 && a.status <= 299 }
