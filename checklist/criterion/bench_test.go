package criterion

import "testing"

// BenchmarkParse reads a line of each kind.
func BenchmarkParse(b *testing.B) {
	for _, bench := range []struct{ name, text string }{
		{"criterion", "Error rate >1% for >5 minutes"},
		{"blank", "Throughput: _______ req/sec (target: >1,150)"},
		{"row", "| P95 Latency | < 200ms | < 300ms | < 400ms |"},
		{"task", "All documentation prepared and reviewed by the team"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			line := Line{Text: bench.text, Headings: []string{"Rollback Scenarios", "Rollback Criteria"}}
			b.ReportAllocs()
			for b.Loop() {
				Parse(line)
			}
		})
	}
}
