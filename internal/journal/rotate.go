package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// makeRoom begins the next file once this one is full. If that fails this one
// grows on, for a while.
func (j *Journal) makeRoom(n int64) error {
	// Where the lines that matter fill a file, it may grow to twice of them:
	// they are copied once for as many new ones.
	full := max(j.options.MaxBytes, 2*j.floor)
	if j.size+n <= full || j.size == 0 {
		return nil
	}
	err := j.rotate()
	if err == nil {
		return nil
	}
	j.options.Logger.Error("The journal is full, and the next file can't be begun", "journal", j.path, "error", err)
	if j.size+n <= 2*full {
		return nil
	}
	return fmt.Errorf("full, and the next file can't be begun: %w", reason(err))
}

// rotate copies the lines that still matter to the next file and lets it take
// the place of the full one. Wherever it is interrupted, the journal is whole:
// either the full file has its name still, or the next one is complete.
func (j *Journal) rotate() error {
	next, size, err := j.copyLive()
	if err != nil {
		return err
	}
	if err := j.replace(); err != nil {
		closeAll(next)
		return errors.Join(err, removeIfThere(nextName(j.path)))
	}
	full := j.file
	j.file, j.size, j.floor = next, size, size
	return errors.Join(full.Close(), syncFolder(j.path))
}

// copyLive writes the next file.
func (j *Journal) copyLive() (next *os.File, size int64, err error) {
	next, err = os.OpenFile(nextName(j.path), os.O_RDWR|os.O_APPEND|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return nil, 0, err
	}
	live := j.state.live()
	out := bufio.NewWriterSize(next, 64<<10)
	var failed error
	_, err = scan(j.path, io.NewSectionReader(j.file, 0, j.size), func(l line) {
		if l.err != nil || !live[l.event.Seq] || failed != nil {
			return
		}
		delete(live, l.event.Seq) // of copies the first
		size += int64(len(l.text))
		_, failed = out.Write(l.text)
	})
	if err = errors.Join(err, failed, out.Flush(), next.Sync()); err != nil {
		closeAll(next)
		return nil, 0, errors.Join(err, removeIfThere(nextName(j.path)))
	}
	return next, size, nil
}

// replace gives the full file and the next one their new names. The folder is
// brought to the disk in between: a full file that lost its name before the
// next one has it is found, the other way round it would be gone.
func (j *Journal) replace() error {
	if err := os.Rename(j.path, olderName(j.path)); err != nil {
		return err
	}
	if err := syncFolder(j.path); err != nil {
		return errors.Join(err, os.Rename(olderName(j.path), j.path))
	}
	if err := os.Rename(nextName(j.path), j.path); err != nil {
		return errors.Join(err, os.Rename(olderName(j.path), j.path))
	}
	return nil
}

// finishRotation does what was left to do where a rotation was interrupted.
func (j *Journal) finishRotation() error {
	_, err := os.Lstat(j.path)
	switch {
	case err == nil:
		return removeIfThere(nextName(j.path))
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := os.Rename(nextName(j.path), j.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func removeIfThere(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncFolder brings the names in a file's folder to the disk.
func syncFolder(file string) error {
	dir, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
