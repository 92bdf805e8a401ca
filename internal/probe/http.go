package probe

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// HTTP sends one request, follows redirects within the target, and judges the
// answer. Every run makes a connection of its own. Phases: resolve, connect,
// tls, processing, transfer, each the sum over redirects.
type HTTP struct {
	// Target is the address of the service: http or https, perhaps with a user
	// and a password, and with a path below which it lives.
	Target  string `yaml:"target"`
	TLS     TLS    `yaml:"tls"`
	Request `yaml:",inline"`

	// Secrets are values that no reason, detail or error may hold.
	Secrets []string `yaml:"-"`
	// Writes allows methods other than GET, HEAD and OPTIONS.
	Writes bool `yaml:"-"`
}

// Request is what is asked of a service, and what the answer must be.
type Request struct {
	// Method is GET by default, and POST where there is a body or a form.
	Method string `yaml:"method"`
	// Path is looked for below the target's; it may have a query.
	Path    string            `yaml:"path"`
	Headers map[string]string `yaml:"headers"`
	// Body is sent as application/json unless Headers name another type.
	Body string `yaml:"body"`
	// Form is sent as application/x-www-form-urlencoded. Not beside Body.
	Form map[string]string `yaml:"form"`
	// Bearer is a token for the header Authorization.
	Bearer string `yaml:"bearer"`
	// Redirects is how many redirects are followed. 0: five. -1: none, so that
	// a redirect is the answer.
	Redirects int `yaml:"redirects"`
	// ReadOnly says that the request changes nothing, whatever its method: a
	// login, a search, a body that is refused.
	ReadOnly bool `yaml:"read_only"`

	Expect Expect `yaml:"expect"`
}

// The shapes that [Expect] knows.
const (
	// ShapeHealth is a health report: {"status": "healthy", "checks": {…}}. It
	// is believed rather than the status, and the reason names failing checks.
	ShapeHealth = "health"
	// ShapeVersion is {"python": "3.13.0"}; Python says which.
	ShapeVersion = "version"
	// ShapeText is anything but white space.
	ShapeText = "text"
	// ShapeValidation is how FastAPI reports what Pydantic refuses: status 422,
	// and a "detail" that lists where (loc), what (msg) and which rule (type).
	ShapeValidation = "validation"
	// ShapeError is an error that was meant: status 404 unless Status says
	// otherwise, a JSON object with a "detail", and no stack trace.
	ShapeError = "error"
)

// Expect is what an answer must be. Everything that is set must hold.
type Expect struct {
	// Status lists codes ("200"), classes ("2xx") and ranges ("200-204").
	// Empty: what the shape wants, else 2xx, and 3xx where Location is set.
	Status []string `yaml:"status"`
	// Location is where a redirect must lead, relative to the request or whole.
	// It is not followed then.
	Location string `yaml:"location"`
	// Headers are regular expressions (RE2) that a value of the header must
	// match; NoHeaders are those that must not be there.
	Headers   map[string]string `yaml:"headers"`
	NoHeaders []string          `yaml:"no_headers"`
	// Match and NoMatch are regular expressions (RE2) over the body.
	Match   []string `yaml:"match"`
	NoMatch []string `yaml:"no_match"`
	// CEL are conditions over status (int), headers (by lower-case name),
	// json (the body), text (the body as it is) and duration.
	//
	//	json.items.all(i, i.price > 0) && duration < duration('300ms')
	//
	// Within a workflow also captured (by name), key and stale(text).
	CEL []string `yaml:"cel"`
	// Shape is one of the Shape constants.
	Shape string `yaml:"shape"`
	// Python is what ShapeVersion wants: "3.13" is any 3.13. Empty: any.
	Python string `yaml:"python"`
	// Fields are what ShapeValidation must complain of, each the last name of
	// a loc: "email".
	Fields []string `yaml:"fields"`
	// Compressed asks for gzip and wants it: a body that unpacks, and that is
	// shorter than what it unpacks to.
	Compressed bool `yaml:"compressed"`
	// MinBytes and MaxBytes bound the unpacked body. MaxBytes 0: 1 MiB, which
	// is also the most.
	MinBytes int `yaml:"min_bytes"`
	MaxBytes int `yaml:"max_bytes"`
	// MaxDuration is how long the answer may take, the transfer included. 0:
	// as long as the test may.
	MaxDuration time.Duration `yaml:"max_duration"`
}

// Compile implements [Kind].
func (h HTTP) Compile() (func(context.Context) smoke.Outcome, error) {
	run, p := h.compile()
	return run, mask{}.with(h.Secrets...).err(p)
}

// compile also wants checks of ours to hold.
func (h HTTP) compile(checks ...check) (runFunc, problems) {
	s, p := newService(h.Target, h.TLS, h.Secrets, false)
	env, err := cel.NewEnv(variables()...)
	if err != nil {
		p.add("", err.Error())
		return nil, p
	}
	c, below := h.Request.compile(env, plainText, h.Writes)
	p.within("", below)
	if len(p) > 0 {
		return nil, p
	}
	c.expect.checks = append(c.expect.checks, checks...)
	m, err := c.message(s, nil)
	if err != nil {
		p.add("path", "can't be used")
		return nil, p
	}
	m.mask = s.mask.with(m.secrets...)
	return func(ctx context.Context) smoke.Outcome {
		x, err := s.do(ctx, m, c, nil)
		return x.outcome(s.judge(ctx, x, c, err))
	}, nil
}

// CORS sends the preflight request of a browser and judges what it allows.
type CORS struct {
	Target string `yaml:"target"`
	TLS    TLS    `yaml:"tls"`
	Path   string `yaml:"path"`
	// Origin is the page's: "https://app.example". Required.
	Origin string `yaml:"origin"`
	// Method is what the page wants to use. Empty: GET.
	Method string `yaml:"method"`
	// Headers are what the page wants to send.
	Headers []string `yaml:"headers"`
	// Credentials says that cookies must be allowed.
	Credentials bool `yaml:"credentials"`
	// Refused says that the origin must not be allowed.
	Refused bool `yaml:"refused"`

	// Secrets are values that no reason, detail or error may hold.
	Secrets []string `yaml:"-"`
}

// Compile implements [Kind].
func (c CORS) Compile() (func(context.Context) smoke.Outcome, error) {
	var p problems
	if u, err := url.Parse(c.Origin); err != nil || u.Scheme == "" || u.Host == "" || u.Path != "" {
		p.add("origin", "write a scheme and a host: https://app.example")
	}
	c.Method = cmp.Or(c.Method, http.MethodGet)
	p.oneOf("method", c.Method, methods...)
	h := HTTP{Target: c.Target, TLS: c.TLS, Secrets: c.Secrets, Request: Request{
		Method: http.MethodOptions, Path: c.Path, Redirects: -1, // a browser follows none
		Headers: map[string]string{"Origin": c.Origin, "Access-Control-Request-Method": c.Method},
	}}
	if len(c.Headers) > 0 {
		h.Headers["Access-Control-Request-Headers"] = strings.ToLower(strings.Join(c.Headers, ","))
	}
	if c.Refused { // with whatever status
		h.Expect.Status = []string{"2xx", "4xx"}
	}
	run, below := h.compile(func(_ context.Context, x *exchange) string { return c.judge(x.head) })
	p.within("", below)
	return run, mask{}.with(c.Secrets...).err(p)
}

// judge reads the answer as the Fetch standard has browsers do.
func (c CORS) judge(head http.Header) (reason string) {
	origin := head.Get("Access-Control-Allow-Origin")
	allowed := origin == c.Origin || origin == "*" && !c.Credentials
	switch {
	case c.Refused && allowed:
		return "the origin is allowed"
	case c.Refused:
		return ""
	case origin == "*" && c.Credentials:
		return "any origin is allowed, which excludes credentials"
	case !allowed:
		return "the origin is not allowed"
	case c.Credentials && head.Get("Access-Control-Allow-Credentials") != "true":
		return "credentials are not allowed"
	}
	simple := c.Method == http.MethodGet || c.Method == http.MethodHead || c.Method == http.MethodPost
	if !simple && !c.lists(head.Values("Access-Control-Allow-Methods"), c.Method) {
		return "the method " + c.Method + " is not allowed"
	}
	for _, name := range c.Headers {
		if !c.lists(head.Values("Access-Control-Allow-Headers"), name) {
			return "the header " + http.CanonicalHeaderKey(name) + " is not allowed"
		}
	}
	return ""
}

// lists says whether the values of a header list a name. An asterisk does so
// where no credentials are wanted, but never for Authorization.
func (c CORS) lists(values []string, name string) bool {
	for listed := range strings.SplitSeq(strings.Join(values, ","), ",") {
		listed = strings.TrimSpace(listed)
		if strings.EqualFold(listed, name) || listed == "*" && !c.Credentials && !strings.EqualFold(name, "Authorization") {
			return true
		}
	}
	return false
}
