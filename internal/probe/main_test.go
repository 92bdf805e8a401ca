package probe

import (
	"bytes"
	"log/slog"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/cutover-dev/cutover/internal/smoke"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// logBuffer is a log that several goroutines write and a test reads.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// logger writes to b without the time.
func (b *logBuffer) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
}

// newRunner makes a runner or ends the test.
func newRunner(t testing.TB, tests []smoke.Test, o smoke.Options) *smoke.Runner {
	t.Helper()
	r, err := smoke.NewRunner(tests, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
