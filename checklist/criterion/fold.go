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

// folded is a line as the lexer reads it.
type folded struct {
	text string
	line string  // as written
	at   []int32 // where each byte of the text, and its end, stands in the line; nil where they go in step
}

// foldLine folds a line.
func foldLine(line string) folded {
	wide := false
	for i := range len(line) {
		c := line[i]
		wide = wide || c >= utf8.RuneSelf
		if wide || plainASCII(rune(c)) != rune(c) {
			return foldFrom(line, wide)
		}
	}
	return folded{text: line, line: line}
}

// foldFrom folds a line that needs it.
func foldFrom(line string, wide bool) folded {
	var room [usualLine]byte
	text := room[:0]
	if len(line) > usualLine-utf8.UTFMax {
		text = make([]byte, 0, len(line)+utf8.UTFMax)
	}
	for i := 0; i < len(line) && !wide; i++ {
		wide = line[i] >= utf8.RuneSelf
		text = append(text, byte(plainASCII(rune(line[i]))))
	}
	if !wide {
		return folded{text: string(text), line: line}
	}
	text = text[:0]
	at := make([]int32, 0, len(line)+utf8.UTFMax)
	for i, r := range line {
		text = utf8.AppendRune(text, fold(r))
		for len(at) < len(text) {
			at = append(at, int32(i))
		}
	}
	return folded{string(text), line, append(at, int32(len(line)))}
}

// usualLine is how long hardly a line is, in bytes.
const usualLine = 256

// written gives what was written from one place of the text up to another.
func (f *folded) written(from, to int) (int32, int32) {
	if f.at == nil {
		return int32(from), int32(to)
	}
	return f.at[from], f.at[to]
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
