package criterion

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestSeed reads every line of the first checklist that quantifies or names a
// demand, and those beside them that do not, under their headings.
func TestSeed(t *testing.T) {
	h := func(headings ...string) []string { return headings }
	loadTest := h("Load Testing", "Sustained Load Test")
	peak := h("Load Testing", "Peak Load Test")
	metrics := h("Production Deployment", "Deployment Metrics")
	triggers := h("Rollback Scenarios (If Needed)", "Rollback Criteria")
	execution := h("Rollback Scenarios (If Needed)", "Rollback Execution (If Triggered)")
	final := h("Final Sign-Off", "Phase 3 Completion Criteria")

	for _, test := range []struct {
		line Line
		want []Criterion
	}{
		{Line{Text: "Pass rate: _______ % (target: >95%)", Headings: h("Integration Testing", "Results")},
			[]Criterion{{Role: Target, Kind: Measured, Signal: TestPassRatio, Comparison: Greater, Value: 0.95, Unit: Ratio}}},
		{Line{Text: "Target: >10% improvement", Headings: h("Performance Benchmarking", "Response Time Testing")},
			[]Criterion{{Role: Target, Kind: Measured, Signal: Latency, Comparison: Greater, Value: 0.1, Unit: Ratio, Change: Decrease}}},
		{Line{Text: "Target: >15% improvement", Headings: h("Performance Benchmarking", "Throughput Testing")},
			[]Criterion{{Role: Target, Kind: Measured, Signal: Throughput, Comparison: Greater, Value: 0.15, Unit: Ratio, Change: Increase}}},
		{Line{Text: "Target: 5-8% reduction", Headings: h("Performance Benchmarking", "Memory Testing")},
			[]Criterion{{Role: Target, Kind: Measured, Signal: Memory, Comparison: GreaterOrEqual, Value: 0.05, Unit: Ratio, Change: Decrease}}},
		{Line{Text: "P95 < 150ms", Headings: loadTest, Above: h("Thresholds met:")},
			[]Criterion{{Role: Target, Kind: Measured, Signal: Latency, Quantile: 0.95, Comparison: Less, Value: 0.15, Unit: Seconds}}},
		{Line{Text: "P99 < 250ms", Headings: loadTest, Above: h("Thresholds met:")},
			[]Criterion{{Role: Target, Kind: Measured, Signal: Latency, Quantile: 0.99, Comparison: Less, Value: 0.25, Unit: Seconds}}},
		{Line{Text: "Error rate < 1%", Headings: loadTest, Above: h("Thresholds met:")},
			[]Criterion{{Role: Target, Kind: Measured, Signal: ErrorRatio, Comparison: Less, Value: 0.01, Unit: Ratio}}},
		{Line{Text: "P95 < 200ms", Headings: peak, Above: h("Thresholds met:")},
			[]Criterion{{Role: Target, Kind: Measured, Signal: Latency, Quantile: 0.95, Comparison: Less, Value: 0.2, Unit: Seconds}}},
		{Line{Text: "P99 < 350ms", Headings: peak, Above: h("Thresholds met:")},
			[]Criterion{{Role: Target, Kind: Measured, Signal: Latency, Quantile: 0.99, Comparison: Less, Value: 0.35, Unit: Seconds}}},
		{Line{Text: "Error rate < 5%", Headings: peak, Above: h("Thresholds met:")},
			[]Criterion{{Role: Target, Kind: Measured, Signal: ErrorRatio, Comparison: Less, Value: 0.05, Unit: Ratio}}},
		{Line{Text: "Error rate: _______ % (target: <0.1%)", Headings: metrics},
			[]Criterion{{Role: Target, Kind: Measured, Signal: ErrorRatio, Comparison: Less, Value: 0.001, Unit: Ratio}}},
		{Line{Text: "Response time: _______ ms (target: <45ms)", Headings: metrics},
			[]Criterion{{Role: Target, Kind: Measured, Signal: Latency, Comparison: Less, Value: 0.045, Unit: Seconds}}},
		{Line{Text: "Throughput: _______ req/sec (target: >1,150)", Headings: metrics},
			[]Criterion{{Role: Target, Kind: Measured, Signal: Throughput, Comparison: Greater, Value: 1150, Unit: RequestsPerSecond}}},
		{Line{Text: "Memory usage: _______ MB (target: <280MB)", Headings: metrics},
			[]Criterion{{Role: Target, Kind: Measured, Signal: Memory, Comparison: Less, Value: 280e6, Unit: Bytes}}},
		{Line{Text: "Error rate >1% for >5 minutes", Headings: triggers},
			[]Criterion{{Role: Rollback, Kind: Measured, Signal: ErrorRatio, Comparison: Greater, Value: 0.01, Unit: Ratio, For: 5 * time.Minute}}},
		{Line{Text: "Response time degradation >50%", Headings: triggers},
			[]Criterion{{Role: Rollback, Kind: Measured, Signal: Latency, Comparison: Greater, Value: 0.5, Unit: Ratio, Change: Increase}}},
		{Line{Text: "Critical functionality broken", Headings: triggers},
			[]Criterion{{Role: Rollback, Kind: Smoke, Signal: Other, Subject: "critical functionality broken"}}},
		{Line{Text: "Data corruption detected", Headings: triggers},
			[]Criterion{{Role: Rollback, Kind: Declared, Signal: Other, Subject: "data corruption detected"}}},
		{Line{Text: "Security incident", Headings: triggers},
			[]Criterion{{Role: Rollback, Kind: Declared, Signal: Other, Subject: "security incident"}}},
		{Line{Text: ">10% drop in business metrics", Headings: triggers},
			[]Criterion{{Role: Rollback, Kind: Measured, Signal: Business, Comparison: Greater, Value: 0.1, Unit: Ratio, Change: Decrease}}},
		{Line{Text: "Integration tests passed (>95%)", Headings: final},
			[]Criterion{{Role: Target, Kind: Measured, Signal: TestPassRatio, Comparison: Greater, Value: 0.95, Unit: Ratio}}},
		{Line{Text: "Performance improvements validated (>10%)", Headings: final},
			[]Criterion{{Role: Target, Kind: Measured, Signal: Other, Subject: "performance", Comparison: Greater, Value: 0.1, Unit: Ratio, Change: Increase}}},

		{line: Line{Text: "Actual: _______ % improvement", Headings: h("Performance Benchmarking", "Response Time Testing")}},
		{line: Line{Text: "Emergency rollback executed", Headings: execution}},
		{line: Line{Text: "Traffic shifted to blue (Python 3.12)", Headings: execution}},
		{line: Line{Text: "Zero critical bugs", Headings: final}},
		{line: Line{Text: "48-hour monitoring completed", Headings: final}},
		{line: Line{Text: "Uptime: _______ %", Headings: h("Post-Deployment Monitoring", "48-Hour Report")}},
		{line: Line{Text: "Traffic shifted: 10%", Headings: h("Production Deployment", "Blue-Green Deployment")}},
		{line: Line{Text: "Monitored for 2+ hours", Headings: h("Production Deployment", "Blue-Green Deployment"), Above: h("Traffic shifted: 100%")}},
		{line: Line{Text: "Customer impact: None ☐ Minor ☐ Significant ☐", Headings: metrics}},
		{line: Line{Text: "Rollback Status: Not Required ☐ | Executed ☐", Headings: execution}},
		{line: Line{Text: "Reason: _______________________________________", Headings: execution}},
		{line: Line{Text: "Test executed (30 minutes, 100 users)", Headings: loadTest}},
		{line: Line{Text: "Response time improvement: _______ %", Headings: h("Final Sign-Off", "Overall Assessment")}},
	} {
		if diff := cmp.Diff(test.want, Parse(test.line)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.line.Text, diff)
		}
	}
}
