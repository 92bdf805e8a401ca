package checklist

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBlankRunsAreAsDescribed compares with an expression that says the same.
func TestBlankRunsAreAsDescribed(t *testing.T) {
	want := regexp.MustCompile(`\**_{3,}\**(?:[^_*\s]+_{2,}\**)?(?:/_{2,})*|_{2,}/_{2,}(?:/_{2,})*|\*{2,}_+\*{2,}`)
	pieces := []string{"_", "__", "___", "*", "**", "/", "a", "é", " ", "12", "__/__/____", "_____"}
	random := rand.New(rand.NewPCG(3, 13))
	for range 20_000 {
		text := ""
		for range random.IntN(9) {
			text += pieces[random.IntN(len(pieces))]
		}
		var spots [][2]int
		for _, at := range want.FindAllStringIndex(text, -1) {
			spots = append(spots, [2]int{at[0], at[1]})
		}
		if diff := cmp.Diff(spots, blankRuns(text)); diff != "" {
			t.Fatalf("%q (-want +got):\n%s", text, diff)
		}
	}
}
