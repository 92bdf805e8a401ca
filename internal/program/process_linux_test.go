package program

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestSuddenDeath starts a program from a process that then dies without a
// word: this test, once more.
func TestSuddenDeath(t *testing.T) {
	const again = "CUTOVER_TEST_SUDDEN_DEATH"
	if os.Getenv(again) != "" {
		p, err := Start(context.Background(), shell("echo ready $$; exec sleep 1000"))
		if err != nil {
			t.Fatal(err)
		}
		line, err := p.Await(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("pid %s\n", line[1])
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		<-p.Done()
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSuddenDeath$")
	cmd.Env = append(cmd.Environ(), again+"=1")
	out, err := cmd.Output()
	if err == nil {
		t.Fatal("the process lives")
	}
	_, said, _ := strings.Cut(string(out), "pid ")
	pid, err := strconv.Atoi(strings.TrimSpace(said))
	if err != nil {
		t.Fatalf("it said %q: %v", out, err)
	}
	awaitGone(t, pid)
}
