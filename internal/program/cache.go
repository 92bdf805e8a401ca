package program

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// toolsDir is the folder of the cache that holds a folder for each tool.
func toolsDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache folder: %w", err)
	}
	return filepath.Join(cache, "cutover", "tools"), nil
}

// cacheDir is the folder of the cache for a tool at its pinned version. It is
// there, whole, or not at all.
func cacheDir(tool Tool) (string, error) {
	tools, err := toolsDir()
	if err != nil {
		return "", err
	}
	r, known := recipes[tool]
	if !known {
		return "", fmt.Errorf("%s: unknown tool", tool)
	}
	version := r.version
	if r.debian != "" {
		version = distribution()
	}
	return filepath.Join(tools, string(tool)+"-"+version), nil
}

// distribution names what unpacked packages depend on, such as
// "debian-12-amd64": a cache can outlive an upgrade or be shared by containers.
func distribution() string {
	words := []string{"unknown", "", runtime.GOARCH}
	text, _ := os.ReadFile("/etc/os-release") // absent elsewhere, where nothing is unpacked either
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch value = strings.Trim(value, `"'`); key {
		case "ID":
			words[0] = value
		case "VERSION_ID":
			words[1] = value
		}
	}
	return filepath.Base(strings.Join(words, "-"))
}

// fillOnce makes the folder dir by having fill write to a folder beside it and
// renaming that. Callers at once, in any process, wait for the first of them.
// What an interrupted one left behind is removed by the next.
func fillOnce(ctx context.Context, dir string, fill func(partial string) error) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	unlock, err := lock(ctx, dir+".lock")
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Stat(dir); err == nil {
		return nil // somebody else did while this caller waited
	}
	partial := dir + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	if err := os.Mkdir(partial, 0o755); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(partial) }() // gone already where all went well
	if err := fill(partial); err != nil {
		return err
	}
	return os.Rename(partial, dir)
}

// lock takes the lock of a file, waiting for it until ctx ends.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	type result struct {
		unlock func()
		err    error
	}
	locked := make(chan result, 1)
	go func() {
		unlock, err := lockedfile.MutexAt(path).Lock()
		locked <- result{unlock, err}
	}()
	select {
	case r := <-locked:
		return r.unlock, r.err
	case <-ctx.Done():
		go func() { // a lock that comes too late is given back
			if r := <-locked; r.err == nil {
				r.unlock()
			}
		}()
		return nil, fmt.Errorf("wait for %s: %w", path, context.Cause(ctx))
	}
}
