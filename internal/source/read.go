package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/cutover-dev/cutover/checklist"
)

// cache remembers files that did not change since they were read, so that
// looking every second costs one stat for each.
type cache map[string]cached

type cached struct {
	info     fs.FileInfo
	readAt   time.Time
	document Document
	parsed   bool // whether hasTasks is known
	hasTasks bool
	used     bool // read since the last sweep
}

// racy is how long after its modification a file is read again although its
// size and time are the same: ticking a box keeps the size, and some file
// systems count time in steps of two seconds.
const racy = 3 * time.Second

func (c cache) read(file string, now func() time.Time) Document {
	info, err := os.Stat(file)
	if err != nil {
		return failed(file, reason(err))
	}
	if !info.Mode().IsRegular() {
		return failed(file, errors.New("not a regular file"))
	}
	was, ok := c[file]
	was.used = true
	if ok && os.SameFile(was.info, info) && was.info.Size() == info.Size() &&
		was.info.ModTime().Equal(info.ModTime()) && was.readAt.Sub(info.ModTime()) > racy {
		c[file] = was
		return was.document
	}
	at := now() // before the read, so that a change during it is not missed
	d := readFile(file)
	if !ok || !same(was.document, d) {
		was = cached{document: d, used: true}
	}
	was.info, was.readAt = info, at
	c[file] = was
	return was.document
}

// hasTasks says whether a document that was just read is a checklist, for
// telling checklists from other files in a directory.
func (c cache) hasTasks(d Document) bool {
	if d.Err != nil {
		return false
	}
	entry := c[d.File]
	if !entry.parsed {
		_, err := checklist.Parse(d.File, d.Name, d.Bytes)
		entry.parsed, entry.hasTasks = true, err == nil
		c[d.File] = entry
	}
	return entry.hasTasks
}

// sweep forgets the files that were not read since the last sweep.
func (c cache) sweep() {
	for file, entry := range c {
		if !entry.used {
			delete(c, file)
			continue
		}
		entry.used = false
		c[file] = entry
	}
}

func readFile(file string) Document {
	f, err := os.Open(file)
	if err != nil {
		return failed(file, reason(err))
	}
	defer func() { _ = f.Close() }() // opened for reading: nothing can be lost
	b, err := readText(f)
	if err != nil {
		return failed(file, reason(err))
	}
	return Document{Name: nameOf(file), File: file, Bytes: b}
}

// readLimited reads all there is, which may be no more than the limit.
func readLimited(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err == nil && len(b) > MaxBytes {
		err = tooLarge()
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// readText reads what can be Markdown, within the limit.
func readText(r io.Reader) ([]byte, error) {
	b, err := readLimited(r)
	switch {
	case err != nil:
		return nil, err
	case len(bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\ufeff")))) == 0:
		return nil, ours{errors.New("empty")}
	}
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return nil, ours{fmt.Errorf("not text: it has a zero byte at offset %d (a checklist is Markdown in UTF-8)", i)}
	}
	return b, nil
}

func tooLarge() error {
	return ours{fmt.Errorf("larger than %d MiB, the limit for a checklist", MaxBytes>>20)}
}

func failed(file string, err error) Document {
	return Document{Name: nameOf(file), File: file, Err: fmt.Errorf("%s: %w", file, err)}
}

// reason takes the path off an error of the file system: the message already
// begins with it.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
