package criterion

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRoles reads lines where their headings, or the words around, decide what
// they are for.
func TestRoles(t *testing.T) {
	const none, advisory = "none", Kind("advisory") // a target that nothing judges
	for _, test := range []struct {
		headings, above []string
		text            string
		role            Role
		kind            Kind
	}{
		{[]string{"Rollback Criteria"}, nil, "Error rate > 5%", Rollback, Measured},
		{[]string{"Rollback Plan", "Triggers"}, nil, "P95 latency > 2s", Rollback, Measured},
		{[]string{"Rollback Plan", "Rollback Triggers", "Automatic"}, nil, "Availability < 99%", Rollback, Measured},
		{[]string{"🚨 When to Rollback"}, nil, "Memory > 95%", Rollback, Measured},
		{[]string{"Rollback"}, nil, "Error rate > 5%", Rollback, Measured},
		{[]string{"Go-Live"}, []string{"Roll back if:"}, "Queue depth > 1000", Rollback, Measured},
		{[]string{"Go-Live"}, []string{"Abort when any of these holds:"}, "Error rate > 5%", Rollback, Measured},
		{nil, nil, "Roll back if the error rate exceeds 5%", Rollback, Measured},
		{nil, nil, "Error rate > 5% → rollback", Rollback, Measured},
		{[]string{"Rollback-Kriterien"}, nil, "Fehlerrate > 5 %", Rollback, Measured},
		{[]string{"Critères de rollback"}, nil, "Taux d'erreur > 5 %", Rollback, Measured},
		{[]string{"回滚条件"}, nil, "错误率超过5%", Rollback, Measured},

		{nil, nil, "| 5xx > 1% | critical | Rollback now |", Rollback, Measured},
		{nil, nil, "Rollback: error rate > 5%", Rollback, Measured},

		// A good value can't be a reason to roll back.
		{[]string{"Rollback Criteria"}, nil, "Error rate < 1%", Target, Measured},
		{[]string{"Rollback Verification"}, nil, "Error rate < 1%", Target, Measured},
		{[]string{"Rollback Criteria"}, nil, "Rollback completes in < 5 minutes", Target, Measured},
		{[]string{"Rollback Plan"}, nil, "Rollback time: < 5 minutes", Target, Measured},
		{[]string{"Load Testing"}, []string{"Thresholds met:"}, "P95 < 150ms", Target, Measured},

		{nil, nil, "| Backups | done < 1 h ago | Blue-green, rollback plan |", Target, Measured},
		{nil, nil, "| Error rate | < 1% | Rollback |", Target, Measured},

		// Neither a target nor a reason to roll back: nothing judges.
		{[]string{"Alerts"}, nil, "CPU > 80% for 5 minutes", Target, advisory},
		{nil, nil, "scale_down: CPU < 30% for 15 minutes", Target, advisory},
		{[]string{"Troubleshooting"}, nil, "Error rate > 5%", Target, advisory},
		{nil, nil, "Alert when CPU reaches 85%", Target, advisory},

		// Named demands exist only where it is said when to roll back.
		{[]string{"Rollback Criteria"}, nil, "Security incident", Rollback, Declared},
		{[]string{"Rollback Triggers"}, nil, "Core functionality broken", Rollback, Smoke},
		{[]string{"Rollback Triggers"}, nil, "Smoke tests failing", Rollback, Smoke},
		{[]string{"Rollback Triggers"}, nil, "Health checks fail for 2+ consecutive minutes", Rollback, Smoke},
		{[]string{"Rollback-Auslöser"}, nil, "Datenverlust", Rollback, Declared},
		{[]string{"Rollback Criteria", "Rollback Execution (If Triggered)"}, nil, "Incident report created", none, ""},
		{[]string{"Rollback Triggers", "Rollback Steps"}, nil, "Traffic shifted to blue", none, ""},
		{[]string{"Rollback Procedure"}, nil, "Security incident", none, ""},
		{[]string{"Rollback Scenarios"}, nil, "Security incident", none, ""},
		{[]string{"Rollback Criteria"}, nil, "Any of the following:", none, ""},
		{[]string{"Rollback Criteria"}, nil, "Decision maker: _______", none, ""},
		{[]string{"Rollback Criteria"}, nil, "Notify stakeholders", none, ""},
		{[]string{"Go/No-Go Criteria"}, nil, "Documentation complete", none, ""},
		{[]string{"Post-Deployment"}, nil, "Security incident", none, ""},
	} {
		got := Parse(Line{Text: test.text, Headings: test.headings, Above: test.above})
		if len(got) == 1 && got[0].Advisory {
			got[0].Kind = advisory
		}
		switch {
		case test.role == none && len(got) == 0:
		case len(got) != 1 || got[0].Role != test.role || got[0].Kind != test.kind:
			t.Errorf("%q under %q, %q: read %+v, want %s, %s", test.text, test.headings, test.above, got, test.role, test.kind)
		}
	}
}

// TestColumns reads a table whose header says what its columns are.
func TestColumns(t *testing.T) {
	header := []string{"Metric", "Baseline", "Target", "Rollback at", "For", "Current", "Checked"}
	line := Line{
		Text:   "| P95 latency | < 180 ms | 200 ms | > 400 ms | 5 min | < 190 ms | every 15 min |",
		Header: header,
		Cells:  []string{"P95 latency", "< 180 ms", "200 ms", "> 400 ms", "5 min", "< 190 ms", "every 15 min"},
	}
	want := []Criterion{
		{Role: Target, Kind: Measured, Signal: Latency, Quantile: 0.95, Comparison: LessOrEqual, Value: 0.2, Unit: Seconds, For: 5 * time.Minute},
		{Role: Rollback, Kind: Measured, Signal: Latency, Quantile: 0.95, Comparison: Greater, Value: 0.4, Unit: Seconds, For: 5 * time.Minute},
	}
	if diff := cmp.Diff(want, Parse(line)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestReasons reads lines that look like demands and are none, and asks why.
func TestReasons(t *testing.T) {
	for _, test := range []struct {
		text string
		want []Reason
	}{
		{"P95: 128ms", []Reason{{"128ms", "a number without a comparison or a target is a measurement"}}},
		{"Monitored for 15 minutes", []Reason{{"for 15 minutes", "a time to wait or watch bounds nothing"}}},
		{"Python >= 3.11", []Reason{{">= 3.11", "a version"}}},
		{"Errors > 0", []Reason{{"> 0", "a bound of zero can't be watched as a threshold"}}},
		{"43/43 files assigned", []Reason{{"43/43", "a count of work done"}}},
		{"< 5 minutes", []Reason{{"< 5 minutes", "nothing says what is compared"}}},
		{"Login attempts < 10/min", []Reason{{"< 10/min", "the unit can't be said in a criterion"}}},
		{"3.13 at least as fast as 3.12 everywhere", []Reason{{"at least as fast as 3.12", "a version"}}},
		{"No endpoint slower than 3.12", []Reason{{"slower than 3.12", "a version"}}},
		{"Startup time no slower than 3.12", []Reason{{"no slower than 3.12", "a version"}}},
		{"Startzeit nicht langsamer als 3.12", []Reason{{"nicht langsamer als 3.12", "a version"}}},
		{"Queue depth lower than on 3.12", []Reason{{"lower than on 3.12", "a version"}}},
		{"Coverage of 3.13 at least as high as 3.12", []Reason{{"at least as high as 3.12", "a version"}}},
		{"At least two reviewers", nil},
		{"Team briefed", nil},
	} {
		got := Read(Line{Text: test.text})
		if diff := cmp.Diff(test.want, got.Left); diff != "" || len(got.Criteria) != 0 {
			t.Errorf("%q: %v (-want +got):\n%s", test.text, got.Criteria, diff)
		}
	}
}
