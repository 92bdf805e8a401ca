package checklist_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cutover-dev/cutover/checklist"
)

// FuzzParse holds every reading to what others rely on: distinct and bounded
// IDs, parents before children, lines of the file, valid UTF-8.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.md")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(source)
	}
	for _, s := range hostile(4096) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		c, err := checklist.Parse("fuzz.md", "fuzz", source)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "fuzz.md: ") || strings.Contains(err.Error(), "\n") {
				t.Fatalf("error %q", err)
			}
			return
		}
		checkReading(t, c, 1+strings.Count(string(source), "\n")+strings.Count(string(source), "\r"))
	})
}

// checkReading fails for a reading that breaks a promise of the package.
func checkReading(t *testing.T, c *checklist.Checklist, lines int) {
	t.Helper()
	ids := map[string]bool{}
	for _, task := range c.Tasks {
		switch {
		case task.ID == "" || len(task.ID) > 220 || !utf8.ValidString(task.ID) || ids[task.ID]:
			t.Fatalf("task ID %q, seen before: %v", task.ID, ids[task.ID])
		case task.Parent != "" && !ids[task.Parent]:
			t.Fatalf("parent %q doesn't stand before %q", task.Parent, task.ID)
		case task.Line < 1 || task.Line > lines:
			t.Fatalf("line %d of %d", task.Line, lines)
		case !utf8.ValidString(task.Text) || !utf8.ValidString(task.Section) || !utf8.ValidString(task.Group):
			t.Fatalf("invalid text in %+v", task)
		}
		ids[task.ID] = true
	}
	criteria := map[string]bool{}
	for _, k := range c.Criteria {
		if k.ID == "" || criteria[k.ID] || !strings.HasPrefix(k.ID, k.Task) || k.Task != "" && !ids[k.Task] {
			t.Fatalf("criterion ID %q of task %q", k.ID, k.Task)
		}
		criteria[k.ID] = true
	}
	for _, s := range c.Stages {
		if s.Ratio <= 0 || s.Ratio > 1 || s.Hold < 0 {
			t.Fatalf("stage %+v", s)
		}
	}
	if hash := c.Hash(); len(hash) != 12 {
		t.Fatalf("hash %q", hash)
	}
}

// hostile are documents of about n bytes made to cost time or memory.
func hostile(n int) map[string]string {
	rep := strings.Repeat
	side := int(math.Sqrt(float64(n))) // of what grows in two directions
	return map[string]string{
		"brackets":          rep("[", n),
		"bracket pairs":     rep("[](", n/3),
		"boxes":             rep("[ ]", n/3),
		"quotes":            rep("> ", n/2) + "- [ ] a",
		"dashes":            rep("- ", n/2) + "[ ] a",
		"nested list":       nestedList(side),
		"backticks":         backticks(side),
		"stars":             rep("*a", n/2),
		"underscores":       rep("_", n) + "a" + rep("__ ", n/3),
		"pipes":             rep("|", n/2) + "\n" + rep("|-", n/4) + "|\n" + rep("a\n", n/20),
		"wide table":        "|" + rep("a|", n/20) + "\n|" + rep("-|", n/20) + "\n" + rep("|x\n", n/20),
		"references":        rep("[a]: b\n", n/8),
		"comments":          rep("<!--", n/4),
		"tags":              rep("<a ", n/3),
		"entities":          rep("&", n),
		"colons":            "- [ ] " + rep("a: ", n/3),
		"signs":             "- [ ] x: " + rep("☐", n/3),
		"damaged":           rep("‚", n/3) + rep("√©", n/5) + "√",
		"blanks":            "- [ ] " + rep("a: ____ ", n/8),
		"percentages":       "- [ ] traffic " + rep("10% → ", n/8),
		"one long word":     "- [ ] " + rep("a", n),
		"same task":         rep("- [ ] a\n", n/8),
		"same heading":      rep("## a\n- [ ] b\n", n/12),
		"bold lines":        "## a\n" + rep("**b**\n\n", n/8),
		"approvals":         rep("**b:**\n\n", n/8),
		"wrapped":           "- [ ] a\n" + rep("b\n", n/2),
		"headings deep":     rep("###### a\n", n/10),
		"rows":              "|a|%|\n|-|-|\n" + rep("|b|1%|\n", n/8),
		"setext":            rep("a\n", n/4) + "===\n",
		"parentheses":       "- [ ] Label: value " + rep("(target ", n/8),
		"lazy continuation": "> - [ ] a\n" + rep("b\n", n/2),
		"dashes and stars":  rep("- * ", n/4) + "a",
		"numbers":           rep("1. ", n/3) + "a",
		"fences":            rep("```\n\n", n/10) + rep("~~~a\n", n/10),
		"open comments":     rep("<!-- a\n\n", n/9),
		"almost tags":       rep("<a b='c' ", n/9) + "\n" + rep("<a b\n", n/10),
		"delimiter rows":    rep("|-|\n", n/4),
		"deep quotes":       rep(rep("> ", side/2)+"a\n", side),
		"stars and blanks":  rep("**_", n/3),
		"choices":           "Impact: " + rep("None ☐ ", n/9),
		"durations":         "- [ ] 10% traffic for " + rep("15 minutes and ", n/15),
		"legend":            rep("[~] = doing ", n/12),
		"dates":             "- [ ] " + rep("2026-11-22 ", n/11),
		"same criterion":    "## Rollback criteria\n" + rep("- [ ] Error rate > 1%\n", n/22),
		"wide letters":      rep("## é\n- [ ] ü ≥ ñ\n", n/20),
		"stages":            rep("- [ ] Traffic 10%\n", n/18),
	}
}

func nestedList(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat(" ", 2*i) + "- [ ] a\n")
	}
	return b.String()
}

func backticks(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("a" + strings.Repeat("`", i))
	}
	return b.String()
}
