// Package source brings in the bytes of checklists, from wherever they are
// kept, and follows their changes.
//
// A checklist is named by a spec:
//
//	plan.md               a file
//	plans/*.md            a glob: every file it matches is a checklist
//	plans/                a directory: its *.md files that have tasks in them;
//	                      directories below it are left alone
//	https://… or http://… a Markdown file on a server, looked at every minute
//	github:owner/repo#12  the text of an issue or pull request, through the API of
//	                      GitHub; the address of its page does as well
//	gitlab:group/proj#12  the same of GitLab; a merge request with ! for #
//	builtin:python-3.13   a checklist that is part of the program
//
// [Source.Read] looks once, [Source.Watch] keeps looking. Neither ever changes
// a file, and a file that can't be read is a [Document] with an error, never a
// reason to lose the others.
package source

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/cutover-dev/cutover/checklist"
)

// MaxBytes is the largest checklist that is read: 16 MiB. Of a larger file no
// more than this is ever in memory.
const MaxBytes = checklist.MaxBytes

// Document is one checklist as it was found.
type Document struct {
	// Name identifies the checklist: the file's stem, or the name given. It is
	// empty only for a glob or directory that held no checklist yet.
	Name string
	// File is where the checklist is, in the words of the spec, for messages.
	File string
	// Bytes is the content, nil where Err is set. It must not be changed.
	Bytes []byte
	// Err says why there is no content; it begins with File.
	Err error
}

// Options are what [Open] needs besides the specs. All may be left zero.
type Options struct {
	// Name replaces the name of the only checklist; with several it is an error.
	Name string
	// Remote says how checklists on servers are fetched.
	Remote Remote
	// Logger is told when changes can be noticed by polling only. The default
	// discards.
	Logger *slog.Logger
	// Clock tells the time; the default is [time.Now].
	Clock func() time.Time
}

// Source is where checklists are read from. Its methods may be called from
// several goroutines, except that one Watch runs at a time.
type Source struct {
	specs   []string
	remotes map[string]*remote // by spec
	name    string
	logger  *slog.Logger
	clock   func() time.Time

	mu      sync.Mutex
	cache   cache
	seen    map[string][]string // by spec, the files it once listed: they may vanish, but not silently
	settled *settler
	checked time.Time
}

// Open prepares to read the checklists that the specs name. Nothing is read
// yet: what can't be found is said by Read. An error means that the specs
// themselves make no sense.
func Open(specs []string, o Options) (*Source, error) {
	if len(specs) == 0 {
		return nil, errors.New("no checklist given: name a file, a glob, a directory or builtin:python-3.13")
	}
	var errs []error
	for _, spec := range specs {
		if !isRemote(spec) {
			errs = append(errs, checkSpec(spec))
		}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	remotes, faults := openRemotes(specs, o)
	errs = append(errs, faults...)
	if o.Name != "" {
		errs = append(errs, checkName(o.Name))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, r := range remotes {
		r.warnInClear(o.Logger)
	}
	return &Source{
		specs:   specs,
		remotes: remotes,
		name:    o.Name,
		logger:  o.Logger,
		clock:   o.Clock,
		cache:   make(cache),
		seen:    make(map[string][]string),
		settled: newSettler(),
	}, nil
}

func checkSpec(spec string) error {
	if strings.TrimSpace(spec) == "" {
		return errors.New("an empty name of a checklist: name a file, a glob, a directory or builtin:python-3.13")
	}
	if name, ok := strings.CutPrefix(spec, builtinPrefix); ok {
		return checkBuiltin(name)
	}
	if _, err := filepath.Match(spec, ""); err != nil && !exists(spec) {
		return fmt.Errorf("%s: not a valid glob: a [ needs its ]", spec)
	}
	return nil
}

// checkName refuses names that could not become part of a file's name.
func checkName(name string) error {
	if name != cleanName(name) || strings.ContainsAny(name, `/\`) || name == "." || name == ".." {
		return fmt.Errorf("%q can't be a checklist's name: no slashes or control characters, please", name)
	}
	return nil
}

// Read looks at every checklist once, in the order of the specs, within a spec
// in the order of the files' names. At least one document comes back, names
// are distinct, and a file listed by an earlier Read is listed again: with an
// error, if it is gone.
func (s *Source) Read(ctx context.Context) []Document {
	s.fetchAll(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	documents := s.look(ctx)
	if ctx.Err() == nil {
		s.settled.accept(documents)
	}
	return s.named(documents)
}

// Checked is when the checklists were last looked at, whatever was found.
func (s *Source) Checked() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.checked
}

// Seen is when a document was last known to be as it was read: for a file when it
// was last looked at, for one on a server when the server last said so.
func (s *Source) Seen(file string) time.Time {
	for _, r := range s.remotes {
		if r.file == file {
			_, at := r.current()
			return at
		}
	}
	return s.Checked()
}

// look reads all files there are now. The names are not yet made distinct.
func (s *Source) look(ctx context.Context) []Document {
	var documents []Document
	listed := make(map[string]bool)
	for _, spec := range s.specs {
		found, err := s.list(ctx, spec)
		for _, d := range found {
			if !listed[d.File] {
				listed[d.File] = true
				documents = append(documents, d)
			}
		}
		if err != nil {
			documents = append(documents, Document{File: spec, Err: fmt.Errorf("%s: %w", spec, err)})
		}
	}
	s.cache.sweep()
	if ctx.Err() == nil {
		s.checked = s.clock()
	}
	return documents
}

// named gives the documents their names and makes these distinct: of two files
// with one name neither can be told from the other in a metric, so both are
// replaced by one error that names them.
func (s *Source) named(documents []Document) []Document {
	if s.name != "" {
		return s.renamed(documents)
	}
	var out []Document
	at := make(map[string]int) // where in out a name stands
	for _, d := range documents {
		i, taken := at[d.Name]
		if d.Name == "" || !taken {
			at[d.Name] = len(out)
			out = append(out, d)
			continue
		}
		first := out[i]
		out[i] = Document{Name: d.Name, File: first.File, Err: fmt.Errorf(
			"%s: has the same name as %s, %q: rename one of the files", first.File, d.File, d.Name)}
	}
	return out
}

// renamed gives the only document the name from the options.
func (s *Source) renamed(documents []Document) []Document {
	if len(documents) == 1 {
		d := documents[0]
		d.Name = s.name
		return []Document{d}
	}
	files := make([]string, len(documents))
	for i, d := range documents {
		files[i] = d.File
	}
	return []Document{{Name: s.name, File: files[0], Err: fmt.Errorf(
		"%s: the name %q can be given to one checklist only, and there are %d: %s",
		files[0], s.name, len(files), abbreviate(files))}}
}

func abbreviate(files []string) string {
	const most = 5
	if len(files) > most {
		return strings.Join(files[:most], ", ") + ", …"
	}
	return strings.Join(files, ", ")
}

// nameOf is the name of the checklist in a file: the file's stem, never its
// folder, so that a copy at another place has the same name.
func nameOf(file string) string {
	return cleanName(checklist.NameOf(file))
}

// cleanName makes a name safe to stand in labels, logs and file names.
func cleanName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return '-'
		}
		return r
	}, name)
}
