package program

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"time"
)

// ServerOptions say how to start a Prometheus or an Alertmanager.
type ServerOptions struct {
	Program Program
	Config  string   // the configuration file
	Dir     string   // an existing folder for the server's own files
	Listen  string   // host:port; empty: a free port on loopback
	Args    []string // further flags
	Log     io.Writer
}

// Server is a server that answered that it is ready.
type Server struct {
	*Process
	Address string // host:port
	URL     string // http://host:port, without a slash at the end; of a database with user and password
}

// listening matches what both servers log once their socket is open.
var listening = regexp.MustCompile(`msg="Listening on".* address=(\S+)`)

// StartPrometheus starts a Prometheus with reloading by POST /-/reload and
// waits until it is ready or ctx ends. It runs until ctx ends or it is stopped,
// never as root: Config and what it names must then be readable to all, in a
// folder for temporary files (see [Share]).
func StartPrometheus(ctx context.Context, o ServerOptions) (*Server, error) {
	return startServer(ctx, o, []string{
		"--storage.tsdb.path=" + filepath.Join(o.Dir, "data"),
		"--web.enable-lifecycle",
	})
}

// StartAlertmanager starts an Alertmanager without a cluster, as
// [StartPrometheus] starts a Prometheus.
func StartAlertmanager(ctx context.Context, o ServerOptions) (*Server, error) {
	return startServer(ctx, o, []string{
		"--storage.path=" + filepath.Join(o.Dir, "data"),
		"--cluster.listen-address=",
	})
}

func startServer(ctx context.Context, o ServerOptions, own []string) (*Server, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	config, err := filepath.Abs(o.Config)
	if err == nil {
		err = Share(config)
	}
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", o.Program.Tool, err)
	}
	args := append([]string{"--config.file=" + config, "--web.listen-address=" + o.Listen}, own...)
	process, err := Start(ctx, Command{
		Program:      o.Program,
		Args:         append(args, o.Args...),
		Dir:          o.Dir,
		Log:          o.Log,
		Unprivileged: true,
		Ready:        listening,
	})
	if err != nil {
		return nil, err
	}
	s := &Server{Process: process}
	if err := s.awaitReady(ctx); err != nil {
		_ = s.Stop() // err says more than how it ended
		return nil, err
	}
	return s, nil
}

func (s *Server) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	line, err := s.Await(ctx)
	if err != nil {
		return err
	}
	s.Address = line[1]
	s.URL = "http://" + s.Address
	return s.AwaitHTTP(ctx, s.URL+"/-/ready")
}

const (
	// startTimeout bounds the start of a server on a busy machine.
	startTimeout = time.Minute
	pollInterval = 50 * time.Millisecond
	pollTimeout  = 2 * time.Second
)

// AwaitHTTP waits until a GET of url is answered with 200. It fails when the
// program ends first, or ctx does.
func (p *Process) AwaitHTTP(ctx context.Context, url string) error {
	client := &http.Client{
		Timeout:   pollTimeout,
		Transport: &http.Transport{DisableKeepAlives: true}, // and no proxy
	}
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		err := get(ctx, client, url)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.done:
			return p.endedEarly()
		case <-ctx.Done():
			return fmt.Errorf("wait for %s to be ready: %w (%w)", p.name, context.Cause(ctx), err)
		}
	}
}

func get(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %s", resp.Status)
	}
	return nil
}
