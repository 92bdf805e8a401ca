package checklist

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// read parses a file of the repository.
func read(t testing.TB, file string) *Checklist {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(file, NameOf(file), source)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// golden compares a whole reading with the JSON committed for it.
func golden(t *testing.T, c *Checklist, file string) {
	t.Helper()
	got, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", file, diff)
	}
}

// TestParseGolden compares everything that is read from the seed and from each
// small file of our own.
func TestParseGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		t.Run(NameOf(file), func(t *testing.T) {
			golden(t, read(t, file), strings.TrimSuffix(file, ".md")+".json")
		})
	}
}

const builtin = "../internal/source/builtin/python-3.13.md"

func TestParseGoldenBuiltin(t *testing.T) {
	golden(t, read(t, builtin), "testdata/python-3.13.json")
}
