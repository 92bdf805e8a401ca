package journal

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain lets the test binary be the writer that is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(writerVariable); path != "" {
		writeUntilKilled(path)
	}
	goleak.VerifyTestMain(m)
}
