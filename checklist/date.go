package checklist

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	isoDate   = regexp.MustCompile(`\b(20\d\d)[-/](\d{1,2})[-/](\d{1,2})\b`)
	dotDate   = regexp.MustCompile(`\b(\d{1,2})\.(\d{1,2})\.(20\d\d)\b`)
	monthDate = regexp.MustCompile(`(?i)\b(?:(\d{1,2})(?:st|nd|rd|th)?\.?\s+)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(20\d\d)\b`)
)

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

const months = "janfebmaraprmayjunjulaugsepoctnovdec"

// parseDate reads the first date in a text. One that names only the month means
// its last day, the latest it can mean. 01/02/2025 is ambiguous and none.
func parseDate(text string) (time.Time, bool) {
	if !namesYear(text) {
		return time.Time{}, false
	}
	if m := isoDate.FindStringSubmatch(text); m != nil {
		return date(m[1], m[2], m[3])
	}
	if m := dotDate.FindStringSubmatch(text); m != nil {
		return date(m[3], m[2], m[1])
	}
	m := monthDate.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, false
	}
	month := strconv.Itoa(strings.Index(months, strings.ToLower(m[2]))/3 + 1)
	if day := m[1] + m[3]; day != "" {
		return date(m[4], month, day)
	}
	first, ok := date(m[4], month, "1")
	return first.AddDate(0, 1, -1), ok
}

// date makes a date of digits; ok is false for a day the calendar hasn't got.
func date(year, month, day string) (time.Time, bool) {
	y, _ := strconv.Atoi(year) // the expressions let only digits through
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t, t.Month() == time.Month(m) && t.Day() == d
}
