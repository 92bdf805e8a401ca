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
	for i := range len(text) {
		switch c := text[i]; {
		case isDigit(c):
			return true
		case c >= utf8.RuneSelf:
			return strings.ContainsAny(text[i:], "0123456789") || countsInWords(text)
		}
	}
	known := numerals()
	for i := 0; i < len(text); {
		if !isLetter(text[i]) {
			i++
			continue
		}
		end := i + 1
		for end < len(text) && isLetter(text[end]) {
			end++
		}
		if known.has(text[i:end]) {
			return true
		}
		i = end
	}
	return false
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// countsInWords is counts for a text without digits that has more than ASCII.
func countsInWords(text string) bool {
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

func isNumeral(word []byte) bool { return numerals().words[string(word)] }

// numeralWords are words that tell numbers in words: "five", the "hundred" of "a
// hundred".
type numeralWords struct {
	words map[string]bool
	opens [pairs]uint32 // how long they are, by their first two letters
}

var numerals = sync.OnceValue(func() *numeralWords {
	known := &numeralWords{words: make(map[string]bool)}
	words().root.longest("", numeral, known.words)
	for word := range known.words {
		if pair, ok := pairOf(word); ok {
			known.opens[pair] |= lengthBit(word)
		}
	}
	return known
})

// has says whether a word of ASCII letters, in any case, tells a number.
func (known *numeralWords) has(word string) bool {
	if len(word) < 2 || len(word) > maxNumeral {
		return false
	}
	if known.opens[pairAt(word, 0)]&lengthBit(word) == 0 {
		return false
	}
	var room [maxNumeral]byte
	low := room[:len(word)]
	for i := range len(word) {
		low[i] = word[i] | 0x20
	}
	return known.words[string(low)]
}

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
