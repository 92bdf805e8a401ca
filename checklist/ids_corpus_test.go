//go:build corpus

package checklist_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/checklist"
)

// TestNamesSurviveEditingInTheCorpus does to other people's checklists what
// TestNamesSurviveEditing does to ours. Where texts repeat, the numbers behind
// them follow the order, so the names of all are compared and not each one's.
func TestNamesSurviveEditingInTheCorpus(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 13))
	compared, shuffled := 0, 0
	for _, file := range corpusFiles(t) {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, err := checklist.Parse(file, "corpus", source)
		if err != nil {
			continue // without a task
		}
		want := taskIDs(c)
		// A heading inside of a code block is none, and one that says what the
		// sections below it are for can't be moved away from them.
		moves := !bytes.Contains(source, []byte("```")) && !bytes.Contains(source, []byte("~~~")) &&
			bytes.Count(source, []byte("\n# ")) == 0 && bytes.Count(source, []byte("\n## ")) > 1
		for round := range 8 {
			shuffle := moves && round%2 == 1
			edited, err := checklist.Parse(file, "corpus", edit(random, source, shuffle))
			if err != nil {
				t.Fatal(err)
			}
			compared++
			if shuffle {
				shuffled++
			}
			if diff := cmp.Diff(want, taskIDs(edited)); diff != "" {
				t.Errorf("%s, sections moved: %v (-want +got):\n%s", file, shuffle, diff)
				break
			}
		}
	}
	t.Logf("%d editions compared, %d of them with their sections moved", compared, shuffled)
}

func taskIDs(c *checklist.Checklist) []string {
	ids := make([]string, len(c.Tasks))
	for i, task := range c.Tasks {
		ids[i] = task.ID
	}
	slices.Sort(ids)
	return ids
}
