package mojibake

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// misread gives what an editor that takes UTF-8 for cs makes of a text.
func misread(t *testing.T, cs *charmap.Charmap, s string) string {
	t.Helper()
	var out strings.Builder
	for _, b := range []byte(s) {
		r := cs.DecodeByte(b)
		if r == utf8.RuneError { // as the WHATWG's encodings have it
			r = rune(b)
		}
		out.WriteRune(r)
	}
	return out.String()
}

func TestRepairUndoesAMisreading(t *testing.T) {
	texts := []string{
		"**Status:** ⏳ PENDING | ✅ COMPLETE | ❌ FAILED",
		"- [ ] Customer impact: None ☐ Minor ☐ Significant ☐",
		"Celebration! 🎉",
		"⚠️ Achtung: Größe prüfen",
		"P95 ≤ 150 ms → weiter",
		"Café “Zoë” — déjà vu…",
		"Проверить резервные копии",
		"バックアップを確認する",
		"数据库迁移",
		"저장소 확인",
		"Zażółć gęślą jaźń",
		"20 °C ± 5 · 3 × 4",
		"l’été à Évian",
		"Rückfall auf die alte Version",
		"naïve façade",
	}
	for name, cs := range map[string]*charmap.Charmap{
		"Mac Roman": charmap.Macintosh, "cp1252": charmap.Windows1252, "cp1254": charmap.Windows1254, "Latin-1": charmap.ISO8859_1,
	} {
		for _, want := range texts {
			got, changed := Repair(misread(t, cs, want))
			if got != want || !changed {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
	}
}

func TestRepairLeavesRightTextAlone(t *testing.T) {
	for _, s := range []string{
		"plain ASCII", "", "✅ done ☐ open ⏳ 🎉 ❌",
		"café”… and naïve “quotes” …", "“café”", "Il alla à l’école…", "l’étage", "Paris–États", "…à suivre", "…été",
		"AMANHÃ…", "MAÇÃ”", "„Die Note Ä“", "Note Ä“", "Hotel Å“", "CAFÉ®", "CAFÉ™", "Fuß“", "Straße…", "É…", "è…»", "née”…", "Å…",
		"≈£500", "≈Änderung", "√2 ≈ 1.41", "¬x ∧ y", "‚Äpfel‘", "1999–Ø", "ƒ(x)", "x√2",
		"Größe ≥ 5 µm ± 2 %", "Temperatur 20 °C", "© 2025 Müller™", "«À propos»", "« Été »", "¿Qué? ¡Sí!", "Ça va…", "São Paulo — NÃO",
		"Проверить резервные копии", "バックアップ", "数据库迁移", "Ελληνικά…", "עברית", "العربية", "Tiếng Việt", "Türkçe ğüşıöç İĞ", "Łódź “ąę”",
		"İĞÜŞÇ…", "Ünlü “Ğ”", "æøå ÆØÅ", "Þór ðæ", "ï", "naïve", "Haïti…", "âge", "Â", "âtre…", "ð…", "Ô∏ n", "Íslenska…",
	} {
		if got, changed := Repair(s); changed {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestRepairKnowsWhatGotLost(t *testing.T) {
	for damaged, want := range map[string]string{
		"âŒ FAILED":                 "❌ FAILED",
		"None â˜\uFFFD Minor â˜":    "None ☐ Minor ☐",
		"âš\u00a0ï¸ careful":        "⚠️ careful",
		"â\uFFFD³ PENDING":          "⏳ PENDING",
		"he said â€œyesâ€ and left": "he said “yes” and left",
	} {
		if got, _ := Repair(damaged); got != want {
			t.Errorf("%q: got %q, want %q", damaged, got, want)
		}
	}
}

func TestRepairTakesAMixedLineApart(t *testing.T) {
	// Somebody wrote into a damaged line with a sound editor.
	got, changed := Repair("‚úÖ geprüft, naïve façade")
	if want := "✅ geprüft, naïve façade"; got != want || !changed {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestValid(t *testing.T) {
	for line, want := range map[string]string{
		"caf\xe9":     "café",        // Windows-1252 throughout
		"caf\xe9 ✅":   "caf\uFFFD ✅", // UTF-8 with a stray byte
		"\x80 5 \x96": "€ 5 –",
	} {
		if got := Valid(line); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

// FuzzRepair holds that what comes back is valid UTF-8, never longer, and the
// same text where nothing was changed.
func FuzzRepair(f *testing.F) {
	for _, s := range []string{"✅ done", "café”…", "‚úÖ READY", "âŒ", "Проверить", "\xff", "ï¸", "ðŸŽ‰"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		valid := Valid(s)
		if !utf8.ValidString(valid) {
			t.Fatalf("%q is not valid", valid)
		}
		got, changed := Repair(valid)
		switch {
		case changed && !Suspicious(valid):
			t.Fatalf("%q was repaired, but is not suspicious", valid)
		case !utf8.ValidString(got):
			t.Fatalf("%q became %q", valid, got)
		case changed != (got != valid):
			t.Fatalf("%q became %q, changed: %v", valid, got, changed)
		case utf8.RuneCountInString(got) > utf8.RuneCountInString(valid):
			t.Fatalf("%q grew to %q", valid, got)
		}
	})
}

func BenchmarkRepair(b *testing.B) {
	for name, line := range map[string]string{
		"damaged": "- [ ] Customer impact: None ‚òê Minor ‚òê Significant ‚òê",
		"sound":   "- [ ] Größe und Rückfall geprüft ✅ – siehe “Plan”",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(line)))
			for b.Loop() {
				Repair(line)
			}
		})
	}
}
