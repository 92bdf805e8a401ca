package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
)

const (
	maxNotice = 1 << 20 // bytes of a notification
	maxShown  = 200     // bytes of a text on a line
)

// Alert is an alert as Alertmanager's webhook delivers it.
type Alert struct {
	Status      string            `json:"status"` // "firing" or "resolved"
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"` // zero while it fires
	Receiver    string            `json:"-"`      // which of Alertmanager's receivers sent it
}

// Receiver takes what Alertmanager's webhook sends, keeps the last alerts and
// writes a line about each. It is a [http.Handler].
type Receiver struct {
	mu     sync.Mutex
	out    io.Writer
	keep   int
	alerts []Alert
}

// NewReceiver makes a receiver that writes to out and keeps the last keep
// alerts.
func NewReceiver(out io.Writer, keep int) *Receiver { return &Receiver{out: out, keep: max(0, keep)} }

// Alerts returns the alerts that were kept, the oldest first.
func (r *Receiver) Alerts() []Alert {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.alerts)
}

// ServeHTTP takes a notification: a POST of the webhook's JSON, version 4, of
// at most 1 MiB.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "send alerts by POST", http.StatusMethodNotAllowed)
		return
	}
	var notice struct {
		Receiver string  `json:"receiver"`
		Alerts   []Alert `json:"alerts"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, maxNotice)).Decode(&notice); err != nil {
		http.Error(w, "this is not a notification of Alertmanager", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range notice.Alerts {
		a.Receiver = notice.Receiver
		r.alerts = append(r.alerts, a)
		if _, err := io.WriteString(r.out, a.line()); err != nil {
			// Alertmanager sends it again.
			http.Error(w, "the alert can't be shown", http.StatusInternalServerError)
			return
		}
	}
	if surplus := len(r.alerts) - r.keep; surplus > 0 {
		r.alerts = slices.Clone(r.alerts[surplus:])
	}
}

// line is what people see of an alert.
func (a Alert) line() string {
	name := plain(a.Labels["alertname"])
	if criterion := a.Labels["criterion"]; criterion != "" {
		name += " " + plain(criterion)
	}
	return fmt.Sprintf("%-8s  %s: %s\n", plain(strings.ToUpper(a.Status)), name, plain(a.Annotations["summary"]))
}

// plain makes one short printable line of a text from outside: it goes to a
// terminal, which obeys control characters.
func plain(s string) string {
	if len(s) > maxShown {
		s = strings.ToValidUTF8(s[:maxShown], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return '?'
		}
		return r
	}, s)
}
