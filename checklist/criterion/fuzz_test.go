package criterion

import (
	"math"
	"strings"
	"testing"
)

// FuzzRead reads anything and checks what holds of every reading: one reason
// for each criterion, finite positive values in known units, roles and kinds
// that go together.
func FuzzRead(f *testing.F) {
	f.Add("Error rate >1% for >5 minutes", "Rollback Criteria", "", "")
	f.Add("| P95 | ≤ 1000ms | SLO | > 1500ms (15dk) |", "", "Metric|Target|Now|Alarm", "P95|≤ 1000ms|900ms|> 1500ms (15dk)")
	f.Add("P95/P99 < 150/250 ms, CPU and memory < 1.5x baseline", "Load Testing", "", "")
	f.Add("P95レイテンシが500ms以下であること", "", "", "")
	f.Add("Hata oranı %1'in altında; 에러율 5% 초과가 10분 동안", "", "", "")
	f.Add("Error rate < 5% per ____ s", "", "", "")
	f.Add("Lag < .5", "", "", "")
	f.Add("| Speed | C | <1 |", "", "", "Speed|C|<1")
	f.Add("1 000 000 000 000,5 req/s >= 99.99999999999999999999%", "", "", "")
	f.Add("&lt; <b>5</b> % `error_rate` \\| ____ ms (s) ((((", "Rollback if", "a|b", "")
	f.Fuzz(func(t *testing.T, text, heading, header, cells string) {
		line := Line{Text: text, Headings: []string{heading}, Above: []string{header}}
		if cells != "" {
			line.Header, line.Cells = strings.Split(header, "|"), strings.Split(cells, "|")
		}
		for _, c := range Read(line).Criteria {
			checkSane(t, c)
		}
	})
}

func checkSane(t *testing.T, c Criterion) {
	t.Helper()
	if c.Role != Target && c.Role != Rollback || c.For < 0 || c.Quantile < 0 || c.Quantile >= 1 {
		t.Errorf("%+v: role, time or quantile out of range", c)
	}
	if !c.Quantified() {
		if c.Kind == Measured || c.Role != Rollback || c.Subject == "" || c.Unit != "" || c.Value != 0 {
			t.Errorf("%+v: a named demand is a reason to roll back, with a subject and nothing else", c)
		}
		return
	}
	if c.Kind != Measured || c.Advisory && c.Role != Target {
		t.Errorf("%+v: a number is measured, and only a target can be advisory", c)
	}
	switch c.Unit {
	case Ratio, Seconds, Bytes, RequestsPerSecond, Count:
	default:
		t.Errorf("%+v: unknown unit", c)
	}
	if !(c.Value > 0) || math.IsInf(c.Value, 0) {
		t.Errorf("%+v: its value is not positive", c)
	}
	if c.Signal == Other && c.Subject == "" {
		t.Errorf("%+v: nothing says what it is about", c)
	}
}
