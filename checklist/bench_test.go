package checklist_test

import (
	"os"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/cutover-dev/cutover/checklist"
)

// BenchmarkParse reads the seed, and beside it lets goldmark alone parse the
// same bytes: the measure for what reading may cost.
func BenchmarkParse(b *testing.B) {
	source, err := os.ReadFile("testdata/seed.md")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("checklist", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(source)))
		for b.Loop() {
			if _, err := checklist.Parse("seed.md", "seed", source); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("goldmark", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(source)))
		md := goldmark.New(goldmark.WithExtensions(extension.GFM))
		for b.Loop() {
			md.Parser().Parse(text.NewReader(source))
		}
	})
}
