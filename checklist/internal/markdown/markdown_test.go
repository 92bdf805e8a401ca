package markdown

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestPlain(t *testing.T) {
	for markdown, want := range map[string]string{
		"plain":                                 "plain",
		"**bold** and *slanted* and __both__":   "bold and slanted and both",
		"***all***":                             "all",
		"`code` and ``a`b``":                    "code and a`b",
		"~~struck~~ and ~5 min":                 "struck and ~5 min",
		"[text](https://example.org/a(b)c) end": "text end",
		"![image](a.png) [ref][1] [alone]":      "image ref [alone]",
		"<https://example.org>":                 "https://example.org",
		"a<br>b <b>c</b> <kbd>d</kbd>":          "a b c d",
		"P95 < 150ms and <0.1% and a > b":       "P95 < 150ms and <0.1% and a > b",
		"a <!-- comment --> b":                  "a  b",
		"#<script> and <target>":                "#<script> and <target>",
		"&lt;45ms &amp; &ge; 5&nbsp;%":          "<45ms & ≥ 5 %",
		`\*not slanted\* \[ \]`:                 "*not slanted* [ ]",
		"snake_case_name and _slanted_":         "snake_case_name and slanted",
		"Error rate: _______ % on __/__/____":   "Error rate: _______ % on __/__/____",
		"2 * 3 * 4":                             "2 * 3 * 4",
		"*Rollback Time: < 5 minutes":           "*Rollback Time: < 5 minutes",
		"[ ] None [x] Minor":                    "[ ] None [x] Minor",
		"`unclosed and **unclosed":              "`unclosed and **unclosed",
	} {
		if got := Plain(markdown); got != want {
			t.Errorf("%q: got %q, want %q", markdown, got, want)
		}
	}
}

func TestReadGivesLinesInOrder(t *testing.T) {
	doc := Read(`# Title

Text of  
two lines
- item
  wrapped
  - nested

> # Quoted

Under
lined
=====

| a | b |
|---|---|
| 1 | x \| y | 3 |
| 2 |

    code
`)
	header := []string{"a", "b"}
	want := []Line{
		{Kind: Heading, No: 1, Level: 1, Raw: "Title", Parent: -1, Block: 1},
		{Kind: Text, No: 3, Raw: "Text of", Parent: -1, Block: 2},
		{Kind: Text, No: 4, Raw: "two lines", Parent: -1, Block: 2},
		{Kind: Item, No: 5, Raw: "item", Parent: -1, List: 1, Block: 3},
		{Kind: Text, No: 6, Raw: "wrapped", Parent: 3, Block: 3, Soft: true},
		{Kind: Item, No: 7, Raw: "nested", Parent: 3, List: 2, Block: 4},
		{Kind: Text, No: 9, Level: 1, Raw: "Quoted", Parent: -1, Block: 5},
		{Kind: Heading, No: 11, Level: 1, Raw: "Under lined", Parent: -1, Block: 6},
		{Kind: Row, No: 17, Raw: `| 1 | x \| y | 3 |`, Parent: -1, Block: 7, Cols: &Cols{Header: header, Cells: []string{"1", "x | y"}}},
		{Kind: Row, No: 18, Raw: "| 2 |", Parent: -1, Block: 7, Cols: &Cols{Header: header, Cells: []string{"2"}}},
	}
	if diff := cmp.Diff(Document{Lines: want}, doc, cmpopts.IgnoreUnexported(Cols{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestReadNestsAsGitHub holds what the differential test against GitHub's
// renderer once found.
func TestReadNestsAsGitHub(t *testing.T) {
	for source, want := range map[string][]Line{
		"- [x] a\n  ---\n": {{Kind: Item, No: 1, Raw: "[x] a", Parent: -1, List: 1, Block: 1}},
		"- [ ] \n  2) [x] b\n": {
			{Kind: Item, No: 1, Raw: "[ ]", Parent: -1, List: 1, Block: 1},
			{Kind: Item, No: 2, Raw: "[x] b", Parent: 0, List: 2, Block: 2},
		},
		"- a\n  - [x] b\n  -     code\n": {
			{Kind: Item, No: 1, Raw: "a", Parent: -1, List: 1, Block: 1},
			{Kind: Item, No: 2, Raw: "[x] b", Parent: 0, List: 2, Block: 2},
		},
		"text\n| a | b |\n|---|---|\n| c | d |\n---\n": {
			{Kind: Text, No: 1, Raw: "text", Parent: -1, Block: 1},
			{Kind: Row, No: 4, Raw: "| c | d |", Parent: -1, Block: 2, Cols: &Cols{Header: []string{"a", "b"}, Cells: []string{"c", "d"}}},
		},
	} {
		if diff := cmp.Diff(want, Read(source).Lines, cmpopts.IgnoreUnexported(Cols{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", source, diff)
		}
	}
}

func TestReadStopsNesting(t *testing.T) {
	doc := Read("text\n\n" + strings.Repeat("> ", MaxNesting+5) + "deep\n")
	if doc.TooDeep != 3 {
		t.Errorf("too deep on line %d", doc.TooDeep)
	}
}

func TestUnfence(t *testing.T) {
	source := "- a\n\n  ```text\n  - b\n  ```\n\n~~~\n- c\n~~~\n"
	var got []string
	for _, l := range Read(Unfence(source)).Lines {
		got = append(got, l.Raw)
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// FuzzRead holds that every input is a document whose lines are in order and
// whose parents are items before them.
func FuzzRead(f *testing.F) {
	f.Add([]byte("# a\n- b\n  - c\n\n| a |\n|---|\n| b |\n"))
	f.Fuzz(func(t *testing.T, source []byte) {
		lines := Read(string(source)).Lines
		for i, l := range lines {
			if l.Parent >= i || l.Parent >= 0 && lines[l.Parent].Kind != Item {
				t.Fatalf("line %d has the parent %d", i, l.Parent)
			}
			if l.No < 1 || i > 0 && l.No < lines[i-1].No {
				t.Fatalf("line %d has the number %d", i, l.No)
			}
			Plain(l.Raw)
		}
		Unfence(string(source))
	})
}
