package smoke

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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

	authority := x509.NewCertPool()
	authority.AddCert(good.Certificate())
	for _, c := range []struct {
		name, url string
		config    *tls.Config
		want      string
	}{
		{"trusted", good.URL, &tls.Config{RootCAs: authority}, ""},
		{"unknown authority", good.URL, nil, "the certificate is signed by an unknown authority"},
		{"another name", good.URL, &tls.Config{RootCAs: authority, ServerName: "shop.test"}, "the certificate is for another host name"},
		{"too new for it", good.URL, &tls.Config{RootCAs: authority, MaxVersion: tls.VersionTLS10, MinVersion: tls.VersionTLS10}, "the target refused the TLS handshake"},
		{"expired", expired.URL, &tls.Config{RootCAs: roots}, "the certificate has expired or is not valid yet"},
		{"no TLS there", strings.Replace(serve(t, sample), "http:", "https:", 1), nil, "the target does not speak TLS"},
		{"TLS there", strings.Replace(good.URL, "https:", "http:", 1), nil, "HTTP 400"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := reasons(t, Target{URL: c.url, TLS: c.config}, Options{})
			if diff := cmp.Diff(all(c.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// expiredCertificate makes a certificate for 127.0.0.1 that ended an hour ago.
func expiredCertificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sample"},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(-time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
