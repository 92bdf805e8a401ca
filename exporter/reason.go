package exporter

import (
	"regexp"
	"strings"
)

// maxReason is how many characters of a reason a label has.
const maxReason = 120

var (
	quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

	// A word or two, or a version: what a target says again and again.
	stable = regexp.MustCompile(`^"(?:[A-Za-z][A-Za-z_ -]{0,31}|[0-9]{1,3}(?:\.[0-9]{1,3}){0,3})"$`)
)

// reasonLabel makes a label of the reason of a failure. A reason stays the same
// while the cause does, but for what it quotes: a target that puts the time or
// an address into its answer would make a new series with every run. So what is
// quoted stands in the label only if it looks like a word or a version; the
// status page has the whole.
func reasonLabel(reason string) string {
	reason = quoted.ReplaceAllStringFunc(reason, func(s string) string {
		if stable.MatchString(s) {
			return s
		}
		return `"…"`
	})
	reason = strings.ToValidUTF8(reason, "\uFFFD")
	if r := []rune(reason); len(r) > maxReason {
		return string(r[:maxReason]) + "…"
	}
	return reason
}
