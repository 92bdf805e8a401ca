package dashboards

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Grafana takes 40 characters of [a-zA-Z0-9_-] for a uid. A name may have so
// many of them that the longest board's uid still fits.
const (
	uidPrefix   = "cutover-"
	longestSlug = len("overview")
	maxName     = 40 - len(uidPrefix) - len("-") - longestSlug
	hashLength  = 6
)

// uid names a board of a checklist. It is readable where the checklist's name
// allows it; a name that is too long or not in Latin letters ends in a hash, so
// that different checklists keep different boards.
func uid(name, board string) string {
	return uidPrefix + slug(name) + "-" + board
}

func slug(name string) string {
	exact := true
	s := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		case r == '.', r == ' ':
			return '-'
		}
		exact = false
		return -1
	}, name)
	if exact && s != "" && len(s) <= maxName {
		return s
	}
	sum := sha256.Sum256([]byte(name))
	hash := hex.EncodeToString(sum[:])[:hashLength]
	s = strings.Trim(s[:min(len(s), maxName-hashLength-1)], "-")
	if s == "" {
		return hash
	}
	return s + "-" + hash
}
