package criterion

import (
	"sort"
	"strings"
	"sync"

	"github.com/cutover-dev/cutover/checklist/internal/lexicon"
)

// Place is where lines stand: below headings and list items, in a table. What it
// makes of them is found out when a line first asks, once for all lines. To its
// users a place doesn't change, and any number of goroutines may read lines in
// it.
type Place struct {
	*standing
	table *table // nil outside of one
}

// table is a table's header. Its names are read when a cell below them is: most
// columns hold no bounds.
type table struct {
	header  []string
	columns []titled
}

// titled is what a column's name says, once it has been read.
type titled struct {
	once  sync.Once
	found column
}

// untitled is a column of which nothing is said.
var untitled column

// column is what the header says of the cells of column i: nothing outside of a table
// and beyond its header.
func (t *table) column(s *Scratch, i int) *column {
	if t == nil || i >= len(t.header) {
		return &untitled
	}
	c := &t.columns[i]
	c.once.Do(func() { c.found = s.column(t.header[i]) })
	return &c.found
}

// standing is a heading or list item with those above it.
type standing struct {
	above   *standing // nil above the first
	heading string

	stanceOnce, subjectOnce sync.Once
	stanceFound             stance
	subjectFound            *subject
}

// At is the place of the lines below headings, outermost first, without the
// document's title.
func At(headings []string) *Place {
	p := &Place{}
	for _, text := range headings {
		p = p.Under(text)
	}
	return p
}

// Under is the place of the lines below a further heading, or nested under a
// list item.
func (p *Place) Under(heading string) *Place {
	both := &struct {
		place Place
		own   standing
	}{own: standing{above: p.standing, heading: heading}}
	both.place = Place{standing: &both.own, table: p.table}
	return &both.place
}

// Table is the place of the rows of a table with the column names given.
func (p *Place) Table(header []string) *Place {
	return &Place{standing: p.standing, table: &table{header, make([]titled, len(header))}}
}

// stance is what the headings say of the lines under them.
func (h *standing) stance(s *Scratch) stance {
	if h == nil {
		return neutral
	}
	h.stanceOnce.Do(func() { h.stanceFound = h.above.stance(s).under(h.topics(s)) })
	return h.stanceFound
}

// topics finds what the heading is about, an aside in parentheses left out.
func (h *standing) topics(s *Scratch) topicSet {
	heading := lexicon.Clean(h.heading)
	if !headings().MayOccur(heading) {
		return 0
	}
	tokens := s.lex(heading)
	if aside := strings.IndexByte(heading, '('); aside > 0 {
		tokens = tokens[:sort.Search(len(tokens), func(i int) bool { return int(tokens[i].From) >= aside })]
	}
	return topicsOf(tokens)
}

// subject is what the headings are about, for a line that names nothing: the
// innermost one that names a signal.
func (h *standing) subject(s *Scratch) *subject {
	if h == nil {
		return &nothing
	}
	h.subjectOnce.Do(func() {
		heading := lexicon.Clean(h.heading)
		if mayName(heading) {
			if own := subjectOf(s.phrases(heading)); own.known && !own.weak {
				own.placed = true
				h.subjectFound = &own
				return
			}
		}
		h.subjectFound = h.above.subject(s)
	})
	return h.subjectFound
}

// mayName is the cheap question that spares most headings the reading: whether a
// text may name a signal or a quantile ("P95", "5xx rate"). Most digits in headings
// only number them.
func mayName(text string) bool {
	for i := 1; i < len(text); i++ {
		if isDigit(text[i]) && text[i-1]|0x20 == 'p' || isDigit(text[i-1]) && (text[i]|0x20 == 'x' || text[i] == '%') {
			return true
		}
	}
	return names().MayOccur(text)
}

// nothing is the subject where nobody knows one.
var nothing = subject{meaning: only(plainWord)}

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

var headings = sync.OnceValue(func() *lexicon.Lexicon[meaning] { return newLexicon(headingWords) })

// topicSet is a set of the classes of the words in headings.
type topicSet uint8

func (s topicSet) has(c class) bool { return s&(1<<(c-aboutRollback)) != 0 }

// topics finds what a text is about.
func (s *Scratch) topics(text string) topicSet {
	if text = lexicon.Clean(text); !headings().MayOccur(text) {
		return 0
	}
	return topicsOf(s.lex(text))
}

func topicsOf(tokens []lexicon.Token) topicSet {
	var about topicSet
	for i := 0; i < len(tokens); {
		m, n := headings().Match(tokens[i:])
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
