package checklist_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/checklist"
)

func parse(t testing.TB, source string) *checklist.Checklist {
	t.Helper()
	c, err := checklist.Parse("plan.md", "plan", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLimitsLeaveTheRestOut(t *testing.T) {
	for name, tc := range map[string]struct {
		source   string
		tasks    int
		warnings []checklist.Warning
	}{
		"tasks": {
			strings.Repeat("- [ ] a\n", checklist.MaxTasks+10), checklist.MaxTasks,
			[]checklist.Warning{{Line: 50_001, Message: "more than 50000 tasks; from here on they are left out"}},
		},
		"lines": {
			"- [ ] a\n" + strings.Repeat("\n", checklist.MaxLines) + "- [ ] b\n", 1,
			[]checklist.Warning{{Line: 200_001, Message: "the file has more than 200000 lines; from here on it is left out"}},
		},
		"nesting": {
			nestedList(checklist.MaxNesting + 20), checklist.MaxNesting,
			[]checklist.Warning{{Line: 101, Message: "nested deeper than 100; what is nested deeper is left out"}},
		},
		"a line": {
			"- [ ] " + strings.Repeat("a ", 3000) + "\n- [ ] b\n", 2,
			[]checklist.Warning{{Line: 1, Message: "longer than 4096 bytes; the rest of the line is left out"}},
		},
	} {
		c := parse(t, tc.source)
		if diff := cmp.Diff(tc.warnings, c.Warnings); diff != "" || len(c.Tasks) != tc.tasks {
			t.Errorf("%s: %d tasks; warnings (-want +got):\n%s", name, len(c.Tasks), diff)
		}
	}
}

// TestHostileDocuments reads documents made to cost time or memory. It fails by
// running out of either.
func TestHostileDocuments(t *testing.T) {
	for name, source := range hostile(30_000) {
		t.Run(name, func(t *testing.T) {
			source = "- [ ] first\n\n" + source
			checkReading(t, parse(t, source), 1+strings.Count(source, "\n"))
		})
	}
	for _, char := range []string{"[", "> ", "- ", "`", "|", "*", "☐", "<", "‚äê"} {
		t.Run(fmt.Sprintf("10 MB of %q", char), func(t *testing.T) {
			parse(t, "- [ ] first\n\n"+strings.Repeat(char, 10<<20/len(char)))
		})
	}
}

// TestReadingTakesLinearTime reads hostile documents, and beside each a harmless
// one of the same size. A hostile one may take many times as long, but what takes
// time by the square of the size takes thousands of times as long.
func TestReadingTakesLinearTime(t *testing.T) {
	const size, most, rounds = 256 << 10, 200, 4
	harmless := strings.Repeat("- [ ] Deploy the service to the next host\n", size/42)
	for name, document := range hostile(size) {
		hostile, beside := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
		for range rounds {
			hostile, beside = min(hostile, reading(document)), min(beside, reading(harmless))
			if hostile < most*beside {
				break
			}
		}
		if hostile >= most*beside {
			t.Errorf("%s: %d bytes take %v, as many harmless ones %v", name, len(document), hostile, beside)
		}
	}
}

// reading is how long a document takes to be read.
func reading(source string) time.Duration {
	document := []byte("- [ ] first\n\n" + source)
	start := time.Now()
	_, _ = checklist.Parse("plan.md", "plan", document) // some are refused, which takes its time, too
	return time.Since(start)
}

func TestTextStaysText(t *testing.T) {
	const text = "{{ .Labels }} \"} or vector(1) #<script>"
	c := parse(t, "## "+text+"\n- [ ] "+text+"\n")
	want := []checklist.Task{{
		ID: "labels-or-vector-lt-script-gt/labels-or-vector-1-lt-script-gt", Line: 2, Text: text,
		State: checklist.Open, Kind: checklist.Plan, Section: text, Leaf: true,
	}}
	if diff := cmp.Diff(want, c.Tasks); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
