package dashboards

import (
	"strconv"

	"github.com/cutover-dev/cutover/checklist/criterion"
)

// Colour means something. Green, amber and red are verdicts and never stand
// without a word. Blue and green are also names of slots, so the baseline is
// grey-blue and the candidate purple, everywhere. All else is neutral.
const (
	colourOK      = "green"
	colourUnsure  = "orange"
	colourBroken  = "red"
	colourNeutral = "text"
	colourQuiet   = "#7b8794"

	colourBaseline  = "#7f9bc0"
	colourCandidate = "#a96bdb"
)

// The values of a verdict in a table, the worst lowest.
const (
	verdictFires = iota - 1
	verdictBroken
	verdictUnsure
	verdictOK
	verdictNever    // nothing measures what the criterion is about
	verdictAdvisory // it says when to look closer, and is never judged
)

// verdictWords are the words of a criterion's verdict. Not to know is dangerous
// for a rollback criterion that can be judged; a target may wait for its time.
func verdictWords(role criterion.Role) mapping {
	firing, unsure := "MISSED", colourQuiet
	if role == criterion.Rollback {
		firing, unsure = "ROLL BACK", colourUnsure
	}
	return words(map[string]word{
		strconv.Itoa(verdictFires):    {Text: firing, Color: colourBroken, Index: 0},
		strconv.Itoa(verdictBroken):   {Text: "BROKEN", Color: colourBroken, Index: 1},
		strconv.Itoa(verdictUnsure):   {Text: "?", Color: unsure, Index: 2},
		strconv.Itoa(verdictOK):       {Text: "OK", Color: colourOK, Index: 3},
		strconv.Itoa(verdictNever):    {Text: "?", Color: colourQuiet, Index: 4},
		strconv.Itoa(verdictAdvisory): {Text: "advice", Color: colourQuiet, Index: 5},
	})
}

// verdictHistory are the words of a verdict over time. That nothing was judged
// before there was traffic is no reason to look.
func verdictHistory() mapping {
	return words(map[string]word{
		strconv.Itoa(verdictBroken): {Text: "BROKEN", Color: colourBroken, Index: 0},
		strconv.Itoa(verdictUnsure): {Text: "?", Color: colourQuiet, Index: 1},
		strconv.Itoa(verdictOK):     {Text: "OK", Color: colourOK, Index: 2},
	})
}
