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
		if isDigit(text[i]) {
			return true
		}
	}
	return anyWord(text, numerals().has)
}

// numeralWords are words that tell numbers in words: "five", the "hundred" of "a
// hundred".
type numeralWords struct {
	words map[string]bool
	opens openings
}

var numerals = sync.OnceValue(func() *numeralWords {
	known := &numeralWords{words: make(map[string]bool)}
	words().root.longest("", numeral, known.words)
	for word := range known.words {
		known.opens.add(word, false)
	}
	return known
})

// has says whether a word, or a digit of another width, tells a number.
func (known *numeralWords) has(word []byte) bool {
	return mayOpen(&known.opens, word) && (known.words[string(word)] || isDigit(word[0]))
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

// maxWord bounds how much of a word counts, in bytes.
const maxWord = 64

// anyWord says whether is holds for one of the words of a text: its runs of
// letters, folded, and each rune of an unspaced script and each digit of another
// width by itself.
func anyWord(text string, is func(word []byte) bool) bool {
	var room [maxWord]byte
	word := room[:0]
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			i++
			if c = plain[c]; 'a' <= c && c <= 'z' {
				if len(word) < maxWord {
					word = append(word, c)
				}
				continue
			}
		} else {
			r, size := utf8.DecodeRuneInString(text[i:])
			i += size
			r = fold(r)
			alone := isUnspaced(r) || isDigit(r)
			if !alone && unicode.IsLetter(r) {
				if len(word) <= maxWord-utf8.UTFMax {
					word = utf8.AppendRune(word, r)
				}
				continue
			}
			var one [utf8.UTFMax]byte
			if alone && is(utf8.AppendRune(one[:0], r)) {
				return true
			}
		}
		if len(word) > 0 && is(word) {
			return true
		}
		word = word[:0]
	}
	return len(word) > 0 && is(word)
}
