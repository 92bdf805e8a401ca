package checklist_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/checklist"
)

// identities are the things whose names must not change.
type identities struct {
	Tasks, Criteria, Stages, Sections []string
	Hash                              string
}

func identitiesOf(c *checklist.Checklist) identities {
	out := identities{Hash: c.Hash()}
	for _, t := range c.Tasks {
		out.Tasks = append(out.Tasks, t.ID)
	}
	for _, k := range c.Criteria {
		out.Criteria = append(out.Criteria, k.ID)
	}
	for _, s := range c.Stages {
		out.Stages = append(out.Stages, s.Name+" "+s.Task)
	}
	for _, s := range c.Sections {
		out.Sections = append(out.Sections, s.Title)
	}
	for _, list := range [][]string{out.Tasks, out.Criteria, out.Stages, out.Sections} {
		slices.Sort(list)
	}
	return out
}

// TestNamesSurviveEditing shuffles the sections, ticks boxes, moves lines and
// fills blanks and choices, many times over.
func TestNamesSurviveEditing(t *testing.T) {
	for _, file := range []string{"testdata/seed.md", "../internal/source/builtin/python-3.13.md"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := identitiesOf(parseFile(t, file))
		random := rand.New(rand.NewPCG(3, 13))
		for round := range 60 {
			shuffle := round%2 == 1
			edited := edit(random, source, shuffle)
			c, err := checklist.Parse(file, "edited", edited)
			if err != nil {
				t.Fatal(err)
			}
			got := identitiesOf(c)
			if shuffle { // a load test runs where the section before it did
				got.Hash = want.Hash
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s: names changed (-want +got):\n%s", file, diff)
			}
		}
	}
}

var (
	emptyBox   = regexp.MustCompile(`- \[ \]`)
	fillIn     = regexp.MustCompile(`_{7,}`)
	damagedBox = regexp.MustCompile(`‚òê|☐`)
)

// edit does to a checklist what people do to it during a migration.
func edit(random *rand.Rand, source []byte, shuffle bool) []byte {
	head, rest, _ := bytes.Cut(source, []byte("\n## "))
	sections := bytes.Split(rest, []byte("\n## "))
	if shuffle {
		random.Shuffle(len(sections), func(i, j int) { sections[i], sections[j] = sections[j], sections[i] })
	}
	text := string(head) + "\n" + strings.Repeat("\n", random.IntN(5)) + "## " + string(bytes.Join(sections, []byte("\n\n## ")))
	text = emptyBox.ReplaceAllStringFunc(text, func(s string) string {
		return []string{s, "- [x]", "- [X]"}[random.IntN(3)]
	})
	text = damagedBox.ReplaceAllStringFunc(text, func(s string) string {
		return []string{s, "☐", "☒", "☑"}[random.IntN(4)]
	})
	return []byte(fillIn.ReplaceAllStringFunc(text, func(s string) string {
		return []string{s, "0.05", "1,204", "~12", "-3.5", "none", "n/a", "__7__", "________________"}[random.IntN(9)]
	}))
}

func TestRepeatedTextsGetDistinctIDs(t *testing.T) {
	got := tasksOf(t, "## A\n- [ ] Deploy\n- [ ] Deploy\n  - [ ] Check\n- [ ] Deploy 2\n- [ ] Deploy\n\n## A\n- [ ] Deploy\n- [ ] 🚀\n")
	want := []string{"a/deploy", "a/deploy-3", "a/deploy-3/check", "a/deploy-2", "a/deploy-4", "a/deploy-5", "a/task"}
	var ids []string
	for _, task := range got {
		ids = append(ids, task.ID)
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func tasksOf(t testing.TB, source string) []checklist.Task {
	t.Helper()
	c, err := checklist.Parse("plan.md", "plan", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return c.Tasks
}

func TestIDsAreBounded(t *testing.T) {
	long := strings.Repeat("very long words, ", 100)
	var b strings.Builder
	b.WriteString("## " + long + "\n### " + long + "\n")
	for depth := range 60 {
		b.WriteString(strings.Repeat("  ", depth) + "- [ ] " + long + "\n")
	}
	seen := map[string]bool{}
	for _, task := range tasksOf(t, b.String()) {
		if len(task.ID) > 200 || seen[task.ID] {
			t.Errorf("%d bytes, seen before: %v: %s", len(task.ID), seen[task.ID], task.ID)
		}
		seen[task.ID] = true
	}
	if len(seen) != 60 {
		t.Errorf("%d ids", len(seen))
	}
}

// TestIDsOutliveSignatures fills in who signs: below a heading about signing the
// role is the name of the task.
func TestIDsOutliveSignatures(t *testing.T) {
	for _, name := range []string{"____", "Ann Onymous", "Ann Onymous, 2026-03-01"} {
		got := tasksOf(t, "## Sign-off\n- [ ] Release Lead: "+name+"\n- [ ] Notes: done\n")
		if got[0].ID != "sign-off/release-lead" {
			t.Errorf("%q: %s", name, got[0].ID)
		}
	}
}
