package source

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// deadline is for what takes two seconds at most on an idle machine.
const deadline = 30 * time.Second

// watch reads s, follows it until the test ends, and gives what is published.
func watch(t *testing.T, s *Source) <-chan []found {
	t.Helper()
	s.Read(t.Context())
	ctx, cancel := context.WithCancel(context.Background())
	published := make(chan []found, 100)
	done := make(chan error)
	go func() {
		done <- s.Watch(ctx, func(documents []Document) { published <- summarize(documents) })
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Watch: %v", err)
		}
	})
	return published
}

func expect(t *testing.T, published <-chan []found, want ...found) {
	t.Helper()
	select {
	case got := <-published:
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("published (-want +got):\n%s", diff)
		}
	case <-time.After(deadline):
		t.Fatalf("nothing published, want %v", want)
	}
}

// looked waits until everything has been looked at after this moment.
func looked(t *testing.T, s *Source) {
	t.Helper()
	from := time.Now()
	for end := from.Add(deadline); !s.Checked().After(from); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the files are no longer looked at")
		}
	}
}

func ticked(n int) string { return strings.Replace(plan, "[ ]", "[x]", 1) + strings.Repeat("\n", n) }

func TestWatchInPlace(t *testing.T) {
	lay(t, map[string]string{"plan.md": plan})
	published := watch(t, open(t, Options{}, "plan.md"))
	write(t, "plan.md", ticked(0))
	expect(t, published, found{Name: "plan", File: "plan.md", Content: ticked(0)})
	write(t, "plan.md", plan)
	expect(t, published, found{Name: "plan", File: "plan.md", Content: plan})
}

func TestWatchReplacedByRenaming(t *testing.T) {
	lay(t, map[string]string{"plan.md": plan})
	published := watch(t, open(t, Options{}, "plan.md"))
	for i := range 2 { // the second replaces a file that was itself not there at first
		write(t, "plan.md.tmp", ticked(i))
		rename(t, "plan.md.tmp", "plan.md")
		expect(t, published, found{Name: "plan", File: "plan.md", Content: ticked(i)})
	}
}

// Kubernetes mounts a ConfigMap as links to ..data/, itself a link to a
// directory that is switched over as a whole.
func TestWatchSwitchedLink(t *testing.T) {
	lay(t, map[string]string{"mount/..1/plan.md": plan, "mount/..2/plan.md": ticked(0)})
	link(t, "..1", "mount/..data")
	link(t, "..data/plan.md", "mount/plan.md")
	published := watch(t, open(t, Options{}, "mount"))
	link(t, "..2", "mount/..data_tmp")
	rename(t, "mount/..data_tmp", "mount/..data")
	remove(t, "mount/..1")
	expect(t, published, found{Name: "plan", File: "mount/plan.md", Content: ticked(0)})
}

func TestWatchVanishes(t *testing.T) {
	lay(t, map[string]string{"plan.md": plan, "other.md": plan})
	published := watch(t, open(t, Options{}, "plan.md", "other.md"))
	other := found{Name: "other", File: "other.md", Content: plan}
	remove(t, "plan.md")
	expect(t, published, found{Name: "plan", File: "plan.md", Err: "plan.md: no such file or directory"}, other)
	write(t, "plan.md", plan)
	expect(t, published, found{Name: "plan", File: "plan.md", Content: plan}, other)
}

func TestWatchDirectoryVanishes(t *testing.T) {
	lay(t, map[string]string{"plans/a.md": plan})
	published := watch(t, open(t, Options{}, "plans"))
	rename(t, "plans", "elsewhere")
	expect(t, published, found{Name: "a", File: "plans/a.md", Err: "plans/a.md: no longer there: no such file or directory"})
	rename(t, "elsewhere", "plans")
	expect(t, published, found{Name: "a", File: "plans/a.md", Content: plan})
	write(t, "plans/b.md", ticked(0))
	expect(t, published, found{Name: "a", File: "plans/a.md", Content: plan}, found{Name: "b", File: "plans/b.md", Content: ticked(0)})
}

func TestWatchEmptied(t *testing.T) {
	lay(t, map[string]string{"plan.md": plan})
	published := watch(t, open(t, Options{}, "plan.md"))
	write(t, "plan.md", "")
	expect(t, published, found{Name: "plan", File: "plan.md", Err: "plan.md: empty"})
}

func TestWatchHalfWritten(t *testing.T) {
	lay(t, map[string]string{"plan.md": plan})
	s := open(t, Options{}, "plan.md")
	s.settled.later = time.Hour // however slow the machine, the half does not settle
	published := watch(t, s)

	f, err := os.Create("plan.md")
	if err != nil {
		t.Fatal(err)
	}
	looked(t, s) // empty
	content := ticked(3)
	if _, err := f.WriteString(content[:12]); err != nil {
		t.Fatal(err)
	}
	looked(t, s) // half
	if _, err := f.WriteString(content[12:]); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	expect(t, published, found{Name: "plan", File: "plan.md", Content: content})
}

func TestWatchGlobWithoutFiles(t *testing.T) {
	lay(t, map[string]string{"plans/x.txt": ""})
	published := watch(t, open(t, Options{}, "plans/*.md"))
	write(t, "plans/a.md", plan)
	expect(t, published, found{Name: "a", File: "plans/a.md", Content: plan})
}

// Where no notification comes, polling finds the change: here the link's
// directory is watched, but the file is in another one.
func TestWatchPolls(t *testing.T) {
	lay(t, map[string]string{"far/plan.md": plan, "near/x": ""})
	link(t, "../far/plan.md", "near/plan.md")
	published := watch(t, open(t, Options{}, "near/plan.md"))
	write(t, "far/plan.md", ticked(0))
	expect(t, published, found{Name: "plan", File: "near/plan.md", Content: ticked(0)})
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}
