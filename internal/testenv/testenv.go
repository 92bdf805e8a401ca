// Package testenv gives tests the real programs they work with: PostgreSQL,
// Redis, Prometheus and Alertmanager as servers of their own on loopback, and
// promtool and amtool.
//
// A server belongs to the test that asked for it: it listens on a free port,
// keeps its files in a folder of the test's, ends with the test, and shows its
// log if the test failed. A missing program fails the test and says what to
// run; nothing is ever skipped. Run as root, no server runs as root.
//
// `make tools` prepares all of it once. CUTOVER_TEST_DATABASE_URL and
// CUTOVER_TEST_REDIS_URL name servers to use instead of PostgreSQL and Redis;
// tests then share them, and must expect to find each other's keys and tables.
package testenv

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/cutover-dev/cutover/internal/program"
)

// The variables that name servers to use instead of starting them.
const (
	DatabaseURL = "CUTOVER_TEST_DATABASE_URL"
	RedisURL    = "CUTOVER_TEST_REDIS_URL"
)

// Promtool is the path of promtool.
func Promtool(t testing.TB) string {
	t.Helper()
	return cached(t, program.Promtool).Path
}

// Amtool is the path of amtool.
func Amtool(t testing.TB) string {
	t.Helper()
	return cached(t, program.Amtool).Path
}

// Run runs a program to its end, fails the test if it fails, and returns what
// it wrote to stdout and stderr.
func Run(t testing.TB, path string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", filepath.Base(path), args, err, out)
	}
	return string(out)
}

// FreeAddress is a host:port on loopback where nothing listened a moment ago.
// Somebody else may be quicker: give servers port 0 where they take it.
func FreeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// cached finds a tool at its pinned version, so that tests mean the same
// everywhere.
func cached(t testing.TB, tool program.Tool) program.Program {
	t.Helper()
	p, err := program.Cached(tool)
	if err != nil {
		t.Fatalf("%v: run `make tools`", err)
	}
	return p
}

func endWithTest(t testing.TB, p *program.Process) {
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Errorf("a server of this test: %v", err)
		}
	})
}

// folder makes a folder of the test's for a server.
func folder(t testing.TB, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// journal keeps a server's log and shows its end if the test fails.
type journal struct {
	mu   sync.Mutex
	text []byte
}

// maxJournal bounds what is kept of a log, in bytes.
const maxJournal = 256 << 10

func newJournal(t testing.TB, name string) *journal {
	j := &journal{}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log of %s:\n%s", name, j)
		}
	})
	return j
}

// Write implements [io.Writer].
func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text = append(j.text, b...)
	if excess := len(j.text) - maxJournal; excess > maxJournal {
		j.text = bytes.Clone(j.text[excess:])
	}
	return len(b), nil
}

// String is what was kept.
func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return string(j.text)
}
