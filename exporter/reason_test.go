package exporter

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestReasonLabel(t *testing.T) {
	for reason, want := range map[string]string{
		"connection refused":                         "connection refused",
		`Python "3.12.7", expected 3.13`:             `Python "3.12.7", expected 3.13`,
		`status "unhealthy": "database", "redis"`:    `status "unhealthy": "database", "redis"`,
		`status "failed at 12:00:01"`:                `status "…"`,
		`not JSON but "text/html; charset=utf-8", x`: `not JSON but "…", x`,
		`status "a \" quote", then "b"`:              `status "…", then "b"`,
		`status "10.0.0.1.2"`:                        `status "…"`,
		`status "` + strings.Repeat("a", 40) + `"`:   `status "…"`,
		"half a \xff sign":                           "half a \uFFFD sign",
		strings.Repeat("ä", 130):                     strings.Repeat("ä", 120) + "…",
	} {
		if got := reasonLabel(reason); got != want {
			t.Errorf("the label of %q is %q, want %q", reason, got, want)
		}
	}
}

func FuzzReasonLabel(f *testing.F) {
	f.Add(`status "unhealthy"`)
	f.Add("\"\\\"\xff")
	f.Fuzz(func(t *testing.T, reason string) {
		got := reasonLabel(reason)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxReason+1 {
			t.Errorf("%q", got)
		}
	})
}
