package criterion

import (
	"strconv"
	"strings"
	"testing"
)

// BenchmarkParse reads a line of each kind, with its headings and in a place
// that has read them.
func BenchmarkParse(b *testing.B) {
	for _, bench := range []struct{ name, text string }{
		{"criterion", "Error rate >1% for >5 minutes"},
		{"blank", "Throughput: _______ req/sec (target: >1,150)"},
		{"row", "| P95 Latency | < 200ms | < 300ms | < 400ms |"},
		{"task", "All documentation prepared and reviewed by the team"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			line := Line{Text: bench.text, Headings: []string{"Production Deployment", "Deployment Metrics"}}
			b.ReportAllocs()
			for b.Loop() {
				Parse(line)
			}
		})
		b.Run(bench.name+"/place", func(b *testing.B) {
			here := At([]string{"Production Deployment", "Deployment Metrics"})
			b.ReportAllocs()
			for b.Loop() {
				here.Read(bench.text)
			}
		})
	}
}

// BenchmarkLongLine reads hostile lines of growing length: the bytes per second
// must stay the same, or the reader is not linear.
func BenchmarkLongLine(b *testing.B) {
	for _, atom := range hostile {
		for _, size := range []int{10_000, 100_000} {
			b.Run(strconv.Quote(atom)+"/"+strconv.Itoa(size), func(b *testing.B) {
				line := Line{Text: strings.Repeat(atom, size/len(atom)), Headings: []string{"Rollback Criteria"}}
				b.SetBytes(int64(len(line.Text)))
				b.ReportAllocs()
				for b.Loop() {
					Parse(line)
				}
			})
		}
	}
}

// hostile are pieces that, repeated, make a reader look far ahead or back.
var hostile = []string{
	"error rate < 5% ", "(< 5%) ", "latency (", "for ", "95% of requests ", "1 000 ", "5/", "target ", "and cpu ", "| < 5% ", "错误率",
}

// TestLongLines reads the hostile pieces a hundred kilobytes long. A reader
// that is not linear takes minutes here.
func TestLongLines(t *testing.T) {
	for _, atom := range hostile {
		for _, c := range Parse(Line{Text: strings.Repeat(atom, 100_000/len(atom))}) {
			checkSane(t, c)
		}
	}
	const n = 5000
	if got := Parse(Line{Text: strings.Repeat("error rate < 5%, ", n)}); len(got) != n {
		t.Errorf("read %d of %d criteria in one line", len(got), n)
	}
}
