// Package checklist reads a Markdown checklist into what it says: its tasks
// and their state, its criteria, traffic stages, blanks, choices, sign-offs and
// approvals, each with the line it stands on.
//
// [Parse] is pure: bytes in, a [Checklist] out. It never fails on odd Markdown;
// what it could not make sense of is listed in Warnings. Everything in a
// checklist is text from somebody else: nothing here is safe to paste into
// markup, PromQL or a template without quoting it there.
package checklist

import (
	"time"

	"github.com/cutover-dev/cutover/checklist/criterion"
)

// Checklist is one Markdown document, read.
type Checklist struct {
	Name      string // identifies the checklist in labels, file names and uids
	Title     string // the document's first H1
	Fields    []Field
	Sections  []Section
	Tasks     []Task // in the order of the document, parents before children
	Criteria  []Criterion
	Left      []Left // what looks like a criterion and is none, in the order of the document
	Stages    []Stage
	Blanks    []Blank
	Choices   []Choice
	SignOffs  []SignOff
	Approvals []Approval
	Warnings  []Warning
}

// Field is a `**Project:** Python 3.13 Upgrade` line above the first section.
type Field struct {
	Line         int
	Label, Value string
}

// Section is what stands under an H2.
type Section struct {
	Line        int
	Title       string // distinct within the checklist
	Status      string // of the section's `**Status:**` line: "PENDING"; empty without one
	Environment string // development, staging, production, …; empty where the headings name none
	Groups      []Group
}

// Group is what stands under an H3, or under a bold line in a section that has
// no H3.
type Group struct {
	Line        int
	Title       string // distinct within its section
	Environment string
}

// State is a task's state.
type State string

// The states.
const (
	Open       State = "open"
	Done       State = "done"
	InProgress State = "in_progress"
	Cancelled  State = "cancelled"
)

// States lists every State.
func States() []State { return []State{Open, Done, InProgress, Cancelled} }

// Kind is a task's kind.
type Kind string

// The kinds. A contingency task stands under a heading about rolling back: a
// clean migration leaves it open, so it counts in no progress figure.
const (
	Plan        Kind = "plan"
	Contingency Kind = "contingency"
)

// Kinds lists every Kind.
func Kinds() []Kind { return []Kind{Plan, Contingency} }

// Task is a task-list item.
type Task struct {
	ID          string // a readable slug, stable when lines move, boxes are ticked and blanks filled
	Line        int
	Text        string // without the box and the inline markup
	State       State
	Kind        Kind
	Section     string // the section's title; empty above the first section
	Group       string // the group's title; empty where there is none
	Environment string
	Parent      string // the ID of the task this one is nested under; empty for none
	Leaf        bool   // has no task nested under it
}

// Criterion is a demand of the checklist with the place where it stands.
type Criterion struct {
	criterion.Criterion
	ID       string // begins with its task's ID
	Line     int
	Text     string // the line as quoted to people
	Task     string // the ID of the task whose line it is; empty for a line without a box
	Declared bool   // the task's box is ticked; for a rollback criterion: somebody declares it
	Section  string
	Group    string
	Scope    Scope
}

// Left is a part of a line that looks quantified and was not read as a
// criterion. The lines of stages and blanks are understood, and have none.
type Left struct {
	Line int
	Text string // the part as written: "for 15 minutes"
	Why  string // "a time to wait or watch bounds nothing"
}

// Scope is where a criterion is judged.
type Scope struct {
	Environment string // empty: named by no heading
	Test        string // "sustained-load-test" for a target of that load test; empty otherwise
}

// String writes a scope as `staging/sustained-load-test`.
func (s Scope) String() string {
	if s.Test == "" {
		return s.Environment
	}
	return s.Environment + "/" + s.Test
}

// Stage is one traffic step.
type Stage struct {
	Name    string // "10%"; distinct within the checklist
	Line    int
	Task    string        // the ID of the task that is ticked once traffic is shifted; empty for none
	Ratio   float64       // the candidate's share of the traffic, 0 to 1
	Hold    time.Duration // how long to watch before the next stage; 0 where the checklist says nothing
	Shifted bool          // the task's box is ticked
}

// Blank is a place to fill in: `Error rate: _______ % (target: <0.1%)`.
type Blank struct {
	Line    int
	Task    string // the ID of the task it stands in; empty for none
	Section string
	Label   string // "Error rate"
	Unit    string // as written after the blank: "%", "ms"; empty for none
	Value   string // what was filled in; empty while the blank is
}

// Filled says whether somebody wrote a value into the blank.
func (b Blank) Filled() bool { return b.Value != "" }

// Choice is one line with boxes to pick from: `Impact: None ☐ Minor ☐`.
type Choice struct {
	Line     int
	Section  string
	Label    string
	Options  []string
	Selected []string // a subset of Options, in their order
}

// SignOff is a section's `**Sign-off:** ____ Date: ____` line.
type SignOff struct {
	Line       int
	Section    string
	Name, Date string // empty while nobody signed
}

// Signed says whether the sign-off names a person.
func (s SignOff) Signed() bool { return s.Name != "" }

// Approval is a role with its signature.
type Approval struct {
	Line       int
	Role       string // distinct within the checklist
	Name, Date string // empty while nobody signed
	Signature  string
}

// Approved says whether the approval has a name and a signature.
func (a Approval) Approved() bool { return a.Name != "" && a.Signature != "" }

// Warning is something in the document that people should know of.
type Warning struct {
	Line    int
	Message string
}
