package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"
)

// maxQuoted is how many bytes of a target's text a reason quotes.
const maxQuoted = 64

// causeUnknown is the reason of an error that nothing here explains.
const causeUnknown = "the answer makes no sense"

// fault is an error that is a reason as it stands.
type fault string

func (f fault) Error() string { return string(f) }

// cause makes the reason of an error. It never quotes the error: errors of
// libraries hold addresses, with user and query, and what the target said.
func cause(err error) string {
	var f fault
	if errors.As(err, &f) {
		return string(f)
	}
	for _, explain := range []func(error) string{certificateCause, networkCause} {
		if reason := explain(err); reason != "" {
			return reason
		}
	}
	return causeUnknown
}

// certificateCause explains the errors of TLS.
func certificateCause(err error) string {
	var (
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
		alert     *net.OpError // crypto/tls puts its alerts into one
		record    tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &authority):
		return "the certificate is signed by an unknown authority"
	case errors.As(err, &hostname):
		return "the certificate is for another host name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate has expired or is not valid yet"
	case errors.As(err, &invalid), errors.As(err, &verify):
		return "the certificate is not valid"
	case errors.As(err, &alert) && alert.Op == "remote error":
		return alertCause(alert.Err.Error())
	case strings.Contains(err.Error(), "tls: server selected unsupported protocol version"):
		return causeVersion
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "the target does not speak TLS"
	}
	return ""
}

// causeVersion is the reason of a handshake without a version for both sides.
const causeVersion = "the target speaks no TLS version that is wanted"

// alertCause explains what the target says about a handshake. The words are
// crypto/tls's own for the codes of RFC 8446, section 6; its type is not
// exported.
func alertCause(alert string) string {
	switch strings.TrimPrefix(alert, "tls: ") {
	case "protocol version not supported":
		return causeVersion
	case "certificate required":
		return "the target wants a client certificate"
	case "bad certificate", "unknown certificate authority", "unknown certificate", "expired certificate", "revoked certificate", "unsupported certificate":
		return "the target does not accept the client certificate"
	}
	return "the target refused the TLS handshake"
}

// networkCause explains the errors of names and connections.
func networkCause(err error) string {
	var (
		lookup *net.DNSError
		errno  syscall.Errno
		netErr net.Error
	)
	switch {
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return "host name not found"
	case errors.As(err, &lookup):
		return "host name lookup failed"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &netErr) && netErr.Timeout():
		return "no answer in time"
	case errors.As(err, &errno):
		return errno.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return "connection closed before the answer was complete"
	}
	return ""
}

// quote makes text of a target safe to show: bounded, on one line, with
// everything that doesn't print escaped.
func quote(s string) string {
	if len(s) <= maxQuoted {
		return strconv.Quote(s)
	}
	cut := maxQuoted
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strconv.Quote(s[:cut] + "…")
}
