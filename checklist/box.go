package checklist

import (
	"strings"
	"unicode/utf8"
)

// box is the box a line begins with.
type box uint8

const (
	noBox      box = iota
	asciiBox       // [ ] or [x], as GitHub knows it
	unicodeBox     // ☐, ☑, ☒
)

// signs are the characters drawn as boxes, with whether they are marked.
var signs = map[rune]bool{
	'☐': false, '□': false, '▢': false, '◻': false, '◽': false, '⬜': false, '🔲': false, '⬛': false,
	'☑': true, '☒': true, '✅': true, '✔': true, '✓': true, '🗹': true, '🗷': true, '☓': true, '✗': true, '✘': true, '❎': true,
}

// emptySigns are the signs that are always a box to tick, never decoration.
const boxSigns = "☐☑☒□▢◻◽⬜🔲🗹🗷"

// cutBox takes the box off the front of a line's Markdown. GitHub's renderer
// takes a box as ticked when its line has an [x] anywhere, and so does this.
func cutBox(raw string) (rest string, b box, ticked bool) {
	if len(raw) >= 3 && raw[0] == '[' && raw[2] == ']' && (len(raw) == 3 || raw[3] == ' ' || raw[3] == '\t') {
		switch raw[1] {
		case ' ', 'x', 'X':
			return strings.TrimSpace(raw[3:]), asciiBox, strings.Contains(raw, "[x]") || strings.Contains(raw, "[X]")
		}
	}
	r, n := utf8.DecodeRuneInString(raw)
	if r >= utf8.RuneSelf && strings.ContainsRune(boxSigns, r) {
		rest = strings.TrimPrefix(raw[n:], "\uFE0F")
		return strings.TrimSpace(rest), unicodeBox, signs[r]
	}
	return raw, noBox, false
}

// isDecoration says whether r is an emoji or sign that carries no word.
func isDecoration(r rune) bool {
	switch {
	case r >= 0x2190 && r < 0x2C00, r >= 0x1F000 && r < 0x1FB00:
		return true
	}
	return r == 0xFE0F || r == 0x200D || r == 0x20E3
}

// undecorated gives s without emoji and signs.
func undecorated(s string) string {
	if !strings.ContainsFunc(s, isDecoration) {
		return strings.TrimSpace(s)
	}
	s = strings.Map(func(r rune) rune {
		if isDecoration(r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
