package alerts

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/internal/testenv"
)

// hostileTask is text of a task that would be something else to most of those
// who read it.
const hostileTask = `{{ .Labels }} "} or vector(1) #<script> <@channel> *bold*`

// patience bounds the wait for a notification on a busy machine.
const patience = 2 * time.Minute

// world is an Alertmanager with the generated configuration, and everybody whom
// it notifies.
type world struct {
	alertmanager string // its address
	posts        map[string]chan []byte
	mail         *mailbox
}

// The receivers that are notified by HTTP, by path.
var answers = map[string]string{
	"/webhook": "", "/heartbeat": "", "/slack": "ok", "/teams": "", "/pagerduty": `{"status": "success"}`,
}

// secrets are the files that Alertmanager reads, below a folder.
func (w *world) secrets(server string) map[string][]byte {
	return map[string][]byte{
		"slack-url": []byte(server + "/slack\n"), "teams-url": []byte(server + "/teams\n"), "webhook-url": []byte(server + "/webhook\n"),
		"routing-key": []byte("R0UT1NGKEY\n"), "email-password": []byte(w.mail.password + "\n"),
	}
}

// everybody is notified, some of them by addresses in dir.
func (w *world) everybody(server, dir string) Receivers {
	r := w.webhooks(server, dir)
	r.PagerDuty = PagerDuty{RoutingKeyFile: filepath.Join(dir, "routing-key"), URL: server + "/pagerduty"}
	r.Slack = Slack{URLFile: filepath.Join(dir, "slack-url"), Channel: "#migration"}
	r.Email = Email{
		To: "oncall@example.org, Lead <lead@example.org>", From: "Cutover <cutover@example.org>", Smarthost: w.mail.address,
		Username: w.mail.username, PasswordFile: filepath.Join(dir, "email-password"), Plaintext: true,
	}
	r.Teams = Teams{URLFile: filepath.Join(dir, "teams-url")}
	return r
}

// webhooks are those receivers that are notified of little else than the alert.
func (w *world) webhooks(server, dir string) Receivers {
	return Receivers{WebhookURLFile: filepath.Join(dir, "webhook-url"), HeartbeatURL: server + "/heartbeat"}
}

func newWorld(t *testing.T, receivers func(w *world, server, dir string) Receivers) *world {
	t.Helper()
	w := &world{posts: map[string]chan []byte{}, mail: newMailbox(t)}
	for path := range answers {
		w.posts[path] = make(chan []byte, 100)
	}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
		inbox, known := w.posts[r.URL.Path]
		if err != nil || !known || r.Method != http.MethodPost {
			t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
			return
		}
		inbox <- body
		if r.URL.Path == "/pagerduty" {
			rw.WriteHeader(http.StatusAccepted)
		}
		_, _ = io.WriteString(rw, answers[r.URL.Path])
	}))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	writeTree(t, dir, w.secrets(server.URL))
	writeTree(t, dir, map[string][]byte{"alertmanager.yml": alertmanagerFile(t, receivers(w, server.URL, dir))})
	w.alertmanager = testenv.Alertmanager(t, filepath.Join(dir, "alertmanager.yml"), "--web.external-url=https://alertmanager.example.org").URL
	return w
}

// alert is an alert as Prometheus sends it.
type alert struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       *time.Time        `json:"endsAt,omitempty"`
	GeneratorURL string            `json:"generatorURL"`
}

var onset = time.Date(2026, 11, 3, 3, 3, 15, 0, time.UTC)

func rollbackAlert(checklist, criterion, line string) alert {
	return alert{
		Labels: map[string]string{
			"alertname": "CutoverRollback", "action": actionRollback, "severity": severityCritical,
			"checklist": checklist, "criterion": criterion,
		},
		Annotations: pageAnnotations(line),
		StartsAt:    onset,
	}
}

// over is the same alert, resolved.
func (a alert) over() alert {
	end := a.StartsAt.Add(10 * time.Minute)
	a.EndsAt = &end
	return a
}

// post gives alerts to Alertmanager.
func (w *world) post(t *testing.T, alerts ...alert) {
	t.Helper()
	body, err := json.Marshal(alerts)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(w.alertmanager+"/api/v2/alerts", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("posting alerts: %s", resp.Status)
	}
}

// next is the next notification of a receiver.
func next[T any](t *testing.T, who string, inbox <-chan T) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	select {
	case m := <-inbox:
		return m
	case <-ctx.Done():
		t.Fatalf("%s was not notified", who)
		panic("unreachable")
	}
}

// notified compares with golden files what every receiver of pages is sent next.
func (w *world) notified(t *testing.T, what string) {
	t.Helper()
	for _, who := range []string{"pagerduty", "slack", "teams"} {
		var indented bytes.Buffer
		if err := json.Indent(&indented, bytes.TrimSpace(next(t, who, w.posts["/"+who])), "", "  "); err != nil {
			t.Fatal(err)
		}
		readable := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(indented.String())
		compare(t, fmt.Sprintf("testdata/messages/%s-%s.json", who, what), []byte(readable+"\n"))
	}
	l := next(t, "e-mail", w.mail.messages)
	if diff := gocmp.Diff([]string{"cutover@example.org", "oncall@example.org", "lead@example.org"}, append([]string{l.From}, l.To...)); diff != "" {
		t.Errorf("e-mail: sender and recipients (-want +got)\n%s", diff)
	}
	head := fmt.Sprintf("From: %s\nTo: %s\nSubject: %s\n", l.HeaderFrom, l.HeadTo, l.Subject)
	compare(t, fmt.Sprintf("testdata/messages/email-%s.txt", what), []byte(head+"\n"+l.Text))
	compare(t, fmt.Sprintf("testdata/messages/email-%s.html", what), []byte(l.HTML))
	w.webhook(t)
}

// webhookMessage is what Alertmanager posts to webhooks.
type webhookMessage struct {
	Status   string
	Receiver string
	Alerts   []struct {
		Status              string
		Labels, Annotations map[string]string
	}
}

func (w *world) webhook(t *testing.T) webhookMessage {
	t.Helper()
	var m webhookMessage
	if err := json.Unmarshal(next(t, "webhook", w.posts["/webhook"]), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestDelivery has Alertmanager notify all receivers of a rollback, and of its
// end, about a line that tries to be something else.
func TestDelivery(t *testing.T) {
	t.Parallel() // it mostly waits
	w := newWorld(t, (*world).everybody)
	a := rollbackAlert("plan", "error-rate", hostileTask)
	w.post(t, a)
	w.notified(t, "firing")
	w.post(t, a.over())
	w.notified(t, "resolved")
	// Alertmanager knows nothing of an alert but its labels.
	bare := alert{Labels: maps.Clone(a.Labels), StartsAt: onset}
	bare.Labels["criterion"] = "latency"
	w.post(t, bare)
	w.notified(t, "bare")
}

// TestDetailsAreNotYAML pages about a line that is YAML with a template in it,
// which Alertmanager must neither take apart nor expand.
func TestDetailsAreNotYAML(t *testing.T) {
	w := newWorld(t, (*world).everybody)
	const line = `now: "{{ .Labels }}"`
	w.post(t, rollbackAlert("plan", "error-rate", line))
	var m struct {
		Payload struct {
			CustomDetails map[string]any `json:"custom_details"`
		}
	}
	if err := json.Unmarshal(next(t, "PagerDuty", w.posts["/pagerduty"]), &m); err != nil {
		t.Fatal(err)
	}
	if got := m.Payload.CustomDetails["line"]; got != "\t"+line {
		t.Errorf("the line is %#v, want %q", got, "\t"+line)
	}
	if got, ok := m.Payload.CustomDetails["steps"].(string); !ok || !strings.Contains(got, "\n2. Tell "+line+"\n") {
		t.Errorf("the steps are %#v", m.Payload.CustomDetails["steps"])
	}
}

// TestRollbackIsNotGrouped has a second criterion of a checklist broken after
// the first was notified, and a third with a fourth: each comes by itself, and
// so does the end of one. Grouped by checklist, they would wait for five minutes
// and come together.
func TestRollbackIsNotGrouped(t *testing.T) {
	t.Parallel() // it mostly waits
	w := newWorld(t, (*world).webhooks)
	one, two := rollbackAlert("plan", "error-rate", "Error rate >1%"), rollbackAlert("plan", "latency", "P95 >500ms")
	three, four := rollbackAlert("plan", "memory", "Memory >1GB"), rollbackAlert("plan", "security", "Security incident")
	alone := func(status string) string {
		t.Helper()
		m := w.webhook(t)
		if len(m.Alerts) != 1 || m.Status != status || m.Receiver != receiverPage {
			t.Fatalf("got %+v, want one %s alert to %s", m, status, receiverPage)
		}
		return m.Alerts[0].Labels["criterion"]
	}
	w.post(t, one)
	got := []string{alone("firing")}
	w.post(t, two)
	got = append(got, alone("firing"))
	w.post(t, one.over())
	got = append(got, alone("resolved"))
	if diff := gocmp.Diff([]string{"error-rate", "latency", "error-rate"}, got); diff != "" {
		t.Errorf("criteria in order of their notifications (-want +got)\n%s", diff)
	}
	w.post(t, three, four)
	if first, second := alone("firing"), alone("firing"); first+second != "memorysecurity" && first+second != "securitymemory" {
		t.Errorf("got %s and %s, want memory and security", first, second)
	}
}

// TestHeartbeat: the watchdog goes to the heartbeat and to nobody else.
func TestHeartbeat(t *testing.T) {
	w := newWorld(t, (*world).webhooks)
	w.post(t, alert{Labels: map[string]string{"alertname": "CutoverWatchdog"}, StartsAt: onset})
	next(t, "heartbeat", w.posts["/heartbeat"])
	w.post(t, rollbackAlert("plan", "error-rate", "Error rate >1%"))
	if m := w.webhook(t); m.Alerts[0].Labels["alertname"] != "CutoverRollback" {
		t.Errorf("the webhook is notified of %v", m.Alerts[0].Labels)
	}
}

// TestInhibition: a rollback keeps quiet what misses a target of its checklist,
// and nothing else; where both lack a checklist, they are not of the same one.
func TestInhibition(t *testing.T) {
	w := newWorld(t, (*world).webhooks)
	missed := func(name string, labels ...string) alert {
		a := alert{Labels: map[string]string{"alertname": name, "severity": severityWarning}, StartsAt: onset}
		for i := 0; i < len(labels); i += 2 {
			a.Labels[labels[i]] = labels[i+1]
		}
		return a
	}
	nowhere := rollbackAlert("", "error-rate", "Error rate >1%")
	delete(nowhere.Labels, "checklist")
	// The last source to be known is the one whose effect is waited for.
	w.post(t, nowhere, rollbackAlert("plan", "error-rate", "Error rate >1%"),
		missed("CutoverTargetMissed", "checklist", "plan"),
		missed("CutoverTargetMissed", "checklist", "other"),
		missed("CutoverTargetMissed"),
		missed("CutoverSmokeFailing", "checklist", "plan"),
		missed("CutoverRollback", "checklist", "plan", "criterion", "latency", "action", actionRollback),
		missed("SomethingElse", "checklist", "plan"),
	)
	want := []string{"CutoverTargetMissed of plan"}
	var got []string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		// Alertmanager learns of the source in its own time.
		if got = w.inhibited(t); len(got) >= len(want) {
			break
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("inhibited (-want +got)\n%s", diff)
	}
}

// inhibited lists the alerts that are kept quiet by another.
func (w *world) inhibited(t *testing.T) []string {
	t.Helper()
	resp, err := http.Get(w.alertmanager + "/api/v2/alerts")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var alerts []struct {
		Labels map[string]string
		Status struct{ InhibitedBy []string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&alerts); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, a := range alerts {
		if len(a.Status.InhibitedBy) > 0 {
			out = append(out, a.Labels["alertname"]+" of "+a.Labels["checklist"])
		}
	}
	return out
}
