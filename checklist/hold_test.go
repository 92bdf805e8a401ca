package checklist

import (
	"testing"
	"time"
)

// TestDurationsInManyLanguages reads how people write how long to hold.
func TestDurationsInManyLanguages(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"15 minutes": 15 * time.Minute, "2+ hours": 2 * time.Hour, "15–30 min": 15 * time.Minute, "1.5h": 90 * time.Minute,
		"45 Minuten": 45 * time.Minute, "2 Stunden": 2 * time.Hour, "3 Tage": 72 * time.Hour, "1 Woche": 168 * time.Hour,
		"2 heures": 2 * time.Hour, "3 jours": 72 * time.Hour, "30 minutos": 30 * time.Minute, "6 horas": 6 * time.Hour,
		"2 días": 48 * time.Hour, "7 dias": 168 * time.Hour, "2 semanas": 336 * time.Hour,
		"15 минут": 15 * time.Minute, "2 часа": 2 * time.Hour, "4-8 часов": 4 * time.Hour, "3 дня": 72 * time.Hour, "1 ч": time.Hour,
		"观察 24 小时": 24 * time.Hour, "15~30 分钟": 15 * time.Minute, "2時間": 2 * time.Hour, "30분": 30 * time.Minute, "3天": 72 * time.Hour,
		"10 чел.": 0, "2 секции": 0, "5 Teams": 0, "3 jobs": 0, "50 %": 0, "v2": 0,
	} {
		if got := parseDuration(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
