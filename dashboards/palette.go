package dashboards

import "github.com/cutover-dev/cutover/checklist/criterion"

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

// verdictWords are the words of a criterion's verdict. Not to know is dangerous
// for a rollback criterion; a target may wait for its time.
func verdictWords(role criterion.Role) mapping {
	firing, unsure := "MISSED", colourQuiet
	if role == criterion.Rollback {
		firing, unsure = "ROLL BACK", colourUnsure
	}
	return words(map[string]word{
		"-1": {Text: firing, Color: colourBroken, Index: 0},
		"0":  {Text: "BROKEN", Color: colourBroken, Index: 1},
		"1":  {Text: "?", Color: unsure, Index: 2},
		"2":  {Text: "OK", Color: colourOK, Index: 3},
	})
}
