package source

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// found is a Document as the tests compare it.
type found struct{ Name, File, Content, Err string }

func summarize(documents []Document) []found {
	var out []found
	for _, d := range documents {
		f := found{Name: d.Name, File: d.File, Content: string(d.Bytes)}
		if d.Err != nil {
			f.Err = d.Err.Error()
		}
		out = append(out, f)
	}
	return out
}

const plan = "# Plan\n\n- [ ] one\n"

// lay makes files below a fresh directory, which becomes the working
// directory, so that messages don't depend on where it is.
func lay(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, content := range files {
		write(t, name, content)
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, o Options, specs ...string) *Source {
	t.Helper()
	s, err := Open(specs, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRead(t *testing.T) {
	files := map[string]string{
		"plan.md":             plan,
		"odd [v2].md":         plan,
		"empty.md":            "",
		"blank.md":            "\ufeff \r\n\t\n",
		"binary.md":           "- [ ] a\x00b",
		"none/README.md":      "# Read me\n\nSee [x](x.md).\n",
		"plans/a.md":          "1. [x] a\n",
		"plans/b.MD":          "> * [ ] b\r\n",
		"plans/c.md":          "| done |\n|---|\n| [ ] |\n",
		"plans/d.md":          "- ☐ d\n",
		"plans/e.md":          "- ‚òê e\n",
		"plans/README.md":     "- [x](link) and [ ] in a sentence\n",
		"plans/HOWTO.md":      "Write tasks like this:\n\n```\n- [ ] Deploy\n```\n",
		"plans/empty.md":      "",
		"plans/notes.txt":     plan,
		"plans/.hidden.md":    plan,
		"plans/deeper/f.md":   plan,
		"plans/folder.md/g":   plan,
		"other/plan.md":       plan,
		"other/plan.markdown": plan,
	}
	tests := map[string]struct {
		specs []string
		name  string
		want  []found
	}{
		"a file": {
			specs: []string{"plan.md"},
			want:  []found{{Name: "plan", File: "plan.md", Content: plan}},
		},
		"a file whose name looks like a glob": {
			specs: []string{"odd [v2].md"},
			want:  []found{{Name: "odd [v2]", File: "odd [v2].md", Content: plan}},
		},
		"a file by another name": {
			specs: []string{"plan.md"}, name: "python-3.13",
			want: []found{{Name: "python-3.13", File: "plan.md", Content: plan}},
		},
		"a directory": {
			specs: []string{"plans"},
			want: []found{
				{Name: "a", File: "plans/a.md", Content: "1. [x] a\n"},
				{Name: "b", File: "plans/b.MD", Content: "> * [ ] b\r\n"},
				{Name: "c", File: "plans/c.md", Content: "| done |\n|---|\n| [ ] |\n"},
				{Name: "d", File: "plans/d.md", Content: "- ☐ d\n"},
				{Name: "e", File: "plans/e.md", Content: "- ‚òê e\n"},
			},
		},
		"a glob": {
			specs: []string{"plans/[ab].*"},
			want: []found{
				{Name: "a", File: "plans/a.md", Content: "1. [x] a\n"},
				{Name: "b", File: "plans/b.MD", Content: "> * [ ] b\r\n"},
			},
		},
		"a glob takes what it matches": {
			specs: []string{"*.md"},
			want: []found{
				{Name: "binary", File: "binary.md", Err: "binary.md: not text: it has a zero byte at offset 7 (a checklist is Markdown in UTF-8)"},
				{Name: "blank", File: "blank.md", Err: "blank.md: empty"},
				{Name: "empty", File: "empty.md", Err: "empty.md: empty"},
				{Name: "odd [v2]", File: "odd [v2].md", Content: plan},
				{Name: "plan", File: "plan.md", Content: plan},
			},
		},
		"the same file twice": {
			specs: []string{"plan.md", "p*.md"},
			want:  []found{{Name: "plan", File: "plan.md", Content: plan}},
		},
		"two of one name": {
			specs: []string{"plan.md", "other/plan.md", "plans/a.md"},
			want: []found{
				{Name: "plan", File: "plan.md", Err: `plan.md: has the same name as other/plan.md, "plan": rename one of the files`},
				{Name: "a", File: "plans/a.md", Content: "1. [x] a\n"},
			},
		},
		"one name for two": {
			specs: []string{"plan.md", "plans/a.md"}, name: "mine",
			want: []found{{Name: "mine", File: "plan.md",
				Err: `plan.md: the name "mine" can be given to one checklist only, and there are 2: plan.md, plans/a.md`}},
		},
		"missing": {
			specs: []string{"no/plan.md"},
			want:  []found{{Name: "plan", File: "no/plan.md", Err: "no/plan.md: no such file or directory"}},
		},
		"a directory without checklists": {
			specs: []string{"none"},
			want: []found{{File: "none",
				Err: "none: a directory without checklists: 1 Markdown files (*.md), none with a task in it"}},
		},
		"a glob without matches": {
			specs: []string{"no/*.md"},
			want:  []found{{File: "no/*.md", Err: "no/*.md: no file matches this glob"}},
		},
		"one good, one missing": {
			specs: []string{"gone.md", "plan.md"},
			want: []found{
				{Name: "gone", File: "gone.md", Err: "gone.md: no such file or directory"},
				{Name: "plan", File: "plan.md", Content: plan},
			},
		},
	}
	lay(t, files)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := open(t, Options{Name: test.name}, test.specs...)
			if diff := cmp.Diff(test.want, summarize(s.Read(t.Context()))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadBuiltin(t *testing.T) {
	documents := open(t, Options{}, "builtin:python-3.13").Read(t.Context())
	if len(documents) != 1 || documents[0].Err != nil {
		t.Fatalf("got %v", summarize(documents))
	}
	d := documents[0]
	if d.Name != "python-3.13" || d.File != "builtin:python-3.13" || len(d.Bytes) == 0 {
		t.Errorf("got name %q, file %q, %d bytes", d.Name, d.File, len(d.Bytes))
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := map[string]struct {
		specs []string
		name  string
		want  string
	}{
		"nothing":         {nil, "", "no checklist given: name a file, a glob, a directory or builtin:python-3.13"},
		"an empty name":   {[]string{" "}, "", "an empty name of a checklist: name a file, a glob, a directory or builtin:python-3.13"},
		"a built-in typo": {[]string{"builtin:python-3.31"}, "", "builtin:python-3.31: there is no such checklist in the program; there is builtin:python-3.13"},
		"a way out of the built-ins": {[]string{"builtin:../builtin/python-3.13"}, "",
			"builtin:../builtin/python-3.13: there is no such checklist in the program; there is builtin:python-3.13"},
		"an address with a password": {[]string{"https://me:secret@example.org/plan.md?token=secret"}, "",
			"https://…: has a user or a password in it: put a token into a file, and name the file"},
		"a bad glob":       {[]string{"plans/[a.md"}, "", "plans/[a.md: not a valid glob: a [ needs its ]"},
		"a name with path": {[]string{"plan.md"}, "../plan", `"../plan" can't be a checklist's name: no slashes or control characters, please`},
		"everything at once": {[]string{"", "builtin:x"}, "a\nb",
			"an empty name of a checklist: name a file, a glob, a directory or builtin:python-3.13\n" +
				"builtin:x: there is no such checklist in the program; there is builtin:python-3.13\n" +
				`"a\nb" can't be a checklist's name: no slashes or control characters, please`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Open(test.specs, Options{Name: test.name})
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestReadNotRegular(t *testing.T) {
	lay(t, nil)
	if err := syscall.Mkfifo("pipe.md", 0o644); err != nil {
		t.Fatal(err)
	}
	got := summarize(open(t, Options{}, "pipe.md").Read(t.Context())) // must not wait for a writer
	want := []found{{Name: "pipe", File: "pipe.md", Err: "pipe.md: not a regular file"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadLimit(t *testing.T) {
	lay(t, nil)
	body := bytes.Repeat([]byte("- [ ] 4567890123"), MaxBytes/16)
	write(t, "most.md", string(body))
	write(t, "more.md", string(body)+"\n")
	documents := open(t, Options{}, "more.md", "most.md").Read(t.Context())
	if got, want := documents[0].Err.Error(), "more.md: larger than 16 MiB, the limit for a checklist"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if d := documents[1]; d.Err != nil || len(d.Bytes) != MaxBytes {
		t.Errorf("16 MiB: %d bytes, %v", len(d.Bytes), d.Err)
	}
}

// endless never ends, and counts what is taken from it.
type endless struct{ taken int }

func (r *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	r.taken += len(p)
	return len(p), nil
}

func TestReadStopsAtTheLimit(t *testing.T) {
	var r endless
	b, err := readText(&r)
	if b != nil || err == nil {
		t.Fatalf("got %d bytes, %v", len(b), err)
	}
	if r.taken > MaxBytes+1 {
		t.Errorf("read %d bytes", r.taken)
	}
}

func TestReadPassesOnErrors(t *testing.T) {
	_, err := readText(io.MultiReader(strings.NewReader(plan), errReader{}))
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestReadChangesNothing(t *testing.T) {
	damaged := "\ufeff# Plan\r\n\r\n- [x] done \xff‚úÖ\r\n"
	lay(t, map[string]string{"plan.md": damaged})
	old := time.Date(2020, 1, 2, 3, 4, 5, 6, time.UTC)
	if err := os.Chtimes("plan.md", old, old); err != nil {
		t.Fatal(err)
	}
	got := open(t, Options{}, "plan.md").Read(t.Context())
	if string(got[0].Bytes) != damaged {
		t.Errorf("read %q", got[0].Bytes)
	}
	after, err := os.ReadFile("plan.md")
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat("plan.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(after) != damaged || !info.ModTime().Equal(old) || info.Mode() != 0o644 {
		t.Errorf("the file is now %q, %v, %v", after, info.ModTime(), info.Mode())
	}
}

// A box ticked within the resolution of the file system's clock keeps size,
// time and inode.
func TestReadSeesChangesThatKeepTheTime(t *testing.T) {
	lay(t, map[string]string{"plan.md": plan})
	now := time.Now()
	s := open(t, Options{Clock: func() time.Time { return now }}, "plan.md")
	ticked := strings.Replace(plan, "[ ]", "[x]", 1)
	for _, content := range []string{plan, ticked} {
		write(t, "plan.md", content)
		if err := os.Chtimes("plan.md", now, now); err != nil {
			t.Fatal(err)
		}
		if got := string(s.Read(t.Context())[0].Bytes); got != content {
			t.Errorf("got %q, want %q", got, content)
		}
	}
}

func TestReadRemembersFiles(t *testing.T) {
	lay(t, map[string]string{"plans/a.md": plan, "plans/b.md": plan, "plans/c.md": plan})
	s := open(t, Options{}, "plans")
	s.Read(t.Context())

	write(t, "plans/b.md", "# no task any more\n")
	write(t, "plans/c.md", "")
	remove(t, "plans/a.md")
	want := []found{
		{Name: "a", File: "plans/a.md", Err: "plans/a.md: no longer there: file does not exist"},
		{Name: "b", File: "plans/b.md", Content: "# no task any more\n"},
		{Name: "c", File: "plans/c.md", Err: "plans/c.md: empty"},
	}
	if diff := cmp.Diff(want, summarize(s.Read(t.Context()))); diff != "" {
		t.Errorf("after changes in the directory: %s", diff)
	}

	remove(t, "plans")
	want = []found{
		{Name: "a", File: "plans/a.md", Err: "plans/a.md: no longer there: no such file or directory"},
		{Name: "b", File: "plans/b.md", Err: "plans/b.md: no longer there: no such file or directory"},
		{Name: "c", File: "plans/c.md", Err: "plans/c.md: no longer there: no such file or directory"},
	}
	if diff := cmp.Diff(want, summarize(s.Read(t.Context()))); diff != "" {
		t.Errorf("after the directory is gone: %s", diff)
	}

	write(t, "plans/b.md", plan)
	want[1] = found{Name: "b", File: "plans/b.md", Content: plan}
	want[0].Err = "plans/a.md: no longer there: file does not exist"
	want[2].Err = "plans/c.md: no longer there: file does not exist"
	if diff := cmp.Diff(want, summarize(s.Read(t.Context()))); diff != "" {
		t.Errorf("after the directory is back: %s", diff)
	}
}

// What lies in a directory is read and parsed once, checklist or not, and
// forgotten once it is gone.
func TestReadParsesOnce(t *testing.T) {
	lay(t, map[string]string{"plans/a.md": plan, "plans/README.md": "# Read me\n"})
	s := open(t, Options{}, "plans")
	for range 3 {
		s.Read(t.Context())
	}
	for _, file := range []string{"plans/a.md", "plans/README.md"} {
		if !s.cache[file].parsed {
			t.Errorf("%s is not remembered", file)
		}
	}
	remove(t, "plans/README.md")
	s.Read(t.Context())
	if _, ok := s.cache["plans/README.md"]; ok {
		t.Error("a file that is gone is still remembered")
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	lay(t, map[string]string{"plans/a.md": plan})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	want := []found{{File: "plans", Err: "plans: context canceled"}}
	if diff := cmp.Diff(want, summarize(open(t, Options{}, "plans").Read(ctx))); diff != "" {
		t.Error(diff)
	}
}

func remove(t *testing.T, name string) {
	t.Helper()
	if err := os.RemoveAll(name); err != nil {
		t.Fatal(err)
	}
}
