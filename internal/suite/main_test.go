package suite

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with a committed file.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	file = filepath.FromSlash(file)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-golden +got):\n%s", file, diff)
	}
}

// environ is an environment that has the same value for every variable but
// MISSING, and an empty EMPTY.
func environ(value string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		switch name {
		case "MISSING":
			return "", false
		case "EMPTY":
			return " ", true
		}
		return value, true
	}
}
