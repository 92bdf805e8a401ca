package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/cutover-dev/cutover/internal/demo/store"
)

// drainTime is how long requests under way may take once a service is to end.
const drainTime = time.Second

// Service is one version of the sample service, listening on one address.
type Service struct {
	options   Options
	logger    *slog.Logger
	store     store.Store
	sessions  store.Sessions
	condition *condition

	mu      sync.Mutex
	ctx     context.Context // of Start; nil before
	address string          // host:port; the same after a crash
	server  *http.Server    // nil while crashed or ended
	serving sync.WaitGroup
}

// NewService makes a service that does not listen yet.
func NewService(o Options) *Service {
	s := &Service{options: o, logger: o.Logger, store: o.Store, sessions: o.Sessions, condition: newCondition(o.Profile, o.Seed)}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	s.logger = s.logger.With("slot", o.Slot)
	memory := store.NewMemory()
	if s.store == nil {
		s.store = memory
	}
	if s.sessions == nil {
		s.sessions = memory
	}
	return s
}

// Start listens on an address ("127.0.0.1:0" for a free port) and serves until
// ctx ends. A service is started once.
func (s *Service) Start(ctx context.Context, address string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx != nil {
		return errors.New("demo: the service was started before")
	}
	if err := s.listen(ctx, address); err != nil {
		return err
	}
	s.ctx = ctx
	s.serving.Go(func() {
		<-ctx.Done()
		s.end()
	})
	return nil
}

// Wait returns once the context of Start has ended and everything with it.
func (s *Service) Wait() { s.serving.Wait() }

// URL is the service's address, http://host:port; empty before Start.
func (s *Service) URL() string {
	if address := s.Address(); address != "" {
		return "http://" + address
	}
	return ""
}

// Address is the service's host:port; empty before Start.
func (s *Service) Address() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.address
}

// Break breaks the service in one way more.
func (s *Service) Break(k Kind) {
	s.condition.set(k, true)
	s.logger.Info("the service is broken", "kind", string(k))
	if k != Crashed {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil {
		_ = s.server.Close() // cuts off who is connected, as a crash does
		s.server = nil
	}
}

// Mend makes the service whole again. One that crashed begins a new life on
// its old address, with its metrics at nothing; the error says that the
// address has been taken meanwhile.
func (s *Service) Mend() error {
	for _, k := range Kinds() {
		s.condition.set(k, false)
	}
	s.logger.Info("the service is mended")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil || s.ctx == nil || s.ctx.Err() != nil {
		return nil
	}
	return s.listen(s.ctx, s.address)
}

// listen begins a life of the service. The caller holds the lock.
func (s *Service) listen(ctx context.Context, address string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("demo: start of the %s service: %w", s.options.Slot, err)
	}
	server := &http.Server{
		Handler:           s.handler(newMetrics(s.options.PythonVersion, time.Now(), s.condition)),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // what clients do wrong
	}
	s.address, s.server = listener.Addr().String(), server
	s.serving.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.logger.Error("the service stopped", "err", err)
		}
	})
	return nil
}

// end ends the service for good.
func (s *Service) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		return
	}
	// The context of the requests has ended as well, so they do soon.
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	if s.server.Shutdown(ctx) != nil {
		_ = s.server.Close()
	}
	s.server = nil
}

// handler serves the API and its metrics, and measures both.
func (s *Service) handler(m *metrics) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", s.cors(compressed(s.routes())))
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{EnableOpenMetrics: true}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		seen := &recorder{ResponseWriter: w, status: http.StatusOK}
		mux.ServeHTTP(seen, r)
		m.observe(r, route(r.Pattern), seen.status, seen.size, time.Since(start))
	})
}

// route is the route that the instrumentator would name for a pattern: its
// path, or "none" for a path that has no route of its own.
func route(pattern string) string {
	_, path, ok := strings.Cut(pattern, " ")
	if !ok {
		return "none"
	}
	return strings.TrimSuffix(path, "{$}")
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	size   int // by Content-Length, which is all that the instrumentator looks at
	wrote  bool
}

// WriteHeader is part of [http.ResponseWriter].
func (r *recorder) WriteHeader(status int) {
	if !r.wrote {
		r.wrote, r.status = true, status
		r.size, _ = strconv.Atoi(r.Header().Get("Content-Length"))
	}
	r.ResponseWriter.WriteHeader(status)
}
