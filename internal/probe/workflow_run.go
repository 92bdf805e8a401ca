package probe

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// conversation is one run of a workflow.
type conversation struct {
	*workflow
	jar    http.CookieJar
	key    string
	values map[string]any
	mask   mask
	phases []smoke.Phase
	told   []string // a line for each step that was taken
}

// run has the conversation.
func (w *workflow) run(ctx context.Context) smoke.Outcome {
	defer w.service.transport.CloseIdleConnections()
	jar, err := cookiejar.New(nil)
	if err != nil {
		return smoke.Outcome{Reason: "cookies can't be kept"}
	}
	c := &conversation{workflow: w, jar: jar, key: newKey(time.Now()), mask: w.service.mask}
	c.values = map[string]any{nameKey: c.key}
	for _, v := range w.values {
		text, err := v.value.expand(c.values)
		if err != nil {
			return smoke.Outcome{Reason: cause(err)}
		}
		c.values[v.name] = text
		if secretName.MatchString(v.name) {
			c.mask = c.mask.with(text)
		}
	}
	// Also after a panic, which the runner recovers.
	var failed, dirty smoke.Outcome
	func() {
		defer func() { dirty = c.cleanUp(ctx) }()
		for _, s := range w.steps {
			if failed = c.take(ctx, s); failed.Reason != "" {
				return
			}
		}
	}()
	o := failed
	if o.Passed() {
		o = dirty
	}
	o.Phases = c.phases
	return o
}

// cleanUp takes all steps of the cleanup that have something to clean up, and
// gives the first failure.
func (c *conversation) cleanUp(ctx context.Context) (first smoke.Outcome) {
	ctx, cancel := forCleanup(ctx, c.cleanupTimeout)
	defer cancel()
	for _, s := range c.cleanup {
		if slices.ContainsFunc(s.needs, func(name string) bool { return name != nameItem && c.values[name] == nil }) {
			continue
		}
		if o := c.take(ctx, s); first.Passed() {
			first = o
		}
	}
	return first
}

// take takes a step: once, or for each item of its list.
func (c *conversation) take(ctx context.Context, s *step) smoke.Outcome {
	c.phases = append(c.phases, smoke.Phase{Name: s.name})
	if s.forEach == "" {
		return c.exchange(ctx, s)
	}
	items, ok := c.values[s.forEach].([]any)
	switch {
	case !ok:
		return smoke.Outcome{Reason: s.name + ": " + s.forEach + " is no list"}
	case len(items) > maxItems:
		items = items[:maxItems] // the next run has the others
	}
	defer delete(c.values, nameItem)
	for _, item := range items {
		c.values[nameItem] = item
		if o := c.exchange(ctx, s); !o.Passed() {
			return o
		}
	}
	return smoke.Outcome{}
}

// exchange sends the request of a step, judges the answer and captures of it.
func (c *conversation) exchange(ctx context.Context, s *step) smoke.Outcome {
	m, err := s.message(c.service, c.values)
	if err != nil {
		return smoke.Outcome{Reason: s.name + ": " + cause(err)}
	}
	m.mask = c.mask.with(m.secrets...)
	x, err := c.service.do(ctx, m, s.call, c.jar)
	x.captured, x.key = c.values, c.key
	c.phases[len(c.phases)-1].Duration += x.duration
	c.told = append(c.told, fmt.Sprintf("%s: HTTP %d", s.name, x.status))

	// The mask first: whatever is said from here on may quote the answer.
	captured, missing := s.capture(ctx, x)
	c.hide(x, s, captured)
	reason := c.service.judge(ctx, x, s.call, err)
	if reason == "" {
		reason = missing
	}
	if reason == "" {
		maps.Copy(c.values, captured)
		return smoke.Outcome{}
	}
	c.told[len(c.told)-1] = s.name + ": " + reason
	return smoke.Outcome{Reason: s.name + ": " + reason, Detail: c.detail(x)}
}

// capture takes the named parts of an answer, and says of the first that is
// not there.
func (s *step) capture(ctx context.Context, x *exchange) (captured map[string]any, missing string) {
	captured = make(map[string]any, len(s.captures))
	for _, part := range s.captures {
		var value any
		v, reason := part.from.eval(ctx, x)
		if reason == "" {
			value = native(v)
		}
		switch {
		case value != nil:
			captured[part.name] = value
		case missing == "" && reason != "":
			missing = fmt.Sprintf("%s can't be captured: %s", part.name, reason)
		case missing == "":
			missing = part.name + " can't be captured: the answer has none"
		}
	}
	return captured, missing
}

// hide makes the mask know the secrets of an answer: what was captured, and
// cookies.
func (c *conversation) hide(x *exchange, s *step, captured map[string]any) {
	var secrets []string
	for _, part := range s.captures {
		if !part.show {
			secrets = append(secrets, leaves(captured[part.name])...)
		}
	}
	for _, line := range x.head["Set-Cookie"] {
		if cookie, err := http.ParseSetCookie(line); err == nil && len(cookie.Value) >= minSecret {
			secrets = append(secrets, cookie.Value)
		}
	}
	if len(secrets) > 0 {
		c.mask = c.mask.with(secrets...)
		x.mask = x.mask.with(secrets...)
	}
}

// detail is the way to a failure, and the exchange that failed.
func (c *conversation) detail(x *exchange) string {
	var b strings.Builder
	told := c.told
	if more := len(told) - maxTold; more > 0 {
		told = told[more:]
		fmt.Fprintf(&b, "(%d steps before)\n", more)
	}
	for _, line := range told {
		b.WriteString(clip(x.mask.hide(line), maxValue) + "\n")
	}
	return printable(b.String()+"\n"+x.detail(), maxDetail)
}

// maxTold is how many steps a detail tells of.
const maxTold = 10

// native is a CEL value as plain Go: what JSON knows, with whole numbers as
// int64. Nil: null, or something that JSON doesn't know.
func native(v ref.Val) any {
	switch v := v.(type) {
	case types.String:
		return string(v)
	case types.Bool:
		return bool(v)
	case types.Int:
		return int64(v)
	case types.Uint:
		return int64(v) // of a size: never beyond
	case types.Double:
		return float64(v)
	case traits.Mapper:
		object := make(map[string]any)
		for it := v.Iterator(); it.HasNext() == types.True; {
			name := it.Next()
			object[fmt.Sprint(name.Value())] = native(v.Get(name))
		}
		return object
	case traits.Lister:
		items := make([]any, 0)
		for it := v.Iterator(); it.HasNext() == types.True; {
			items = append(items, native(it.Next()))
		}
		return items
	}
	return nil
}
