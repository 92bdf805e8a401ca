package checklist

import (
	"strings"
	"unicode/utf8"
)

// traits are what a line's text has in it, found in one walk over its bytes. They
// are the cheap questions before the expressions: most lines have nothing that
// most passes look for.
type traits uint16

const (
	hasDigit    traits = 1 << iota
	hasColon           // a colon
	hasPercent         // a percentage: "10%", "10 %"
	hasBlank           // what a place to fill in has in it: "__", "*_"
	hasTick            // a box to tick: "☐", "[ ]", "[x]"
	hasStatus          // "status", as the following in any case
	hasSign            // "sign"
	hasApproved        // "approved"
	hasWindow          // "window", "fenster"
	hasBaseline        // "baseline"
)

// traitsOf walks over a text.
func traitsOf(text string) traits {
	var t traits
	for i := range len(text) {
		class := telling[text[i]]
		if class == plainByte {
			continue
		}
		switch class {
		case digitByte:
			t |= hasDigit
		case letterByte:
			if i+1 < len(text) && opensWord(text[i], text[i+1]) {
				t |= wordAt(text[i:])
			}
		case signByte:
			t |= signAt(text, i)
		case wideByte:
			if strings.HasPrefix(text[i:], wideColon) {
				t |= hasColon
			} else if r, _ := utf8.DecodeRuneInString(text[i:]); sign(r) == signBox {
				t |= hasTick
			}
		}
	}
	return t
}

// The classes of bytes that tell something.
const (
	plainByte = iota
	digitByte
	letterByte // may begin a word of wordAt
	signByte
	wideByte // begins the characters that are boxes, and the wide colon
)

// telling are the classes of the bytes.
var telling = func() (class [256]uint8) {
	for c := range class {
		switch {
		case strings.IndexByte(digits, byte(c)) >= 0:
			class[c] = digitByte
		case strings.IndexByte("sawfbSAWFB", byte(c)) >= 0:
			class[c] = letterByte
		case strings.IndexByte(":%_*[", byte(c)) >= 0:
			class[c] = signByte
		case c == 0xE2 || c == 0xEF || c == 0xF0:
			class[c] = wideByte
		}
	}
	return class
}()

// opensWord says whether one of the words of wordAt begins with two letters.
func opensWord(a, b byte) bool {
	switch uint16(a|0x20)<<8 | uint16(b|0x20) {
	case 's'<<8 | 'i', 's'<<8 | 't', 'a'<<8 | 'p', 'w'<<8 | 'i', 'f'<<8 | 'e', 'b'<<8 | 'a':
		return true
	}
	return false
}

// wordAt says which of the words a text begins with.
func wordAt(text string) traits {
	switch text[0] | 0x20 {
	case 's':
		switch {
		case beginsFold(text, "sign"):
			return hasSign
		case beginsFold(text, "status"):
			return hasStatus
		}
	case 'a':
		if beginsFold(text, "approved") {
			return hasApproved
		}
	case 'w':
		if beginsFold(text, "window") {
			return hasWindow
		}
	case 'f':
		if beginsFold(text, "fenster") {
			return hasWindow
		}
	case 'b':
		if beginsFold(text, "baseline") {
			return hasBaseline
		}
	}
	return 0
}

func beginsFold(text, word string) bool {
	return len(text) >= len(word) && strings.EqualFold(text[:len(word)], word)
}

// signAt says what the sign at i is a part of.
func signAt(text string, i int) traits {
	switch text[i] {
	case ':':
		return hasColon
	case '[':
		if i+2 < len(text) && text[i+2] == ']' && strings.IndexByte(" xX", text[i+1]) >= 0 {
			return hasTick
		}
	case '%':
		if percentEnds(text, i) {
			return hasPercent
		}
	case '_', '*':
		if i+1 < len(text) && text[i+1] == '_' {
			return hasBlank
		}
	}
	return 0
}

// percentEnds says whether the percent sign at i ends a percentage.
func percentEnds(text string, i int) bool {
	if i > 0 && strings.IndexByte(blankSpace, text[i-1]) >= 0 {
		i--
	}
	return i > 0 && strings.IndexByte(digits, text[i-1]) >= 0
}
