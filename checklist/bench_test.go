package checklist_test

import (
	"os"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/cutover-dev/cutover/checklist"
)

// BenchmarkParse reads the seed.
func BenchmarkParse(b *testing.B) {
	source, err := os.ReadFile("testdata/seed.md")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := checklist.Parse("seed.md", "seed", source); err != nil {
		b.Fatal(err)
	}
	besideGoldmark(b, source)
}

// besideGoldmark reads a file, reads only its tasks and its structure, and lets
// goldmark alone parse the same bytes: the measure for what reading may cost.
func besideGoldmark(b *testing.B, source []byte) {
	md := goldmark.New(goldmark.WithExtensions(extension.GFM))
	for _, bench := range []struct {
		name string
		read func()
	}{
		{"checklist", func() { _, _ = checklist.Parse("bench.md", "bench", source) }}, // some have no tasks
		{"structure", func() { checklist.ReadStructure(source) }},
		{"goldmark", func() { md.Parser().Parse(text.NewReader(source)) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(source)))
			for b.Loop() {
				bench.read()
			}
		})
	}
}
