package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// Log is what a journal says.
type Log struct {
	// Events are in the order of their numbers, from the oldest that is kept.
	Events []Event
	// State is what they add up to.
	State *State
	// Faults are lines that can't be read, each beginning with `file:line:`;
	// the first hundred of them.
	Faults []error
}

// maxFaults is how many bad lines are told of.
const maxFaults = 100

// attempts is how often Read looks again because the writer has just begun
// another file: it does that once in thousands of events.
const attempts = 10

// Read reads a journal, all of it that is kept, without a lock and without
// changing anything. The last line counts once it is whole: an earlier reader
// may have seen one event less. A journal that does not exist is an error that
// [fs.ErrNotExist] describes.
func Read(path string) (Log, error) {
	path = resolved(path)
	for range attempts {
		older, newer, moved, err := pair(path)
		if err != nil {
			return Log{}, fmt.Errorf("%s: %w", path, reason(err))
		}
		if moved {
			closeAll(older, newer)
			continue
		}
		log, err := readAll(path, older, newer)
		closeAll(older, newer)
		return log, err
	}
	return Log{}, fmt.Errorf("%s: is written faster than it can be read", path)
}

// pair opens the two files of a journal; older is nil where there is none.
// moved says that the writer began another file in between, so that the two
// don't belong together.
func pair(path string) (older, newer *os.File, moved bool, err error) {
	newer, err = os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		// The writer is about to give the next file its name, or died there.
		if newer, err = os.Open(nextName(path)); errors.Is(err, fs.ErrNotExist) {
			if _, err := os.Stat(path); err == nil {
				return nil, nil, true, nil
			}
		}
	}
	if err != nil {
		return nil, nil, false, err
	}
	older, err = os.Open(olderName(path))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		closeAll(newer)
		return nil, nil, false, err
	}
	return older, newer, apart(path, older, newer), nil
}

// apart says whether the writer began another file while two were opened: then
// the one is also the other, or path is neither.
func apart(path string, older, newer *os.File) bool {
	opened, err := newer.Stat()
	if err != nil {
		return false // reading it will say why
	}
	if older != nil {
		if info, err := older.Stat(); err == nil && os.SameFile(info, opened) {
			return true
		}
	}
	now, err := os.Stat(path)
	return err == nil && !os.SameFile(now, opened)
}

func closeAll(files ...*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close() // opened for reading: nothing can be lost
		}
	}
}

func readAll(path string, older, newer *os.File) (Log, error) {
	log := Log{State: new(State)}
	keep := func(l line) {
		if l.err != nil {
			log.fault(l.err)
		} else if log.State.apply(l.event) {
			log.Events = append(log.Events, l.event)
		}
	}
	if older != nil {
		switch _, err := scan(olderName(path), older, keep); {
		case errors.Is(err, errForeign):
			log.fault(err) // nothing that matters is in it
		case err != nil:
			return Log{}, err
		}
	}
	_, err := scan(path, newer, keep)
	return log, err
}

func (l *Log) fault(err error) {
	if len(l.Faults) < maxFaults {
		l.Faults = append(l.Faults, err)
	}
}

// line is a line of a journal: an event, or what is wrong with it.
type line struct {
	event Event
	text  []byte // with its newline; valid until the next line
	err   error  // begins with `file:line:`
}

// scan calls found for every line but those of a torn end: what comes after the
// last event, whole or not. Nobody was told that it was written. whole is the
// length of the file without it, in bytes. The error is of the reader.
func scan(name string, r io.Reader, found func(line)) (whole int64, err error) {
	in := bufio.NewReaderSize(r, 64<<10)
	begin, err := in.Peek(len(beginning))
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("%s: %w", name, reason(err))
	}
	foreign := !begun(begin)
	var bad []error // since the last event
	var size int64
	for no := 1; ; no++ {
		text, n, err := readLine(in)
		switch {
		case errors.Is(err, io.EOF) && whole == 0 && foreign:
			return 0, fmt.Errorf("%s: %w", name, errForeign)
		case errors.Is(err, io.EOF): // the line does not end
			return whole, nil
		case err != nil:
			return 0, fmt.Errorf("%s: %w", name, reason(err))
		}
		size += n
		e, fault := decode(text)
		if fault != nil {
			if len(bad) < maxFaults {
				bad = append(bad, fmt.Errorf("%s:%d: %w", name, no, fault))
			}
			continue
		}
		for _, err := range bad {
			found(line{err: err})
		}
		found(line{event: e, text: text})
		bad, whole = nil, size
	}
}

// beginning is how the first line of a journal begins.
const beginning = `{"seq":`

// errForeign is the error of a file that somebody keeps something else in. It
// must not be taken for a journal that is torn from its beginning.
var errForeign = errors.New("not a journal: there is no event in it, and it does not begin like one; nothing was changed")

// begun says whether a file that begins so may be a journal: one whose first
// line was torn begins like a line, or with zeros.
func begun(begin []byte) bool {
	return strings.HasPrefix(beginning, string(begin)) || len(bytes.Trim(begin, "\x00")) == 0
}

// readLine reads a line and says how long it is. Of one that is too long it
// gives no text.
func readLine(in *bufio.Reader) (text []byte, n int64, err error) {
	for {
		part, err := in.ReadSlice('\n')
		n += int64(len(part))
		if n <= maxRead {
			text = append(text, part...)
		} else {
			text = nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return text, n, err
		}
	}
}

// decode reads an event. Its errors repeat nothing of the line.
func decode(text []byte) (Event, error) {
	if text == nil {
		return Event{}, fmt.Errorf("longer than %d KiB", maxRead>>10)
	}
	var e Event
	if err := json.Unmarshal(text, &e); err != nil {
		return Event{}, errors.New("not an event: it is no JSON object with the fields of one")
	}
	if err := e.check(); err != nil {
		return Event{}, fmt.Errorf("not an event: %w", err)
	}
	return e, nil
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
