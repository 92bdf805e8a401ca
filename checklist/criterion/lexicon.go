package criterion

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// class is what a word or phrase does in a line.
type class uint8

const (
	plainWord  class = iota
	quantity         // a number with its unit
	blank            // a place to fill in
	odd              // a version, a date, an amount of money
	signal           // what is measured: "error rate"
	compare          // <, "at most"
	compareDue       // compares only a known signal, or asks for one: "within", "up to", "reaches"
	negation         // "not", "never"
	demand           // "target", "SLO", "required": the signal's good side
	ceiling          // "max", "limit": at most
	floor            // "min": at least
	warning          // "alert", "critical": a bound that is no target
	change           // "drop", "improvement"
	baseline         // "baseline", "normal"
	percentile       // "percentile", "median"
	lasting          // "for", "sustained": a time that must pass
	lastingEnd       // the same, behind the time: "lang", "間"
	sampling         // "every": a time between looks
	measured         // "current", "actual"
	load             // "users", "traffic": how hard the service is driven
	runtime          // a program with a version: "Python"
	filler           // says nothing here: "should", "the"
	rollback         // "roll back", "abort"
	condition        // "if", "when"
	numeral          // "five"
	span             // a time that must pass, read whole: "for > 5 minutes"
	joiner           // "and", "/"
	openParen
	closeParen
	colon
	comma
	plus
	dash
	arrow // ends a clause
	stop  // ends a clause
)

// meaning is what the tables say about a phrase.
type meaning struct {
	class   class
	signal  Signal
	subject string     // of an Other signal
	good    Comparison // Less or Greater: where a signal's good values lie; empty where that depends
	op      Comparison // of a comparator
	behind  bool       // a comparator that follows its number
	change  Change     // of a change word that says which way the value moves
	better  int        // of a change word that says how good that is: 1, -1; of "faster than" likewise
	rival   bool       // of a comparator that compares with another version: "slower than"
	value   string     // of a numeral, and of a percentile word that names one ("median")
	implied Unit       // of a signal that names its unit: "requests per second"
	unit    *unit      // of a unit; nil for the others
	weak    bool       // a signal only with a unit that fits ("response" with a time)
}

// circumstance marks the fillers that begin where or when something holds: what
// follows "5% in" or "1% at" is not what the share is of.
const circumstance = "circumstance"

// occasion marks the words that a time or an event follows: what moves "during a
// traffic spike" is not what is measured.
const occasion = "occasion"

// completion marks the words between what ends and the time that it takes: "the
// import must complete within 4 hours".
const completion = "completion"

// ahead marks the verbs that demand only what follows them: "requires 5% of
// headroom", but "five wins require a query".
const ahead = "ahead"

// driving marks how hard the service is driven: what lasts "with 300 users for 10
// minutes" is the load.
const driving = "driving"

// former marks the words before a value that something else has or had: "vs. >
// 1 GB without sharing".
const former = "former"

// ofSubject marks the changes whose subject follows without a word between:
// Russian "рост задержки" is a growth of latency, not a grown one.
const ofSubject = "of what follows"

// denied marks the changes that are negated verbs behind what they deny:
// "%10'dan fazla artmamalı".
const denied = "denied"

// things marks the quantiles that are shares of what is named, not of requests.
const things = "things"

// ofSignal marks the negations that stand before what they negate: "keine
// Antwortzeit über 2 s".
const ofSignal = "of a signal"

// opening marks the changes that are verbs, which may open a condition.
const opening = "verb"

// tolerance marks the comparators that, before a share, say how far from
// something: "balanced (within 10%)" bounds nothing by itself.
const tolerance = "tolerance"

// entry gives a list of phrases, separated by commas, their meaning. A word
// that ends in * stands for all that begin so; a|b stands for either word.
type entry struct {
	meaning meaning
	phrases string
}

// node is a place in the tree of known phrases.
type node struct {
	words   []edge // that go on
	stems   []edge // the same, the longest first
	meaning *meaning
}

// edge leads on to a node.
type edge struct {
	text string
	to   *node
}

// lexicon is a tree of phrases, by their tokens.
type lexicon struct {
	opens openings
	words map[string]*node        // behind the words that open phrases
	stems map[string]*node        // behind the stems that do
	sizes map[[minStem]byte][]int // how long the stems are that begin so, the longest first
}

// minStem is how short a stem may be ("ошиб*"), in bytes.
const minStem = 2

// allWords are the tables of words.
var allWords = [][]entry{
	signalWords, english, german, french, spanish, portuguese, italian, russian, turkish, chinese, japanese, korean,
}

// words holds the phrases of all languages, units the units. They are tables,
// put into their trees at first use.
var (
	words = sync.OnceValue(func() *lexicon { return newLexicon(allWords...) })
	units = sync.OnceValue(newUnits)
	// names holds of the words those that name a subject.
	names = sync.OnceValue(func() *lexicon { return newLexicon(wordsOf(signal, percentile)...) })
	// quantileWords holds those for quantiles.
	quantileWords = sync.OnceValue(func() *lexicon { return newLexicon(wordsOf(percentile)...) })
	// backs holds those that order a rollback.
	backs = sync.OnceValue(func() *lexicon { return newLexicon(wordsOf(rollback)...) })
)

// wordsOf gives of all words those of some classes.
func wordsOf(classes ...class) [][]entry {
	found := make([][]entry, len(allWords))
	for i, table := range allWords {
		for _, e := range table {
			if slices.Contains(classes, e.meaning.class) {
				found[i] = append(found[i], e)
			}
		}
	}
	return found
}

func newLexicon(tables ...[]entry) *lexicon {
	l := &lexicon{words: make(map[string]*node), stems: make(map[string]*node), sizes: make(map[[minStem]byte][]int)}
	var with texts
	for _, table := range tables {
		for i := range table {
			for _, phrase := range splitPhrases(table[i].phrases) {
				l.add(&with, phrase, &table[i].meaning)
			}
		}
	}
	return l
}

// splitPhrases gives the phrases of an entry, with their alternatives written
// out.
func splitPhrases(list string) []string {
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

// add puts one phrase into the tree; the first meaning of a phrase stays.
func (l *lexicon) add(with *texts, phrase string, m *meaning) {
	var at *node
	for _, word := range strings.Fields(phrase) {
		stem, isStem := strings.CutSuffix(word, "*")
		for _, tok := range lex(with, nil, stem) {
			switch {
			case at == nil:
				at = l.open(tok.text, isStem)
			case isStem:
				at = follow(&at.stems, tok.text)
			default:
				at = follow(&at.words, tok.text)
			}
		}
	}
	if at != nil && at.meaning == nil {
		at.meaning = m
	}
}

// open gives the node behind the word, or the stem, that opens a phrase.
func (l *lexicon) open(text string, isStem bool) *node {
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
		heads[text] = &node{}
	}
	return heads[text]
}

// follow gives the node behind an edge, the longest of which stand first.
func follow(edges *[]edge, text string) *node {
	for _, e := range *edges {
		if e.text == text {
			return e.to
		}
	}
	e := edge{text, &node{}}
	*edges = append(*edges, e)
	slices.SortStableFunc(*edges, func(a, b edge) int { return cmp.Compare(len(b.text), len(a.text)) })
	return e.to
}

// match finds the longest known phrase at the start of tokens and the number
// of tokens it takes; nil where none is known.
func (l *lexicon) match(tokens []token) (*meaning, int) {
	if len(tokens) == 0 || !mayOpen(&l.opens, tokens[0].text) {
		return nil, 0
	}
	tok := &tokens[0]
	var best *meaning
	length := 0
	if n := l.words[tok.text]; n != nil && tok.kind != numberToken {
		best, length = n.match(tokens, 1)
	}
	if tok.kind != wordToken || !mayStem(&l.opens, tok.text) {
		return best, length
	}
	for _, size := range l.sizes[[minStem]byte{tok.text[0], tok.text[1]}] {
		if size > len(tok.text) {
			continue
		}
		if n := l.stems[tok.text[:size]]; n != nil {
			if m, k := n.match(tokens, 1); k > length {
				return m, k
			}
		}
	}
	return best, length
}

// mayOccur says whether a phrase may occur in a text; false is certain. Phrases
// must open with words, not with digits or single letters.
func (l *lexicon) mayOccur(text string) bool {
	for words := (folding{text: text}); words.next(); {
		if l.opensWith(words.word()) {
			return true
		}
	}
	return false
}

// opensWith says whether a phrase may open with a word.
func (l *lexicon) opensWith(word []byte) bool {
	if len(word) < minStem || !mayOpen(&l.opens, word) {
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
func (n *node) match(tokens []token, depth int) (best *meaning, length int) {
	if n.meaning != nil {
		best, length = n.meaning, depth
	}
	if depth == len(tokens) || len(n.words)+len(n.stems) == 0 {
		return best, length
	}
	tok := &tokens[depth]
	for i := range n.words {
		if n.words[i].text == tok.text && tok.kind != numberToken {
			if m, k := n.words[i].to.match(tokens, depth+1); k > length {
				best, length = m, k
			}
			break
		}
	}
	if tok.kind != wordToken {
		return best, length
	}
	for i := range n.stems {
		if strings.HasPrefix(tok.text, n.stems[i].text) {
			if m, k := n.stems[i].to.match(tokens, depth+1); k > length {
				return m, k
			}
		}
	}
	return best, length
}
