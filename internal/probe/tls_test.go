package probe

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/internal/smoke"
)

func TestTLS(t *testing.T) {
	good := httptest.NewUnstartedServer(http.HandlerFunc(sample))
	good.EnableHTTP2 = true
	good.Config.ErrorLog = discardLog()
	good.StartTLS()
	t.Cleanup(good.Close)
	expired := httptest.NewUnstartedServer(http.HandlerFunc(sample))
	expired.Config.ErrorLog = discardLog()
	certificate, roots := expiredCertificate(t)
	expired.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	expired.StartTLS()
	t.Cleanup(expired.Close)

	soon := httptest.NewUnstartedServer(http.HandlerFunc(sample))
	ending, soonCA := selfSigned(t, time.Now().Add(24*time.Hour))
	soon.TLS = &tls.Config{Certificates: []tls.Certificate{ending}}
	soon.StartTLS()
	t.Cleanup(soon.Close)
	old := httptest.NewUnstartedServer(http.HandlerFunc(sample))
	old.Config.ErrorLog = discardLog()
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS12}
	old.StartTLS()
	t.Cleanup(old.Close)

	ca := pemOf(good.Certificate())
	for _, c := range []struct {
		name, url string
		settings  TLS
		want      string
	}{
		{"trusted", good.URL, TLS{CA: ca}, ""},
		{"unknown authority", good.URL, TLS{}, "the certificate is signed by an unknown authority"},
		{"another name", good.URL, TLS{CA: ca, Name: "shop.test"}, "the certificate is for another host name"},
		{"too old", old.URL, TLS{CA: ca, MinVersion: "1.3"}, "the target speaks no TLS version that is wanted"},
		{"expired", expired.URL, TLS{CA: roots}, "the certificate has expired or is not valid yet"},
		{"lasts", good.URL, TLS{CA: ca, MinDays: 30}, ""},
		{"expires tomorrow", soon.URL, TLS{CA: soonCA, MinDays: 2}, "the certificate expires in less than 2 days"},
		{"expires tomorrow, which will do", soon.URL, TLS{CA: soonCA}, ""},
		{"no TLS there", strings.Replace(serve(t, sample), "http:", "https:", 1), TLS{}, "the target does not speak TLS"},
		{"TLS there", strings.Replace(good.URL, "https:", "http:", 1), TLS{}, "HTTP 400"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := reasons(t, tested{URL: c.url, TLS: c.settings}, smoke.Options{})
			if diff := cmp.Diff(all(c.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// pemOf is a certificate as settings hold it.
func pemOf(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

// expiredCertificate makes a certificate for 127.0.0.1 that ended an hour ago.
func expiredCertificate(t *testing.T) (certificate tls.Certificate, ca string) {
	t.Helper()
	return selfSigned(t, time.Now().Add(-time.Hour))
}

// clientCertificate makes a certificate that a client may show.
func clientCertificate(t *testing.T) (certificate, key string) {
	t.Helper()
	made, ca := selfSigned(t, time.Now().Add(time.Hour))
	der, err := x509.MarshalPKCS8PrivateKey(made.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return ca, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// selfSigned makes a certificate for 127.0.0.1 that ends then.
func selfSigned(t *testing.T, then time.Time) (certificate tls.Certificate, ca string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sample"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: then,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pemOf(parsed)
}
