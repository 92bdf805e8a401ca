package probe

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxNamed is how many failing checks or fields a reason names.
const maxNamed = 5

// shapes are the judgements of [Expect.Shape]. Health judges the status itself;
// for the others it is already the one that was wanted.
var shapes = map[string]func(e Expect, x *exchange) (reason string){
	ShapeHealth:     func(_ Expect, x *exchange) string { return x.healthy() },
	ShapeVersion:    func(e Expect, x *exchange) string { return x.runs(e.Python) },
	ShapeText:       func(_ Expect, x *exchange) string { return x.speaks() },
	ShapeValidation: func(e Expect, x *exchange) string { return x.refuses(e.Fields) },
	ShapeError:      func(_ Expect, x *exchange) string { return x.errs() },
}

// object reads the body as a JSON object; what keeps it from that is the
// reason.
func (x *exchange) object() (object map[string]any, reason string) {
	v, err := x.json()
	switch {
	case len(bytes.TrimSpace(x.text)) == 0:
		return nil, "the answer is empty"
	case err != nil:
		return nil, x.notJSON()
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, "the answer is not a JSON object"
	}
	return object, ""
}

// notJSON is the reason of a body that is not JSON.
func (x *exchange) notJSON() string {
	if kind := x.head.Get("Content-Type"); kind != "" && !strings.HasPrefix(kind, "application/json") {
		return "the answer is not JSON but " + x.quote(kind)
	}
	return "the answer is not JSON"
}

// healthy judges a health report, which it believes more than the status: many
// services answer 200 {"status": "unhealthy"}.
func (x *exchange) healthy() string {
	report, reason := x.object()
	switch {
	case !x.good && (reason != "" || report["status"] == nil):
		return fmt.Sprintf("HTTP %d", x.status)
	case reason != "":
		return reason
	case report["status"] == nil:
		return `the answer has no "status"`
	}
	status := word(report["status"])
	healthy := isHealthy(status)
	failing := failingChecks(report["checks"], healthy)
	if x.good && healthy && len(failing) == 0 {
		return ""
	}
	reason = "status " + x.quote(status)
	if !x.good {
		reason = fmt.Sprintf("HTTP %d, %s", x.status, reason)
	}
	if len(failing) > 0 {
		reason += " (failing: " + x.names(failing) + ")"
	}
	return reason
}

// names joins names that the target gave, sorted and quoted.
func (x *exchange) names(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = x.quote(name)
	}
	slices.Sort(quoted)
	if more := len(quoted) - maxNamed; more > 0 {
		quoted = append(quoted[:maxNamed], fmt.Sprintf("%d more", more))
	}
	return strings.Join(quoted, ", ")
}

// failingChecks names the checks of a health report that fail. Of a service that calls itself healthy only those count that
// plainly say otherwise: its report may hold figures beside the checks.
func failingChecks(checks any, healthy bool) []string {
	byName, _ := checks.(map[string]any)
	var failing []string
	for name, v := range byName {
		if w := word(v); isUnhealthy(w) || !healthy && !isHealthy(w) {
			failing = append(failing, name)
		}
	}
	return failing
}

// word is how a check says how it is: a string, a boolean, or an object whose
// "status" is one of them. Empty: in no way known here.
func word(v any) string {
	if object, ok := v.(map[string]any); ok {
		v = object["status"]
	}
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func isHealthy(w string) bool {
	switch strings.ToLower(w) {
	case "healthy", "ok", "up", "pass", "passing", "true":
		return true
	}
	return false
}

func isUnhealthy(w string) bool {
	switch strings.ToLower(w) {
	case "unhealthy", "down", "fail", "failed", "failing", "error", "critical", "unavailable", "false":
		return true
	}
	return false
}

// runs judges a version report.
func (x *exchange) runs(want string) string {
	report, reason := x.object()
	if reason != "" {
		return reason
	}
	got, _ := report["python"].(string)
	switch {
	case got == "":
		return `the answer has no "python" version`
	case !matchVersion(got, want):
		return fmt.Sprintf("Python %s, expected %s", x.quote(got), want)
	}
	return ""
}

// matchVersion says whether got, which may be as wordy as Python's
// sys.version, is the version want or, where want has fewer numbers, one of
// its releases. Everything matches an empty want.
func matchVersion(got, want string) bool {
	if want == "" {
		return true
	}
	number, _, _ := strings.Cut(strings.TrimSpace(got), " ")
	return number == want || strings.HasPrefix(number, want+".")
}

// speaks wants something to read.
func (x *exchange) speaks() string {
	if len(bytes.TrimSpace(x.text)) == 0 {
		return "the answer is empty"
	}
	return ""
}

// refuses judges how Pydantic's refusal is reported.
func (x *exchange) refuses(fields []string) string {
	report, reason := x.object()
	if reason != "" {
		return reason
	}
	entries, ok := report["detail"].([]any)
	if !ok || len(entries) == 0 {
		return `the answer has no list "detail"`
	}
	named := make(map[string]bool)
	for _, entry := range entries {
		e, _ := entry.(map[string]any)
		place, _ := e["loc"].([]any)
		message, _ := e["msg"].(string)
		rule, _ := e["type"].(string)
		if len(place) == 0 || message == "" || rule == "" {
			return `an entry of "detail" lacks loc, msg or type`
		}
		named[plain(place[len(place)-1])] = true
	}
	var missing []string
	for _, field := range fields {
		if !named[field] {
			missing = append(missing, field)
		}
	}
	if len(missing) > 0 {
		return "nothing is said against " + x.names(missing)
	}
	return ""
}

// trace is how programs of the usual languages begin the lines of a stack.
var trace = regexp.MustCompile(`Traceback \(most recent call last\)|(?m:^\s*|\\n\s*)File \\?"[^"\n]+\\?", line \d+` +
	`|(?m:^\s*|\\n\s*)at [\w$.<>/ ]+ ?\([^)\n]*:\d+(?::\d+)?\)|goroutine \d+ \[`)

// errs judges an error page.
func (x *exchange) errs() string {
	if trace.Match(x.text) {
		return "the error page shows a stack trace"
	}
	report, reason := x.object()
	switch detail := report["detail"].(type) {
	case string:
		if strings.TrimSpace(detail) == "" {
			reason = `the "detail" of the error is empty`
		}
	case nil:
		if reason == "" {
			reason = `the error has no "detail"`
		}
	}
	return reason
}
