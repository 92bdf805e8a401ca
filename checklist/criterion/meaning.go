package criterion

import (
	"slices"
	"sync"

	"github.com/cutover-dev/cutover/checklist/internal/lexicon"
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

// entry gives a list of phrases their meaning, as [lexicon.Lexicon.Add] takes them.
type entry struct {
	meaning meaning
	phrases string
}

// allWords are the tables of words.
var allWords = [][]entry{
	signalWords, english, german, french, spanish, portuguese, italian, russian, turkish, chinese, japanese, korean,
}

// words holds the phrases of all languages, units the units. They are tables,
// put into their trees at first use.
var (
	words = sync.OnceValue(func() *lexicon.Lexicon[meaning] { return newLexicon(allWords...) })
	units = sync.OnceValue(newUnits)
	// names holds of the words those that name a subject.
	names = sync.OnceValue(func() *lexicon.Lexicon[meaning] { return newLexicon(wordsOf(signal, percentile)...) })
	// quantileWords holds those for quantiles.
	quantileWords = sync.OnceValue(func() *lexicon.Lexicon[meaning] { return newLexicon(wordsOf(percentile)...) })
	// backs holds those that order a rollback.
	backs = sync.OnceValue(func() *lexicon.Lexicon[meaning] { return newLexicon(wordsOf(rollback)...) })
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

func newLexicon(tables ...[]entry) *lexicon.Lexicon[meaning] {
	l := lexicon.New[meaning]()
	for _, table := range tables {
		for i := range table {
			l.Add(table[i].phrases, &table[i].meaning)
		}
	}
	return l
}
