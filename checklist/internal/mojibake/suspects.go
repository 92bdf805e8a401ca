package mojibake

import (
	"sync"
	"unicode/utf8"
)

// suspects are charsets, as the bits of their places in charsets.
type suspects uint8

// suspectsOf gives the charsets of which a line has two neighbours that are the
// first two bytes of a character in UTF-8; without them there is nothing to undo.
// The line is valid UTF-8.
func suspectsOf(line string) suspects {
	var found, lead suspects // lead: the charsets that have the character before as a first byte
	common := roles()
	for i := 0; i < len(line); {
		switch b := line[i]; {
		case b < utf8.RuneSelf:
			lead = 0
			for i++; i < len(line) && line[i] < utf8.RuneSelf; i++ {
			}
			continue
		case 0xD0 <= b && b < 0xDC: // U+0400 to U+06FF, Cyrillic to Arabic: no charset here has them
			lead = 0
			i += 2
			continue
		case 0xE3 <= b && b < 0xEF: // nor U+3000 to U+EFFF
			lead = 0
			i += 3
			continue
		}
		r, n := utf8.DecodeRuneInString(line[i:])
		i += n
		var of role
		if r < rareRole {
			of = common[r]
		} else {
			of = newRole(r)
		}
		found |= lead & of.follows
		lead = of.leads
	}
	return found
}

// role says of a character which charsets have it for a byte that leads a
// character in UTF-8, and which for one that follows, or that got lost.
type role struct{ leads, follows suspects }

// roles are the roles of the characters up to rareRole.
var roles = sync.OnceValue(func() *[rareRole]role {
	var all [rareRole]role
	for r := range all {
		all[r] = newRole(rune(r))
	}
	return &all
})

// rareRole is above nearly all characters that have a role.
const rareRole = 0x2600

func newRole(r rune) role {
	var of role
	if !eightBit(r) {
		return of
	}
	for i, cs := range charsets {
		b, ok := encode(r, cs)
		if ok && b >= 0xC2 && b <= 0xF4 {
			of.leads |= 1 << i
		}
		if ok && (b == 0 || b&0xC0 == 0x80) {
			of.follows |= 1 << i
		}
	}
	return of
}
