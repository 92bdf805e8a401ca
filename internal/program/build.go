package program

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// build installs a recipe's program into dir with the Go toolchain on PATH.
func build(ctx context.Context, r recipe, dir string, log io.Writer) error {
	path, err := exec.LookPath("go")
	if err != nil {
		return fmt.Errorf("the Go toolchain is needed to build it: %w", err)
	}
	args := []string{
		"install",
		// Built from a module, the program would not know its own version.
		"-ldflags=-X github.com/prometheus/common/version.Version=" + r.release.String(),
	}
	if r.tags != "" {
		args = append(args, "-tags="+r.tags)
	}
	args = append(args, r.pkg+"@"+r.version)

	// The toolchain needs a folder that is in no module, and finds GOBIN there.
	p, err := Start(ctx, Command{
		Program: Program{Tool: "go", Path: path},
		Args:    args,
		Env:     []string{"GOBIN=" + dir, "GOOS=", "GOARCH="},
		Dir:     dir,
		Log:     log,
	})
	if err != nil {
		return err
	}
	if err := p.Wait(); err != nil {
		return fmt.Errorf("go install %s@%s: %w", r.pkg, r.version, err)
	}
	if name := filepath.Join(dir, filepath.Base(r.pkg)); !executable(name) {
		return fmt.Errorf("go install %s@%s left no %s: %w", r.pkg, r.version, name, os.ErrNotExist)
	}
	return nil
}
