package criterion

import (
	"slices"
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
	known := numerals()
	for words := (folding{text: text}); words.next(); {
		if known.has(words.word()) {
			return true
		}
	}
	return false
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' }

// numeralWords are words that tell numbers in words: "five", the "hundred" of "a
// hundred".
type numeralWords struct {
	words map[string]bool
	opens openings
}

var numerals = sync.OnceValue(func() *numeralWords {
	known := &numeralWords{words: make(map[string]bool)}
	words().longest(numeral, known.words)
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
func (l *lexicon) longest(c class, found map[string]bool) {
	for _, heads := range []map[string]*node{l.words, l.stems} {
		for word, n := range heads {
			n.longest(word, c, found)
		}
	}
}

func (n *node) longest(sofar string, c class, found map[string]bool) {
	if n.meaning != nil && n.meaning.class == c {
		found[sofar] = true
	}
	for _, e := range slices.Concat(n.words, n.stems) {
		e.to.longest(longer(sofar, e.text), c, found)
	}
}

func longer(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}

// folding reads the words of a text, folded: its runs of letters, and each rune of an
// unspaced script and each digit of another width by itself.
type folding struct {
	text string // what is left
	size int    // of the word
	room [maxWord]byte
}

// maxWord bounds how much of a word is read, in bytes.
const maxWord = 64

// word is the word that next has found.
func (f *folding) word() []byte { return f.room[:f.size] }

// next goes to the next word, if there is one.
func (f *folding) next() bool {
	text, i, n := f.text, 0, 0
	for i < len(text) {
		if c := text[i]; c < utf8.RuneSelf {
			if c = plain[c]; isLetter(c) {
				if n < maxWord {
					f.room[n] = c
					n++
				}
			} else if n > 0 {
				break
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		r = fold(r)
		alone := isUnspaced(r) || isDigit(r)
		letter := alone || unicode.IsLetter(r)
		if n > 0 && (alone || !letter) {
			break
		}
		i += size
		if letter && n <= maxWord-utf8.UTFMax {
			n += utf8.EncodeRune(f.room[n:], r)
		}
		if alone {
			break
		}
	}
	f.text, f.size = text[i:], n
	return n > 0
}
