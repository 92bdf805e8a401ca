package probe

import (
	"crypto/tls"
	"net/http/httptrace"
	"sync"
	"time"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// The phases of an exchange, in their order.
const (
	phaseResolve = iota
	phaseConnect
	phaseTLS
	phaseProcessing
	phaseTransfer
	phases
)

var phaseNames = [phases]string{"resolve", "connect", "tls", "processing", "transfer"}

// stopwatch measures the phases of an exchange; over redirects it adds them
// up. Its hooks come from several goroutines, some of them of connections that
// lost a race to another address and that nobody waits for.
type stopwatch struct {
	mu     sync.Mutex
	begun  [phases]time.Time // zero: not under way
	spent  [phases]time.Duration
	passed [phases]bool
}

func (s *stopwatch) begin(phase int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.begun[phase].IsZero() {
		s.begun[phase] = time.Now()
	}
}

func (s *stopwatch) end(phase int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if begun := s.begun[phase]; !begun.IsZero() {
		s.spent[phase] += time.Since(begun)
		s.passed[phase], s.begun[phase] = true, time.Time{}
	}
}

// trace is what the HTTP client tells.
func (s *stopwatch) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSStart:          func(httptrace.DNSStartInfo) { s.begin(phaseResolve) },
		DNSDone:           func(httptrace.DNSDoneInfo) { s.end(phaseResolve) },
		ConnectStart:      func(string, string) { s.begin(phaseConnect) },
		ConnectDone:       func(string, string, error) { s.end(phaseConnect) },
		TLSHandshakeStart: func() { s.begin(phaseTLS) },
		TLSHandshakeDone:  func(tls.ConnectionState, error) { s.end(phaseTLS) },
		GotConn: func(httptrace.GotConnInfo) {
			s.end(phaseTransfer) // of the redirect before
			s.begin(phaseProcessing)
		},
		GotFirstResponseByte: func() {
			s.end(phaseProcessing)
			s.begin(phaseTransfer)
		},
	}
}

// list ends what is under way and is what was measured.
func (s *stopwatch) list() []smoke.Phase {
	var measured []smoke.Phase
	for phase := range phases {
		s.end(phase)
		s.mu.Lock()
		if s.passed[phase] {
			measured = append(measured, smoke.Phase{Name: phaseNames[phase], Duration: s.spent[phase]})
		}
		s.mu.Unlock()
	}
	return measured
}
