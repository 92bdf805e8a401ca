package lexicon

import "unicode/utf8"

// words reads the words of a text, folded: its runs of letters, and each rune of an
// unspaced script and each digit of another width by itself.
type words struct {
	text string // what is left
	size int    // of the word
	room [maxWord]byte
}

// maxWord bounds how much of a word is read, in bytes.
const maxWord = 64

// word is the word that next has found.
func (w *words) word() []byte { return w.room[:w.size] }

// next goes to the next word, if there is one.
func (w *words) next() bool {
	text, i, n := w.text, 0, 0
	for i < len(text) {
		if c := text[i]; c < utf8.RuneSelf {
			if c = plain[c]; isLetter(c) {
				if n < maxWord {
					w.room[n] = c
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
		letter := alone || inAlphabet(r)
		if n > 0 && (alone || !letter) {
			break
		}
		i += size
		if letter && n <= maxWord-utf8.UTFMax {
			n += utf8.EncodeRune(w.room[n:], r)
		}
		if alone {
			break
		}
	}
	w.text, w.size = text[i:], n
	return n > 0
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' }
