package checklist

import "strings"

// wording are words and phrases to look for in a text, in any case: whole words
// in ASCII's sense, with one that ends in "*" for all words that begin so.
type wording struct {
	opens [256]bool // the first bytes of the words
	words []string
}

func newWording(words ...string) wording {
	w := wording{words: words}
	for _, word := range words {
		w.opens[word[0]] = true
		w.opens[word[0]&^0x20] = true
	}
	return w
}

// in says whether one of the words stands in a text.
func (w *wording) in(text string) bool {
	for i := range len(text) {
		if w.opens[text[i]] && (i == 0 || !isWordByte(text[i-1])) && w.atHead(text[i:]) {
			return true
		}
	}
	return false
}

// atHead says whether a text begins with one of the words.
func (w *wording) atHead(text string) bool {
	for _, word := range w.words {
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
