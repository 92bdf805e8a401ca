package criterion

import (
	"html"
	"strings"
	"unicode"
)

// clean decodes character references ("&lt;"); everything later counts in
// runes of what this gives.
func clean(text string) []rune {
	if strings.IndexByte(text, '&') >= 0 {
		text = html.UnescapeString(text)
	}
	return []rune(text)
}

// accents maps accented letters to the plain one, so that "más de" and "mas
// de" are the same words. Both the line and the tables of words are folded.
var accents = foldings(
	"aàáâãäåā", "cçćč", "eèéêëēėę", "gğ", "iìíîïīı", "nñń", "oòóôõöø", "sşšș", "tţț", "uùúûüū", "yýÿ", "zžźż", "её",
)

func foldings(groups ...string) map[rune]rune {
	m := make(map[rune]rune)
	for _, group := range groups {
		letters := []rune(group)
		for _, accented := range letters[1:] {
			m[accented] = letters[0]
		}
	}
	return m
}

// signs maps the many ways to write a sign to one.
var signs = map[rune]rune{
	'≦': '≤', '⩽': '≤', '≧': '≥', '⩾': '≥', '﹤': '<', '﹥': '>', '﹪': '%', '٪': '%',
	'：': ':', '，': ',', '、': ',', '；': ';', '（': '(', '）': ')', '【': '(', '】': ')',
	'−': '-', '‑': '-', '‐': '-', '〜': '~', '～': '~', '≈': '~', '≃': '~', '∼': '~',
	'⇒': '→', '➜': '→', '➔': '→', '➡': '→', '·': ',', '•': ',',
	'’': '\'', '‘': '\'', '✕': '×', '✖': '×',
}

// fold gives the line in lower case, without accents, with full-width forms
// made plain, rune by rune.
func fold(line []rune) []rune {
	folded := make([]rune, len(line))
	for i, r := range line {
		if r < unicode.MaxASCII {
			folded[i] = plainASCII(r)
			continue
		}
		if to, ok := signs[r]; ok {
			folded[i] = to
			continue
		}
		if 0xff01 <= r && r <= 0xff5e {
			r -= 0xff01 - '!'
		}
		r = unicode.ToLower(r)
		if to, ok := accents[r]; ok {
			r = to
		}
		folded[i] = r
	}
	return folded
}

// plainASCII folds the letters and brackets of ASCII without a look-up.
func plainASCII(r rune) rune {
	switch {
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	case r == '[':
		return '('
	case r == ']':
		return ')'
	}
	return r
}

// isUnspaced says whether a rune belongs to a script that is read rune by
// rune: Han and kana have no spaces, and Hangul glues particles to words.
func isUnspaced(r rune) bool {
	return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r == 'ー'
}
