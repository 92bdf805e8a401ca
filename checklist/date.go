package checklist

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	isoDate = regexp.MustCompile(`\b(20\d\d)[-/](\d{1,2})[-/](\d{1,2})\b`)
	dotDate = regexp.MustCompile(`\b(\d{1,2})\.(\d{1,2})\.(20\d\d)\b`)
	hanDate = regexp.MustCompile(`\b(20\d\d)\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]`)
	// dayFirst and monthFirst match dates with a word that may be a month.
	dayFirst   = regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th|er|\.|º)?\s+(?:de\s+|of\s+)?(\pL{3,12})\.?,?\s+(?:de\s+)?(20\d\d)\b`)
	monthFirst = regexp.MustCompile(`(\pL{3,12})\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+|de\s+)?(20\d\d)\b`)
)

// months are their names and how they are shortened, in English, German, French,
// Spanish, Portuguese, Italian, Russian and Turkish.
var months = func() map[string]int {
	names := map[string]int{}
	for i, month := range []string{
		"jan january januar jänner janvier janv enero ene janeiro gennaio gen января янв ocak",
		"feb february februar février févr fév febrero fevereiro fev febbraio февраля фев şubat",
		"mar march märz mär mars marzo março марта мар mart",
		"apr april avril avr abril abr aprile апреля апр nisan",
		"may mai mayo maio maggio мая mayıs",
		"jun june juni juin junio junho giugno июня июн haziran",
		"jul july juli juillet juil julio julho luglio июля июл temmuz",
		"aug august août agosto ago августа авг ağustos",
		"sep sept september septembre septiembre setembro set settembre сентября сен eylül",
		"oct october oktober okt octobre octubre outubro out ottobre ott октября окт ekim",
		"nov november novembre noviembre novembro ноября ноя kasım",
		"dec december dezember dez décembre déc diciembre dic dezembro dicembre декабря дек aralık",
	} {
		for _, name := range strings.Fields(month) {
			names[name] = i + 1
		}
	}
	return names
}()

// namesYear is the cheap question before the expressions: whether 20 stands
// before two more digits.
func namesYear(text string) bool {
	for {
		_, rest, ok := strings.Cut(text, "20")
		if !ok || len(rest) >= 2 && strings.ContainsRune(digits, rune(rest[0])) && strings.ContainsRune(digits, rune(rest[1])) {
			return ok
		}
		text = rest
	}
}

// parseDate reads the first date in a text. One that names only the month means
// its last day, the latest it can mean. 01/02/2025 is ambiguous and none.
func parseDate(text string) (time.Time, bool) {
	day, _, ok := dateIn(text)
	return day, ok
}

// dateIn reads a date as parseDate does and says where in the text it begins.
func dateIn(text string) (day time.Time, at int, ok bool) {
	if !namesYear(text) {
		return time.Time{}, 0, false
	}
	if m := isoDate.FindStringSubmatchIndex(text); m != nil {
		day, ok = date(text[m[2]:m[3]], text[m[4]:m[5]], text[m[6]:m[7]])
		return day, m[0], ok
	}
	if m := dotDate.FindStringSubmatchIndex(text); m != nil {
		day, ok = date(text[m[6]:m[7]], text[m[4]:m[5]], text[m[2]:m[3]])
		return day, m[0], ok
	}
	if m := hanDate.FindStringSubmatchIndex(text); m != nil {
		day, ok = date(text[m[2]:m[3]], text[m[4]:m[5]], text[m[6]:m[7]])
		return day, m[0], ok
	}
	if m := dayFirst.FindStringSubmatchIndex(text); m != nil {
		if month := months[strings.ToLower(text[m[4]:m[5]])]; month > 0 {
			day, ok = date(text[m[6]:m[7]], strconv.Itoa(month), text[m[2]:m[3]])
			return day, m[0], ok
		}
	}
	for _, m := range monthFirst.FindAllStringSubmatchIndex(text, -1) {
		month := strconv.Itoa(months[strings.ToLower(text[m[2]:m[3]])])
		switch {
		case month == "0":
			continue
		case m[4] >= 0:
			day, ok = date(text[m[6]:m[7]], month, text[m[4]:m[5]])
			return day, m[0], ok
		}
		first, ok := date(text[m[6]:m[7]], month, "1")
		return first.AddDate(0, 1, -1), m[0], ok
	}
	return time.Time{}, 0, false
}

// date makes a date of digits; ok is false for a day the calendar hasn't got.
func date(year, month, day string) (time.Time, bool) {
	y, _ := strconv.Atoi(year) // the expressions let only digits through
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t, t.Month() == time.Month(m) && t.Day() == d
}
