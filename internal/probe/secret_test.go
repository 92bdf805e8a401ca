package probe

import (
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cutover-dev/cutover/internal/smoke"
)

func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }

// planted is the secret that must come out nowhere.
const planted = "hunter2-hunter2"

func TestErrorsOfStandardKeepSecrets(t *testing.T) {
	for _, c := range []struct {
		target Target
		want   string
	}{
		{Target{URL: "http://probe:" + planted + "@ho st/"}, "the target URL can't be used: target: write http://host:port or https://host:port"},
		{Target{URL: "ftp://probe:" + planted + "@host/"}, "the target URL can't be used: target: write http://host:port or https://host:port"},
		{Target{URL: planted}, "the target URL can't be used: target: write http://host:port or https://host:port"},
		{Target{DatabaseURL: "postgres://app:" + planted + "@host:port/app"}, "the database URL can't be used: target: write postgres://user:password@host:port/database"},
		{Target{DatabaseURL: "password=" + planted + " port=x"}, "the database URL can't be used: target: write postgres://user:password@host:port/database"},
		{Target{RedisURL: "redis://:" + planted + "@host/x"}, "the Redis URL can't be used: target: write redis://host:port/0 or rediss://host:port/0"},
		{Target{RedisURL: "http://:" + planted + "@host/"}, "the Redis URL can't be used: target: write redis://host:port/0 or rediss://host:port/0"},
	} {
		_, err := Standard(c.target)
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

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
		checkSecret(t, Target{URL: url, PythonVersion: "3.13"})
	}
	for _, answer := range []string{
		"-ERR unknown command 'AUTH' with args beginning with: '" + planted + "'\r\n",
		"-" + planted + "\r\n",
		"+" + planted + "\r\n",
		planted + "\r\n",
		"E\x00\x00\x00\x40SFATAL\x00C" + planted + "\x00M" + planted + "\x00\x00",
	} {
		address := say(t, answer)
		checkSecret(t, Target{
			DatabaseURL: "postgres://app:" + planted + "@" + address + "/app?sslmode=disable",
			RedisURL:    "redis://:" + planted + "@" + address,
		})
	}
}

// checkSecret runs the tests of target and wants failures, but not the secret.
func checkSecret(t *testing.T, target Target) {
	t.Helper()
	tests, err := Standard(target)
	if err != nil {
		t.Fatal(err)
	}
	var log logBuffer
	failures := 0
	timeout := 10 * time.Second
	if target.URL == "" {
		timeout = 200 * time.Millisecond // some answers leave a client waiting for more
	}
	for _, result := range newRunner(t, tests, smoke.Options{Logger: log.logger(), Timeout: timeout}).RunOnce(t.Context()) {
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
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				buf := make([]byte, 4096)
				for i := 0; ; i++ {
					if _, err := conn.Read(buf); err != nil {
						return
					}
					if _, err := io.WriteString(conn, answers[min(i, len(answers)-1)]); err != nil {
						return
					}
				}
			}()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().String()
}
