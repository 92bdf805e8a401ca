package criterion

// Scratch is the memory that reading a line needs until the line is read, to be
// used again for the next: that is a third of what reading a checklist would
// allocate. Its zero value is ready; one goroutine may use it at a time.
type Scratch struct {
	reader reader // of the line
	row    row    // if it is one
	tokens []token
	room   []phrase
}

// begin gives the reader of a line in a place.
func (s *Scratch) begin(p *Place) *reader {
	s.room = s.room[:0]
	s.reader = reader{Scratch: s, place: p}
	return &s.reader
}

// phrases gives the phrases of a text.
func (s *Scratch) phrases(text string) []phrase {
	s.tokens = lex(s.tokens[:0], text)
	return phrasesIn(s.space(len(s.tokens)), text, s.tokens)
}

// space is room for n phrases.
func (s *Scratch) space(n int) []phrase {
	const usual = 64 // of a line
	if cap(s.room)-len(s.room) < n {
		s.room = make([]phrase, 0, max(n, usual, 2*cap(s.room)))
	}
	from := len(s.room)
	s.room = s.room[:from+n]
	return s.room[from:from:len(s.room)]
}
