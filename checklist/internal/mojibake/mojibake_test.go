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
