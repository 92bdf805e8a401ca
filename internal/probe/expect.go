package probe

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
)

// check says why an answer is not what it must be.
type check func(ctx context.Context, x *exchange) (reason string)

// expectation is an [Expect] that was read.
type expectation struct {
	status []statusRange
	stated string // how Status was written; empty where it was not
	checks []check
	health bool     // the shape judges the status
	most   int      // bytes of the body
	uses   []string // the captured names that conditions use
}

// statusRange are the codes from first to last.
type statusRange struct{ first, last int }

func (e *expectation) wants(status int) bool {
	return slices.ContainsFunc(e.status, func(r statusRange) bool { return status >= r.first && status <= r.last })
}

// judge says what is wrong with an answer.
func (e *expectation) judge(ctx context.Context, x *exchange) (reason string) {
	switch {
	case x.good || e.health:
	case e.stated != "":
		return fmt.Sprintf("HTTP %d, expected %s", x.status, e.stated)
	default:
		return fmt.Sprintf("HTTP %d", x.status)
	}
	for _, c := range e.checks {
		if reason := c(ctx, x); reason != "" {
			return reason
		}
	}
	return ""
}

// compile reads what is expected. The names of env are those that conditions
// may use.
func (e Expect) compile(env *cel.Env) (*expectation, problems) {
	var p problems
	out := &expectation{health: e.Shape == ShapeHealth}
	e.compileStatus(out, &p)
	e.compileSize(out, &p)
	if e.Location != "" {
		out.add(func(_ context.Context, x *exchange) string { return x.leadsTo(x.location) })
	}
	compileHeaders(e, out, &p)
	if shape := shapes[e.Shape]; shape != nil {
		out.add(func(_ context.Context, x *exchange) string { return shape(e, x) })
	} else if e.Shape != "" {
		p.oneOf("shape", e.Shape, ShapeHealth, ShapeVersion, ShapeText, ShapeValidation, ShapeError)
	}
	if e.Python != "" && e.Shape != ShapeVersion {
		p.add("python", "is for the shape "+ShapeVersion)
	}
	if len(e.Fields) > 0 && e.Shape != ShapeValidation {
		p.add("fields", "is for the shape "+ShapeValidation)
	}
	compileBody(e, out, &p)
	for i, text := range e.CEL {
		condition, err := newExpression(env, text, cel.BoolType)
		if err != nil {
			p.add(fmt.Sprintf("cel[%d]", i), err.Error())
			continue
		}
		out.add(condition.holds)
		out.uses = append(out.uses, condition.uses...)
	}
	return out, p
}

func (e *expectation) add(c check) { e.checks = append(e.checks, c) }

// compileStatus reads the codes, classes and ranges.
func (e Expect) compileStatus(out *expectation, p *problems) {
	out.stated = strings.Join(e.Status, " or ")
	stated := e.Status
	if len(stated) == 0 {
		switch {
		case e.Location != "":
			out.stated = "a redirect"
			stated = []string{"3xx"}
		case e.Shape == ShapeValidation:
			out.stated, stated = "422", []string{"422"}
		case e.Shape == ShapeError:
			out.stated, stated = "404", []string{"404"}
		default:
			stated = []string{"2xx"}
		}
	}
	for i, s := range stated {
		first, last, isRange := strings.Cut(s, "-")
		if class, ok := strings.CutSuffix(s, "xx"); ok {
			first, last = class+"00", class+"99"
		} else if !isRange {
			last = first
		}
		from, err1 := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		if err1 != nil || err2 != nil || from < 100 || to > 599 || from > to {
			p.add(fmt.Sprintf("status[%d]", i), `write a code ("200"), a class ("2xx") or a range ("200-204")`)
			continue
		}
		out.status = append(out.status, statusRange{from, to})
	}
}

// compileSize reads what bounds an answer.
func (e Expect) compileSize(out *expectation, p *problems) {
	out.most = e.MaxBytes
	switch {
	case e.MaxBytes < 0 || e.MaxBytes > maxBody:
		p.add("max_bytes", fmt.Sprintf("must lie between 0 and %d", maxBody))
	case e.MaxBytes == 0:
		out.most = maxBody
	}
	if e.MinBytes < 0 || e.MinBytes > out.most {
		p.add("min_bytes", "must lie between 0 and max_bytes")
	}
	if e.MaxDuration < 0 {
		p.add("max_duration", "must not be negative")
	}
	if e.Compressed {
		out.add(func(_ context.Context, x *exchange) string { return x.compressed() })
	}
	if e.MinBytes > 0 {
		out.add(func(_ context.Context, x *exchange) string {
			if len(x.text) < e.MinBytes {
				return "the answer is shorter than " + bytesText(e.MinBytes)
			}
			return ""
		})
	}
	if e.MaxDuration > 0 {
		out.add(func(_ context.Context, x *exchange) string {
			if x.duration > e.MaxDuration {
				return "the answer took longer than " + e.MaxDuration.String()
			}
			return ""
		})
	}
}

// compressed says why an answer is not compressed.
func (x *exchange) compressed() string {
	switch {
	case !strings.EqualFold(x.head.Get("Content-Encoding"), "gzip"):
		return "the answer is not compressed"
	case x.packed >= len(x.text):
		return "compression makes the answer longer"
	}
	return ""
}

// leadsTo judges where a redirect leads.
func (x *exchange) leadsTo(want string) string {
	got := x.head.Get("Location")
	if got == "" {
		return "the answer has no Location"
	}
	there, err := x.url.Parse(got)
	wanted, wantErr := x.url.Parse(want)
	if err != nil || wantErr != nil || there.String() != wanted.String() {
		return "redirected to another place than " + x.quoteSetting(bareURL(want))
	}
	return ""
}

// bareURL is an address without user, query and fragment.
func bareURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "the one that was given"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// compileHeaders reads what the head must and must not have.
func compileHeaders(e Expect, out *expectation, p *problems) {
	names := make([]string, 0, len(e.Headers))
	for name := range e.Headers {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		pattern := compileRegexp("headers."+name, e.Headers[name], p)
		if pattern == nil {
			continue
		}
		out.add(func(_ context.Context, x *exchange) string {
			values := x.head.Values(name)
			switch {
			case len(values) == 0:
				return "the answer has no header " + name
			case !slices.ContainsFunc(values, pattern.MatchString):
				return fmt.Sprintf("the header %s does not match %s", name, x.quoteSetting(pattern.String()))
			}
			return ""
		})
	}
	for _, name := range e.NoHeaders {
		out.add(func(_ context.Context, x *exchange) string {
			if len(x.head.Values(name)) > 0 {
				return "the answer has the header " + http.CanonicalHeaderKey(name)
			}
			return ""
		})
	}
}

// compileBody reads the patterns over the body.
func compileBody(e Expect, out *expectation, p *problems) {
	for _, wanted := range []struct {
		field, otherwise string
		patterns         []string
		match            bool
	}{
		{"match", "the answer does not match ", e.Match, true},
		{"no_match", "the answer matches ", e.NoMatch, false},
	} {
		for i, text := range wanted.patterns {
			pattern := compileRegexp(fmt.Sprintf("%s[%d]", wanted.field, i), text, p)
			if pattern == nil {
				continue
			}
			out.add(func(_ context.Context, x *exchange) string {
				if pattern.Match(x.text) != wanted.match {
					return wanted.otherwise + x.quoteSetting(pattern.String())
				}
				return ""
			})
		}
	}
}

// compileRegexp reads a pattern; nil where it can't be used.
func compileRegexp(field, text string, p *problems) *regexp.Regexp {
	pattern, err := regexp.Compile(text)
	if err != nil {
		p.add(field, "is not a regular expression (RE2) that can be used")
		return nil
	}
	return pattern
}

// notNegative bounds a setting.
func notNegative(field string, d time.Duration, p *problems) {
	if d < 0 {
		p.add(field, "must not be negative")
	}
}
