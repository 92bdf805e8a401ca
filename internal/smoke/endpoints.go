package smoke

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxNamed is how many failing checks a reason names.
const maxNamed = 5

// health asks /health and believes its body, not its status: many services
// answer 200 {"status": "unhealthy"}.
func (s *service) health(ctx context.Context) Outcome {
	a, err := s.get(ctx, "health", "application/json")
	if err != nil {
		return Outcome{Reason: cause(err)}
	}
	return a.healthy()
}

// healthy judges a health report.
func (a answer) healthy() Outcome {
	var report struct{ Status, Checks any }
	fault := a.decode(&report)
	switch {
	case !a.good() && (fault != "" || report.Status == nil):
		return Outcome{Reason: fmt.Sprintf("HTTP %d", a.status)}
	case fault != "":
		return Outcome{Reason: fault}
	case report.Status == nil:
		return Outcome{Reason: `the answer has no "status"`}
	}

	status := word(report.Status)
	healthy := isHealthy(status)
	failing := failingChecks(report.Checks, healthy)
	if a.good() && healthy && len(failing) == 0 {
		return Outcome{}
	}
	reason := "status " + quote(status)
	if !a.good() {
		reason = fmt.Sprintf("HTTP %d, %s", a.status, reason)
	}
	if len(failing) > 0 {
		reason += " (failing: " + strings.Join(failing, ", ") + ")"
	}
	return Outcome{Reason: reason}
}

// failingChecks names the checks of a health report that fail, sorted and
// quoted. Of a service that calls itself healthy only those count that
// plainly say otherwise: its report may hold figures beside the checks.
func failingChecks(checks any, healthy bool) []string {
	byName, _ := checks.(map[string]any)
	var failing []string
	for name, v := range byName {
		if w := word(v); isUnhealthy(w) || !healthy && !isHealthy(w) {
			failing = append(failing, quote(name))
		}
	}
	slices.Sort(failing)
	if more := len(failing) - maxNamed; more > 0 {
		failing = append(failing[:maxNamed], fmt.Sprintf("%d more", more))
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

// version makes the test that asks /api/v1/version which Python answers.
func (s *service) version(want string) runFunc {
	return func(ctx context.Context) Outcome {
		a, err := s.get(ctx, "api/v1/version", "application/json")
		if err != nil {
			return Outcome{Reason: cause(err)}
		}
		return a.runs(want)
	}
}

// runs judges a version report.
func (a answer) runs(want string) Outcome {
	if !a.good() {
		return Outcome{Reason: fmt.Sprintf("HTTP %d", a.status)}
	}
	var report struct{ Python any }
	if fault := a.decode(&report); fault != "" {
		return Outcome{Reason: fault}
	}
	got, _ := report.Python.(string)
	switch {
	case got == "":
		return Outcome{Reason: `the answer has no "python" version`}
	case !matchVersion(got, want):
		return Outcome{Reason: fmt.Sprintf("Python %s, expected %s", quote(got), want)}
	}
	return Outcome{}
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

// root asks / and expects something to read.
func (s *service) root(ctx context.Context) Outcome {
	a, err := s.get(ctx, "/", "*/*")
	switch {
	case err != nil:
		return Outcome{Reason: cause(err)}
	case !a.good():
		return Outcome{Reason: fmt.Sprintf("HTTP %d", a.status)}
	case len(bytes.TrimSpace(a.body)) == 0:
		return Outcome{Reason: "the answer is empty"}
	}
	return Outcome{}
}

// decode reads the body as a JSON object into v; what keeps it from that is
// the fault.
func (a answer) decode(v any) (fault string) {
	body := bytes.TrimSpace(a.body)
	switch {
	case len(body) == 0:
		return "the answer is empty"
	case !json.Valid(body):
		if a.contentType == "" {
			return "the answer is not JSON"
		}
		return "the answer is not JSON but " + quote(a.contentType)
	case body[0] != '{' || json.Unmarshal(body, v) != nil:
		return "the answer is not a JSON object"
	}
	return ""
}
