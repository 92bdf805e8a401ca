package criterion

import "github.com/cutover-dev/cutover/checklist/internal/lexicon"

// Scratch is the memory that reading a line needs until the line is read, to be
// used again for the next: that is a third of what reading a checklist would
// allocate. Its zero value is ready; one goroutine may use it at a time.
type Scratch struct {
	reader  reader // of the line
	row     row    // if it is one
	cells   []string
	lexer   lexicon.Lexer
	room    []phrase
	amounts amounts
}

// begin gives the reader of a line in a place.
func (s *Scratch) begin(p *Place) *reader {
	s.room, s.amounts = s.room[:0], s.amounts[:0]
	s.reader = reader{Scratch: s, place: p, hint: unitless}
	return &s.reader
}

// lex gives the tokens of a text, until the next is asked for.
func (s *Scratch) lex(text string) []lexicon.Token { return s.lexer.Lex(text) }

// phrases gives the phrases of a text, until the next line begins.
func (s *Scratch) phrases(text string) []phrase {
	tokens := s.lex(text)
	return phrasesIn(s.space(len(tokens)), &s.amounts, text, tokens)
}

// space is room for n phrases.
func (s *Scratch) space(n int) []phrase {
	const usual = 128 // of a line
	if cap(s.room)-len(s.room) < n {
		s.room = make([]phrase, 0, max(n, usual, 2*cap(s.room)))
	}
	from := len(s.room)
	s.room = s.room[:from+n]
	return s.room[from:from:len(s.room)]
}

// amounts is room for amounts, which stay where they are: phrases point at them.
type amounts []amount

// in gives an amount in the unit u, without a number yet.
func (all *amounts) in(u *unit) *amount {
	const usual = 8 // in a line
	if len(*all) == cap(*all) {
		*all = make(amounts, 0, max(usual, 2*cap(*all)))
	}
	*all = append(*all, amount{unit: u})
	return &(*all)[len(*all)-1]
}
