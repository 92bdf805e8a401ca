package checklist

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// phrases are words to look for in a slug.
type phrases struct {
	words    wordList // that stand at the beginning of a word
	anywhere wordList // of scripts beyond ASCII that don't part words
}

// newPhrases takes whole words between "-". One without a closing "-" matches
// words that begin so, one without an opening "-" matches anywhere.
func newPhrases(list ...string) phrases {
	var words, anywhere []string
	for _, phrase := range list {
		if word, opens := strings.CutPrefix(phrase, "-"); opens {
			words = append(words, word)
		} else {
			anywhere = append(anywhere, phrase)
		}
	}
	return phrases{newWordList(words), newWordList(anywhere)}
}

// union is what matches wherever one of the phrases does.
func union(list ...phrases) phrases {
	var words, anywhere []string
	for _, p := range list {
		words = append(words, p.words.words...)
		anywhere = append(anywhere, p.anywhere.words...)
	}
	return phrases{newWordList(words), newWordList(anywhere)}
}

// in says whether one of the phrases stands in a slug.
func (p *phrases) in(slug string) bool { return standIn(p, slug) }

// standIn says whether one of the phrases stands in a slug.
func standIn[T string | []byte](p *phrases, slug T) bool {
	opens := true // a word
	for i := range len(slug) {
		c := slug[i]
		if opens && beginsWith(&p.words, slug[i:]) || c > utf8.RuneSelf && utf8.RuneStart(c) && beginsWith(&p.anywhere, slug[i:]) {
			return true
		}
		opens = c == '-'
	}
	return false
}

// beginsWith says whether a slug begins with one of the words, or is one without
// the "-" behind it.
func beginsWith[T string | []byte](list *wordList, slug T) bool {
	for _, word := range list.opening(slug[0]) {
		n := len(word)
		if n > 1 && len(slug) > 1 && slug[1] != word[1] {
			continue // as most are
		}
		if len(slug) >= n && string(slug[:n]) == word || word[n-1] == '-' && string(slug) == word[:n-1] {
			return true
		}
	}
	return false
}

// wordList are words by their first bytes, of which a text has few.
type wordList struct {
	words []string // in order
	from  [257]uint16
}

func newWordList(words []string) wordList {
	l := wordList{words: slices.Sorted(slices.Values(words))}
	for _, word := range words {
		l.from[int(word[0])+1]++
	}
	for i := 1; i < len(l.from); i++ {
		l.from[i] += l.from[i-1]
	}
	return l
}

// opening are the words that begin with a byte.
func (l *wordList) opening(c byte) []string { return l.words[l.from[c]:l.from[int(c)+1]] }
