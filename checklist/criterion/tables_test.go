package criterion

import (
	"strings"
	"testing"

	"github.com/cutover-dev/cutover/checklist/internal/lexicon"
)

// TestTablesAreReadable finds every phrase of the tables where it stands by
// itself, so that no entry is dead: misspelt in a script the lexer splits
// otherwise, or hidden by another meaning in its own table.
func TestTablesAreReadable(t *testing.T) {
	for name, table := range map[string][]entry{
		"signals": signalWords, "english": english, "german": german, "french": french, "spanish": spanish,
		"portuguese": portuguese, "italian": italian, "russian": russian, "turkish": turkish,
		"chinese": chinese, "japanese": japanese, "korean": korean,
	} {
		seen := make(map[string]meaning)
		own := newLexicon(table)
		for _, e := range table {
			for _, phrase := range lexicon.Phrases(e.phrases) {
				phrase = strings.TrimSpace(phrase)
				if phrase == "" {
					t.Errorf("%s: an empty phrase in %q", name, e.phrases)
					continue
				}
				if m, ok := seen[phrase]; ok && m != e.meaning {
					t.Errorf("%s: %q has two meanings", name, phrase)
				}
				seen[phrase] = e.meaning
				tokens := new(lexicon.Lexer).Lex(strings.ReplaceAll(phrase, "*", ""))
				if m, n := own.Match(tokens); m == nil || n != len(tokens) {
					t.Errorf("%s: %q is not found", name, phrase)
				}
			}
		}
	}
}

// TestNumeralsCount finds every number in words by the cheap question that
// spares other lines the reading.
func TestNumeralsCount(t *testing.T) {
	for _, table := range [][]entry{english, german, french, spanish, portuguese, italian, russian, turkish, chinese, japanese, korean} {
		for _, e := range table {
			if e.meaning.class != numeral {
				continue
			}
			for _, phrase := range lexicon.Phrases(e.phrases) {
				for _, text := range []string{phrase, "under " + strings.TrimSpace(phrase) + " percent", strings.ToUpper(phrase) + "."} {
					if !counts(text) {
						t.Errorf("%q holds no number", text)
					}
				}
			}
		}
	}
	for _, text := range []string{"", "a reviewer", "Deploy & announce", "回滚", "обновить"} {
		if counts(text) {
			t.Errorf("%q holds a number", text)
		}
	}
}
