package checklist

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// parseDuration reads the first duration in a text: "15 minutes", "2+ hours",
// of a range the shorter end. 0 for none.
func parseDuration(text string) time.Duration {
	for i := 0; ; {
		next := strings.IndexAny(text[i:], digits)
		if next < 0 {
			return 0
		}
		i += next
		number, rest := cutNumber(text[i:])
		if unit := unitBehind(rest); unit > 0 {
			n, err := strconv.ParseFloat(number, 64)
			if err != nil || n > 1e5 {
				return 0
			}
			return time.Duration(n * float64(unit))
		}
		for i < len(text) && (text[i] == '.' || '0' <= text[i] && text[i] <= '9') {
			i++ // a version has several points
		}
	}
}

// timeUnits are the units of durations, in lower case.
var timeUnits = byWord(map[time.Duration]string{
	time.Second:        "s sec secs second seconds sekunde sekunden сек секунда секунду секунды секунд",
	time.Minute:        "m min mins minute minutes minuten minuto minutos мин минута минуту минуты минут",
	time.Hour:          "h hr hrs hour hours stunde stunden std hora horas heure heures ч час часа часов",
	24 * time.Hour:     "d day days tag tage tagen jour jours dia dias día días день дня дней",
	7 * 24 * time.Hour: "w week weeks woche wochen semana semanas semaine semaines неделя неделю недели недель",
})

func byWord(lists map[time.Duration]string) map[string]time.Duration {
	units := make(map[string]time.Duration)
	for unit, words := range lists {
		for _, word := range strings.Fields(words) {
			units[word] = unit
		}
	}
	return units
}

// gluedUnits are the units of scripts that don't part words.
var gluedUnits = []struct {
	sign string
	unit time.Duration
}{
	{"秒", time.Second}, {"초", time.Second},
	{"分", time.Minute}, {"분", time.Minute},
	{"小时", time.Hour}, {"小時", time.Hour}, {"時間", time.Hour}, {"시간", time.Hour},
	{"天", 24 * time.Hour}, {"日", 24 * time.Hour}, {"일", 24 * time.Hour},
	{"周", 7 * 24 * time.Hour}, {"週", 7 * 24 * time.Hour}, {"주", 7 * 24 * time.Hour},
}

// unitBehind is the unit that a text behind a number begins with, perhaps behind the
// end of a range and a sign: "+ hours", "-20 minutes", "-minute". 0 for none.
func unitBehind(text string) time.Duration {
	text = trimOne(text, blankSpace)
	if to := trimOne(text, "-–~"); to != text {
		if end, rest := cutNumber(trimOne(to, blankSpace)); end != "" {
			text = trimOne(rest, blankSpace)
		}
	}
	text = trimOne(trimOne(text, "+"), " -")
	text = text[:min(len(text), 32)] // longer than any unit
	word := text
	if end := strings.IndexFunc(text, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }); end >= 0 {
		word = text[:end]
	}
	if unit := timeUnits[strings.ToLower(word)]; unit > 0 || word == "" || word[0] < utf8.RuneSelf {
		return unit
	}
	for _, glued := range gluedUnits {
		if strings.HasPrefix(word, glued.sign) {
			return glued.unit
		}
	}
	return 0
}

// trimOne cuts one of the signs off the head of a text.
func trimOne(text, signs string) string {
	r, n := utf8.DecodeRuneInString(text)
	if text != "" && strings.ContainsRune(signs, r) {
		return text[n:]
	}
	return text
}

// cutNumber cuts a decimal number off the head of a text.
func cutNumber(text string) (number, rest string) {
	n := countDigits(text)
	if n == 0 {
		return "", text
	}
	if decimals := n + 1; n < len(text) && text[n] == '.' && countDigits(text[decimals:]) > 0 {
		n = decimals + countDigits(text[decimals:])
	}
	return text[:n], text[n:]
}

func countDigits(text string) int { return len(text) - len(strings.TrimLeft(text, digits)) }
