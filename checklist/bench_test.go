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
	besideGoldmark(b, "testdata/seed.md")
}

// besideGoldmark reads a file, reads only its tasks and its structure, and lets
// goldmark alone parse the same bytes: the measure for what reading may cost.
func besideGoldmark(b *testing.B, file string) {
	source, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	md := goldmark.New(goldmark.WithExtensions(extension.GFM))
	for _, bench := range []struct {
		name string
		read func()
	}{
		{"checklist", func() { _, _ = checklist.Parse(file, "bench", source) }}, // some have no tasks
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
