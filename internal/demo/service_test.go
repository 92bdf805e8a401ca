package demo

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/cutover-dev/cutover/internal/demo/store"
	"github.com/cutover-dev/cutover/internal/testenv"
)

// start starts a service for the time of a test.
func start(t *testing.T, o Options) *Service {
	t.Helper()
	s := NewService(o)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		cancel()
		s.Wait()
	})
	if err := s.Start(ctx, "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return s
}

// quick is a candidate that takes no time.
func quick() Options {
	o := Candidate()
	o.Profile.Latency = nil
	return o
}

// newClient makes a client for the time of a test.
func newClient(t *testing.T) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// fetch gets a page.
func fetch(t *testing.T, client *http.Client, url string) (string, error) {
	t.Helper()
	resp, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

func TestACrashAndALifeAfterIt(t *testing.T) {
	var log testenv.Log
	o := quick()
	o.Logger = log.Logger()
	s := start(t, o)
	client := newClient(t)
	url := s.URL()
	count := func() string {
		page, err := fetch(t, client, url+"/metrics")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(page) {
			if strings.HasPrefix(line, `http_requests_total{handler="/api/v1/version"`) {
				return strings.TrimSpace(line)
			}
		}
		return ""
	}
	for range 3 {
		if _, err := fetch(t, client, url+"/api/v1/version"); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := count(), `http_requests_total{handler="/api/v1/version",method="GET",status="2xx"} 3`; got != want {
		t.Errorf("before: got %s, want %s", got, want)
	}

	for range 2 {
		s.Break(Crashed)
		s.Break(Crashed) // of a dead service: nothing more
		if _, err := fetch(t, client, url+"/health"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("crashed: got %v, want a refused connection", err)
		}
		if err := s.Mend(); err != nil {
			t.Fatal(err)
		}
		if s.URL() != url {
			t.Errorf("it came back at %s, want %s", s.URL(), url)
		}
		if got := count(); got != "" {
			t.Errorf("the new life remembers the old one: %s", got)
		}
	}
	const wantLog = `level=INFO msg="the service is broken" slot=green kind=crash
level=INFO msg="the service is broken" slot=green kind=crash
level=INFO msg="the service is mended" slot=green
`
	if got := log.String(); got != wantLog+wantLog {
		t.Errorf("log:\n%swant:\n%s", got, wantLog+wantLog)
	}
}

func TestACrashCutsOffWhoWaits(t *testing.T) {
	asked := make(chan struct{})
	o := quick()
	o.Checks = map[string]func(context.Context) error{"database": func(ctx context.Context) error {
		close(asked)
		<-ctx.Done()
		return ctx.Err()
	}}
	s := start(t, o)
	client := newClient(t)
	result := make(chan error)
	go func() {
		_, err := fetch(t, client, s.URL()+"/health")
		result <- err
	}()
	<-asked
	s.Break(Crashed)
	if err := <-result; err == nil {
		t.Error("the crashed service finished its answer")
	}
}

func TestAnEndedServiceStaysDown(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := NewService(quick())
	if s.URL() != "" {
		t.Errorf("before Start the URL is %s", s.URL())
	}
	if err := s.Start(ctx, "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	if err := s.Start(ctx, "127.0.0.1:0"); err == nil {
		t.Error("a service starts twice")
	}
	other := NewService(Baseline())
	if err := other.Start(ctx, s.Address()); !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), "start of the blue service") {
		t.Errorf("on a taken address: got %v", err)
	}
	cancel()
	s.Wait()
	other.Wait()
	if err := s.Mend(); err != nil {
		t.Errorf("mending what has ended: %v", err)
	}
	if _, err := fetch(t, newClient(t), s.URL()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("after the end: got %v, want a refused connection", err)
	}
}

func TestVersionsShareAStore(t *testing.T) {
	shared := store.NewMemory()
	blue, green := Baseline(), Candidate()
	blue.Profile.Latency, green.Profile.Latency = nil, nil
	blue.Store, green.Store = shared, shared
	if status, _ := live(blue).ask("POST", "/api/v1/items", `{"name":"Stool","price":45}`); status != 201 {
		t.Fatal(status)
	}
	if _, got := live(green).ask("GET", "/api/v1/items/4", ""); got != `{"id":4,"name":"Stool","price":45}` {
		t.Errorf("the other version sees %s", got)
	}
}
