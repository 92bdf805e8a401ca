package probe

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cutover-dev/cutover/internal/smoke"
	"github.com/cutover-dev/cutover/internal/testenv"
)

func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }

// planted is the secret that must come out nowhere.
const planted = "hunter2-hunter2"

// TestAPlantedSecretComesOutNowhere runs every fault against addresses that
// hold a secret, and lets the targets say it back.
func TestAPlantedSecretComesOutNowhere(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		w.Header().Set("Content-Type", "text/"+password)
		_, _ = io.WriteString(w, `{"status":"`+password+r.URL.RawQuery+`","python":"`+password+r.URL.Query().Get("key")+`","checks":{"`+password+`":"down"}}`)
	}
	garbled := func(w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		w.Header().Set("Content-Type", "text/"+password)
		_, _ = io.WriteString(w, password)
	}
	handlers := []http.HandlerFunc{echo, garbled}
	for _, f := range httpFaults {
		handlers = append(handlers, f.handler)
	}
	for _, h := range handlers {
		url := strings.Replace(serve(t, h), "http://", "http://probe:"+planted+"@", 1) + "?key=" + planted
		checkSecret(t, tested{URL: url, PythonVersion: "3.13"})
	}
	for _, answer := range []string{
		"-ERR unknown command 'AUTH' with args beginning with: '" + planted + "'\r\n",
		"-" + planted + "\r\n",
		"+" + planted + "\r\n",
		planted + "\r\n",
		"E\x00\x00\x00\x40SFATAL\x00C" + planted + "\x00M" + planted + "\x00\x00",
	} {
		address := say(t, answer)
		checkSecret(t, tested{
			DatabaseURL: "postgres://app:" + planted + "@" + address + "/app?sslmode=disable",
			RedisURL:    "redis://:" + planted + "@" + address,
		})
	}
}

// TestEveryKindKeepsItsSecrets plants a secret wherever a kind can hold one,
// and has targets say back all that they hear, and break.
func TestEveryKindKeepsItsSecrets(t *testing.T) {
	echo := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			all := fmt.Sprintf("%s %s %v %s", r.Method, r.URL, r.Header, body)
			w.Header().Set("Content-Type", "text/x;q="+strings.Join(r.Header["Authorization"], " "))
			w.Header().Set("X-Echo", strings.Map(func(c rune) rune { return max(c, ' ') }, all))
			w.Header().Set("Set-Cookie", "id="+planted)
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(map[string]any{
				"status": all, "errorType": all, "python": all, "detail": all, "token": planted, planted: planted, "checks": map[string]any{all: "down"},
			})
		}
	}
	handlers := []http.HandlerFunc{echo(200), echo(404), echo(422), echo(500)}
	for _, f := range httpFaults {
		handlers = append(handlers, f.handler)
	}
	_, key := clientCertificate(t)
	for _, h := range handlers {
		address := strings.TrimPrefix(serve(t, h), "http://")
		for _, k := range secretive(address, key) {
			checkKind(t, k, 5*time.Second)
		}
	}
	for _, answer := range []string{planted + "\r\n", "-ERR " + planted + "\r\n", "E\x00\x00\x00\x40SFATAL\x00C" + planted + "\x00M" + planted + "\x00\x00"} {
		address := say(t, answer)
		for _, check := range []string{RedisPing, RedisSetGet, RedisTTL, RedisPipeline, RedisTransaction, RedisPubSub} {
			checkKind(t, Redis{Target: "redis://:" + planted + "@" + address, Check: check, Writes: true}, 20*time.Millisecond)
		}
		for check := range databaseChecks {
			p := Postgres{Target: "postgres://app:" + planted + "@" + address + "/app?sslmode=disable", Check: check, Secrets: []string{planted}, Writes: true}
			switch check {
			case PostgresVersion:
				p.Version = planted
			case PostgresConnections:
				p.Connections = 2
			case PostgresQuery, PostgresBackup, PostgresIntegrity:
				p.Query = "SELECT '" + planted + "'"
			}
			checkKind(t, p, 20*time.Millisecond)
		}
		checkKind(t, TCP{Target: "tcp://x:" + planted + "@" + address, Match: "never " + planted, Secrets: []string{planted}}, 20*time.Millisecond)
	}
}

// secretive are tests of a service that hold the secret in all their settings.
func secretive(address, key string) []Kind {
	target := "http://probe:" + planted + "@" + address + "?key=" + planted
	request := Request{
		Path: "/x?token=" + planted, Bearer: planted, Headers: map[string]string{"X-Tenant": planted, "Cookie": "id=" + planted},
		Body: `{"password": "` + planted + `"}`,
		Expect: Expect{
			Shape: ShapeVersion, Python: "3.13", Match: []string{planted + "never"}, Headers: map[string]string{"X-Echo": planted + "never"},
			CEL: []string{"text == '" + planted + "'", "json." + strings.ReplaceAll(planted, "-", "_") + " == 1"},
		},
	}
	var kinds []Kind
	for _, shape := range []string{"", ShapeHealth, ShapeVersion, ShapeText, ShapeValidation, ShapeError} {
		r := request
		r.Expect.Shape = shape
		if shape != ShapeVersion {
			r.Expect.Python = ""
		}
		kinds = append(kinds, HTTP{Target: target, Request: r, Secrets: []string{planted}, Writes: true})
	}
	form := request
	form.Body, form.Form = "", map[string]string{"password": "${password}", "user": "${password}"}
	return append(kinds,
		HTTP{Target: target, Request: Request{Path: "/", Bearer: planted, Expect: Expect{Location: "/?" + planted}}},
		CORS{Target: target, Origin: "https://" + planted + ".example", Secrets: []string{planted}},
		Workflow{Target: target, Writes: true, Values: map[string]string{"password": planted}, Steps: []Step{{Name: "in", Request: form}}},
		Workflow{Target: target, Steps: []Step{
			{Name: "get", Request: Request{Expect: Expect{Status: []string{"100-599"}}}, Capture: map[string]string{"a": "json.token", "b": "text"}},
			{Name: "use", Request: Request{Path: "/${a}", Headers: map[string]string{"X-A": "${a}"}, Expect: Expect{Match: []string{"never"}}}},
		}},
		Prometheus{Target: target, Query: "up{x='" + planted + "'}", Bearer: planted, Secrets: []string{planted}},
		Certificate{Target: strings.Replace(target, "http:", "https:", 1), TLS: TLS{Name: planted}, Secrets: []string{planted, key}},
	)
}

// checkKind runs a test and wants a failure without the secret in anything
// that it says, in whatever way it is written.
func checkKind(t *testing.T, k Kind, timeout time.Duration) {
	t.Helper()
	run, err := k.Compile()
	if err != nil {
		if strings.Contains(err.Error(), planted) {
			t.Errorf("%T: the error holds the secret: %v", k, err)
		}
		t.Fatalf("%T: %v", k, err)
	}
	var log testenv.Log
	results := newRunner(t, []smoke.Test{{Run: run}}, smoke.Options{Logger: log.Logger(), Timeout: timeout}).RunOnce(t.Context())
	for _, r := range results {
		if r.Success {
			t.Errorf("%T passed", k)
		}
		for where, text := range map[string]string{"reason": r.Reason, "detail": r.Detail, "log": log.String()} {
			for _, written := range []string{"hunter2", base64.StdEncoding.EncodeToString([]byte(planted))} {
				if strings.Contains(text, written) {
					t.Errorf("%T: the %s holds the secret:\n%s", k, where, text)
				}
			}
		}
		if len(r.Detail) > maxDetail {
			t.Errorf("%T: a detail of %d bytes", k, len(r.Detail))
		}
		checkReason(t, r.Reason)
	}
}

// checkSecret runs the tests of a service and wants failures, but not the secret.
func checkSecret(t *testing.T, service tested) {
	t.Helper()
	var log testenv.Log
	failures := 0
	timeout := 10 * time.Second
	if service.URL == "" {
		timeout = 200 * time.Millisecond // some answers leave a client waiting for more
	}
	for _, result := range newRunner(t, service.tests(t), smoke.Options{Logger: log.Logger(), Timeout: timeout}).RunOnce(t.Context()) {
		if strings.Contains(result.Reason, "hunter2") {
			t.Errorf("%s: the reason holds the secret: %s", result.Test, result.Reason)
		}
		if !result.Success {
			failures++
		}
	}
	if failures == 0 {
		t.Error("nothing failed")
	}
	if strings.Contains(log.String(), "hunter2") {
		t.Errorf("the log holds the secret:\n%s", log.String())
	}
}

// say listens and answers what a connection sends with one answer after the
// other, and then with the last again and again.
func say(t *testing.T, answers ...string) (address string) {
	t.Helper()
	return listen(t, func(conn net.Conn) {
		buf := make([]byte, 4096)
		for i := 0; ; i++ {
			if _, err := conn.Read(buf); err != nil {
				return
			}
			if _, err := io.WriteString(conn, answers[min(i, len(answers)-1)]); err != nil {
				return
			}
		}
	})
}
