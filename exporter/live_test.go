package exporter

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/smoke"
	"github.com/cutover-dev/cutover/internal/testenv"
)

const shop = `# Shop

## Before

- [x] Booked
- [ ] Mailed

## Production

- [ ] Traffic shifted: 10%
  - [ ] Monitored for 15 minutes
- [ ] Traffic shifted: 100%
  - [ ] Monitored for 2 hours
`

// ticked ticks boxes of shop.
func ticked(texts ...string) string {
	s := shop
	for _, text := range texts {
		s = strings.Replace(s, "[ ] "+text, "[x] "+text, 1)
	}
	return s
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// follow makes an exporter of real files and lets it watch them until the test
// ends.
func follow(t *testing.T, o Options) *Exporter {
	t.Helper()
	e, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- e.Watch(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Watch: %v", err)
		}
	})
	return e
}

// eventually waits for series to have values, written as `name{labels} value`.
func eventually(t *testing.T, e *Exporter, want ...string) {
	t.Helper()
	var missing []string
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		text := string(exposition(t, e))
		missing = missing[:0]
		for _, line := range want {
			if !strings.Contains(text, "\n"+line+"\n") {
				missing = append(missing, line)
			}
		}
		if len(missing) == 0 {
			return
		}
	}
	t.Fatalf("never came:\n%s", strings.Join(missing, "\n"))
}

func TestChangesGoLive(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "shop.md", shop)
	var log testenv.Log
	e := follow(t, Options{Checklists: []string{"shop.md"}, Logger: log.Logger()})
	up, down := `cutover_source_up{checklist="shop"} 1`, `cutover_source_up{checklist="shop"} 0`
	booked := `cutover_checklist_tasks{checklist="shop",group="",kind="plan",section="Before",state="done"} 1`
	mailed := `cutover_checklist_tasks{checklist="shop",group="",kind="plan",section="Before",state="done"} 2`
	eventually(t, e, up, booked)

	write(t, "shop.md", ticked("Mailed", "Traffic shifted: 10%"))
	eventually(t, e, up, mailed, `cutover_rollout_phase{checklist="shop",phase="shifting"} 1`,
		`cutover_stage_shifted{checklist="shop",stage="10%"} 1`)

	// Whatever is wrong with the file, the last good state stands.
	if err := os.Remove("shop.md"); err != nil {
		t.Fatal(err)
	}
	eventually(t, e, down, mailed)
	write(t, "shop.md", "no longer a checklist\n")
	eventually(t, e, down, mailed)
	write(t, "shop.md", "\x00\x01\x02")
	eventually(t, e, down, mailed)

	write(t, "shop.md", shop)
	eventually(t, e, up, booked, `cutover_rollout_phase{checklist="shop",phase="planned"} 1`)

	if log := log.String(); !strings.HasPrefix(log, "level=INFO msg=\"A checklist was read\" checklist=shop file=shop.md done=1 of=4 warnings=0\n"+
		"level=ERROR msg=\"A checklist can't be read; its last good state stands\" checklist=shop error=\"shop.md: no such file or directory\"\n") ||
		!strings.HasSuffix(log, "level=INFO msg=\"A checklist can be read again\" checklist=shop file=shop.md\n") {
		t.Errorf("the log says\n%s", log)
	}
}

func TestNewChecklistInDirectoryGoesLive(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "plans/shop.md", shop)
	write(t, "plans/README.md", "# About these plans\n")
	e := follow(t, Options{Checklists: []string{"plans"}})
	write(t, "plans/blog.md", "- [x] Backed up\n")
	eventually(t, e, `cutover_source_up{checklist="blog"} 1`, `cutover_source_up{checklist="shop"} 1`)
	if n := len(e.Checklists()); n != 2 {
		t.Errorf("%d checklists", n)
	}
}

func TestNewNeedsOneChecklist(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "shop.md", shop)
	write(t, "empty.md", "")
	write(t, "prose.md", "No tasks here.\n")
	if err := os.Mkdir("folder", 0o755); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		options Options
		want    string // of the error, a part per line; none for success
	}{
		"one of two":        {Options{Checklists: []string{"gone.md", "shop.md"}}, ""},
		"missing":           {Options{Checklists: []string{"gone.md"}}, "gone.md: "},
		"none of three":     {Options{Checklists: []string{"gone.md", "empty.md", "prose.md"}}, "gone.md: \nempty.md: \nprose.md: "},
		"a folder":          {Options{Checklists: []string{"folder"}}, "folder: "},
		"nothing":           {Options{}, "no checklist given"},
		"a built-in typo":   {Options{Checklists: []string{"builtin:phyton"}}, "builtin:phyton: "},
		"a negative scale":  {Options{Checklists: []string{"shop.md"}, TimeScale: -1}, "time scale -1: "},
		"a missing config":  {Options{Checklists: []string{"shop.md"}, WebConfigFile: "web.yml"}, "web.yml: "},
		"a name for two":    {Options{Checklists: []string{"*.md"}, Name: "mine"}, "empty.md: "},
		"a name with slash": {Options{Checklists: []string{"shop.md"}, Name: "a/b"}, `"a/b" `},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := New(t.Context(), test.options)
			if test.want == "" {
				if err != nil {
					t.Errorf("got %v", err)
				}
				return
			}
			if err == nil {
				t.Fatal("no error")
			}
			lines, parts := strings.Split(err.Error(), "\n"), strings.Split(test.want, "\n")
			if len(lines) != len(parts) {
				t.Fatalf("got\n%v", err)
			}
			for i := range lines {
				if !strings.HasPrefix(lines[i], parts[i]) {
					t.Errorf("got %q, want %q…", lines[i], parts[i])
				}
			}
		})
	}
}

// TestServerIsUpLater starts before the server of the only checklist does: after
// a power cut nobody says what comes first.
func TestServerIsUpLater(t *testing.T) {
	var up atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !up.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = io.WriteString(w, shop)
	}))
	t.Cleanup(server.Close)
	e := follow(t, Options{Checklists: []string{server.URL + "/shop.md"}, Remote: Remote{Interval: 20 * time.Millisecond}})
	eventually(t, e, `cutover_source_up{checklist="shop"} 0`)
	if n := len(e.Checklists()); n != 0 {
		t.Errorf("%d checklists", n)
	}
	up.Store(true)
	eventually(t, e, `cutover_source_up{checklist="shop"} 1`)
}

// TestServerRefuses: what won't pass by itself is said at once.
func TestServerRefuses(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	if _, err := New(t.Context(), Options{Checklists: []string{server.URL + "/shop.md"}}); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("got %v", err)
	}
}

// The sample plan is complete, whoever wrote it.
func TestBuiltin(t *testing.T) {
	e, err := New(t.Context(), Options{Checklists: []string{"builtin:python-3.13"}})
	if err != nil {
		t.Fatal(err)
	}
	c := e.Checklists()[0]
	_, total := rollout.Progress(c.Tasks)
	got := []any{len(c.Tasks), total, len(c.Sections), len(c.Stages), rollout.ExpectedPython(c)}
	if diff := cmp.Diff([]any{191, 170, 13, 4, "3.13"}, got); diff != "" {
		t.Error(diff)
	}
}

// at is an exporter of shop.md whose clock a test sets, and whose token it may.
func at(t *testing.T, o Options, now *time.Time, token ...string) (e *Exporter, edit func(content string)) {
	t.Helper()
	t.Chdir(t.TempDir())
	write(t, "shop.md", shop)
	for _, secret := range token {
		write(t, "token", secret+"\n")
	}
	o.Checklists, o.Clock = []string{"shop.md"}, func() time.Time { return *now }
	e = started(t, o)
	return e, func(content string) {
		t.Helper()
		write(t, "shop.md", content)
		e.apply(e.source.Read(t.Context()))
	}
}

func phase(e *Exporter) rollout.Phase { return e.current.Load().phases[0] }

func TestTimestamps(t *testing.T) {
	now := noon
	e, edit := at(t, Options{}, &now)
	mailed := func() time.Time {
		s := e.current.Load().states[0]
		for _, task := range s.checklist.Tasks {
			if task.Text == "Booked" && !s.ticked[task.ID].IsZero() {
				t.Error("a task that was ticked when first seen has a time")
			}
			if task.Text == "Mailed" {
				return s.ticked[task.ID]
			}
		}
		return time.Time{}
	}
	steps := []struct {
		does    string
		content string
		want    time.Time
	}{
		{"nothing", shop, time.Time{}},
		{"ticks", ticked("Mailed"), noon.Add(2 * time.Minute)},
		{"ticks something else", ticked("Mailed", "Traffic shifted: 10%"), noon.Add(2 * time.Minute)},
		{"writes rubbish", "rubbish", noon.Add(2 * time.Minute)},
		{"unticks", shop, time.Time{}},
		{"ticks again", ticked("Mailed"), noon.Add(6 * time.Minute)},
		{"takes the task away", strings.Replace(shop, "- [ ] Mailed\n", "", 1), time.Time{}},
		{"brings it back ticked", ticked("Mailed"), time.Time{}},
	}
	for _, step := range steps {
		now = now.Add(time.Minute)
		edit(step.content)
		if got := mailed(); !got.Equal(step.want) {
			t.Errorf("somebody %s: got %v, want %v", step.does, got, step.want)
		}
	}
}

func TestPhaseComesWithTime(t *testing.T) {
	for scale, unit := range map[float64]time.Duration{1: time.Hour, 0.1: 6 * time.Minute} {
		now := noon
		e, edit := at(t, Options{TimeScale: scale}, &now)
		edit(ticked("Traffic shifted: 10%", "Traffic shifted: 100%"))
		steps := []struct {
			after time.Duration // in hours of the plan
			want  rollout.Phase
		}{{0, rollout.Shifting}, {1, rollout.Shifting}, {2, rollout.Soaking}, {49, rollout.Soaking}, {50, rollout.Done}}
		for _, step := range steps {
			now = noon.Add(step.after * unit)
			e.refresh()
			if got := phase(e); got != step.want {
				t.Errorf("scale %v, after %d h: got %s, want %s", scale, step.after, got, step.want)
			}
		}
	}
}

func TestSmokeResultsGoLive(t *testing.T) {
	now := noon
	b := &board{&smoke.Snapshot{}}
	e, _ := at(t, Options{Smoke: b}, &now)
	before := e.current.Load()
	e.refresh()
	if e.current.Load() != before {
		t.Error("a new snapshot although nothing happened")
	}
	b.pinned = &smoke.Snapshot{Tests: []smoke.Status{ran("", "", "health", "")}}
	e.refresh()
	want := `cutover_smoke_success{critical="true",environment="",suite="smoke",test="health",track=""} 1`
	if !strings.Contains(string(exposition(t, e)), want) {
		t.Errorf("no %s", want)
	}
}

func TestLastSuccessMovesOnWhileTheFileCanBeRead(t *testing.T) {
	now := noon
	e, _ := at(t, Options{}, &now)
	last := func() string {
		for line := range strings.Lines(string(exposition(t, e))) {
			if value, ok := strings.CutPrefix(line, `cutover_source_last_success_timestamp_seconds{checklist="shop"} `); ok {
				return strings.TrimSpace(value)
			}
		}
		return ""
	}
	look := func() string {
		now = now.Add(time.Hour)
		e.apply(e.source.Read(t.Context()))
		return last()
	}
	got := []string{last(), look()}
	if err := os.Remove("shop.md"); err != nil {
		t.Fatal(err)
	}
	got = append(got, look(), look())
	write(t, "shop.md", shop)
	got = append(got, look())
	want := []string{"1.7734896e+09", "1.7734932e+09", "1.7734932e+09", "1.7734932e+09", "1.773504e+09"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Scrapes and changes at the same time, for the race detector.
func TestScrapesDuringChanges(t *testing.T) {
	now := noon
	b := &board{&smoke.Snapshot{}}
	e, edit := at(t, Options{Smoke: b}, &now)
	var group sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					scrape(t, e, openMetrics)
					e.page()
				}
			}
		})
	}
	for i := range 20 {
		edit([]string{shop, ticked("Mailed"), "rubbish"}[i%3])
	}
	close(stop)
	group.Wait()
}
