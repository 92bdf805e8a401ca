package demo

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// post sends a notification and returns the status of the answer.
func post(r *Receiver, body string) int {
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)))
	return w.Code
}

const notice = `{"version":"4","groupKey":"{}:{}","status":"firing","receiver":"rollback","externalURL":"http://am","alerts":[
 {"status":"firing","labels":{"alertname":"CutoverRollback","criterion":"error-rate","action":"rollback"},
  "annotations":{"summary":"Error rate 5.1 % of 1 %"},"startsAt":"2026-01-02T03:04:05Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"a"},
 {"status":"resolved","labels":{"alertname":"CutoverCandidateDown"},
  "annotations":{},"startsAt":"2026-01-02T03:00:00Z","endsAt":"2026-01-02T03:04:00Z"}]}`

func TestReceiver(t *testing.T) {
	var out bytes.Buffer
	r := NewReceiver(&out, 3)
	if code := post(r, notice); code != 200 {
		t.Fatal(code)
	}
	want := []Alert{
		{
			Status:      "firing",
			Labels:      map[string]string{"alertname": "CutoverRollback", "criterion": "error-rate", "action": "rollback"},
			Annotations: map[string]string{"summary": "Error rate 5.1 % of 1 %"},
			StartsAt:    time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
			Receiver:    "rollback",
		},
		{
			Status:      "resolved",
			Labels:      map[string]string{"alertname": "CutoverCandidateDown"},
			Annotations: map[string]string{},
			StartsAt:    time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC),
			EndsAt:      time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC),
			Receiver:    "rollback",
		},
	}
	if diff := cmp.Diff(want, r.Alerts()); diff != "" {
		t.Errorf("alerts (-want +got):\n%s", diff)
	}
	const lines = "FIRING    CutoverRollback error-rate: Error rate 5.1 % of 1 %\nRESOLVED  CutoverCandidateDown: \n"
	if out.String() != lines {
		t.Errorf("got:\n%swant:\n%s", out.String(), lines)
	}
	if code := post(r, notice); code != 200 {
		t.Fatal(code)
	}
	if diff := cmp.Diff([]Alert{want[1], want[0], want[1]}, r.Alerts()); diff != "" {
		t.Errorf("the last three (-want +got):\n%s", diff)
	}
}

func TestReceiverRefuses(t *testing.T) {
	var out bytes.Buffer
	r := NewReceiver(&out, 10)
	for body, want := range map[string]int{
		"":                                400,
		"hello":                           400,
		`[]`:                              400,
		`{"alerts":"none"}`:               400,
		`{"alerts":[{"startsAt":"now"}]}`: 400,
		`{"receiver":"` + strings.Repeat("x", maxNotice) + `"}`: 400,
		`{}`: 200,
	} {
		if got := post(r, body); got != want {
			t.Errorf("%.40s: got %d, want %d", body, got, want)
		}
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != 405 || w.Header().Get("Allow") != "POST" {
		t.Errorf("GET: got %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
	if out.Len() != 0 || len(r.Alerts()) != 0 {
		t.Errorf("something was taken: %s", out.String())
	}
}

// brokenPipe is a terminal that has been closed.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestReceiverThatCannotShow(t *testing.T) {
	if got := post(NewReceiver(brokenPipe{}, 1), notice); got != 500 {
		t.Errorf("got %d, want 500, for Alertmanager to send it again", got)
	}
}

// FuzzReceiver sends anything; what reaches the terminal is one short
// printable line an alert.
func FuzzReceiver(f *testing.F) {
	f.Add(notice)
	f.Add(`{"alerts":[{"status":"\u001b[2J","labels":{"alertname":"a\nb","criterion":"\u202e"},"annotations":{"summary":"` + strings.Repeat("ü", 300) + `"}}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		var out bytes.Buffer
		r := NewReceiver(&out, 1<<20)
		post(r, body)
		lines := strings.SplitAfter(out.String(), "\n")
		if got := len(lines) - 1; got != len(r.Alerts()) {
			t.Errorf("%d lines for %d alerts", got, len(r.Alerts()))
		}
		for _, line := range lines {
			line = strings.TrimSuffix(line, "\n")
			if i := strings.IndexFunc(line, func(c rune) bool { return !unicode.IsPrint(c) }); i >= 0 || len(line) > 5*maxShown {
				t.Errorf("line of %d bytes, not printable at %d: %q", len(line), i, line)
			}
		}
	})
}

func BenchmarkService(b *testing.B) {
	o := quick()
	o.Profile.ErrorRatio = 0
	l := live(o)
	b.ReportAllocs()
	for b.Loop() {
		if status, body := l.ask("GET", "/api/v1/items/1", ""); status != 200 {
			b.Fatal(fmt.Sprint(status, body))
		}
	}
}
