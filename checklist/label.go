package checklist

import (
	"regexp"
	"strings"

	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

// wideColon is how Chinese and Japanese write a colon.
const wideColon = "："

// colonIn finds a text's first colon and how many bytes it has; -1 for none.
func colonIn(text string) (at, width int) {
	at, width = strings.IndexByte(text, ':'), 1
	if wide := strings.Index(text, wideColon); wide >= 0 && (at < 0 || wide < at) {
		return wide, len(wideColon)
	}
	return at, width
}

// cutColon splits a text at its first colon.
func cutColon(text string) (before, after string, found bool) {
	at, width := colonIn(text)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+width:], true
}

// trimColon takes the colon off the end of a text.
func trimColon(text string) string {
	return strings.TrimSuffix(strings.TrimSuffix(text, ":"), wideColon)
}

// boldLabels matches the bold labels in Markdown: **Label:** and **Label**:.
var boldLabels = regexp.MustCompile(`\*\*[^*]+(?:[:：]\*\*|\*\*\s?[:：])`)

// labelledParts gives the bold labels of one line with their values:
// **Version:** 2 | **Owner:** Ann.
func labelledParts(raw string) []boldText {
	if strings.Count(raw, "**") < 4 {
		return nil
	}
	found := boldLabels.FindAllStringIndex(raw, -1)
	if len(found) < 2 {
		return nil
	}
	parts := make([]boldText, 0, len(found))
	for i, at := range found {
		end := len(raw)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		label, rest := raw[at[0]:at[1]], strings.Trim(raw[at[1]:end], " \t|;·•\\")
		label = trimColon(strings.TrimSpace(strings.Trim(trimColon(label), "*")))
		parts = append(parts, boldText{labelled, markdown.Plain(label), markdown.Plain(rest)})
	}
	return parts
}
