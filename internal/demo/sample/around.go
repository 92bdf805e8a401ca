package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/cutover-dev/cutover/internal/demo"
)

const (
	keptAlerts   = 100
	checkTimeout = 3 * time.Second
	endTimeout   = time.Second
)

// traffic is people who use the service through the proxy, which decides which
// version answers them.
func traffic(ctx context.Context, args []string, _, stderr io.Writer) error {
	flags := flag.NewFlagSet("traffic", flag.ContinueOnError)
	to := flags.String("to", "", "address of the proxy, http://host:port")
	rate := flags.Float64("rate", 0, "requests a second (default 40)")
	if _, err := parse(flags, stderr, args); err != nil {
		return err
	}
	if *to == "" {
		return errors.New("--to is missing: http://host:port")
	}
	return demo.Traffic{Baseline: *to, Rate: *rate}.Run(ctx)
}

// receiver takes what Alertmanager sends: to /alerts, which it prints, and the
// watchdog's heartbeats to /heartbeat.
func receiver(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("receiver", flag.ContinueOnError)
	address := flags.String("listen", ":9094", "address for Alertmanager")
	if _, err := parse(flags, stderr, args); err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: receiverHandler(stdout), ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	if server.Shutdown(grace) != nil {
		_ = server.Close() // whoever is still there is cut off
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// receiverHandler is the receiver's HTTP side.
func receiverHandler(stdout io.Writer) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/alerts", demo.NewReceiver(stdout, keptAlerts))
	mux.Handle("/heartbeat", demo.NewReceiver(io.Discard, 0))
	mux.HandleFunc("GET /-/healthy", func(http.ResponseWriter, *http.Request) {})
	return mux
}

// check asks a URL once.
func check(ctx context.Context, args []string, _, stderr io.Writer) error {
	arguments, err := parse(flag.NewFlagSet("check", flag.ContinueOnError), stderr, args, "URL")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, arguments[0], nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", arguments[0], resp.Status)
	}
	return nil
}
