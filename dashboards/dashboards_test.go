package dashboards

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cutover-dev/cutover/checklist"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGoldenExamples compares the boards and panels of the sample checklist
// with the committed examples.
func TestGoldenExamples(t *testing.T) {
	boards, err := All(builtin(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, b := range boards {
		if files[b.File], err = b.JSON(); err != nil {
			t.Fatal(err)
		}
	}
	compareExamples(t, filepath.Join("examples", "python-3.13"), files)

	panels, err := Panels(builtin(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	for _, p := range panels {
		if files[p.File], err = p.LibraryJSON(); err != nil {
			t.Fatal(err)
		}
	}
	// Not below the boards: Grafana loads a folder with all that is in it.
	compareExamples(t, filepath.Join("examples", "panels", "python-3.13"), files)
}

// compareExamples wants the files of a folder, and no others.
func compareExamples(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, content := range files {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	found, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if _, ok := files[f.Name()]; !ok {
			t.Errorf("%s is nothing's file any more; -update removes it", filepath.Join(dir, f.Name()))
		}
	}
	for name, got := range files {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s differs; -update rewrites it (-want +got):\n%s", filepath.Join(dir, name), diff)
		}
	}
}

func TestSameInputSameBytes(t *testing.T) {
	for name, c := range all(t) {
		var runs [2][]byte
		for i := range runs {
			b, err := Overview(c, Options{DataSource: "Prometheus", RefreshInterval: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			if runs[i], err = b.JSON(); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(runs[0], runs[1]) || !bytes.HasSuffix(runs[0], []byte("}\n")) {
			t.Errorf("%s: two runs differ, or the file doesn't end in a newline", name)
		}
	}
}

// TestOnlyWhatIsThere wants no panel without anything behind it.
func TestOnlyWhatIsThere(t *testing.T) {
	titles := func(c *checklist.Checklist) []string {
		b, err := Overview(c, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, p := range read(t, *b).Panels {
			out = append(out, p.Title)
		}
		return out
	}
	empty := &checklist.Checklist{Name: "empty"}
	if diff := cmp.Diff([]string{"Progress", "Phase", "What is wrong"}, titles(empty)); diff != "" {
		t.Errorf("empty checklist (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Progress", "Phase", "What is wrong", "Progress by section"}, titles(bare())); diff != "" {
		t.Errorf("checklist with tasks only (-want +got):\n%s", diff)
	}
	want := []string{
		"Progress", "Phase", "Candidate traffic", "Next step", "Verdict", "What is wrong",
		"Progress by section", "Rollback criteria",
		"Stages", "Error rate", "Success rate",
		"Smoke tests",
		"Instances by version", "Ticked, yet disproven", "Sign-offs and approvals",
		"More signals", "Targets",
	}
	if diff := cmp.Diff(want, titles(small("Plan"))); diff != "" {
		t.Errorf("checklist with everything (-want +got):\n%s", diff)
	}
}

// TestHugeChecklist wants boards that load: no query for each task, no file of
// many megabytes.
func TestHugeChecklist(t *testing.T) {
	boards, err := All(huge(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range boards {
		content, err := b.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if len(content) > 1<<20 {
			t.Errorf("%s has %d bytes", b.UID, len(content))
		}
		for _, p := range read(t, b).Panels {
			if len(p.Targets) > 52 {
				t.Errorf("panel %q has %d queries", p.Title, len(p.Targets))
			}
		}
	}
}

func TestOptions(t *testing.T) {
	for url, ok := range map[string]bool{
		"":                         true,
		"https://example.org/a.md": true,
		"javascript:alert(1)":      false,
		"/relative":                false,
		"https://":                 false,
		"http://secret@%zz":        false,
	} {
		_, err := Overview(bare(), Options{ChecklistURL: url})
		if (err == nil) != ok {
			t.Errorf("%q: %v, want ok %v", url, err, ok)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error shows the URL: %v", err)
		}
	}
	for interval, want := range map[time.Duration]string{0: "30s", time.Minute: "1m", 90 * time.Second: "1m30s"} {
		b, err := Overview(bare(), Options{RefreshInterval: interval})
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, *b).Refresh; got != want {
			t.Errorf("a refresh interval of %v is written %q, want %q", interval, got, want)
		}
	}
	if _, err := Overview(bare(), Options{RefreshInterval: -1}); err == nil {
		t.Error("a negative refresh interval is taken")
	}
}

// TestLinks wants every board to lead to every other one of its set, and to the
// checklist.
func TestLinks(t *testing.T) {
	boards, err := All(small("Plan"), Options{ChecklistURL: "https://example.org/${name}/[[a]]"})
	if err != nil {
		t.Fatal(err)
	}
	if len(boards) != 5 {
		t.Errorf("a checklist with everything has %d boards, want 5", len(boards))
	}
	for _, b := range boards {
		var want, got []string
		for _, other := range boards {
			if other.UID != b.UID {
				want = append(want, "/d/"+other.UID)
			}
		}
		want = append(want, "https://example.org/%24{name}/%5B%5Ba]]")
		for _, l := range b.links {
			got = append(got, l.URL)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", b.UID, diff)
		}
	}
	few, err := All(bare(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(few) != 2 {
		t.Errorf("a checklist with tasks only has %d boards, want overview and exporter", len(few))
	}
}

func TestUID(t *testing.T) {
	for name, want := range map[string]string{
		"python-3.13":              "cutover-python-3_13-overview",
		"python-3-13":              "cutover-python-3-13-overview",
		"python-3_13":              "cutover-python-3_13-1ca7dc-overview",
		"My plan":                  "cutover-My-plan-d1455d-overview",
		"exactly-23-characters-x":  "cutover-exactly-23-characters-x-overview",
		"exactly-24-characters-xy": "cutover-exactly-24-chara-3475ce-overview",
		"план":                     "cutover-a1b167-overview",
		"a/b":                      "cutover-ab-c14cdd-overview",
		"":                         "cutover-e3b0c4-overview",
	} {
		if got := uid(name, "overview"); got != want {
			t.Errorf("uid of %q is %q, want %q", name, got, want)
		}
	}
}

func TestBoundText(t *testing.T) {
	var got []string
	for _, c := range small("Plan").Criteria {
		got = append(got, boundText(c))
	}
	want := []string{
		"< 0.1 %", "> 1 %", "> 99.9 %", "rise > 50 %", "<= 1.5 s", "drop >= 5 %", "> 1150 req/s", "rise > 15 %",
		"drop > 10 %", "< 150 ms", "< 80 %", "> 80 %", "it happens", "it happens",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for d, want := range map[time.Duration]string{5 * time.Minute: "5m", 48 * time.Hour: "48h", 90 * time.Second: "1m30s", 90 * time.Minute: "1h30m"} {
		if got := shortDuration(d); got != want {
			t.Errorf("%v is written %q, want %q", d, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		shown := literal(s)
		before := rune(0)
		for _, r := range shown {
			if interpolates(before, r) {
				t.Fatalf("Grafana would interpolate %q", shown)
			}
			before = r
		}
		if strings.ReplaceAll(shown, zeroWidthSpace, "") != strings.ReplaceAll(clip(s), zeroWidthSpace, "") {
			t.Fatalf("%q is shown as %q", s, shown)
		}
		s = strings.ToValidUTF8(s, "")
		quoted := quote(s)
		if strings.ContainsAny(quoted, "$") || strings.Contains(quoted, "[[") {
			t.Fatalf("Grafana would interpolate %s", quoted)
		}
		expr, err := parser.NewParser(parser.Options{}).ParseExpr("x{label=" + quoted + "}")
		if err != nil {
			t.Fatalf("%s: %v", quoted, err)
		}
		if got := expr.(*parser.VectorSelector).LabelMatchers[0].Value; got != s {
			t.Fatalf("%q is matched as %q", s, got)
		}
	})
}

func BenchmarkOverview(b *testing.B) {
	c := builtin(b)
	b.ReportAllocs()
	for b.Loop() {
		board, err := Overview(c, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := board.JSON(); err != nil {
			b.Fatal(err)
		}
	}
}
