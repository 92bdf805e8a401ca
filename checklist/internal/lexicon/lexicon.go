// Package lexicon reads the words of lines in many languages: it splits a line into
// tokens, folded so that case, accents and the width of characters don't matter, and
// finds known phrases among them. What a phrase means is its user's.
//
// Scripts with spaces give a token a word; Han, kana and Hangul, which have none or
// glue particles to words, give a token a character. Phrases are matched by tokens,
// so that a list of them holds words of all scripts.
package lexicon

import (
	"cmp"
	"slices"
	"strings"
)

// Lexicon is a tree of phrases, by their tokens, each with a meaning. Once made it
// doesn't change, and any number of goroutines may look into it.
type Lexicon[M any] struct {
	lexer Lexer // of the phrases
	opens openings
	words map[string]*node[M]     // behind the words that open phrases
	stems map[string]*node[M]     // behind the stems that do
	sizes map[[minStem]byte][]int // how long the stems are that begin so, the longest first
}

// minStem is how short a stem may be ("ошиб*"), in bytes.
const minStem = 2

// node is a place in the tree of known phrases.
type node[M any] struct {
	words   []edge[M] // that go on
	stems   []edge[M] // the same, the longest first
	meaning *M
}

// edge leads on to a node.
type edge[M any] struct {
	text string
	to   *node[M]
}

// New makes an empty lexicon.
func New[M any]() *Lexicon[M] {
	return &Lexicon[M]{words: make(map[string]*node[M]), stems: make(map[string]*node[M]), sizes: make(map[[minStem]byte][]int)}
}

// Add gives phrases a meaning, which is shared. They are separated by commas; a word
// that ends in * stands for all that begin so; a|b stands for either word. The first
// meaning of a phrase stays.
func (l *Lexicon[M]) Add(list string, m *M) {
	for _, phrase := range Phrases(list) {
		l.add(phrase, m)
	}
}

func (l *Lexicon[M]) add(phrase string, m *M) {
	var at *node[M]
	for _, word := range strings.Fields(phrase) {
		stem, isStem := strings.CutSuffix(word, "*")
		for _, tok := range l.lexer.Lex(stem) {
			switch {
			case at == nil:
				at = l.open(tok.Text, isStem)
			case isStem:
				at = follow(&at.stems, tok.Text)
			default:
				at = follow(&at.words, tok.Text)
			}
		}
	}
	if at != nil && at.meaning == nil {
		at.meaning = m
	}
}

// open gives the node behind the word, or the stem, that opens a phrase.
func (l *Lexicon[M]) open(text string, isStem bool) *node[M] {
	l.opens.add(text, isStem)
	heads := l.words
	if isStem {
		heads = l.stems
		first := [minStem]byte([]byte(text))
		if sizes := l.sizes[first]; !slices.Contains(sizes, len(text)) {
			sizes = append(sizes, len(text))
			slices.Sort(sizes)
			slices.Reverse(sizes)
			l.sizes[first] = sizes
		}
	}
	if heads[text] == nil {
		heads[text] = &node[M]{}
	}
	return heads[text]
}

// follow gives the node behind an edge, the longest of which stand first.
func follow[M any](edges *[]edge[M], text string) *node[M] {
	for _, e := range *edges {
		if e.text == text {
			return e.to
		}
	}
	e := edge[M]{text, &node[M]{}}
	*edges = append(*edges, e)
	slices.SortStableFunc(*edges, func(a, b edge[M]) int { return cmp.Compare(len(b.text), len(a.text)) })
	return e.to
}

// Phrases are the phrases of a list, with their alternatives written out.
func Phrases(list string) []string {
	var all []string
	for _, phrase := range strings.Split(list, ",") {
		all = append(all, alternatives(phrase)...)
	}
	return all
}

// alternatives writes out "minor|minore di": one phrase for each.
func alternatives(phrase string) []string {
	all := []string{""}
	for _, word := range strings.Fields(phrase) {
		var longer []string
		for _, start := range all {
			for _, form := range strings.Split(word, "|") {
				longer = append(longer, strings.TrimSpace(start+" "+form))
			}
		}
		all = longer
	}
	return all
}

// Match finds the longest known phrase at the start of tokens and the number
// of tokens it takes; nil where none is known.
func (l *Lexicon[M]) Match(tokens []Token) (*M, int) {
	if len(tokens) == 0 || !mayOpen(&l.opens, tokens[0].Text) {
		return nil, 0
	}
	tok := &tokens[0]
	var best *M
	length := 0
	if n := l.words[tok.Text]; n != nil && tok.Kind != Number {
		best, length = n.match(tokens, 1)
	}
	if tok.Kind != Word || !mayStem(&l.opens, tok.Text) {
		return best, length
	}
	for _, size := range l.sizes[[minStem]byte{tok.Text[0], tok.Text[1]}] {
		if size > len(tok.Text) {
			continue
		}
		if n := l.stems[tok.Text[:size]]; n != nil {
			if m, k := n.match(tokens, 1); k > length {
				return m, k
			}
		}
	}
	return best, length
}

// MayOccur says whether a phrase may occur in a text; false is certain. Phrases
// must open with words, not with digits.
func (l *Lexicon[M]) MayOccur(text string) bool {
	for in := (words{text: text}); in.next(); {
		if l.opensWith(in.word()) {
			return true
		}
	}
	return false
}

// opensWith says whether a phrase may open with a word.
func (l *Lexicon[M]) opensWith(word []byte) bool {
	if !mayOpen(&l.opens, word) {
		return false
	}
	if l.words[string(word)] != nil {
		return true
	}
	if !mayStem(&l.opens, word) {
		return false
	}
	for _, size := range l.sizes[[minStem]byte(word)] {
		if size <= len(word) && l.stems[string(word[:size])] != nil {
			return true
		}
	}
	return false
}

// match looks on from depth tokens into the phrase; it gives nil and 0 where none
// ends there or further on. Phrases are a few tokens long, so this is a bounded walk.
func (n *node[M]) match(tokens []Token, depth int) (best *M, length int) {
	if n.meaning != nil {
		best, length = n.meaning, depth
	}
	if depth == len(tokens) || len(n.words)+len(n.stems) == 0 {
		return best, length
	}
	tok := &tokens[depth]
	for i := range n.words {
		if n.words[i].text == tok.Text && tok.Kind != Number {
			if m, k := n.words[i].to.match(tokens, depth+1); k > length {
				best, length = m, k
			}
			break
		}
	}
	if tok.Kind != Word {
		return best, length
	}
	for i := range n.stems {
		if strings.HasPrefix(tok.Text, n.stems[i].text) {
			if m, k := n.stems[i].to.match(tokens, depth+1); k > length {
				return m, k
			}
		}
	}
	return best, length
}

// Longest gives, in no order, the longest word of each phrase whose meaning is of a
// kind.
func (l *Lexicon[M]) Longest(is func(*M) bool) []string {
	var found []string
	for _, heads := range []map[string]*node[M]{l.words, l.stems} {
		for word, n := range heads {
			found = n.longest(found, word, is)
		}
	}
	return found
}

func (n *node[M]) longest(found []string, sofar string, is func(*M) bool) []string {
	if n.meaning != nil && is(n.meaning) {
		found = append(found, sofar)
	}
	for _, e := range slices.Concat(n.words, n.stems) {
		found = e.to.longest(found, longer(sofar, e.text), is)
	}
	return found
}

func longer(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}
