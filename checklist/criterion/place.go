package criterion

import (
	"sort"
	"strings"
	"sync"
)

// Place is where lines stand, read once for all of them: below headings and
// list items, in a table. A place doesn't change, and any number of goroutines
// may read lines in it.
type Place struct {
	stance  stance
	subject subject  // what the headings are about, for a line that names nothing
	columns []column // of the table, in the order of its header; nil outside of one
}

// At is the place of the lines below headings, outermost first, without the
// document's title.
func At(headings []string) *Place {
	p := &Place{}
	for _, text := range headings {
		p.enter(text)
	}
	return p
}

// Under is the place of the lines below a further heading, or nested under a
// list item.
func (p *Place) Under(heading string) *Place {
	below := *p
	below.enter(heading)
	return &below
}

// Table is the place of the rows of a table with the column names given.
func (p *Place) Table(header []string) *Place {
	below := *p
	below.columns = make([]column, len(header))
	for i, name := range header {
		below.columns[i] = columnOf(name)
	}
	return &below
}

// enter goes below a heading or an item.
func (p *Place) enter(heading string) {
	heading = clean(heading)
	tokens := lex(heading)
	if s := subjectOf(phrasesIn(heading, tokens)); s.known && !s.weak {
		p.subject = s
		p.subject.placed = true
	}
	if aside := strings.IndexByte(heading, '('); aside > 0 {
		tokens = tokens[:sort.Search(len(tokens), func(i int) bool { return int(tokens[i].from) >= aside })]
	}
	p.stance = p.stance.under(topicsOf(tokens))
}

// stance is what a heading, a list item or a column says of the lines under it.
type stance uint8

const (
	neutral   stance = iota
	trigger          // states when to roll back: "Rollback Criteria", "Abort when:"
	retreat          // about rolling back, no more: "Rollback Scenarios"
	procedure        // how to roll back: "Rollback Execution"
	alerting         // states when to alert or to scale
)

// under gives the stance of lines under a further heading.
func (s stance) under(about topicSet) stance {
	within := s == trigger || s == retreat || s == procedure
	switch {
	case about.has(aboutRollback) || within:
		switch {
		case about.has(aboutSteps):
			return procedure
		case about.has(aboutTrigger) || about.has(aboutRollback) && (about.has(aboutCondition) || about.has(aboutAlerts)):
			return trigger
		case about.has(aboutRollback):
			return retreat
		}
		return s
	case about.has(aboutAlerts):
		return alerting
	}
	return neutral
}

// The classes of the words in headings.
const (
	aboutRollback class = iota + 100
	aboutTrigger
	aboutCondition
	aboutSteps
	aboutAlerts
	aboutFunction
	aboutAction
)

var headings = sync.OnceValue(func() *lexicon { return newLexicon(headingWords) })

// topicSet is a set of the classes of the words in headings.
type topicSet uint8

func (s topicSet) has(c class) bool { return s&(1<<(c-aboutRollback)) != 0 }

// topics finds what a text is about.
func topics(text string) topicSet { return topicsOf(lex(clean(text))) }

func topicsOf(tokens []token) topicSet {
	var about topicSet
	for i := 0; i < len(tokens); {
		m, n := headings().match(tokens[i:])
		switch {
		case m == nil:
			n = 1
		case m.class >= aboutRollback:
			about |= 1 << (m.class - aboutRollback)
		}
		i += n
	}
	return about
}
