package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// checkTimeout bounds the question whether the exporter lives. What runs the
// check mostly waits longer.
const checkTimeout = 3 * time.Second

// check asks the exporter that listens on the address of the settings whether
// it lives, and says no where it doesn't. A container without a shell or curl
// has nothing else to ask with.
func check(ctx context.Context, a *app, s settings) error {
	if err := askHealth(ctx, s.ListenAddress, s.WebConfigFile != ""); err != nil {
		fmt.Fprintln(a.stdout, "unhealthy:", err)
		return errNo
	}
	_, err := fmt.Fprintln(a.stdout, "healthy")
	return err
}

// askHealth asks the exporter on an address, which may leave the host out.
// Where it is guarded, by TLS or a password, all that can be asked without
// certificate and password is whether it refuses to answer.
func askHealth(ctx context.Context, address string, guarded bool) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	transport := &http.Transport{
		DisableKeepAlives: true,
		// Dialling takes ":9847" for this machine; a URL does not.
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/-/healthy", nil)
	if err != nil {
		return err
	}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			return fmt.Errorf("no answer from %s within %s", address, checkTimeout)
		}
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	switch resp.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusBadRequest, http.StatusUnauthorized: // plain HTTP to TLS; no password
		if guarded {
			return nil
		}
	}
	return fmt.Errorf("%s answers %s", address, resp.Status)
}
