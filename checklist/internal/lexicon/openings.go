package lexicon

// openings are the words that open a list of phrases, by their letters: most words
// of a text open none, which this tells without a search.
type openings struct {
	lengths [pairs]uint32 // of the words, by their first two letters
	thirds  [pairs]uint32 // their third letters
	others  [256]uint32   // the heads of those that begin otherwise, as bits
}

// all is every length and letter: of the words that begin with a stem.
const all = 1<<32 - 1

// pairs is the number of pairs of letters from a to z.
const pairs = 26 * 26

// add adds a word, or with isStem all that begin so.
func (o *openings) add(word string, isStem bool) {
	pair, ok := pairOf(word)
	switch {
	case !ok && isStem && len(word) < headLength:
		for i := range o.others {
			o.others[i] = all
		}
		return
	case !ok:
		i, bit := headBit(word)
		o.others[i] |= bit
		return
	}
	o.lengths[pair] |= lengthBit(word)
	if isStem {
		o.lengths[pair] = all
	}
	switch {
	case len(word) > 2:
		o.thirds[pair] |= thirdBit(word)
	case isStem:
		o.thirds[pair] = all
	}
}

// mayOpen says whether a word may be one of them; false is certain.
func mayOpen[T string | []byte](o *openings, word T) bool {
	pair, ok := pairOf(word)
	if !ok {
		i, bit := headBit(word)
		return o.others[i]&bit != 0
	}
	return o.lengths[pair]&lengthBit(word) != 0 && (len(word) == 2 || o.thirds[pair]&thirdBit(word) != 0)
}

// mayStem says whether a word of at least minStem bytes may begin with a stem among
// them; false is certain.
func mayStem[T string | []byte](o *openings, word T) bool {
	if len(word) < minStem {
		return false
	}
	pair, ok := pairOf(word)
	return !ok || o.lengths[pair] == all
}

// pairOf is the place of the first two letters of a word among all pairs; ok is
// false for a word that doesn't begin with two letters from a to z.
func pairOf[T string | []byte](word T) (pair int, ok bool) {
	if len(word) < 2 {
		return 0, false
	}
	a, b := word[0]-'a', word[1]-'a'
	return int(a)*26 + int(b), a < 26 && b < 26
}

// lengthBit is the bit of a word's length; all long ones share one.
func lengthBit[T string | []byte](word T) uint32 { return 1 << min(len(word), 31) }

// thirdBit is the bit of a word's third letter; all beyond z share one.
func thirdBit[T string | []byte](word T) uint32 { return 1 << min(word[2]-'a', 31) }

// headLength is how many bytes of a word are its head: two letters of Cyrillic, more
// than one of Han.
const headLength = 4

// headBit is the place of a word's head among the bits of others.
func headBit[T string | []byte](word T) (i int, bit uint32) {
	sum := uint32(0)
	for i := range min(len(word), headLength) {
		sum = sum*37 + uint32(word[i])
	}
	return int(sum / 32 % 256), 1 << (sum % 32)
}
