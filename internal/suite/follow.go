package suite

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"sync"
	"time"
)

// look is how often a file that is followed is looked at. A change counts once
// it has stood from one look to the next, so that nobody reads the first half of
// a file that is being written; both together take about two seconds.
const look = 800 * time.Millisecond

// Follower reads a file again when it has changed, or a file with a secret of
// it. A file that can't be used leaves the last good plan standing.
type Follower struct {
	file    string
	options func() Options
	logger  *slog.Logger
	clock   func() time.Time

	secrets []string          // files, of the last good plan
	seen    [sha256.Size]byte // of what was last read

	mu      sync.Mutex
	ok      bool
	success time.Time
}

// Follow reads a file for the first time. Options are asked for anew whenever
// the file is read.
func Follow(file string, options func() Options, logger *slog.Logger, clock func() time.Time) (*Follower, *Plan, error) {
	f := &Follower{file: file, options: options, logger: logger, clock: clock}
	plan, err := Load(file, options())
	if err != nil {
		return nil, nil, err
	}
	f.secrets = plan.Secrets
	f.seen = f.fingerprint()
	f.ok, f.success = true, clock()
	return f, plan, nil
}

// Run follows the file until ctx ends, and gives every new plan to take. A plan
// that take refuses counts as one that can't be used.
func (f *Follower) Run(ctx context.Context, take func(*Plan) error) {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	before := f.fingerprint()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := f.fingerprint()
		if now == before && now != f.seen {
			f.seen = now
			if f.reload(take) {
				// Its secrets may be in other files. One that changes between
				// the two looks is read at its next change only.
				now = f.fingerprint()
				f.seen = now
			}
		}
		before = now
	}
}

// reload reads the file again and says how that went.
func (f *Follower) reload(take func(*Plan) error) (ok bool) {
	plan, err := Load(f.file, f.options())
	if err == nil {
		err = take(plan)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ok = err == nil
	if err != nil {
		f.logger.Error("The suites can't be read; the last good ones stand", "error", err)
		return false
	}
	f.success, f.secrets = f.clock(), plan.Secrets
	f.logger.Info("The suites were read", "file", f.file, "tests", len(plan.Tests), "left_out", len(plan.LeftOut))
	return true
}

// LastReload says whether the file could be used when last read, and when it
// last could.
func (f *Follower) LastReload() (ok bool, success time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ok, f.success
}

// fingerprint tells states of the files apart, missing ones among them.
func (f *Follower) fingerprint() (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, file := range append([]string{f.file}, f.secrets...) {
		text, err := readBounded(file, maxSize)
		part := sha256.Sum256(text)
		h.Write(part[:])
		if err != nil {
			h.Write([]byte(err.Error()))
		}
	}
	copy(sum[:], h.Sum(nil))
	return sum
}
