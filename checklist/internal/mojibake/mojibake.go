// Package mojibake undoes a wrong decoding: UTF-8 that some editor read as Mac
// Roman, Windows-1252, Windows-1254 or Latin-1 and saved again, so that ✅
// became `‚úÖ` or `âœ…`.
//
// The danger is not in missing damage but in "repairing" what was right:
// `café”…` is, byte for byte, also a Chinese character read wrongly. A line is
// therefore changed only on evidence, a sequence nobody writes on purpose, and
// by default as a whole: a wrong decoding never spares half a line.
package mojibake

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// charsets are the encodings UTF-8 gets mistaken for. The order decides where
// several explain a line.
var charsets = []*charmap.Charmap{
	charmap.Macintosh, charmap.Windows1252, charmap.Windows1254, charmap.ISO8859_1,
}

// Repair undoes a wrong decoding of one line of UTF-8 text. It says whether it
// changed anything; where it did not, the line comes back as it was. It takes
// time linear in the line's length.
func Repair(line string) (repaired string, changed bool) {
	suspects := suspectsOf(line)
	if suspects == 0 {
		return line, false
	}
	for _, allowed := range []evidence{neutral, against} {
		for i, cs := range charsets {
			if suspects&(1<<i) == 0 {
				continue
			}
			if out, ok := undo(line, cs, allowed); ok {
				return out, true
			}
		}
	}
	return line, false
}

// Suspicious says whether valid UTF-8 has a line that Repair would look at: the
// cheap question that spares nearly every text.
func Suspicious(text string) bool { return suspectsOf(text) != 0 }

// eightBit excludes cheaply what no charset here has.
func eightBit(r rune) bool {
	return r >= 0x80 && r < 0x2600 || r == 0xF8FF || r == 0xFB01 || r == 0xFB02 || r == utf8.RuneError
}

// encode gives the byte cs has for r. The bytes for which the Windows code
// pages have no character were read as control characters of the same number,
// or got lost and became U+FFFD: those are 0 here.
func encode(r rune, cs *charmap.Charmap) (byte, bool) {
	switch {
	case r < utf8.RuneSelf || !eightBit(r):
		return 0, false
	case r == utf8.RuneError:
		return 0, cs != charmap.Macintosh
	case r < 0xA0 && undefined(byte(r), cs):
		return byte(r), true
	}
	return cs.EncodeRune(r)
}

// undefined says whether cs has no character for a byte.
func undefined(b byte, cs *charmap.Charmap) bool {
	return cs.DecodeByte(b) == utf8.RuneError
}

// frequent are the characters worth recognising without the byte that got
// lost: the marks of checklists and the closing quotation mark.
const frequent = "☐❌⏳🎉\uFE0F”"

// run is a stretch of a line's characters that a charset has outside ASCII,
// with the bytes it gives them.
type run struct {
	start, end    int // in the line
	before, after rune
	bytes         []byte
	undone        string
	grade         evidence
}

// evidence grades what undoing a run says about the line.
type evidence uint8

const (
	against evidence = iota // not UTF-8: this run was never misread
	neutral                 // could be either
	likely                  // nobody writes the run like this, where the line agrees
	certain                 // nobody writes the run like this anywhere
)

// undo reverses the misreading by cs; ok is false where the line doesn't look
// as if cs had a part in it, or has a run graded below allowed.
func undo(line string, cs *charmap.Charmap, allowed evidence) (out string, ok bool) {
	runs := runsOf(line, cs)
	least, most := certain, against
	for i := range runs {
		r := &runs[i]
		r.undone, r.grade = decode(*r, cs)
		least, most = min(least, r.grade), max(most, r.grade)
		if least < allowed {
			return "", false
		}
	}
	need := neutral
	if least == against { // mixed by hand: only what speaks for itself
		need = certain
	}
	if most < likely || most < need {
		return "", false
	}
	var b strings.Builder
	b.Grow(len(line))
	at := 0
	for _, r := range runs {
		if r.grade < need {
			continue
		}
		b.WriteString(line[at:r.start])
		b.WriteString(r.undone)
		at = r.end
	}
	b.WriteString(line[at:])
	return b.String(), true
}

// runsOf finds the line's runs in cs.
func runsOf(line string, cs *charmap.Charmap) []run {
	var runs []run
	var before rune
	open := false
	for i, r := range line {
		b, has := encode(r, cs)
		switch {
		case has && !open:
			runs = append(runs, run{start: i, before: before, bytes: []byte{b}})
			open = true
		case has:
			last := &runs[len(runs)-1]
			last.bytes = append(last.bytes, b)
		case open:
			last := &runs[len(runs)-1]
			last.end, last.after = i, r
			open = false
		}
		before = r
	}
	if open {
		runs[len(runs)-1].end = len(line)
	}
	return runs
}

// decode reads a run's bytes as the UTF-8 they may have been.
func decode(r run, cs *charmap.Charmap) (string, evidence) {
	if len(r.bytes) == 1 {
		return "", against // nothing outside ASCII has one byte
	}
	out := make([]rune, 0, len(r.bytes)/2)
	grade := neutral
	for at := 0; at < len(r.bytes); {
		c, n := utf8.DecodeRune(r.bytes[at:])
		if n == 1 {
			if c, n = lost(r.bytes[at:], cs); n == 0 {
				return "", against
			}
		}
		if c < 0xA0 {
			return "", against // a control character: nobody wrote that
		}
		s := sequence{char: c, size: n, before: r.before, after: r.after, mac: cs == charmap.Macintosh}
		if len(out) > 0 {
			s.before = out[len(out)-1]
			s.follows = true
		}
		if at+n < len(r.bytes) {
			s.after = 'é' // what follows is a sequence too; take it for a letter
		}
		if at+1 < len(r.bytes) {
			s.second = cs.DecodeByte(r.bytes[at+1])
		}
		grade = max(grade, s.grade())
		out = append(out, c)
		at += n
	}
	return string(out), grade
}

// lost recognises a frequent character whose undefined bytes were dropped or
// replaced, and says how many bytes are left of it; 0 for none.
func lost(b []byte, cs *charmap.Charmap) (rune, int) {
	for _, c := range frequent {
		if n := leftOf(b, string(c), cs); n > 1 {
			return c, n
		}
	}
	return 0, 0
}

// leftOf says how many bytes of b are a character's UTF-8 from which at least
// one byte that cs doesn't define got lost; 0 where they are not.
func leftOf(b []byte, char string, cs *charmap.Charmap) int {
	at, missing := 0, false
	for _, want := range []byte(char) {
		switch {
		case at < len(b) && b[at] == want:
			at++
		case !undefined(want, cs):
			return 0
		default:
			missing = true
			if at < len(b) && b[at] == 0 { // replaced by U+FFFD
				at++
			}
		}
	}
	if !missing {
		return 0
	}
	return at
}

// sequence is one undone character in its place.
type sequence struct {
	char          rune
	size          int  // in bytes, which is in characters of the damaged line
	second        rune // the second of those characters, as it stands in the line
	before, after rune
	follows       bool // another undone character stands right before
	mac           bool
}

func (s sequence) grade() evidence {
	switch {
	case symbol(s.char):
		return certain
	case s.follows && sameScript(s.before, s.char):
		return certain
	case s.size == 2 && s.char < 0x180:
		return s.gradeLatin()
	}
	return neutral
}

// symbol says whether c is one of the signs and emoji that people put into
// checklists. Their misread forms begin with `‚`, `â`, `ï` or `ð` and go on with two
// signs: no language does that.
func symbol(c rune) bool {
	switch {
	case c >= 0x2000 && c < 0x2070, c >= 0x20A0 && c < 0x20C0, c >= 0x2100 && c < 0x2150:
		return true // dashes, quotes, currencies, letterlike
	case c >= 0x2190 && c < 0x2C00: // arrows to dingbats
		return true
	case c >= 0x1F000 && c < 0x1FB00:
		return true
	}
	return c == 0xFE0F || c == 0xFEFF || c == utf8.RuneError
}

// scripts whose words are never one letter long when misread.
var scripts = []*unicode.RangeTable{
	unicode.Cyrillic, unicode.Greek, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
	unicode.Arabic, unicode.Hebrew, unicode.Thai, unicode.Devanagari, unicode.Bengali, unicode.Tamil,
}

func sameScript(a, b rune) bool {
	if !unicode.IsLetter(a) || !unicode.IsLetter(b) {
		return false
	}
	for _, t := range scripts {
		if unicode.Is(t, b) {
			return unicode.Is(t, a) || t != unicode.Cyrillic && t != unicode.Greek && unicode.In(a, scripts...)
		}
	}
	return false
}

// gradeLatin grades an accented letter or a sign of Latin-1, misread as two
// characters: `Ã©`, `Â°`, `√©`. The first of the two may be a real capital (or
// a real √), and the second the punctuation behind it.
func (s sequence) gradeLatin() evidence {
	letterBefore, letterAfter := unicode.IsLetter(s.before), unicode.IsLetter(s.after)
	if s.mac && s.char >= 0x100 { // `ƒ` and `≈` are written before letters
		if letterBefore && letterAfter {
			return likely
		}
		return neutral
	}
	switch {
	case letterBefore && unicode.IsLower(s.before): // no capital follows a small letter
		return likely
	case letterAfter && (unicode.IsLower(s.after) || !punctuation(s.second)):
		return likely
	case letterBefore && punctuation(s.second): // AMANHÃ… and MAÇÃ” are words
		return neutral
	case s.char >= 0x100:
		return neutral // `Å“` may end a quotation
	}
	return likely
}

// punctuation says whether people set c right behind a word.
func punctuation(c rune) bool {
	return strings.ContainsRune("…”“’‘»«›‹–—™®©°·•¹²³ªº†‡‰\u00a0", c)
}

// Valid gives a line that is not valid UTF-8 as valid text: as Windows-1252
// where it has no UTF-8 outside ASCII at all, otherwise with U+FFFD for each
// stray byte.
func Valid(line string) string {
	for i := 0; i < len(line); {
		if line[i] < utf8.RuneSelf {
			i++
			continue
		}
		if _, n := utf8.DecodeRuneInString(line[i:]); n > 1 {
			return strings.ToValidUTF8(line, "\uFFFD")
		}
		i++
	}
	var b strings.Builder
	for i := range len(line) {
		b.WriteRune(charmap.Windows1252.DecodeByte(line[i]))
	}
	return b.String()
}
