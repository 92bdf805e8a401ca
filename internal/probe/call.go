package probe

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"golang.org/x/net/http/httpguts"
)

// userAgent is what tests call themselves; DESIGN's noise filters know it.
const userAgent = "cutover-smoke"

// methods are those of RFC 9110 and 5789 that ask a service for something;
// safe are those that change nothing.
var (
	methods = []string{"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
	safe    = methods[:3]
)

// call is a [Request] that was read.
type call struct {
	method    string
	path      template
	headers   []field
	form      []field // sorted
	body      template
	redirects int
	location  template
	expect    *expectation
}

// field is a header or a form field.
type field struct {
	name  string
	value template
}

// compile reads a request. parse reads its templates.
func (r Request) compile(env *cel.Env, parse parser, writes bool) (*call, problems) {
	var p problems
	c := &call{method: r.Method, redirects: r.Redirects}
	switch {
	case c.method == "" && (r.Body != "" || len(r.Form) > 0):
		c.method = http.MethodPost
	case c.method == "":
		c.method = http.MethodGet
	default:
		p.oneOf("method", c.method, methods...)
	}
	if !writes && !r.ReadOnly && !slices.Contains(safe, c.method) {
		p.add("method", "writes, which is not allowed here: set read_only if it changes nothing")
	}
	switch {
	case r.Redirects < -1 || r.Redirects > 20:
		p.add("redirects", "must lie between -1 and 20")
	case r.Redirects == -1 || r.Expect.Location != "":
		c.redirects = 0
	case r.Redirects == 0:
		c.redirects = maxRedirects
	}
	if _, err := url.Parse(withoutNames(r.Path)); err != nil || strings.Contains(r.Path, "://") || strings.HasPrefix(r.Path, "//") {
		p.add("path", "write a path below the target's: /health?full=1")
	}
	c.path = parse("path", r.Path, pathOrQuery, &p)
	c.compileHeaders(r, parse, &p)
	c.compileBody(r, parse, &p)
	expect, below := r.Expect.compile(env)
	c.expect = expect
	p.within("expect", below)
	c.location = parse("expect.location", r.Expect.Location, pathOrQuery, &p)
	return c, p
}

// parser reads a template of a setting.
type parser func(field, text string, at func(before string) place, p *problems) template

// plainText is the parser of settings without names.
func plainText(_, text string, _ func(string) place, _ *problems) template { return literal(text) }

// withoutNames is the text with a word for each of its names.
func withoutNames(text string) string { return placeholder.ReplaceAllString(text, "x") }

// compileHeaders reads the head, in which a test says who it is.
func (c *call) compileHeaders(r Request, parse parser, p *problems) {
	header := map[string]string{"User-Agent": userAgent, "Accept": "application/json, */*;q=0.5"}
	if r.Body != "" {
		header["Content-Type"] = "application/json"
	}
	if len(r.Form) > 0 {
		header["Content-Type"] = "application/x-www-form-urlencoded"
	}
	if r.Expect.Compressed {
		header["Accept-Encoding"] = "gzip"
	}
	if r.Bearer != "" {
		header["Authorization"] = "Bearer " + r.Bearer
		if !httpguts.ValidHeaderFieldValue(r.Bearer) {
			p.add("bearer", "must be one line")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		value := r.Headers[name]
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			p.add("headers", "a name of a header has letters, digits and -")
		case !httpguts.ValidHeaderFieldValue(value):
			p.add("headers."+name, "must be one line")
		default:
			header[http.CanonicalHeaderKey(name)] = value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		c.headers = append(c.headers, field{name, parse("headers."+name, header[name], always(inHeader), p)})
	}
}

// compileBody reads the body or the form.
func (c *call) compileBody(r Request, parse parser, p *problems) {
	if r.Body != "" && len(r.Form) > 0 {
		p.add("form", "can't be sent beside a body")
	}
	at := always(inText)
	for _, h := range c.headers {
		switch {
		case h.name != "Content-Type":
		case strings.Contains(withoutNames(r.Headers[h.name]), "json") || r.Headers[h.name] == "":
			at = withinJSON
		}
	}
	c.body = parse("body", r.Body, at, p)
	for _, name := range slices.Sorted(maps.Keys(r.Form)) {
		c.form = append(c.form, field{name, parse("form."+name, r.Form[name], always(inText), p)})
	}
}

// templates are all texts of the call that may use names.
func (c *call) templates() []template {
	all := []template{c.path, c.location, c.body}
	for _, f := range slices.Concat(c.headers, c.form) {
		all = append(all, f.value)
	}
	return all
}

// message is a call whose names have got their values.
type message struct {
	method   string
	url      *url.URL
	header   http.Header
	body     string
	location string
	secrets  []string // that it sends
	mask     mask
}

// message puts values into the call.
func (c *call) message(s *service, values map[string]any) (m message, err error) {
	expand := func(t template) (text string) {
		if err == nil {
			text, err = t.expand(values)
		}
		return text
	}
	m = message{method: c.method, header: make(http.Header, len(c.headers)+1)}
	for _, h := range c.headers {
		value := expand(h.value)
		m.header[h.name] = []string{value}
		if secretName.MatchString(h.name) {
			_, token, _ := strings.Cut(value, " ")
			m.secrets = append(m.secrets, value, token)
		}
	}
	if s.basic != "" && m.header["Authorization"] == nil {
		m.header["Authorization"] = []string{s.basic}
	}
	m.body = expand(c.body)
	if body, err := decodeJSON([]byte(m.body)); err == nil {
		m.secrets = append(m.secrets, secretsIn(body)...)
	}
	if len(c.form) > 0 {
		form := make(url.Values, len(c.form))
		for _, f := range c.form {
			value := expand(f.value)
			form.Set(f.name, value)
			if secretName.MatchString(f.name) {
				m.secrets = append(m.secrets, value)
			}
		}
		m.body = form.Encode()
	}
	// What is only named like a secret must look like one too.
	m.secrets = slices.DeleteFunc(m.secrets, func(s string) bool { return len(s) < minSecret })
	path := expand(c.path)
	m.location = expand(c.location)
	if err != nil {
		return message{}, err
	}
	m.url = s.at(path)
	return m, nil
}

// at is the address of a path below the service's.
func (s *service) at(path string) *url.URL {
	path, query, _ := strings.Cut(path, "?")
	u := s.base
	if path != "" {
		u = s.base.JoinPath(path)
	}
	there := *u
	if query != "" {
		there.RawQuery = strings.TrimPrefix(there.RawQuery+"&"+query, "&")
	}
	return &there
}
