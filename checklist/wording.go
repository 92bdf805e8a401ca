package checklist

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wording are words and phrases to look for in a text, in any case: whole words
// in ASCII's sense, with one that ends in "*" for all words that begin so.
type wording struct{ list wordList } // in lower case

func newWording(words ...string) wording { return wording{newWordList(words)} }

// in says whether one of the words stands in a text.
func (w *wording) in(text string) bool {
	for i := range len(text) {
		if i > 0 && isWordByte(text[i-1]) {
			continue
		}
		if words := w.list.opening(firstByte(text[i:])); len(words) > 0 && opensWith(text[i:], words) {
			return true
		}
	}
	return false
}

// firstByte is the first byte of a text in lower case.
func firstByte(text string) byte {
	c := text[0]
	switch {
	case 'A' <= c && c <= 'Z':
		return c | 0x20
	case c < utf8.RuneSelf || !utf8.RuneStart(c):
		return c
	}
	r, _ := utf8.DecodeRuneInString(text)
	var room [utf8.UTFMax]byte
	utf8.EncodeRune(room[:], unicode.ToLower(r))
	return room[0]
}

// opensWith says whether a text begins with one of the words.
func opensWith(text string, words []string) bool {
	for _, word := range words {
		word, longer := strings.CutSuffix(word, "*")
		if len(text) < len(word) || !strings.EqualFold(text[:len(word)], word) {
			continue
		}
		if longer || len(text) == len(word) || !isWordByte(text[len(word)]) {
			return true
		}
	}
	return false
}
