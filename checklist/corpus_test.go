//go:build corpus

package checklist_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/checklist"
)

// corpus is where other people's checklists lie: beside the repository, never
// in it.
const corpus = "../../shared/corpus"

func corpusFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(corpus + "/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no checklists in %s: %v", corpus, err)
	}
	return files
}

// box is a task as a renderer shows it.
type box struct {
	Line   int
	Done   bool
	Parent int // the line of the task it is nested in; 0 for none
}

// rendered asks cmark-gfm, GitHub's renderer, for the tasks of a file.
func rendered(t *testing.T, file string) []box {
	t.Helper()
	out, err := exec.Command("cmark-gfm", "-e", "table", "-e", "tasklist", "-e", "strikethrough", "-e", "autolink",
		"-t", "xml", "--sourcepos", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	var boxes []box
	var open []int // the line of each open element that is a task; 0 for others
	for dec := xml.NewDecoder(bytes.NewReader(out)); ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return boxes
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.StartElement:
			line := 0
			if e.Name.Local == "tasklist" {
				b := boxOf(t, e)
				for _, outer := range open {
					if outer > 0 {
						b.Parent = outer
					}
				}
				boxes, line = append(boxes, b), b.Line
			}
			open = append(open, line)
		}
	}
}

func boxOf(t *testing.T, e xml.StartElement) box {
	var b box
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "completed":
			b.Done = a.Value == "true"
		case "sourcepos":
			line, _, _ := strings.Cut(a.Value, ":")
			n, err := strconv.Atoi(line)
			if err != nil {
				t.Fatal(err)
			}
			b.Line = n
		}
	}
	return b
}

// understood gives our tasks as boxes, first those on the lines that the
// renderer knows, nested as it nests them, then the others.
func understood(c *checklist.Checklist, known map[int]bool) (same []box, further []checklist.Task) {
	byID := map[string]checklist.Task{}
	for _, task := range c.Tasks {
		byID[task.ID] = task
		if !known[task.Line] {
			further = append(further, task)
			continue
		}
		b := box{Line: task.Line, Done: task.State == checklist.Done}
		for up := task.Parent; up != "" && b.Parent == 0; up = byID[up].Parent {
			if known[byID[up].Line] {
				b.Parent = byID[up].Line
			}
		}
		same = append(same, b)
	}
	return same, further
}

// TestCorpusGolden compares with cmark-gfm what it sees, and the further tasks
// with a golden file: lines and states, none of the sentences.
func TestCorpusGolden(t *testing.T) {
	var further bytes.Buffer
	total := 0
	for _, file := range corpusFiles(t) {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := rendered(t, file)
		total += len(want)
		c, err := checklist.Parse(file, "corpus", source)
		if err != nil {
			c = &checklist.Checklist{}
		}
		known := map[int]bool{}
		for _, b := range want {
			known[b.Line] = true
		}
		same, more := understood(c, known)
		if diff := cmp.Diff(want, same); diff != "" {
			t.Errorf("%s (-cmark-gfm +ours):\n%s", file, diff)
		}
		number, _, _ := strings.Cut(filepath.Base(file), "__")
		fmt.Fprintf(&further, "%s: %d tasks on GitHub, %d further\n", number, len(want), len(more))
		for _, task := range more {
			fmt.Fprintf(&further, "%s:%d %s\n", number, task.Line, task.State)
		}
	}
	t.Logf("%d tasks compared", total)
	const golden = "testdata/corpus.txt"
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(golden, further.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	wantFurther, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(wantFurther), "\n"), strings.Split(further.String(), "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}

// BenchmarkCorpus reads each file.
func BenchmarkCorpus(b *testing.B) {
	for _, file := range corpusFiles(b) {
		source, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		number, _, _ := strings.Cut(filepath.Base(file), "__")
		b.Run(number, func(b *testing.B) { besideGoldmark(b, source) })
	}
}
