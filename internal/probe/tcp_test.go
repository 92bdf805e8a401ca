package probe

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/internal/smoke"
	"github.com/cutover-dev/cutover/internal/testenv"
)

func TestTCP(t *testing.T) {
	silent := listen(t, func(net.Conn) { <-t.Context().Done() })
	greeting := listen(t, func(c net.Conn) { _, _ = io.WriteString(c, "220 mail ready "+planted+"\r\nmore") })
	talking := listen(t, func(c net.Conn) { _, _ = io.WriteString(c, strings.Repeat("x", 1<<20)) })
	hangingUp := listen(t, func(net.Conn) {})
	resetting := listen(t, func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) })
	for _, c := range []struct {
		name string
		tcp  TCP
		want string
	}{
		{"there", TCP{Target: silent}, ""},
		{"a URL", TCP{Target: "http://probe:" + planted + "@" + silent + "/x"}, ""},
		{"refused", TCP{Target: testenv.FreeAddress(t)}, "connection refused"},
		{"greets", TCP{Target: greeting, Match: "^220 "}, ""},
		{"greets otherwise", TCP{Target: greeting, Match: "^554 ", Secrets: []string{planted}}, `the target greets with "220 mail ready ***"`},
		{"silent", TCP{Target: silent, Match: "^220 "}, "no answer in time"},
		{"never ends a line", TCP{Target: talking, Match: "^220 "}, "the target greets with more than 4 KiB"},
		{"hangs up", TCP{Target: hangingUp, Match: "^220 "}, "connection closed before the answer was complete"},
		{"resets", TCP{Target: resetting, Match: "^220 "}, "connection reset"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			got := outcome(ctx, t, c.tcp)
			if got.Reason != c.want || strings.Contains(got.Detail, planted) {
				t.Errorf("got %q, want %q\n%s", got.Reason, c.want, got.Detail)
			}
			if len(got.Phases) == 0 || got.Phases[0].Name != "connect" {
				t.Errorf("phases %v", got.Phases)
			}
		})
	}
	for target, want := range map[string]string{
		"":                                     "target: write host:port",
		"shop.test":                            "target: write host:port",
		"shop.test:port":                       "target: write host:port",
		"shop.test:0":                          "target: write host:port",
		"gopher://x:" + planted + "@shop.test": "target: write host:port",
	} {
		if _, err := (TCP{Target: target}).Compile(); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", target, err, want)
		}
	}
	if _, err := (TCP{Target: "https://shop.test", Match: "("}).Compile(); err == nil || err.Error() != "match: is not a regular expression (RE2) that can be used" {
		t.Errorf("got %v", err)
	}
}

func TestCertificate(t *testing.T) {
	start := func(change func(*tls.Config)) (address, ca string) {
		server := httptest.NewUnstartedServer(http.HandlerFunc(sample))
		server.Config.ErrorLog = discardLog()
		server.TLS = &tls.Config{}
		change(server.TLS)
		server.StartTLS()
		t.Cleanup(server.Close)
		return server.URL, pemOf(server.Certificate())
	}
	good, ca := start(func(*tls.Config) {})
	old, _ := start(func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11; c.MinVersion = tls.VersionTLS10 })
	expiredPair, expiredCA := expiredCertificate(t)
	expired, _ := start(func(c *tls.Config) { c.Certificates = []tls.Certificate{expiredPair} })
	soonPair, soonCA := selfSigned(t, time.Now().Add(10*24*time.Hour))
	soon, _ := start(func(c *tls.Config) { c.Certificates = []tls.Certificate{soonPair} })
	for _, c := range []struct {
		name, target string
		settings     TLS
		want         string
	}{
		{"good", good, TLS{CA: ca, MinVersion: "1.3", MinDays: 30}, ""},
		{"unknown authority", good, TLS{}, "the certificate is signed by an unknown authority"},
		{"another name", good, TLS{CA: ca, Name: "shop.test"}, "the certificate is for another host name"},
		{"its other name", good, TLS{CA: ca, Name: "example.com"}, ""},
		{"too old", old, TLS{CA: ca}, "the target speaks no TLS version that is wanted"},
		{"expired", expired, TLS{CA: expiredCA}, "the certificate has expired or is not valid yet"},
		{"expires soon", soon, TLS{CA: soonCA, MinDays: 14}, "the certificate expires in less than 14 days"},
		{"lasts long enough", soon, TLS{CA: soonCA, MinDays: 7}, ""},
		{"no TLS", serve(t, sample), TLS{}, "the target does not speak TLS"},
		{"refused", "https://" + testenv.FreeAddress(t), TLS{}, "connection refused"},
		{"hanging", listen(t, func(net.Conn) { <-t.Context().Done() }), TLS{}, "no answer in time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := t.Context()
			if c.name == "hanging" {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, 50*time.Millisecond)
				defer cancel()
			}
			got := outcome(ctx, t, Certificate{Target: c.target, TLS: c.settings})
			if got.Reason != c.want {
				t.Errorf("got %q, want %q", got.Reason, c.want)
			}
			if diff := cmp.Diff([]string{"connect", "tls"}, phaseList(got)); got.Passed() && diff != "" {
				t.Errorf("phases (-want +got):\n%s", diff)
			}
		})
	}
}

// phaseList are the names of the phases of an outcome.
func phaseList(o smoke.Outcome) []string {
	var names []string
	for _, p := range o.Phases {
		names = append(names, p.Name)
	}
	return names
}
