package lexicon

import (
	"testing"
	"unicode"
)

func TestInAlphabet(t *testing.T) {
	for r := rune(-1); r <= unicode.MaxRune+1; r++ {
		if got := inAlphabet(r); got != unicode.IsLetter(r) {
			t.Errorf("inAlphabet(%U) = %v", r, got)
		}
	}
}
