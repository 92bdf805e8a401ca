//go:build corpus

package criterion

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	corpus = flag.String("corpus", "../../../shared/corpus", "the folder of checklists to read")
	update = flag.Bool("update", false, "rewrite the golden file")
	quote  = flag.Bool("quote", false, "print each line with its criteria, to read them against the source")
)

// TestCorpus reads other people's checklists and compares every criterion
// found with a golden file that a person has judged. The file holds where a
// criterion stands and its fields, none of the sentences.
//
//	go test -tags corpus ./checklist/criterion -run Corpus [-update] [-quote -v]
func TestCorpus(t *testing.T) {
	const golden = "testdata/corpus.golden"
	files, err := filepath.Glob(filepath.Join(*corpus, "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no checklists in %s: %v", *corpus, err)
	}
	var got strings.Builder
	for _, path := range files {
		name, _, _ := strings.Cut(filepath.Base(path), "__")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		walk(string(text), func(at int, l Line) {
			reading := Read(l)
			for _, c := range reading.Criteria {
				kind := c.Kind
				if c.Advisory {
					kind = "advisory"
				}
				row := fmt.Sprintf("%s:%d\t%s\t%s\t%s\n", name, at, c.Role, kind, record(c))
				got.WriteString(row)
				if *quote {
					t.Logf("%s%s\n   [%s] <%s>", row, l.Text, strings.Join(l.Headings, " > "), c.Subject)
				}
			}
		})
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("(-golden +got):\n%s", diff)
	}
}

// walk calls read with each line of a document that is a list item, a table
// row or a sentence, outside code, with what it stands under. It is a plain
// stand-in for the Markdown reader, which imports this package.
func walk(text string, read func(at int, l Line)) {
	var w walker
	scanner := bufio.NewScanner(strings.NewReader(text))
	scanner.Buffer(nil, 1<<20)
	for at := 1; scanner.Scan(); at++ {
		if l, ok := w.line(scanner.Text()); ok {
			read(at, l)
		}
	}
}

type walker struct {
	fence    string
	headings []string
	levels   []int
	items    []string
	indents  []int
	header   []string
	inTable  bool
}

func (w *walker) line(raw string) (Line, bool) {
	text := strings.TrimSpace(strings.TrimPrefix(raw, "\ufeff"))
	if w.fence != "" {
		if strings.HasPrefix(text, w.fence) {
			w.fence = ""
		}
		return Line{}, false
	}
	for _, fence := range []string{"```", "~~~"} {
		if strings.HasPrefix(text, fence) {
			w.fence = fence
			return Line{}, false
		}
	}
	if strings.HasPrefix(text, "#") && strings.Contains(text, "# ") {
		w.heading(text)
		return Line{}, false
	}
	if strings.HasPrefix(text, "|") {
		return w.row(text)
	}
	w.inTable, w.header = false, nil
	return w.item(raw, text)
}

func (w *walker) heading(text string) {
	level := len(text) - len(strings.TrimLeft(text, "#"))
	for len(w.levels) > 0 && w.levels[len(w.levels)-1] >= level {
		w.levels, w.headings = w.levels[:len(w.levels)-1], w.headings[:len(w.headings)-1]
	}
	w.items, w.indents = nil, nil
	if level == 1 && len(w.headings) == 0 {
		return
	}
	w.levels = append(w.levels, level)
	w.headings = append(w.headings, strings.TrimSpace(strings.Trim(text, "#* ")))
}

func (w *walker) row(text string) (Line, bool) {
	cells := strings.Split(strings.Trim(text, "|"), "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	if strings.Trim(text, "|-: ") == "" {
		return Line{}, false
	}
	if !w.inTable {
		w.inTable, w.header = true, cells
		return Line{}, false
	}
	return Line{Text: text, Headings: w.headings, Header: w.header, Cells: cells}, true
}

func (w *walker) item(raw, text string) (Line, bool) {
	indent := len(raw) - len(strings.TrimLeft(raw, " \t"))
	for len(w.indents) > 0 && w.indents[len(w.indents)-1] >= indent && text != "" {
		w.indents, w.items = w.indents[:len(w.indents)-1], w.items[:len(w.items)-1]
	}
	body, isItem := text, false
	for _, marker := range []string{"- ", "* ", "+ "} {
		if strings.HasPrefix(body, marker) {
			body, isItem = strings.TrimSpace(body[2:]), true
			break
		}
	}
	if n := strings.IndexAny(body, ".)"); !isItem && n > 0 && n < 3 && strings.Trim(body[:n], "0123456789") == "" && strings.HasPrefix(body[n+1:], " ") {
		body, isItem = strings.TrimSpace(body[n+1:]), true
	}
	for _, box := range []string{"[ ]", "[x]", "[X]"} {
		body = strings.TrimSpace(strings.TrimPrefix(body, box))
	}
	l := Line{Text: body, Headings: w.headings, Above: append([]string(nil), w.items...)}
	if isItem {
		w.items, w.indents = append(w.items, body), append(w.indents, indent)
	} else if !strings.HasPrefix(raw, " ") {
		w.items, w.indents = nil, nil
	}
	return l, body != ""
}
