package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// writeTree writes all files below dir, or none, and says how many changed.
// Every file is written beside its place first and moved there when all are
// written: a full disk or a missing permission leaves what was there before.
func writeTree(dir string, files []file) (changed int, err error) {
	var moves [][2]string
	defer func() {
		for _, m := range moves {
			err = errors.Join(err, removeIfThere(m[0]))
		}
	}()
	for _, f := range files {
		name := f.below(dir)
		if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, f.content) {
			continue
		}
		temp, err := writeBeside(name, f)
		if err != nil {
			return 0, err
		}
		moves = append(moves, [2]string{temp, name})
	}
	for _, m := range moves {
		if err := os.Rename(m[0], m[1]); err != nil {
			return 0, err
		}
	}
	return len(moves), nil
}

// writeBeside writes a temporary file in the folder of name.
func writeBeside(name string, f file) (temp string, err error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s: in the way, and not a regular file", name)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return "", err
	}
	t, err := os.CreateTemp(filepath.Dir(name), ".cutover-*")
	if err != nil {
		return "", err
	}
	_, err = t.Write(f.content)
	err = errors.Join(err, t.Chmod(f.mode), t.Sync(), t.Close())
	if err != nil {
		return "", errors.Join(err, removeIfThere(t.Name()))
	}
	return t.Name(), nil
}

func removeIfThere(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// compareTree says which files below dir are missing or differ.
func compareTree(dir string, files []file) (stale []string, err error) {
	for _, f := range files {
		name := f.below(dir)
		old, err := os.ReadFile(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			stale = append(stale, name+": missing")
		case err != nil:
			return nil, err
		case !bytes.Equal(old, f.content):
			stale = append(stale, name+": differs")
		}
	}
	return stale, nil
}
