package checklist

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

var (
	// legendEntry matches `[~] in progress`, `[-]` = cancelled and the like.
	legendEntry = regexp.MustCompile("(?i)\\[([~/!><?*+.=-])\\]`?\\*{0,2}[\\s|]*(?:=+>?|:|→|[-–—]+|means|is|for)?\\s*\\*{0,2}" +
		`(in progress|in-progress|wip|doing|started|ongoing|underway|partial|partly|active|cancel|not applicable|not needed|not required|n/a|skip|dropped|obsolete|deprecated|superseded|abandoned|rejected|ignored|moved|deferred|postponed|won't|blocked|removed|todo|to do|open|not started|important|urgent|question|scheduled|planned|paused|on hold|waiting|done|complete)`)
	legendHeading = newPhrases("-legend-", "-key-", "-notation-", "-symbols-", "-marks-", "-conventions-", "-how-to-use")
)

// legendWord says which state a legend's word means.
func legendWord(word string) State {
	switch word = strings.ToLower(word); {
	case strings.HasPrefix(word, "in"), strings.HasPrefix(word, "part"), strings.HasPrefix(word, "block"),
		word == "wip", word == "doing", word == "started", word == "ongoing", word == "underway", word == "active":
		return InProgress
	case word == "todo", word == "to do", word == "open", word == "not started",
		word == "important", word == "urgent", word == "question", word == "scheduled", word == "planned":
		return Open
	case word == "paused", word == "on hold", word == "waiting":
		return InProgress
	case word == "done", word == "complete":
		return Done
	}
	return Cancelled
}

// legend reads what the document says [~], [-] and [/] mean, and marks the
// lines that say it: they explain boxes and are none.
func (d *document) legend() {
	d.legendStates = map[rune]State{}
	for i := range d.lines {
		l := &d.lines[i]
		if !strings.Contains(l.Raw, "[") || l.box == gfmBox {
			continue
		}
		entries := legendEntry.FindAllStringSubmatch(l.Raw, -1)
		if entries == nil {
			continue
		}
		explains := l.box == noBox && l.Kind != markdown.Row || legendHeading.in(slug(strings.Join(l.place.headings, " "))) ||
			l.box != noBox && len(boxesIn(l.Raw)) > 1
		if !explains {
			continue
		}
		l.use, l.box = meta, noBox
		for _, e := range entries {
			mark := rune(e[1][0])
			if _, known := d.legendStates[mark]; !known {
				d.legendStates[mark] = legendWord(e[2])
			}
		}
	}
}

// state reads the state of a line's box. What [~], [-] and [/] mean differs
// between tools: the caller's setting decides, then the document's legend,
// then a guess that is warned about.
func (d *document) state(l *line) State {
	switch {
	case l.mark == markDone:
		return Done
	case l.struck:
		return Cancelled
	case l.mark == markOpen:
		return Open
	case l.mark >= utf8.RuneSelf:
		return signState(l.mark)
	}
	if s, ok := d.options.Marks[l.mark]; ok {
		return s
	}
	if s, ok := d.legendStates[l.mark]; ok {
		return s
	}
	guess := InProgress
	switch {
	case isGuess(l.mark):
		guess = Open
	case l.mark == '-' && !d.dashedParents:
		guess = Cancelled
	}
	d.out.warn(l.No, "[%c] has no agreed meaning; read as %s here and below: a line such as `[%c] = in progress` in the document settles it",
		l.mark, strings.ReplaceAll(string(guess), "_", " "), l.mark)
	d.legendStates[l.mark] = guess
	return guess
}
