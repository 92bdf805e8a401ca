package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Options are what [Open] needs besides the path. All may be left zero.
type Options struct {
	// MaxBytes is when the next file is begun; the default is 8 MiB. The two
	// files of a journal together are at most about twice as large, or four
	// times the lines that still matter where these are many.
	MaxBytes int64
	// Logger is told of lines that can't be read, and when the next file can't
	// be begun. The default discards.
	Logger *slog.Logger
	// Clock tells the time; the default is [time.Now].
	Clock func() time.Time
}

const defaultMaxBytes = 8 << 20

// recent is how many events a Journal keeps in memory.
const recent = 2000

// ErrClosed is the error of a journal that is no longer written.
var ErrClosed = errors.New("the journal is closed")

// Journal is a journal with its one writer. Its methods may be called from
// several goroutines.
type Journal struct {
	path    string // empty: nothing is kept
	options Options
	unlock  func() error

	mu      sync.Mutex
	file    *os.File
	size    int64 // of what was written whole
	floor   int64 // what the file began with, copied from the one before
	untidy  bool  // beyond size there may be the remains of a failed write
	closed  bool
	state   State
	history []Event // the last ones
}

// Open opens a journal for writing and makes it if need be; the folder must be
// there. An empty path gives a journal that is kept in memory only.
//
// A torn end is cut off: what comes after the last event. Lines in the middle
// that can't be read are logged and left as they are: a damaged journal must not
// keep anybody from rolling back. Who else writes the journal, in whatever
// process, makes Open fail, and so does a file that is no journal.
func Open(path string, o Options) (*Journal, error) {
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	j := &Journal{path: path, options: o, unlock: func() error { return nil }}
	if path == "" {
		return j, nil
	}
	j.path = resolved(path)
	if info, err := os.Stat(j.path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file: a journal is one", path)
	}
	unlock, err := lock(lockName(j.path))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, reason(err))
	}
	j.unlock = unlock
	if err := j.load(); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// resolved is the file that a link leads to: the link would be replaced by the
// next file, and what stands beside a journal stands beside that.
func resolved(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}

// The files beside a journal.
func olderName(path string) string { return path + ".1" }
func nextName(path string) string  { return path + ".next" }
func lockName(path string) string  { return path + ".lock" }

// mode is that of a journal: what people note about incidents is not for
// everybody.
const mode = 0o640

// load reads what there is.
func (j *Journal) load() error {
	if err := j.finishRotation(); err != nil {
		return fmt.Errorf("%s: %w", j.path, reason(err))
	}
	j.remember()
	f, err := os.OpenFile(j.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, mode)
	if err != nil {
		return fmt.Errorf("%s: %w", j.path, reason(err))
	}
	j.file = f
	whole, err := scan(j.path, f, func(l line) {
		if l.err != nil {
			j.options.Logger.Error("A line of the journal can't be read and is passed over", "error", l.err)
			return
		}
		j.take(l.event)
	})
	if err != nil {
		return err
	}
	j.size, j.untidy = whole, true
	if info, err := f.Stat(); err == nil && info.Size() > whole {
		j.options.Logger.Warn("The end of the journal was never written whole and is cut off",
			"journal", j.path, "bytes", info.Size()-whole)
	}
	if err := j.tidy(); err != nil {
		return fmt.Errorf("%s: %w", j.path, reason(err))
	}
	return syncFolder(j.path)
}

// remember reads the file before the current one, for the history alone: what
// matters was copied from it, and the current one tells it again. A history
// that can't be read is no reason to stop.
func (j *Journal) remember() {
	f, err := os.Open(olderName(j.path))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		defer closeAll(f)
		_, err = scan(olderName(j.path), f, func(l line) {
			if l.err == nil {
				j.take(l.event)
			}
		})
	}
	if err != nil {
		j.options.Logger.Warn("The older part of the journal can't be read", "error", err)
	}
}

// take adds an event to what is known.
func (j *Journal) take(e Event) {
	if !j.state.apply(e) {
		return
	}
	if len(j.history) >= 2*recent {
		j.history = slices.Clone(j.history[len(j.history)-recent:])
	}
	j.history = append(j.history, e)
}

// Append writes events, in one go, and gives them back as they were written,
// with number and time. Once it returns without an error they are on the disk;
// with an error, none of them has happened. Closing an incident that is not
// open is [ErrNotOpen].
func (j *Journal) Append(events ...Event) ([]Event, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil, ErrClosed
	}
	if len(events) == 0 {
		return nil, nil
	}
	text, written, err := j.encode(events)
	if err != nil {
		return nil, err
	}
	if err := j.write(text); err != nil {
		return nil, fmt.Errorf("%s: %w", j.path, reason(err))
	}
	for _, e := range written {
		j.take(e)
	}
	return written, nil
}

// encode gives events their numbers and turns them into lines. What it gives
// back was read from these: what is known now and what will be known after a
// restart are the same.
func (j *Journal) encode(events []Event) (text []byte, written []Event, err error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // people read it, too
	now := j.options.Clock()
	for i, e := range events {
		e.Seq = j.state.last + 1 + uint64(i)
		if e.Time.IsZero() {
			e.Time = now
		}
		e.Time = e.Time.UTC().Truncate(time.Millisecond)
		if e.Kind == IncidentOpened && e.Incident != nil {
			opened := *e.Incident
			opened.ID = strconv.FormatUint(e.Seq, 10)
			e.Incident = &opened
		}
		if err := errors.Join(e.check(), j.allows(e, written)); err != nil {
			return nil, nil, err
		}
		begin := out.Len()
		if err := encoder.Encode(e); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", e.Kind, err)
		}
		line := out.Bytes()[begin:]
		if len(line) > maxLine {
			return nil, nil, fmt.Errorf("%s: longer than %d KiB", e.Kind, maxLine>>10)
		}
		if e, err = decode(line); err != nil {
			return nil, nil, err
		}
		written = append(written, e)
	}
	return out.Bytes(), written, nil
}

// allows judges an event by the state and by those that come before it in the
// same go.
func (j *Journal) allows(e Event, before []Event) error {
	if e.Kind == IncidentClosed && slices.ContainsFunc(before, func(b Event) bool { return b.Incident != nil && b.Incident.ID == e.Incident.ID }) {
		return fmt.Errorf("incident %s: closed twice at once: %w", e.Incident.ID, ErrNotOpen)
	}
	return j.state.allows(e)
}

// write puts lines at the end of the file and waits until they are on the disk.
// If that fails, what was written of them is taken away again.
func (j *Journal) write(text []byte) error {
	if j.path == "" {
		return nil
	}
	if err := j.tidy(); err != nil {
		return err
	}
	if err := j.makeRoom(int64(len(text))); err != nil {
		return err
	}
	j.untidy = true
	if _, err := j.file.Write(text); err != nil {
		return errors.Join(err, j.tidy())
	}
	if err := j.file.Sync(); err != nil {
		return errors.Join(err, j.tidy())
	}
	j.size += int64(len(text))
	j.untidy = false
	return nil
}

// tidy cuts off what was not written whole. Until that works nothing is added:
// the next event would be glued to the remains of another.
func (j *Journal) tidy() error {
	if !j.untidy {
		return nil
	}
	if err := errors.Join(j.file.Truncate(j.size), j.file.Sync()); err != nil {
		return err
	}
	j.untidy = false
	return nil
}

// Close ends writing. It may be called more than once.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil
	}
	j.closed = true
	var err error
	if j.file != nil {
		err = j.file.Close()
	}
	return errors.Join(err, j.unlock())
}

// Durable says whether events are kept on a disk.
func (j *Journal) Durable() bool { return j.path != "" }

// Things says how everything of a checklist stands. The map is the caller's.
func (j *Journal) Things(checklist string) map[Thing]Standing {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state.Things(checklist)
}

// OpenIncidents is [State.OpenIncidents] of all that was written.
func (j *Journal) OpenIncidents() []Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state.OpenIncidents()
}

// ClosedIncidents is [State.ClosedIncidents] of all that was written.
func (j *Journal) ClosedIncidents() []Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state.ClosedIncidents()
}

// Baselines is [State.Baselines] of all that was written.
func (j *Journal) Baselines() []Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state.Baselines()
}

// Recent lists the last events, the oldest first: two thousand of them at
// least, where there are so many.
func (j *Journal) Recent() []Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.history)
}
