//go:build corpus

package main

import (
	"path/filepath"
	"testing"
)

// TestCorpusExplanationsFollowTheSchema explains other people's checklists.
func TestCorpusExplanationsFollowTheSchema(t *testing.T) {
	files, err := filepath.Glob("../../../shared/corpus/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no checklists: %v", err)
	}
	valid(t, files)
}
