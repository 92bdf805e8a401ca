package dashboards

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Grafana takes 40 characters of [a-zA-Z0-9_-] for a uid. A name may have so
// many of them that the longest board's uid still fits.
const (
	maxUID      = 40
	uidPrefix   = "cutover-"
	longestSlug = len("overview")
	maxName     = maxUID - len(uidPrefix) - len("-") - longestSlug
	hashLength  = 6
)

// uid names a board of a checklist.
func uid(name, board string) string {
	return uidPrefix + slug(name) + "-" + board
}

// slug is a checklist's name as it stands in a uid. It is readable, and no two
// names have the same: a dot becomes an underscore, and a name that has one of
// its own, is too long or isn't in Latin letters ends in a hash.
func slug(name string) string {
	exact := true
	s := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			return r
		case r == '.':
			return '_'
		}
		exact = false
		switch r {
		case '_':
			return '_'
		case ' ':
			return '-'
		}
		return -1
	}, name)
	if exact && s != "" && len(s) <= maxName {
		return s
	}
	return shortened(s, name, maxName)
}

// panelUID names a panel of a checklist in a library. What tells the panel from
// the others of the checklist is its key.
func panelUID(name, key string) string {
	prefix, exact := uidPrefix+slug(name)+"-", true
	s := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r == ' ', r == '.':
			return '-'
		case r == ',':
			return -1
		}
		exact = false
		return -1
	}, strings.ToLower(key))
	if exact && s != "" && len(prefix)+len(s) <= maxUID {
		return prefix + s
	}
	return prefix + shortened(s, key, maxUID-len(prefix))
}

// shortened cuts a slug and ends it in a hash of the whole of what it stands
// for, so that different things keep different slugs.
func shortened(slug, whole string, limit int) string {
	sum := sha256.Sum256([]byte(whole))
	hash := hex.EncodeToString(sum[:])[:hashLength]
	slug = strings.Trim(slug[:min(len(slug), limit-hashLength-1)], "-_")
	if slug == "" {
		return hash
	}
	return slug + "-" + hash
}
