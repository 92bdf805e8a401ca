package smoke

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newRunner makes a runner or ends the test.
func newRunner(t testing.TB, tests []Test, o Options) *Runner {
	t.Helper()
	r, err := NewRunner(tests, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
