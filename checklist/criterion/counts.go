package criterion

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// counts says whether a text may hold a number, in digits or in words. It is
// the cheap question that spares most lines the reading: only numbers can be
// bounds.
func counts(text string) bool {
	if strings.IndexByte(text, '&') >= 0 {
		text = clean(text)
	}
	var word [maxNumeral]byte // lower-case, as far as it has been read
	n := 0
	for _, r := range text {
		r = fold(r)
		switch {
		case isDigit(r):
			return true
		case isUnspaced(r):
			if isNumeral(word[:n]) || isNumeral(utf8.AppendRune(word[:0], r)) {
				return true
			}
			n = 0
		case isLetter(r):
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

// maxNumeral bounds the first word of a number in words, in bytes.
const maxNumeral = 32

func isNumeral(word []byte) bool { return numerals()[string(word)] }

// numerals are the first words of the numbers in words ("five", "one hundred").
var numerals = sync.OnceValue(func() map[string]bool {
	first := make(map[string]bool)
	for word, next := range words().root.next {
		if next.leadsTo(numeral) {
			first[word] = true
		}
	}
	return first
})

// leadsTo says whether a phrase of the class begins so.
func (n *node) leadsTo(c class) bool {
	if n.meaning != nil && n.meaning.class == c {
		return true
	}
	for _, next := range n.next {
		if next.leadsTo(c) {
			return true
		}
	}
	for _, next := range n.stems {
		if next.leadsTo(c) {
			return true
		}
	}
	return false
}
