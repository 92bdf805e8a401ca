package lexicon_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/checklist/internal/lexicon"
)

// TestLex splits lines of several scripts.
func TestLex(t *testing.T) {
	type token = lexicon.Token
	for line, want := range map[string][]token{
		"P95 < 150ms": {
			{Text: "p95", From: 0, To: 3, Kind: lexicon.Word},
			{Text: "<", From: 4, To: 5, Kind: lexicon.Sign},
			{Text: "150", From: 6, To: 9, Kind: lexicon.Number},
			{Text: "ms", From: 9, To: 11, Kind: lexicon.Word, Glued: true},
		},
		"Más de 1.150,5 %": {
			{Text: "mas", From: 0, To: 4, Kind: lexicon.Word},
			{Text: "de", From: 5, To: 7, Kind: lexicon.Word},
			{Text: "1150.5", From: 8, To: 15, Kind: lexicon.Number},
			{Text: "%", From: 16, To: 17, Kind: lexicon.Sign},
		},
		"错误率≥０": {
			{Text: "错", From: 0, To: 3, Kind: lexicon.Word},
			{Text: "误", From: 3, To: 6, Kind: lexicon.Word, Glued: true},
			{Text: "率", From: 6, To: 9, Kind: lexicon.Word, Glued: true},
			{Text: "≥", From: 9, To: 12, Kind: lexicon.Sign, Glued: true},
			{Text: "0", From: 12, To: 15, Kind: lexicon.Number, Glued: true},
		},
		"**3.13.0** ____ <br>": {
			{Text: "3.13.0", From: 2, To: 8, Kind: lexicon.Odd},
			{From: 11, To: 15, Kind: lexicon.Blank},
			{Text: ";", From: 16, To: 20, Kind: lexicon.Sign},
		},
	} {
		var l lexicon.Lexer
		if diff := cmp.Diff(want, l.Lex(line)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", line, diff)
		}
	}
}

// TestMatch looks for the longest phrase, by words, stems and alternatives.
func TestMatch(t *testing.T) {
	l := lexicon.New[string]()
	short, long, stem, han := "short", "long", "stem", "han"
	l.Add("error, fehler", &short)
	l.Add("error rate|ratio", &long)
	l.Add("ошиб*, errone*", &stem)
	l.Add("错误率", &han)
	for text, want := range map[string]struct {
		meaning string
		tokens  int
	}{
		"Error":            {short, 1},
		"error ratio < 1%": {long, 2},
		"error, ratio":     {short, 1},
		"ошибок":           {stem, 1},
		"erroneous rate":   {stem, 1},
		"錯誤率超过":            {han, 3},
		"latency":          {"", 0},
		"":                 {"", 0},
	} {
		m, n := l.Match(new(lexicon.Lexer).Lex(text))
		got := ""
		if m != nil {
			got = *m
		}
		if got != want.meaning || n != want.tokens {
			t.Errorf("%q means %q and takes %d tokens, want %q and %d", text, got, n, want.meaning, want.tokens)
		}
		if want.tokens > 0 && !l.MayOccur("so: "+text) {
			t.Errorf("%q holds nothing", text)
		}
	}
}

// FuzzLex expects tokens in the order of the line, none in the middle of a
// character, and the cheap question never to deny what matches.
func FuzzLex(f *testing.F) {
	for _, line := range []string{"P95 < 150ms", "Más de 1.150,5 %", "错误率≥０.５％", "**3.13.0** ____ <br>`x`", "İ🙂́ K a\xff", "https://x.y/z 10K%99'e"} {
		f.Add(line)
	}
	l := lexicon.New[int]()
	one := 1
	l.Add("mas de, 错误, ошиб*, error rate|ratio", &one)
	var lexer lexicon.Lexer
	f.Fuzz(func(t *testing.T, line string) {
		line = lexicon.Clean(line)
		last := int32(0)
		tokens := lexer.Lex(line)
		for i, tok := range tokens {
			if tok.From < last || tok.To <= tok.From || int(tok.To) > len(line) {
				t.Fatalf("%q: token %d, %q, stands from %d to %d behind %d", line, i, tok.Text, tok.From, tok.To, last)
			}
			if !utf8.ValidString(line[tok.From:tok.To]) || tok.Text != strings.ToValidUTF8(tok.Text, "") {
				t.Fatalf("%q: token %d is cut out of a character", line, i)
			}
			last = tok.To
			if m, n := l.Match(tokens[i:]); (m != nil) != (n > 0) || n > len(tokens)-i {
				t.Fatalf("%q: %v takes %d tokens", line, m, n)
			} else if m != nil && !strings.ContainsAny(tok.Text, "0123456789") && !l.MayOccur(line) {
				t.Fatalf("%q holds what %q opens", line, tok.Text)
			}
		}
	})
}
