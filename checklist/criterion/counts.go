package criterion

import (
	"strings"
	"sync"

	"github.com/cutover-dev/cutover/checklist/internal/lexicon"
)

// counts says whether a text may hold a number, in digits or in words. It is
// the cheap question that spares most lines the reading: only numbers can be
// bounds.
func counts(text string) bool {
	if strings.IndexByte(text, '&') >= 0 {
		text = lexicon.Clean(text)
	}
	for i := range len(text) {
		if isDigit(text[i]) {
			return true
		}
	}
	return numerals().MayOccur(text)
}

// numerals are the words that tell numbers in words, "five", the "hundred" of "a
// hundred", and the digits of another width.
var numerals = sync.OnceValue(func() *lexicon.Lexicon[meaning] {
	l := lexicon.New[meaning]()
	l.Add("0,1,2,3,4,5,6,7,8,9", only(numeral))
	for _, word := range words().Longest(func(m *meaning) bool { return m.class == numeral }) {
		l.Add(word, only(numeral))
	}
	return l
})
