//go:build blackbox

package probe

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cutover-dev/cutover/internal/testenv"
)

// CUTOVER_TEST_BLACKBOX names the blackbox_exporter to compare with, and
// childRole tells this program that it is a process of the comparison.
const (
	blackboxPath = "CUTOVER_TEST_BLACKBOX"
	childRole    = "CUTOVER_TEST_ROLE"
)

const (
	probes   = 1000
	perEvery = 10 * time.Millisecond // 100 a second
	most     = 0.6                   // of blackbox_exporter's CPU
)

// TestBlackbox probes one service 1,000 times, paced at 100 a second, with our
// HTTP test and with blackbox_exporter at the same time, and compares the CPU
// that the two processes took.
func TestBlackbox(t *testing.T) {
	switch os.Getenv(childRole) {
	case "target":
		server := httptest.NewServer(http.HandlerFunc(sample))
		fmt.Printf("\n%s\n", server.URL)
		_, _ = io.Copy(io.Discard, os.Stdin) // until the parent ends it
		return
	case "prober":
		probeAll(t, os.Getenv("CUTOVER_TEST_TARGET"))
		return
	}
	target, url := startChild(t, "target")
	defer target()

	var ours, theirs time.Duration
	var wg sync.WaitGroup
	wg.Go(func() {
		c := exec.Command(os.Args[0], "-test.run", "^TestBlackbox$")
		c.Env = append(os.Environ(), childRole+"=prober", "CUTOVER_TEST_TARGET="+url)
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
			return
		}
		ours = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	})
	wg.Go(func() { theirs = blackbox(t, url) })
	wg.Wait()
	ratio := ours.Seconds() / theirs.Seconds()
	t.Logf("CPU of %d HTTP tests: %v; of blackbox_exporter: %v; ratio %.2f", probes, ours, theirs, ratio)
	if ratio > most {
		t.Errorf("a ratio of %.2f, wanted %.2f at most", ratio, most)
	}
}

// probeAll runs our test at its pace.
func probeAll(t *testing.T, url string) {
	run, err := HTTP{Target: url, Request: Request{Path: "/health", Expect: Expect{Shape: ShapeHealth}}}.Compile()
	if err != nil {
		t.Fatal(err)
	}
	paced(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if o := run(ctx); !o.Passed() {
			t.Error(o.Reason)
		}
	})
}

// paced calls f as often and as fast as the comparison wants.
func paced(f func()) {
	var wg sync.WaitGroup
	tick := time.NewTicker(perEvery)
	defer tick.Stop()
	for range probes {
		<-tick.C
		wg.Go(f)
	}
	wg.Wait()
}

// blackbox has blackbox_exporter probe, and is the CPU that it took.
func blackbox(t *testing.T, url string) time.Duration {
	config := filepath.Join(t.TempDir(), "blackbox.yml")
	const module = "modules: {health: {prober: http, http: {fail_if_body_not_matches_regexp: ['\"status\":\"healthy\"']}}}\n"
	if err := os.WriteFile(config, []byte(module), 0o644); err != nil {
		t.Error(err)
		return 0
	}
	address := testenv.FreeAddress(t)
	c := exec.Command(os.Getenv(blackboxPath), "--config.file="+config, "--web.listen-address="+address, "--log.level=error")
	if err := c.Start(); err != nil {
		t.Errorf("set %s to a blackbox_exporter: %v", blackboxPath, err)
		return 0
	}
	probe := "http://" + address + "/probe?module=health&target=" + url + "/health"
	for get(probe) == "" {
		time.Sleep(perEvery)
	}
	paced(func() {
		if !strings.Contains(get(probe), "\nprobe_success 1\n") {
			t.Error("blackbox_exporter: the probe failed")
		}
	})
	_ = c.Process.Kill()
	_ = c.Wait()
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime()
}

// get is what an address answers; empty while nobody does.
func get(url string) string {
	resp, err := http.Get(url)
	if err != nil {
		return ""
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	return string(body)
}

// startChild starts this program in a role that says an address.
func startChild(t *testing.T, role string) (stop func(), address string) {
	c := exec.Command(os.Args[0], "-test.run", "^TestBlackbox$")
	c.Env = append(os.Environ(), childRole+"="+role)
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "http://") {
		continue
	}
	return func() { _ = stdin.Close(); _ = c.Wait() }, lines.Text()
}
