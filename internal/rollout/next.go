package rollout

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
)

// NextStep says in plain words what to do next: the first open task in the
// order of the document, from where the rollout stands. That is the stage in
// progress; before the first stage and after the last task it is the beginning;
// and once a rollback criterion is declared, or the rollback executed, it is
// the tasks of the rollback. Where a task is a part of another one, both are
// named. With nothing left, NextStep says so.
func NextStep(c *checklist.Checklist) string {
	t, ok := next(c)
	if !ok {
		return "Nothing is left to do."
	}
	for _, parent := range c.Tasks {
		if parent.ID == t.Parent && t.Parent != "" {
			return fmt.Sprintf("%s (%s)", t.Text, strings.TrimRight(parent.Text, ":"))
		}
	}
	return t.Text
}

func next(c *checklist.Checklist) (checklist.Task, bool) {
	if (anyShifted(c) || len(c.Stages) == 0) && (executedRollback(c) || rollbackDeclared(c)) {
		return firstOpen(rollbackSteps(c), checklist.Contingency)
	}
	if stage, ok := CurrentStage(c); ok {
		if t, ok := firstOpen(from(c.Tasks, stage.Task), checklist.Plan); ok {
			return t, true
		}
	}
	return firstOpen(c.Tasks, checklist.Plan)
}

func rollbackDeclared(c *checklist.Checklist) bool {
	for _, k := range c.Criteria {
		if k.Role == criterion.Rollback && k.Declared {
			return true
		}
	}
	return false
}

// rollbackSteps leaves out the boxes by which a rollback is called for: they
// are declared, not worked off.
func rollbackSteps(c *checklist.Checklist) []checklist.Task {
	criteria := make(map[string]bool)
	for _, k := range c.Criteria {
		criteria[k.Task] = true
	}
	var steps []checklist.Task
	for _, t := range c.Tasks {
		if !criteria[t.ID] {
			steps = append(steps, t)
		}
	}
	return steps
}

func firstOpen(tasks []checklist.Task, kind checklist.Kind) (checklist.Task, bool) {
	for _, t := range tasks {
		if t.Leaf && t.Kind == kind && isOpen(t) {
			return t, true
		}
	}
	return checklist.Task{}, false
}

func from(tasks []checklist.Task, id string) []checklist.Task {
	for i, t := range tasks {
		if t.ID == id {
			return tasks[i:]
		}
	}
	return tasks
}

var (
	confirmedPython = regexp.MustCompile(`(?i)\bpython version\b.*?\b(\d+\.\d+(?:\.\d+)?)\b`)
	pythonVersion   = regexp.MustCompile(`\b([23]\.\d+(?:\.\d+)?)\b`)
)

// ExpectedPython is the Python version a checklist migrates to: "3.13.0" where
// a task confirms one ("Python version confirmed (3.13.0)"), otherwise the
// highest version that the title or the first field about Python names
// ("Python 3.12 → 3.13" is 3.13), otherwise empty.
func ExpectedPython(c *checklist.Checklist) string {
	for _, t := range c.Tasks {
		if m := confirmedPython.FindStringSubmatch(t.Text); m != nil {
			return m[1]
		}
	}
	texts := []string{c.Title}
	for _, f := range c.Fields {
		texts = append(texts, f.Label+" "+f.Value)
	}
	for _, text := range texts {
		if !strings.Contains(strings.ToLower(text), "python") {
			continue
		}
		highest := ""
		for _, v := range pythonVersion.FindAllString(text, -1) {
			if highest == "" || newer(v, highest) {
				highest = v
			}
		}
		if highest != "" {
			return highest
		}
	}
	return ""
}

// newer compares dotted versions number by number: 3.9 is older than 3.13.
func newer(a, b string) bool {
	left, right := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(left), len(right)) {
		l, _ := strconv.Atoi(left[i]) // digits, by the pattern; too many of them are
		r, _ := strconv.Atoi(right[i])
		if l != r {
			return l > r
		}
	}
	return len(left) > len(right)
}
