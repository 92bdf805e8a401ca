package source

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Bounds of what a server may do to us.
const (
	fetchTimeout  = 30 * time.Second // for a whole answer
	maxRedirects  = 5
	maxHeader     = 64 << 10 // bytes
	maxTokenBytes = 4 << 10
	longestPause  = time.Hour // that a server may ask for
)

// answer is what came of asking for a checklist.
type answer struct {
	bytes        []byte // nil where the checklist is as it was
	etag         string
	lastModified string
	pause        time.Duration // that the server asked for; 0 for none
}

// fetcher asks one address. Its client follows redirects to http and https only,
// and sends the token to the address's own server and nowhere else.
type fetcher struct {
	address
	client  *http.Client
	timeout time.Duration
}

func newFetcher(a address) *fetcher {
	own := origin(a.url)
	transport := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: fetchTimeout}).DialContext,
		MaxResponseHeaderBytes: maxHeader,
		ForceAttemptHTTP2:      true,
		// Once a minute is too seldom to keep a connection for.
		DisableKeepAlives: true,
	}
	return &fetcher{
		address: a,
		timeout: fetchTimeout,
		client: &http.Client{
			Transport:     authorized{transport, own, a.token},
			CheckRedirect: checkRedirect,
		},
	}
}

// authorized adds the token to requests for one server. It is read anew each
// time, because tokens are replaced.
type authorized struct {
	http.RoundTripper
	origin, tokenFile string
}

func (a authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.tokenFile == "" || origin(r.URL) != a.origin {
		return a.RoundTripper.RoundTrip(r)
	}
	token, err := readToken(a.tokenFile)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+token)
	return a.RoundTripper.RoundTrip(r)
}

// tokenError is a fault of the token's file. It repeats nothing of its content.
type tokenError struct {
	file string
	err  error
}

func (e tokenError) Error() string { return "the token's file " + e.file + ": " + e.err.Error() }
func (e tokenError) Unwrap() error { return e.err }

func readToken(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", tokenError{file, reason(err)}
	}
	defer func() { _ = f.Close() }() // opened for reading: nothing can be lost
	b, err := io.ReadAll(io.LimitReader(f, maxTokenBytes+1))
	token := strings.TrimSpace(string(b))
	switch {
	case err != nil:
		return "", tokenError{file, reason(err)}
	case len(b) > maxTokenBytes:
		return "", tokenError{file, fmt.Errorf("longer than %d bytes", maxTokenBytes)}
	case token == "":
		return "", tokenError{file, errors.New("empty")}
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", tokenError{file, errors.New("no token: it has white space or other odd characters in it")}
	}
	return token, nil
}

// redirectError is a redirect that isn't followed.
type redirectError string

func (e redirectError) Error() string { return string(e) }

func checkRedirect(r *http.Request, via []*http.Request) error {
	// It would tell the next server the query of the last one's address.
	r.Header.Del("Referer")
	switch {
	case len(via) > maxRedirects:
		return redirectError(fmt.Sprintf("redirects more than %d times", maxRedirects))
	case r.URL.Scheme != "http" && r.URL.Scheme != "https":
		return redirectError("redirects to something that is neither http nor https")
	case via[len(via)-1].URL.Scheme == "https" && r.URL.Scheme == "http":
		return redirectError("redirects from https to http")
	}
	return nil
}

// fetch asks for the checklist; before has what the last good answer said, for
// the server to answer that nothing changed. The error holds nothing that the
// server or the address could have slipped in.
func (f *fetcher) fetch(ctx context.Context, before answer, now time.Time) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.url.String(), nil)
	if err != nil {
		return answer{}, errors.New("not an address that can be asked")
	}
	r.Header.Set("User-Agent", "cutover")
	switch f.issue {
	case gitHub:
		r.Header.Set("Accept", "application/vnd.github.raw+json")
		r.Header.Set("X-Github-Api-Version", "2022-11-28")
	case gitLab:
		r.Header.Set("Accept", "application/json")
	default:
		r.Header.Set("Accept", "text/markdown, text/plain;q=0.9, */*;q=0.5")
	}
	if before.etag != "" {
		r.Header.Set("If-None-Match", before.etag)
	}
	if before.lastModified != "" {
		r.Header.Set("If-Modified-Since", before.lastModified)
	}
	response, err := f.client.Do(r)
	if err != nil {
		return answer{}, f.said(err)
	}
	defer func() { _ = response.Body.Close() }() // only read: nothing can be lost
	return f.read(response, before, now)
}

// ErrUnreachable is what a [Document]'s error is, by errors.Is, where its server
// didn't answer, or answered that it can't now: it may by itself be had later.
var ErrUnreachable = errors.New("the server can't be reached")

// unreachable is an ErrUnreachable in words of its own.
type unreachable struct{ error }

func (unreachable) Is(target error) bool { return target == ErrUnreachable }

// said puts what went wrong without an answer into words of our own.
func (f *fetcher) said(err error) error {
	var token tokenError
	var redirect redirectError
	var certificate *tls.CertificateVerificationError
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &token):
		return token
	case errors.As(err, &redirect):
		return redirect
	case errors.Is(err, context.DeadlineExceeded):
		return unreachable{fmt.Errorf("no answer within %v", f.timeout)}
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.As(err, &certificate):
		return errors.New("its certificate isn't trusted")
	case errors.As(err, &dns):
		return unreachable{errors.New("its host is not known, or can't be looked up")}
	case errors.As(err, &op) && op.Op == "dial":
		return unreachable{errors.New("can't be connected to")}
	}
	return unreachable{errors.New("the connection broke off, or the answer isn't HTTP")}
}

func (f *fetcher) read(response *http.Response, before answer, now time.Time) (answer, error) {
	code := response.StatusCode
	switch {
	case code == http.StatusNotModified && (before.etag != "" || before.lastModified != ""):
		return answer{etag: before.etag, lastModified: before.lastModified}, nil
	case code != http.StatusOK:
		return answer{pause: askedPause(response.Header, code, now)}, f.refused(code)
	}
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if f.issue == plainFile && (kind == "text/html" || kind == "application/xhtml+xml") {
		return answer{}, errors.New("a web page, not Markdown: use the address of the raw file")
	}
	a := answer{etag: header(response, "ETag"), lastModified: header(response, "Last-Modified")}
	var err error
	if f.issue == plainFile {
		a.bytes, err = readText(response.Body)
	} else {
		a.bytes, err = readIssue(response.Body)
	}
	if err == nil || isOurs(err) {
		return a, err
	}
	return answer{}, f.said(err)
}

// header is a validator to be sent back, if it is of a sensible length.
func header(response *http.Response, name string) string {
	const longest = 1 << 10
	if v := response.Header.Get(name); len(v) <= longest {
		return v
	}
	return ""
}

// refused says what a status means for whoever set the address.
func (f *fetcher) refused(code int) error {
	hint := ""
	switch code {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		hint = ": it may need a token"
		if f.token != "" {
			hint = ": the token in " + f.token + " may not be the right one"
		}
	case http.StatusTooManyRequests:
		hint = ": asked too often"
	}
	err := fmt.Errorf("the server answers %d %s%s", code, http.StatusText(code), hint)
	if code >= http.StatusInternalServerError || code == http.StatusTooManyRequests {
		err = unreachable{err}
	}
	return ours{err}
}

// askedPause is how long the server wants to be left alone.
func askedPause(h http.Header, code int, now time.Time) time.Duration {
	var pause time.Duration
	if after := h.Get("Retry-After"); after != "" {
		if n, err := strconv.Atoi(after); err == nil {
			pause = time.Duration(min(max(n, 0), int(longestPause/time.Second))) * time.Second
		} else if at, err := http.ParseTime(after); err == nil {
			pause = at.Sub(now)
		}
	} else if code == http.StatusForbidden && h.Get("X-Ratelimit-Remaining") == "0" || code == http.StatusTooManyRequests {
		if at, err := strconv.ParseInt(h.Get("X-Ratelimit-Reset"), 10, 64); err == nil {
			pause = time.Unix(at, 0).Sub(now)
		}
	}
	return min(max(pause, 0), longestPause)
}

// readIssue takes the body of an issue out of an API's answer.
func readIssue(r io.Reader) ([]byte, error) {
	b, err := readLimited(r)
	if err != nil {
		return nil, err
	}
	var issue struct{ Body, Description *string }
	if err := json.Unmarshal(b, &issue); err != nil {
		return nil, ours{errors.New("the API's answer isn't the JSON of an issue")}
	}
	for _, text := range []*string{issue.Body, issue.Description} {
		if text != nil {
			return readText(strings.NewReader(*text))
		}
	}
	return nil, ours{errors.New("the issue has no text")}
}

// ours marks an error whose words are our own.
type ours struct{ error }

func (o ours) Unwrap() error { return o.error }

func isOurs(err error) bool {
	var o ours
	return errors.As(err, &o)
}

// hidden is an address without what may be secret.
func hidden(u *url.URL) string {
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	return shown.String()
}
