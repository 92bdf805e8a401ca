//go:build corpus

package checklist_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/checklist"
)

// pieces are what random documents are made of: an indent or container, a line
// and its end. A box with nothing behind it and a blank line below it is left
// out: what follows nests in it here and does not on GitHub.
var (
	indents = []string{"", "", "", "  ", "    ", "\t", " ", "   ", "      ", "        ", "> ", ">", "- ", "1. ", "> > "}
	bodies  = []string{
		"- [ ] t", "- [x] t", "* [X] t", "1. [ ] t", "2) [x] t", "+ [ ]  t", "- [ ]\tt", "-   [ ] t", "-     [ ] t", "10. [ ] t", "1.\t[ ] t", "-\t- [ ] t", "1.\t- [x] t",
		"- [ ] - [x] t", "- - [ ] t", "- [x] t [ ] u", "- [ ] [x] u", "-\t[ ] t", "- [ ] `code", "- [ ] **b", "- [x] <b>c", "[ ] t",
		"- t", "1. t", "text", "# H", "## H", "", "", "", "---", "===", "***", "```", "~~~", "    code", "| a | b |", "|---|---|", "| c |",
		"<!-- c -->", "<!--", "-->", "<div>", "</div>", "<details>", "<script>", "<b>x</b>", "&nbsp;", "[a]: b", "\\", "- [x](u)",
	}
	ends = []string{"\n", "\n", "\n", "\n\n", "  \n", "\r\n"}
)

// TestRandomDocumentsAgree compares random documents with cmark-gfm.
func TestRandomDocumentsAgree(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 13))
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	file := filepath.Join(t.TempDir(), "random.md")
	for range 500 {
		var b strings.Builder
		b.WriteString("- [ ] first\n\n")
		for range 3 + random.IntN(10) {
			b.WriteString(pick(indents) + pick(bodies) + pick(ends))
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		want := rendered(t, file)
		known := map[int]bool{}
		for _, box := range want {
			known[box.Line] = true
		}
		c, err := checklist.Parse(file, "random", []byte(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		if same, _ := understood(c, known); !cmp.Equal(want, same) {
			t.Errorf("%q (-cmark-gfm +ours):\n%s", b.String(), cmp.Diff(want, same))
		}
	}
}
