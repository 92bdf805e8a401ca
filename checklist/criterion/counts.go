package criterion

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// counts says whether a text may hold a number, in digits or in words. It is
// the cheap question that spares most lines the reading: only numbers can be
// bounds.
func counts(text string) bool {
	if strings.IndexByte(text, '&') >= 0 {
		text = clean(text)
	}
	if strings.ContainsAny(text, "0123456789") {
		return true
	}
	var word [maxNumeral]byte // lower-case, as far as it has been read
	n := 0
	for _, r := range text {
		r = fold(r)
		switch {
		case 'a' <= r && r <= 'z' && n < maxNumeral-utf8.UTFMax:
			word[n] = byte(r)
			n++
		case r == ' ':
			if n > 0 && isNumeral(word[:n]) {
				return true
			}
			n = 0
		case isDigit(r): // a wide one
			return true
		case isUnspaced(r):
			if isNumeral(word[:n]) || isNumeral(utf8.AppendRune(word[:0], r)) {
				return true
			}
			n = 0
		case unicode.IsLetter(r):
			if n <= maxNumeral-utf8.UTFMax {
				n += utf8.EncodeRune(word[n:], r)
			} else {
				n = maxNumeral // too long for any
			}
		default:
			if n > 0 && isNumeral(word[:n]) {
				return true
			}
			n = 0
		}
	}
	return isNumeral(word[:n])
}

// maxNumeral bounds the word that tells a number in words, in bytes.
const maxNumeral = 32

func isNumeral(word []byte) bool { return numerals()[string(word)] }

// numerals are the words that tell numbers in words: "five", the "hundred" of "a
// hundred".
var numerals = sync.OnceValue(func() map[string]bool {
	telling := make(map[string]bool)
	words().root.longest("", numeral, telling)
	return telling
})

// longest collects the longest word of each phrase of the class.
func (n *node) longest(sofar string, c class, found map[string]bool) {
	if n.meaning != nil && n.meaning.class == c {
		found[sofar] = true
	}
	for _, children := range []map[string]*node{n.next, n.stems} {
		for word, next := range children {
			next.longest(longer(sofar, word), c, found)
		}
	}
}

func longer(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}
