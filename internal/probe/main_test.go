package probe

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/cutover-dev/cutover/internal/smoke"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newRunner makes a runner or ends the test.
func newRunner(t testing.TB, tests []smoke.Test, o smoke.Options) *smoke.Runner {
	t.Helper()
	r, err := smoke.NewRunner(tests, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
