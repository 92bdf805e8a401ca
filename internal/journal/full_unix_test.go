//go:build darwin || linux

package journal

import (
	"errors"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// limitFiles lets no file of this process grow beyond a size until restored.
// To a writer it is a full disk: the last write gets in part of what it has.
func limitFiles(t *testing.T, bytes int64) (restore func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	limit := before
	limit.Cur = uint64(bytes)
	set := func(l syscall.Rlimit) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			t.Fatal(err)
		}
	}
	set(limit)
	restore = func() { set(before); signal.Reset(syscall.SIGXFSZ) }
	t.Cleanup(restore)
	return restore
}

// A full disk is an error, nothing half is left of what didn't fit, and once
// there is room it goes on.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j := opened(t, path, Options{})
	want := story(t, j)
	restore := limitFiles(t, 4<<10)
	var err error
	for n := 0; err == nil && n < 100; n++ {
		var written []Event
		if written, err = j.Append(change(Phase, "", "planned", "shifting"), incident(Other, strings.Repeat("x", 100))); err == nil {
			want = append(want, written...)
		}
	}
	if !errors.Is(err, syscall.EFBIG) || !strings.HasPrefix(err.Error(), path+": ") {
		t.Errorf("got %v", err)
	}
	if _, again := j.Append(incident(Other, strings.Repeat("x", 4<<10))); again == nil {
		t.Error("written all the same")
	}
	if diff := cmp.Diff(want, j.Recent()); diff != "" {
		t.Errorf("the writer (-want +got):\n%s", diff)
	}
	restore()
	want = append(want, appended(t, j, incident(Other, "there is room again"))...)
	closed(t, j)
	log := read(t, path)
	if diff := cmp.Diff(want, log.Events); diff != "" || len(log.Faults) > 0 {
		t.Errorf("a reader: %v (-want +got):\n%s", log.Faults, diff)
	}
}

// A full disk while the next file is begun leaves the full one in its place.
func TestFullDiskAtRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j := opened(t, path, Options{MaxBytes: 8 << 10})
	for range 30 {
		appended(t, j, incident(Other, strings.Repeat("x", 100)))
	}
	want := j.Recent()
	restore := limitFiles(t, 1<<10)
	for range 100 {
		if _, err := j.Append(incident(Other, "more")); err == nil {
			t.Fatal("written beyond the limit")
		}
	}
	restore()
	if diff := cmp.Diff(want, read(t, path).Events); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for range 30 {
		want = append(want, appended(t, j, incident(Other, strings.Repeat("y", 100)))...)
	}
	if diff := cmp.Diff(want, read(t, path).State.OpenIncidents()); diff != "" {
		t.Errorf("with room again (-want +got):\n%s", diff)
	}
}
