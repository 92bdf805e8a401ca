package lexicon

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean decodes character references ("&lt;") and makes the text valid UTF-8.
func Clean(text string) string {
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

// traditional maps traditional Chinese characters to the simplified ones of the
// tables. What would mean something else in Japanese (時間, 基準) stays.
var traditional = foldings(
	"误誤", "错錯", "应應", "响響", "迟遲", "记記", "忆憶", "体體", "处處", "页頁", "载載", "测測", "试試", "过過", "盖蓋", "于於",
	"达達", "标標", "阈閾", "续續", "连連", "钟鐘", "个個", "订訂", "单單", "转轉", "换換", "务務", "滚滾", "户戶", "内內", "优優",
	"线線", "队隊", "数數", "请請", "库庫", "缓緩", "满滿", "评評", "当當", "则則", "为為", "与與", "级級", "预預", "报報", "严嚴",
	"败敗", "实實", "际際", "结結", "条條", "笔筆", "进進", "发發", "环環", "启啟", "复復", "约約", "积積", "压壓", "减減", "涨漲",
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
	switch {
	case r < utf8.RuneSelf:
		return rune(plain[r])
	case firstHan <= r && r <= lastHan:
		if to, ok := traditional[r]; ok {
			return to
		}
		return r
	case 'а' <= r && r <= 'я', firstKana <= r && r <= lastHangul:
		return r // as most of other scripts are: neither sign nor capital
	case 'А' <= r && r <= 'Я':
		return r + 'а' - 'А'
	}
	if to, ok := signs[r]; ok {
		return to
	}
	if 0xff01 <= r && r <= 0xff5e {
		r -= 0xff01 - '!'
	}
	r = unicode.ToLower(r)
	if r <= lastAccented {
		if to, ok := accents[r]; ok {
			return to
		}
	}
	return r
}

// lastAccented is the last of the accented letters.
const lastAccented = 'ё'

// folded is a line as the lexer reads it.
type folded struct {
	text string
	line string  // as written
	at   []int32 // where each byte of the text, and its end, stands in the line, until the next is folded; nil where they go in step
}

// foldLine folds a line, which may be kept with others.
func foldLine(with *memory, line string) folded {
	for i := range len(line) {
		if c := line[i]; c >= utf8.RuneSelf || plain[c] != c {
			return foldFrom(with, line, i)
		}
	}
	return folded{text: line, line: line}
}

// foldFrom folds a line that needs it from a place on.
func foldFrom(with *memory, line string, from int) folded {
	var room [usualLine]byte
	text := append(room[:0], line...)
	for i := from; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			text[i] = plain[c]
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		to := fold(r)
		if utf8.RuneLen(to) != size {
			return foldUneven(with, line, text[:i])
		}
		utf8.EncodeRune(text[i:], to)
		i += size
	}
	return folded{text: with.keep(text), line: line}
}

// foldUneven folds a line of which text is what goes in step with it.
func foldUneven(with *memory, line string, text []byte) folded {
	at := with.at[:0]
	for i := range text {
		at = append(at, int32(i))
	}
	from := len(text)
	for i, r := range line[from:] {
		text = utf8.AppendRune(text, fold(r))
		for len(at) < len(text) {
			at = append(at, int32(from+i))
		}
	}
	at = append(at, int32(len(line)))
	with.at = at
	return folded{with.keep(text), line, at}
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

// plain are the characters of ASCII folded: small letters, round brackets.
var plain = func() (to [utf8.RuneSelf]byte) {
	for c := range to {
		to[c] = byte(unicode.ToLower(rune(c)))
	}
	to['['], to[']'] = '(', ')'
	return to
}()

// The first and the last of a stretch that is Han, kana and Hangul, with nothing
// in it that folds but Han.
const (
	firstKana, lastHangul = '\u3040', '\ud7a3'
	firstHan, lastHan     = '\u4e00', '\u9fff'
)

// inAlphabet says what unicode.IsLetter does, without its search for what most texts
// are written in.
func inAlphabet(r rune) bool {
	return 'А' <= r && r <= 'я' || firstHan <= r && r <= lastHan || unicode.IsLetter(r)
}

// isUnspaced says whether a rune belongs to a script that is read rune by
// rune: Han and kana have no spaces, and Hangul glues particles to words.
func isUnspaced(r rune) bool {
	switch {
	case r < 0x1100:
		return false
	case firstHan <= r && r <= lastHan, '\uac00' <= r && r <= lastHangul, 'ぁ' <= r && r <= 'ゖ', 'ァ' <= r && r <= 'ヺ':
		return true // the bulk of Han, Hangul, Hiragana and Katakana
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r == 'ー'
}

// memory is room for folded lines: for their texts, which are all let go together,
// and for the places of the last one's bytes.
type memory struct {
	strings.Builder
	at []int32
}

// keep gives the text as a string.
func (m *memory) keep(text []byte) string {
	const several = 2048
	if m.Cap()-m.Len() < len(text) {
		m.Builder = strings.Builder{} // what was kept stays where it is
		m.Grow(max(several, len(text)))
	}
	from := m.Len()
	m.Write(text)
	return m.String()[from:]
}
