package probe

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"time"
)

// TLS says what a connection by TLS must be like. The zero value wants a
// certificate that the system trusts, for the target's name.
type TLS struct {
	// CA are the certificates, in PEM, of the authorities to trust instead of
	// the system's.
	CA string `yaml:"ca"`
	// Certificate and Key, in PEM, are what the client shows of itself.
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	// Name is the name the certificate must be for. Empty: the target's host.
	Name string `yaml:"name"`
	// MinVersion is the oldest version to accept: "1.2" or "1.3". Empty: 1.2.
	MinVersion string `yaml:"min_version"`
	// MinDays is for how many days every certificate of the chain must stay
	// valid. 0: today is enough.
	MinDays int `yaml:"min_days"`
}

// config reads the settings. Resumed sessions would show no certificate of
// today, so none are kept.
func (t TLS) config() (*tls.Config, problems) {
	var p problems
	c := &tls.Config{ServerName: t.Name, MinVersion: tls.VersionTLS12}
	switch t.MinVersion {
	case "", "1.2":
	case "1.3":
		c.MinVersion = tls.VersionTLS13
	default:
		p.add("min_version", "use 1.2 or 1.3")
	}
	if t.CA != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(t.CA)) {
			p.add("ca", "has no certificate in PEM")
		}
	}
	switch pair, err := tls.X509KeyPair([]byte(t.Certificate), []byte(t.Key)); {
	case t.Certificate == "" && t.Key == "":
	case t.Certificate == "":
		p.add("certificate", "is missing beside the key")
	case t.Key == "":
		p.add("key", "is missing beside the certificate")
	case err != nil: // which may quote them
		p.add("certificate", "is not a certificate in PEM with its key")
	default:
		c.Certificates = []tls.Certificate{pair}
	}
	if t.MinDays < 0 {
		p.add("min_days", "must not be negative")
	}
	return c, p
}

// isZero says whether nothing is set.
func (t TLS) isZero() bool { return t == TLS{} }

// judge says what is wrong with a connection whose handshake was done.
func (t TLS) judge(state *tls.ConnectionState, now time.Time) (reason string) {
	if t.MinDays == 0 || state == nil {
		return ""
	}
	// Several chains may lead to an authority; the one that lasts longest
	// counts.
	var longest time.Time
	for _, chain := range state.VerifiedChains {
		end := chain[0].NotAfter
		for _, certificate := range chain[1:] {
			if certificate.NotAfter.Before(end) {
				end = certificate.NotAfter
			}
		}
		if end.After(longest) {
			longest = end
		}
	}
	if longest.Before(now.AddDate(0, 0, t.MinDays)) {
		return fmt.Sprintf("the certificate expires in less than %d days", t.MinDays)
	}
	return ""
}
