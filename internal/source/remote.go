package source

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Remote says how checklists are fetched that are no files. All may be left
// zero.
type Remote struct {
	// Interval is the time between two looks, give or take a tenth, so that
	// several exporters don't ask all at once. The default is a minute. A server
	// that asks for more gets it, up to an hour.
	Interval time.Duration
	// TokenFile holds the token that is sent to the server of an http or https
	// address, and to no other. It is read each time.
	TokenFile string
	// GitHubURL and GitLabURL are the APIs; the defaults are those of github.com
	// and gitlab.com. The tokens are sent to these and to no other.
	GitHubURL, GitHubTokenFile string
	GitLabURL, GitLabTokenFile string
}

const defaultInterval = time.Minute

// remote is a checklist that is fetched, with what was last found there. It
// fetches beside everything else: a server that hangs holds up nobody.
type remote struct {
	*fetcher
	interval time.Duration
	clock    func() time.Time

	mu       sync.Mutex
	good     answer // the last one with a checklist
	document Document
	goodAt   time.Time     // when it last was, or was unchanged
	pause    time.Duration // that the server asked for last
}

// openRemotes prepares to fetch those specs that are remote.
func openRemotes(specs []string, o Options) (map[string]*remote, []error) {
	var errs []error
	var addresses []address
	remotes := map[string]*remote{}
	for _, spec := range specs {
		if !isRemote(spec) || remotes[spec] != nil {
			continue
		}
		a, err := o.Remote.resolve(spec)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if slices.ContainsFunc(addresses, func(other address) bool { return other.file == a.file }) {
			errs = append(errs, fmt.Errorf("%s: given twice, though perhaps with different queries", a.file))
			continue
		}
		addresses = append(addresses, a)
		remotes[spec] = newRemote(a, o)
	}
	if err := oneReceiver(addresses); err != nil {
		errs = append(errs, err)
	}
	return remotes, errs
}

func newRemote(a address, o Options) *remote {
	interval := o.Remote.Interval
	if interval <= 0 {
		interval = defaultInterval
	}
	r := &remote{fetcher: newFetcher(a), interval: interval, clock: o.Clock}
	r.document = Document{Name: a.name, File: a.file, Err: fmt.Errorf("%s: not fetched yet", a.file)}
	return r
}

// warnInClear says that a token crosses the network unencrypted.
func (r *remote) warnInClear(logger *slog.Logger) {
	if r.token != "" && r.url.Scheme == "http" {
		logger.Warn("A token is sent unencrypted: use https", "to", hidden(r.url))
	}
}

// fetch looks once. What can't be fetched leaves the last good content to be
// asked for by its validators, and is said by the document.
func (r *remote) fetch(ctx context.Context) {
	r.mu.Lock()
	before := r.good
	r.mu.Unlock()
	a, err := r.fetcher.fetch(ctx, before, r.clock())
	if ctx.Err() != nil {
		return // nobody waits for it any more
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pause = a.pause
	if err != nil {
		r.document = Document{Name: r.name, File: r.file, Err: fmt.Errorf("%s: %w", r.file, err)}
		return
	}
	if a.bytes == nil {
		a.bytes = before.bytes
	}
	r.good, r.goodAt = a, r.clock()
	r.document = Document{Name: r.name, File: r.file, Bytes: a.bytes}
}

// current is what was last found.
func (r *remote) current() (Document, time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.document, r.goodAt
}

// wait is how long until the next look.
func (r *remote) wait() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	jittered := time.Duration(float64(r.interval) * (0.9 + 0.2*rand.Float64()))
	return max(jittered, r.pause)
}

// fetchAll looks at all remotes once, side by side.
func (s *Source) fetchAll(ctx context.Context) {
	var all sync.WaitGroup
	for _, r := range s.remotes {
		all.Go(func() { r.fetch(ctx) })
	}
	all.Wait()
}

// follow looks at the remotes again and again until ctx ends, and sends a word
// after each look. The function it gives waits for the end.
func (s *Source) follow(ctx context.Context, looked chan<- struct{}) (wait func()) {
	var all sync.WaitGroup
	for _, r := range s.remotes {
		all.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case <-time.After(r.wait()):
				}
				r.fetch(ctx)
				select {
				case looked <- struct{}{}:
				default: // a word is already waiting
				}
			}
		})
	}
	return all.Wait
}
