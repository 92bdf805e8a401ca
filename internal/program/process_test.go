//go:build unix

package program

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// shell is a command that runs a script and is ready once it says so.
func shell(script string) Command {
	return Command{
		Program: Program{Tool: "script", Path: "/bin/sh"},
		Args:    []string{"-c", script},
		Ready:   regexp.MustCompile(`^ready(?: (\d+))?$`),
	}
}

// launch starts a script and waits until it is ready.
func launch(t *testing.T, c Command) (*Process, []string) {
	t.Helper()
	p, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop() }) // for a test that fails half-way
	line, err := p.Await(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p, line
}

func TestStopEndsGracefully(t *testing.T) {
	var log strings.Builder
	c := shell("trap 'echo bye; exit 7' TERM; echo ready; sleep 1000 & wait")
	c.Log = &log
	p, _ := launch(t, c)
	for range 2 {
		if err := p.Stop(); err != nil {
			t.Errorf("got %v, want nil for a program that ended when asked to", err)
		}
	}
	if got, want := log.String(), "ready\nbye\n"; got != want {
		t.Errorf("log is %q, want %q", got, want)
	}
}

func TestStopKillsAfterGrace(t *testing.T) {
	c := shell("trap '' TERM; echo ready; exec sleep 1000")
	c.Grace = 50 * time.Millisecond
	p, _ := launch(t, c)
	if err := p.Stop(); !errors.Is(err, ErrKilled) {
		t.Errorf("got %v, want ErrKilled", err)
	}
}

func TestStopUsesTheInterrupt(t *testing.T) {
	var log strings.Builder
	c := shell("trap 'echo interrupted; exit 0' INT; echo ready; sleep 1000 & wait")
	c.Log, c.Interrupt = &log, syscall.SIGINT
	p, _ := launch(t, c)
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	if got, want := log.String(), "ready\ninterrupted\n"; got != want {
		t.Errorf("log is %q, want %q", got, want)
	}
}

func TestStopLeavesNoOrphan(t *testing.T) {
	// The grandchild ignores the signal, and would outlive its parent with the
	// output in its hands.
	c := shell(`(trap '' TERM; exec sleep 1000) & echo "ready $!"; wait`)
	p, line := launch(t, c)
	grandchild, err := strconv.Atoi(line[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	awaitGone(t, grandchild)
}

// awaitGone waits until a process has ended: it may linger as long as nobody
// has asked how.
func awaitGone(t *testing.T, pid int) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !gone(pid) {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatalf("process %d still runs", pid)
		}
	}
}

func gone(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	return err == nil && strings.Contains(string(stat), ") Z ")
}

func TestContextEndsTheProgram(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p, err := Start(ctx, shell("echo ready; exec sleep 1000"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Await(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
}

func TestEndOfItsOwn(t *testing.T) {
	tests := map[string]struct{ script, want string }{
		"well":        {"echo fine", ""},
		"badly":       {"echo first; echo 'last words' >&2; exit 3", "script ended: exit status 3: last words"},
		"by a signal": {"kill -9 $$", "script ended: signal: killed: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := Start(t.Context(), shell(test.script))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := p.Wait(); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if _, err := p.Await(t.Context()); err == nil {
				t.Error("a program that ended is ready")
			}
		})
	}
}

func TestAwaitGivesUpWithTheContext(t *testing.T) {
	p, err := Start(t.Context(), shell("exec sleep 1000"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Await(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}

func TestStartFails(t *testing.T) {
	c := Command{Program: Program{Tool: "nothing", Path: filepath.Join(t.TempDir(), "nothing")}}
	if _, err := Start(t.Context(), c); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want os.ErrNotExist", err)
	}
}

func TestAwaitHTTP(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) < 3 {
			http.Error(w, "not yet", http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	p, _ := launch(t, shell("echo ready; exec sleep 1000"))
	if err := p.AwaitHTTP(t.Context(), server.URL); err != nil {
		t.Error(err)
	}
	if got := asked.Load(); got != 3 {
		t.Errorf("asked %d times, want 3", got)
	}
	server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.AwaitHTTP(ctx, server.URL); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	if err := p.AwaitHTTP(t.Context(), server.URL); err == nil {
		t.Error("a server that ended is ready")
	}
}

func TestOutputFindsALineInPieces(t *testing.T) {
	var log strings.Builder
	o := newOutput(&log, regexp.MustCompile(`address=(\S+)$`))
	long := strings.Repeat("x", 2*maxLine)
	text := long + "\n\naddress=1.2.3.4:5\naddress=6.7.8.9:0\n"
	reader := bufio.NewReader(strings.NewReader(text))
	for piece := make([]byte, 7); ; {
		n, err := reader.Read(piece)
		if err != nil {
			break
		}
		if _, err := o.Write(piece[:n]); err != nil {
			t.Fatal(err)
		}
	}
	<-o.matched
	if o.match[1] != "1.2.3.4:5" || o.lastLine() != "address=6.7.8.9:0" || log.String() != text {
		t.Errorf("match %q, last line %q, log of %d bytes, want %d", o.match, o.lastLine(), log.Len(), len(text))
	}
}
