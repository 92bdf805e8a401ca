package criterion

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean decodes character references ("&lt;") and makes the text valid UTF-8.
func clean(text string) string {
	if strings.IndexByte(text, '&') >= 0 {
		text = html.UnescapeString(text)
	}
	if !utf8.ValidString(text) {
		text = string([]rune(text))
	}
	return text
}

// source is a text that is cut by runes into pieces that share its bytes.
type source struct {
	text string
	at   []int32 // where each rune begins, and the end; nil where every rune is a byte
}

func sourceOf(text string) source {
	runes := utf8.RuneCountInString(text)
	if runes == len(text) {
		return source{text: text}
	}
	at := make([]int32, 0, runes+1)
	for i := range text {
		at = append(at, int32(i))
	}
	return source{text, append(at, int32(len(text)))}
}

// cut gives the runes from one place up to another.
func (s source) cut(from, to int) string {
	if s.at != nil {
		from, to = int(s.at[from]), int(s.at[to])
	}
	return s.text[from:to]
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

// fold makes a rune lower-case and takes its accent away; full-width forms
// become plain.
func fold(r rune) rune {
	if r < unicode.MaxASCII {
		return plainASCII(r)
	}
	if to, ok := signs[r]; ok {
		return to
	}
	if 0xff01 <= r && r <= 0xff5e {
		r -= 0xff01 - '!'
	}
	r = unicode.ToLower(r)
	if to, ok := accents[r]; ok {
		return to
	}
	return r
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
