package lexicon

import (
	"strings"
	"unicode/utf8"
)

// MaxDigits bounds the digits of a number that is read; a longer one is an
// identifier, not a measurement.
const MaxDigits = 15

// scanNumber reads the number that begins at text[0], a digit, and gives it in
// plain notation ("1150", "0.005") with the number of runes it takes.
//
// Separators are told apart by their place: a comma, a space or an apostrophe
// before exactly three digits groups thousands, any other comma is a decimal
// comma; a point is decimal unless there are several of them or a decimal
// comma follows. It gives "" for what is no number: a version (3.13.0), a
// date, a time of day, an identifier of more than MaxDigits digits.
func scanNumber(text string) (plain string, length int) {
	var store [4]string
	groups := store[:0]
	var seps []rune
	i := 0
	for {
		n := digitsAhead(text[i:])
		groups = append(groups, text[i:i+n])
		i += n
		sep, size := utf8.DecodeRuneInString(text[i:])
		if i+size >= len(text) || !isDigit(text[i+size]) || !continuesNumber(sep, text[i+size:], groups, seps) {
			break
		}
		seps = append(seps, sep)
		i += size
	}
	plain, ok := joinGroups(groups, seps)
	if !ok || len(plain) > MaxDigits {
		return "", i
	}
	return plain, i
}

// continuesNumber says whether a separator and what follows it carry the number
// on.
func continuesNumber(sep rune, rest string, groups []string, seps []rune) bool {
	switch sep {
	case '.', ',', '\'', '’':
		return true
	case ' ', '\u00a0', '\u2009', '\u202f':
		if len(groups[0]) > 3 || groups[0] == "0" || digitsAhead(rest) != 3 {
			return false
		}
		return len(seps) == 0 || seps[len(seps)-1] == sep
	}
	return false
}

func digitsAhead(text string) int {
	n := 0
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}

// joinGroups puts the digit groups of a number together.
func joinGroups(groups []string, seps []rune) (string, bool) {
	last := len(seps) - 1
	switch {
	case last < 0:
		return groups[0], true
	case last == 0 && !thousands(groups, seps[0]):
		return groups[0] + "." + groups[1], seps[0] == '.' || seps[0] == ','
	case last > 0 && seps[last] != seps[0]:
		whole, ok := joinThousands(groups[:last+1], seps[:last])
		return whole + "." + groups[last+1], ok && (seps[last] == '.' || seps[last] == ',')
	}
	return joinThousands(groups, seps)
}

// thousands says whether the only separator of a number groups thousands.
func thousands(groups []string, sep rune) bool {
	return sep != '.' && len(groups[1]) == 3 && len(groups[0]) <= 3 && groups[0] != "0"
}

func joinThousands(groups []string, seps []rune) (string, bool) {
	for i, group := range groups[1:] {
		if len(group) != 3 || seps[i] != seps[0] {
			return "", false
		}
	}
	return strings.Join(groups, ""), len(groups[0]) <= 3
}

func isDigit[T byte | rune](c T) bool { return '0' <= c && c <= '9' }
