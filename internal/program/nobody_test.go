//go:build unix

package program

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The test holds as root and as anybody else, and says something about both.
func TestUnprivileged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "own")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	hidden := filepath.Join(t.TempDir(), "hidden")
	if err := os.Mkdir(hidden, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(hidden, "script")
	writeScript(t, path, "id -u; touch made && echo wrote")

	var log strings.Builder
	for range 2 { // the second start finds the first one's links
		log.Reset()
		p, err := Start(t.Context(), Command{
			Program: Program{Tool: "script", Path: path}, Dir: dir, Log: &log, Unprivileged: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Wait(); err != nil {
			t.Error(err)
		}
	}
	uid, wrote, _ := strings.Cut(log.String(), "\n")
	if uid == "0" || wrote != "wrote\n" {
		t.Errorf("the program said %q, want a user that is not root and may write to its folder", log.String())
	}
}

func TestLinkTree(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	if err := os.MkdirAll(filepath.Join(from, "usr", "lib"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeScript(t, filepath.Join(from, "usr", "lib", "real"), "echo real")
	if err := os.Symlink("usr/lib", filepath.Join(from, "lib")); err != nil {
		t.Fatal(err)
	}
	if err := linkTree(from, to); err != nil {
		t.Fatal(err)
	}
	if points, err := os.Readlink(filepath.Join(to, "lib")); err != nil || points != "usr/lib" {
		t.Errorf("the link points to %q, %v, want usr/lib", points, err)
	}
	if !executable(filepath.Join(to, "lib", "real")) {
		t.Error("the program is not there, or can't be run")
	}
}
