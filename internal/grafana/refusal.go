package grafana

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
)

// The kinds of refusal that a caller may want to tell apart.
var (
	// ErrNotFound is the error of what Grafana doesn't have.
	ErrNotFound = errors.New("there is no such thing in Grafana")
	// ErrForbidden is the error of what the token doesn't allow. Grafana says it
	// of missing folders too, to whom may not read all folders.
	ErrForbidden = errors.New("the token does not allow it")
	// ErrChanged is the error of saving what somebody else has changed since it
	// was read.
	ErrChanged = errors.New("somebody else has changed it since it was read")
	// ErrTaken is the error of a name or uid that something else has.
	ErrTaken = errors.New("its name or uid is taken")
)

const (
	// maxRefusal is how much is read of an answer that is no success.
	maxRefusal = 64 << 10
	// maxMessage is how many characters of it are repeated.
	maxMessage = 300
)

// refusal says why a request failed, and what to do about it.
func refusal(a answer, needs string) error {
	var said struct{ Message, Status string }
	if json.Unmarshal(a.body, &said) != nil {
		said.Message, said.Status = "", "" // a proxy's page
	}
	message := clipped(said.Message)
	because := ""
	if message != "" {
		because = ": " + message
	}
	switch status := a.status; {
	case status == http.StatusUnauthorized:
		return errors.New("the token is unknown to Grafana (401): put one of a service account into the token's file (Administration, Service accounts), of this Grafana and not expired")
	case status == http.StatusForbidden:
		return fmt.Errorf("%w (403): its service account needs %s%s", ErrForbidden, needs, because)
	case status == http.StatusNotFound:
		return fmt.Errorf("%w (404): is the uid right, and the address Grafana's own, with its path?", ErrNotFound)
	case status == http.StatusConflict, said.Status == "name-exists", taken(message):
		return fmt.Errorf("%w (%d)%s", ErrTaken, status, because)
	case status == http.StatusPreconditionFailed:
		return fmt.Errorf("%w (412): look at it, then run this again", ErrChanged)
	case status/100 == 3:
		return fmt.Errorf("the address of Grafana leads elsewhere (%d): use the one it leads to, or one without a login page in front", status)
	case status == http.StatusTooManyRequests:
		return errors.New("asked too often (429): try again later")
	case status/100 == 5:
		return fmt.Errorf("an error of Grafana's own (%d %s), %d times: its log says why%s", status, http.StatusText(status), a.tries, because)
	default:
		return fmt.Errorf("refused (%d %s)%s", status, http.StatusText(status), because)
	}
}

// changed tells who was quicker.
func changed(doing, by string, at time.Time, version, was int) error {
	return fmt.Errorf("%s: %w: %s did at %s, it is version %d now, and was %d: look at it, then run this again",
		doing, ErrChanged, cmp.Or(by, "somebody without a name"), at.UTC().Format(time.DateTime), version, was)
}

// taken knows a name that something else has where Grafana answers with 400.
func taken(message string) bool {
	return strings.Contains(message, "already exists") || strings.Contains(message, "same name")
}

// clipped makes Grafana's message one that a terminal can show. One with markup
// is somebody's page, not a message.
func clipped(s string) string {
	if strings.ContainsAny(s, "<>") {
		return ""
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > maxMessage {
		s = string(runes[:maxMessage]) + "…"
	}
	return strings.Join(strings.Fields(s), " ")
}
