package suite

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

var errNotRegular = errors.New("not a regular file")

// cause is an error of the file system without the name of the file.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// The references to what does not stand in the file.
const (
	fromEnv    = "env:"    // a variable of the environment
	fromFile   = "file:"   // the text of a file, without the white space around it
	fromSecret = "secret:" // one of the environment's or the track's secrets
)

// isReference says whether a text stands for another.
func isReference(text string) bool {
	return strings.HasPrefix(text, fromEnv) || strings.HasPrefix(text, fromFile)
}

// resolve finds what env:NAME and file:PATH stand for, and complains at a place
// if there is nothing.
func (p *parser) resolve(where position, reference string) (string, bool) {
	if name, ok := strings.CutPrefix(reference, fromEnv); ok {
		value, ok := p.options.LookupEnv(name)
		switch {
		case !ok:
			p.fault(where, "the variable %s is not set", quote(name))
		case strings.TrimSpace(value) == "":
			p.fault(where, "the variable %s is empty", quote(name))
		default:
			return strings.TrimSpace(value), true
		}
		return "", false
	}
	path, _ := strings.CutPrefix(reference, fromFile)
	file := path
	if !filepath.IsAbs(file) {
		file = filepath.Join(p.folder, file)
	}
	if !slices.Contains(p.secretFiles, file) {
		p.secretFiles = append(p.secretFiles, file)
	}
	text, err := readBounded(file, maxSecret)
	value := strings.TrimSpace(string(text))
	switch {
	case err != nil:
		p.fault(where, "the file %s can't be read: %v", quote(path), err)
	case value == "":
		p.fault(where, "the file %s is empty", quote(path))
	default:
		return value, true
	}
	return "", false
}

// place is where tests run: an environment, or a track of it, with all that is
// known there.
type place struct {
	environment, track string
	writes             bool
	addresses          map[string]located
	secrets            map[string]string // missing where it could not be read
	declared           []string          // the names of secrets, read or not
}

// located is an address with where it stands in the file.
type located struct {
	at     position
	value  string
	secret bool // it was read from somewhere
	shared bool // it is the environment's, not the track's
}

// placesOf reads the addresses and secrets of an environment: the first place is
// the environment itself, then its tracks.
func (p *parser) placesOf(e item[environment]) []place {
	whole := place{environment: e.name, writes: e.value.Writes, addresses: map[string]located{}, secrets: map[string]string{}}
	p.addresses(&whole, e.value.Addresses, true)
	p.secrets(&whole, e.value.Secrets)
	all := []place{whole}
	for _, t := range e.value.Tracks {
		one := whole
		one.track = t.name
		one.addresses, one.secrets = copied(whole.addresses), copied(whole.secrets)
		one.declared = slices.Clone(whole.declared)
		p.addresses(&one, t.value.Addresses, false)
		p.secrets(&one, t.value.Secrets)
		all = append(all, one)
	}
	return all
}

func copied[V any](m map[string]V) map[string]V {
	c := make(map[string]V, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

func (p *parser) addresses(to *place, from named[address], shared bool) {
	for _, a := range from {
		l := located{at: p.decoder.places[a.path], value: string(a.value), secret: isReference(string(a.value)), shared: shared}
		if l.secret {
			var ok bool
			if l.value, ok = p.resolve(l.at, l.value); !ok {
				l.value = "" // complained about; tests there are not made
			}
		} else if l.value == "" && !p.complained(l.at) {
			p.fault(l.at, "the address is empty")
		}
		to.addresses[a.name] = l
	}
}

func (p *parser) secrets(to *place, from named[secret]) {
	for _, s := range from {
		to.declared = append(to.declared, s.name)
		where := p.decoder.places[s.path]
		if !isReference(string(s.value)) {
			p.fault(where, "a secret does not stand in this file: write env:NAME or file:PATH")
			continue
		}
		if value, ok := p.resolve(where, string(s.value)); ok {
			to.secrets[s.name] = value
		}
	}
}

// referIn gives the decoder what a text of a test stands for in a place, and
// gathers it in used.
func (p *parser) referIn(here place, used *[]string) func(position, string) (string, bool) {
	return func(where position, text string) (string, bool) {
		name, ok := strings.CutPrefix(text, fromSecret)
		switch {
		case ok && !slices.Contains(here.declared, name):
			p.fault(where, "%s has no secret %s%s", here.name(), quote(name), meant(name, here.declared))
			return "", false
		case ok:
			value, found := here.secrets[name]
			*used = append(*used, value)
			return value, found
		case isReference(text):
			value, found := p.resolve(where, text)
			*used = append(*used, value)
			return value, found
		}
		return text, true
	}
}

// name names a place for people: "production candidate".
func (l place) name() string { return strings.TrimSpace(l.environment + " " + l.track) }
