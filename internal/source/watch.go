package source

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// poll is how often everything is looked at without being told to: on
	// network file systems nobody tells. With the time to settle it stays
	// well below two seconds.
	poll = time.Second
	// gather is how long to wait for the rest of a burst of notifications.
	gather = 50 * time.Millisecond
)

// Watch calls publish with all documents whenever one of them differs from
// what was last read or published, within two seconds of the change, until ctx
// ends. A change is published once it has settled, so that neither the moment
// between truncating and writing a file nor the one between removing and
// replacing it is seen. publish runs on the goroutine of Watch.
//
// What is fetched from servers is looked at every so often, each server on its
// own, and published by the same rules.
//
// Watch follows changes made in place, files replaced by renaming, and links
// that are switched over (as Kubernetes does with the files of a ConfigMap). It
// returns nil once ctx has ended.
func (s *Source) Watch(ctx context.Context, publish func([]Document)) error {
	events, closeWatcher := s.notifications()
	defer closeWatcher()
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	again := newAlarm()
	defer again.timer.Stop()
	looked := make(chan struct{}, 1)
	waitForRemotes := s.follow(ctx, looked)
	defer waitForRemotes()
	s.followDirectories(events)
	again.within(0) // for what changed since Read, before anybody watched
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, ok := <-events.changes():
			if !ok {
				return errors.New("watching checklists: the watcher was closed")
			}
			again.within(gather)
			continue
		case err := <-events.errors():
			// Events were lost, so anything may have changed.
			s.logger.Debug("Notifications about checklists were lost", "error", err)
			again.within(gather)
			continue
		case <-looked:
		case <-ticker.C:
			s.followDirectories(events)
		case <-again.timer.C:
			again.set = false
		}
		documents, changed, wait := s.settle(ctx)
		if wait > 0 {
			again.within(wait)
		}
		if changed && ctx.Err() == nil {
			publish(documents)
		}
	}
}

// settle looks once and says whether something has changed for good, and when
// to look again for what may.
func (s *Source) settle(ctx context.Context) (documents []Document, changed bool, again time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.look(ctx)
	if ctx.Err() != nil {
		return nil, false, 0
	}
	documents, changed, again = s.settled.observe(found, s.clock())
	return s.named(documents), changed, again
}

// watcher is an fsnotify watcher that may be missing.
type watcher struct {
	*fsnotify.Watcher
	refused map[string]bool // directories whose watch failed, to say it once
}

func (w watcher) changes() <-chan fsnotify.Event {
	if w.Watcher == nil {
		return nil
	}
	return w.Events
}

func (w watcher) errors() <-chan error {
	if w.Watcher == nil {
		return nil
	}
	return w.Errors
}

// notifications starts a watcher. Without one, polling is left.
func (s *Source) notifications() (watcher, func()) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		s.logger.Warn("Changes of checklists are noticed by polling only", "error", err)
		return watcher{}, func() {}
	}
	return watcher{w, make(map[string]bool)}, func() { _ = w.Close() }
}

// followDirectories watches the directories the checklists are in, not the
// files: an editor that replaces a file takes the watch away with it. It is
// called again and again, since directories are replaced, too.
func (s *Source) followDirectories(w watcher) {
	if w.Watcher == nil {
		return
	}
	for _, dir := range s.directories() {
		err := w.Add(dir)
		if err == nil || errors.Is(err, fs.ErrNotExist) || w.refused[dir] {
			continue
		}
		w.refused[dir] = true
		s.logger.Warn("Changes in a directory are noticed by polling only", "directory", dir, "error", err)
	}
}

func (s *Source) directories() []string {
	var dirs []string
	for _, spec := range s.specs {
		if strings.HasPrefix(spec, builtinPrefix) || s.remotes[spec] != nil {
			continue
		}
		info, err := os.Stat(spec)
		switch {
		case err == nil && info.IsDir():
			dirs = append(dirs, spec)
		case err == nil || !isGlob(spec):
			dirs = append(dirs, filepath.Dir(spec))
		default:
			dirs = append(dirs, fixedPart(spec))
		}
	}
	return dirs
}

// fixedPart is the directory of a glob above its first wildcard.
func fixedPart(glob string) string {
	dir := filepath.Dir(glob)
	for isGlob(dir) {
		dir = filepath.Dir(dir)
	}
	return dir
}

// alarm is a timer that can only be brought forward, so that a stream of
// events does not put off what is due.
type alarm struct {
	timer *time.Timer
	due   time.Time
	set   bool
}

func newAlarm() *alarm {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return &alarm{timer: t}
}

func (a *alarm) within(d time.Duration) {
	due := time.Now().Add(d)
	if a.set && a.due.Before(due) {
		return
	}
	a.timer.Reset(d)
	a.due, a.set = due, true
}
