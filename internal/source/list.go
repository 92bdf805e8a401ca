package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// list reads the documents of one spec. Files it has read before and that are
// gone come back with an error. The error of list is for a spec that never led
// to any file.
func (s *Source) list(ctx context.Context, spec string) ([]Document, error) {
	if name, ok := strings.CutPrefix(spec, builtinPrefix); ok {
		return []Document{readBuiltin(name)}, nil
	}
	if r := s.remotes[spec]; r != nil {
		d, _ := r.current()
		return []Document{d}, nil
	}
	before := s.seen[spec]
	files, isDir, err := expand(spec, before)
	var documents []Document
	for _, file := range files {
		if ctx.Err() != nil {
			return documents, ctx.Err()
		}
		known := slices.Contains(before, file)
		d := s.cache.read(file, s.clock)
		// What lies beside the checklists in their directory is not a failed
		// checklist; but one that was there stays one, whatever becomes of it.
		if isDir && !known && !s.cache.hasTasks(d) {
			continue
		}
		if !known && d.Err == nil {
			s.seen[spec] = append(s.seen[spec], file)
		}
		documents = append(documents, d)
	}
	for _, file := range before {
		if !slices.Contains(files, file) {
			documents = append(documents, failed(file, vanished(err)))
		}
	}
	if len(documents) > 0 {
		slices.SortStableFunc(documents, func(a, b Document) int { return strings.Compare(a.File, b.File) })
		return documents, nil
	}
	if err == nil {
		err = fmt.Errorf("a directory without checklists: %d Markdown files (*.md), none with a task in it", len(files))
	}
	return nil, err
}

func vanished(cause error) error {
	if cause != nil {
		return fmt.Errorf("no longer there: %w", cause)
	}
	return fmt.Errorf("no longer there: %w", fs.ErrNotExist)
}

// expand lists the files of a spec that is a path; before are those it led to
// earlier. A single file that does not exist is listed all the same: reading it
// says so.
func expand(spec string, before []string) (files []string, isDir bool, err error) {
	info, err := os.Stat(spec)
	switch {
	case err == nil && info.IsDir():
		files, err = markdown(spec)
		return files, true, err
	case err == nil:
		return []string{spec}, false, nil
	case isGlob(spec):
		files, err = filepath.Glob(spec)
		if err == nil && len(files) == 0 {
			err = errors.New("no file matches this glob")
		}
		return files, false, err
	case len(before) > 0 && !slices.Contains(before, spec):
		return nil, true, reason(err) // it was a directory
	}
	return []string{spec}, false, nil
}

// markdown lists the Markdown files of a directory, sorted.
func markdown(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, reason(err)
	}
	var files []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && strings.EqualFold(filepath.Ext(e.Name()), ".md") {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files, nil
}

func isGlob(spec string) bool { return strings.ContainsAny(spec, `*?[`) }

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
