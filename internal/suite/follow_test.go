package suite

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestFollow changes the file, its secret, and both for the worse. Time is the
// test's own, files are real.
func TestFollow(t *testing.T) {
	dir := t.TempDir()
	file, secret := filepath.Join(dir, "cutover.yaml"), filepath.Join(dir, "address")
	write := func(file, text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	with := func(names ...string) string {
		text := "environments: {staging: {addresses: {service: file:address}}}\nsuites:\n  api:\n    tests:\n"
		for _, name := range names {
			text += "      " + name + ": {http: {path: /}}\n"
		}
		return text
	}
	write(secret, "http://probe:hunter2-hunter2@one.example")
	write(file, with("a"))
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		f, plan, err := Follow(file, func() Options { return Options{} }, slog.New(slog.NewTextHandler(&log, nil)), time.Now)
		if err != nil || len(plan.Tests) != 1 {
			t.Fatalf("%v, %+v", err, plan)
		}
		begin := time.Now()
		var taken []*Plan
		refuse := false
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			f.Run(ctx, func(p *Plan) error {
				if refuse {
					return errors.New("refused")
				}
				taken = append(taken, p)
				return nil
			})
			close(done)
		}()
		// step lets two seconds pass and says how many plans were taken by then.
		step := func(what string, plans int, ok bool, success time.Time) {
			t.Helper()
			time.Sleep(2 * time.Second)
			synctest.Wait()
			gotOK, gotSuccess := f.LastReload()
			if len(taken) != plans || gotOK != ok || gotSuccess.Sub(success) > 2*time.Second || gotSuccess.Before(success) {
				t.Errorf("%s: %d plans taken, %t at %v; want %d, %t, %v", what, len(taken), gotOK, gotSuccess, plans, ok, success)
			}
		}
		step("nothing changes", 0, true, begin)
		write(file, with("a", "b"))
		changed := time.Now()
		step("another test", 1, true, changed)
		write(file, "environments: [")
		step("a bad file", 1, false, changed)
		step("the bad file stands", 1, false, changed)
		write(file, with("a", "b", "c"))
		changed = time.Now()
		step("a good one", 2, true, changed)
		write(secret, "http://probe:hunter2-hunter2@two.example")
		changed = time.Now()
		step("another secret", 3, true, changed)
		refuse = true
		write(file, with("d"))
		step("a plan that the runner refuses", 3, false, changed)
		cancel()
		<-done
		if n := strings.Count(log.String(), "can't be read"); n != 2 {
			t.Errorf("%d complaints in the log, want 2:\n%s", n, log.String())
		}
		if strings.Contains(log.String(), "hunter2") {
			t.Errorf("the log holds a secret:\n%s", log.String())
		}
	})
}
