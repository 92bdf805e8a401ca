//go:build darwin || linux

package exporter

import (
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cutover-dev/cutover/internal/journal"
	"github.com/cutover-dev/cutover/internal/testenv"
)

// With a full disk the exporter goes on: changes are live, and written once
// there is room. What people say is refused, since it would be forgotten.
func TestFullDisk(t *testing.T) {
	now := noon
	var log testenv.Log
	e := guarding(t, &now, &log)
	restore := limitFiles(t, 1<<10) // the journal is larger than that
	up, down := "cutover_journal_up 1\n", "cutover_journal_up 0\n"

	now = now.Add(time.Minute)
	write(t, "shop.md", ticked("Mailed"))
	e.apply(e.source.Read(t.Context()))
	e.refresh()
	mailed := "cutover_checklist_task_done_timestamp_seconds{checklist=\"shop\",id=\"before/mailed\"} 1.77348966e+09\n"
	if got := told(t, e, "cutover_checklist_task_done_timestamp", "cutover_journal_up"); got != mailed+down {
		t.Errorf("with a full disk: %s", got)
	}
	status, body := asked(t, e, request(t, "POST", "/api/v1/incidents", `{"kind":"other","impact":"none"}`))
	if status != 503 || !strings.Contains(body, "nothing was done: ") || len(e.journal.OpenIncidents()) > 0 {
		t.Errorf("an incident: %d %s", status, body)
	}

	restore()
	now = now.Add(time.Hour)
	e.refresh()
	if got := told(t, e, "cutover_checklist_task_done_timestamp", "cutover_journal_up"); got != mailed+up {
		t.Errorf("with room again: %s", got)
	}
	e = restarted(t, e)
	if got := told(t, e, "cutover_checklist_task_done_timestamp"); got != mailed {
		t.Errorf("after a restart: %s", got)
	}
	if n := strings.Count(log.String(), "The journal can't be written;"); n != 1 || !strings.Contains(log.String(), "The journal can be written again") {
		t.Errorf("the log says it %d times:\n%s", n, log.String())
	}
	if journal, err := journal.Read("journal.jsonl"); err != nil || len(journal.Faults) > 0 {
		t.Errorf("the journal: %v, %v", err, journal.Faults)
	}
}

// limitFiles lets no file of this process grow beyond a size until restored,
// as a full disk does.
func limitFiles(t *testing.T, bytes uint64) (restore func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	set := func(l syscall.Rlimit) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			t.Fatal(err)
		}
	}
	set(syscall.Rlimit{Cur: bytes, Max: before.Max})
	restore = func() { set(before); signal.Reset(syscall.SIGXFSZ) }
	t.Cleanup(restore)
	return restore
}
