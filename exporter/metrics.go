package exporter

import (
	"strconv"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/rollout"
	"github.com/cutover-dev/cutover/internal/series"
	"github.com/cutover-dev/cutover/internal/smoke"
)

var (
	checklistInfo = gauge(series.ChecklistInfo, "The checklist, with its title and project.",
		series.LabelChecklist, series.LabelTitle, series.LabelProject)
	statusInfo = gauge(series.ChecklistStatusInfo, "The status line of a section, as written.",
		series.LabelChecklist, series.LabelSection, series.LabelStatus)
	tasks = gauge(series.ChecklistTasks, "How many tasks there are. A task with others nested under it is not counted, they are.",
		series.LabelChecklist, series.LabelSection, series.LabelGroup, series.LabelKind, series.LabelState)
	taskInfo = gauge(series.ChecklistTaskInfo, "A task, with its text and place.",
		series.LabelChecklist, series.LabelID, series.LabelSection, series.LabelGroup, series.LabelKind, series.LabelTask)
	taskDone = gauge(series.ChecklistTaskDone, "Whether the box of a task is ticked.",
		series.LabelChecklist, series.LabelID)
	taskDoneTimestamp = gauge(series.ChecklistTaskDoneTimestamp, "When the box of a task was seen to be ticked. Absent if it was ticked when first seen.",
		series.LabelChecklist, series.LabelID)
	taskVerified = gauge(series.ChecklistTaskVerified, "What tests found about a task, whatever its box says: 1 proven, 0 disproven. Absent without evidence.",
		series.LabelChecklist, series.LabelID)
	signedOff = gauge(series.ChecklistSignedOff, "Whether a section is signed off.",
		series.LabelChecklist, series.LabelSection)
	approved = gauge(series.ChecklistApproved, "Whether a role has approved, with name and signature.",
		series.LabelChecklist, series.LabelRole)
	blanks = gauge(series.ChecklistBlanks, "How many places to fill in are filled or empty.",
		series.LabelChecklist, series.LabelSection, series.LabelState)
	droppedSeries = gauge(series.ChecklistDroppedSeries, "How many series of the checklist are left out because there would be too many. Counts of tasks and blanks are right all the same.",
		series.LabelChecklist)
	criteriaHash = gauge(series.ChecklistCriteriaHashInfo, "Identifies the criteria of the checklist. Rules with another hash were generated from other criteria.",
		series.LabelChecklist, series.LabelHash)
	threshold = gauge(series.CriterionThreshold, "The number a criterion compares with, in base units.",
		series.LabelChecklist, series.LabelID, series.LabelRole, series.LabelSignal, series.LabelStatistic, series.LabelComparison, series.LabelUnit)
	declared = gauge(series.CriterionDeclared, "Whether somebody declares a rollback criterion, by ticking its box or by an incident of its kind.",
		series.LabelChecklist, series.LabelID)
	stageTraffic = gauge(series.StageTrafficRatio, "The share of the traffic that a stage shifts, as planned.",
		series.LabelChecklist, series.LabelStage)
	stageHold = gauge(series.StageHoldSeconds, "How long a stage is to be watched before the next one, as planned.",
		series.LabelChecklist, series.LabelStage)
	stageShifted = gauge(series.StageShifted, "Whether the box of a stage is ticked.",
		series.LabelChecklist, series.LabelStage)
	stageShiftedTimestamp = gauge(series.StageShiftedTimestamp, "When the box of a stage was seen to be ticked. Absent if it was ticked when first seen.",
		series.LabelChecklist, series.LabelStage)
	rolloutPhase = gauge(series.RolloutPhase, "1 for the phase the rollout is in, 0 for the others.",
		series.LabelChecklist, series.LabelPhase)
	smokeSuccess = gauge(series.SmokeSuccess, "Whether the last run of a smoke test passed.",
		series.LabelEnvironment, series.LabelTrack, series.LabelSuite, series.LabelTest, series.LabelCritical)
	smokeDuration = gauge(series.SmokeDuration, "How long the last run of a smoke test took.",
		series.LabelEnvironment, series.LabelTrack, series.LabelSuite, series.LabelTest)
	smokeLastRun = gauge(series.SmokeLastRunTimestamp, "When the last run of a smoke test began.",
		series.LabelEnvironment, series.LabelTrack, series.LabelSuite, series.LabelTest)
	smokeRuns = counter(series.SmokeRuns, "How many runs of a smoke test have ended.",
		series.LabelEnvironment, series.LabelTrack, series.LabelSuite, series.LabelTest, series.LabelResult)
	smokeFailure = gauge(series.SmokeFailureInfo, "Why the last run of a smoke test failed. Absent if it passed.",
		series.LabelEnvironment, series.LabelTrack, series.LabelSuite, series.LabelTest, series.LabelReason)
	smokePhase = gauge(series.SmokePhaseDuration, "How long a part of the last run of a smoke test took: of a request resolve, connect, tls, processing and transfer, of a workflow its steps.",
		series.LabelEnvironment, series.LabelTrack, series.LabelSuite, series.LabelTest, series.LabelPhase)
	smokeInterval = gauge(series.SmokeInterval, "The time from one start of a smoke test to the next.",
		series.LabelEnvironment, series.LabelTrack, series.LabelSuite, series.LabelTest)
	incidentOpen = gauge(series.IncidentOpen, "How many incidents are open, drills not counted. Kinds are the rollback criteria, and other.",
		series.LabelChecklist, series.LabelKind, series.LabelImpact)
	drillOpen = gauge(series.DrillOpen, "How many drills of an incident are open.",
		series.LabelChecklist, series.LabelKind)
	baselineValue = gauge(series.BaselineValue, "A figure of the old version, as it was frozen, in base units.",
		series.LabelChecklist, series.LabelSignal, series.LabelStatistic, series.LabelUnit)
	journalUp        = gauge(series.JournalUp, "Whether the journal could be written when last tried. If not, what changed since is kept in memory only. Absent without a journal.")
	configReloaded   = gauge(series.ConfigLastReloadSuccessful, "Whether the configuration could be used when last read. If not, the last good one stands. Absent without one.")
	configReloadedAt = gauge(series.ConfigLastReloadSuccess, "When the configuration could last be used. Absent without one.")
	sourceUp         = gauge(series.SourceUp, "Whether the checklist can be read. If not, its last good state stands.",
		series.LabelChecklist)
	sourceLastSuccess = gauge(series.SourceLastSuccess, "When the checklist could last be read.",
		series.LabelChecklist)
)

// described lists the metrics of a snapshot.
var described = []metric{
	checklistInfo, statusInfo, tasks, taskInfo, taskDone, taskDoneTimestamp, taskVerified, signedOff, approved, blanks,
	droppedSeries, criteriaHash, threshold, declared, stageTraffic, stageHold, stageShifted, stageShiftedTimestamp, rolloutPhase,
	smokeSuccess, smokeDuration, smokeLastRun, smokeRuns, smokeFailure, smokePhase, smokeInterval, incidentOpen, drillOpen, baselineValue, journalUp,
	configReloaded, configReloadedAt, sourceUp,
}

// Values of labels.
const (
	resultSuccess = "success"
	resultFailure = "failure"
	blankFilled   = "filled"
	blankEmpty    = "empty"
)

func (s state) collect(out *samples) {
	if s.name == "" {
		return // a directory without any checklist has no name to report it by
	}
	out.set(sourceUp, number(s.err == nil), s.name)
	c := s.checklist
	if c == nil {
		return
	}
	// What rules are about stands first: at the limit it is the last to go.
	out.set(checklistInfo, 1, s.name, c.Title, project(c))
	out.set(criteriaHash, 1, s.name, c.Hash())
	s.collectStages(out)
	s.collectCriteria(out)
	s.collectIncidents(out)
	for _, b := range s.baselines {
		out.set(baselineValue, b.Value, s.name, b.Signal, b.Statistic, b.Unit)
	}
	s.countTasks(out)
	s.collectSections(out)
	s.collectTasks(out)
}

// others is the section of what is counted together, because there would be too
// many series otherwise.
const others = "(others)"

// countTasks counts the tasks of each section and group.
func (s state) countTasks(out *samples) {
	for _, t := range s.checklist.Tasks {
		if !t.Leaf {
			continue
		}
		// All states at once, so that a sum over one doesn't begin or end.
		count := func(section, group string) func(*samples) {
			return func(out *samples) {
				for _, st := range checklist.States() {
					out.add(tasks, number(t.State == st), s.name, section, group, string(t.Kind), string(st))
				}
			}
		}
		states := checklist.States()
		if out.has(len(states), tasks, s.name, t.Section, t.Group, string(t.Kind), string(states[0])) {
			count(t.Section, t.Group)(out)
		} else {
			out.beyond(count(others, ""))
		}
	}
}

// collectTasks has a few series for each task.
func (s state) collectTasks(out *samples) {
	for _, t := range s.checklist.Tasks {
		out.set(taskInfo, 1, s.name, t.ID, t.Section, t.Group, string(t.Kind), t.Text)
		out.set(taskDone, number(t.State == checklist.Done), s.name, t.ID)
		if at, ok := s.ticked[t.ID]; ok {
			out.set(taskDoneTimestamp, seconds(at), s.name, t.ID)
		}
		if v, ok := s.verified[t.ID]; ok {
			out.set(taskVerified, number(v.proven), s.name, t.ID)
		}
	}
}

func (s state) collectSections(out *samples) {
	c := s.checklist
	for _, section := range c.Sections {
		if section.Status != "" {
			out.set(statusInfo, 1, s.name, section.Title, section.Status)
		}
	}
	for _, sign := range c.SignOffs { // of several in a section, all must be signed
		out.lower(signedOff, number(sign.Signed()), s.name, sign.Section)
	}
	for _, a := range c.Approvals {
		out.lower(approved, number(a.Approved()), s.name, a.Role)
	}
	for _, b := range c.Blanks {
		count := func(section string) func(*samples) {
			return func(out *samples) {
				out.add(blanks, number(b.Filled()), s.name, section, blankFilled)
				out.add(blanks, number(!b.Filled()), s.name, section, blankEmpty)
			}
		}
		if out.has(2, blanks, s.name, b.Section, blankFilled) {
			count(b.Section)(out)
		} else {
			out.beyond(count(others))
		}
	}
}

func (s state) collectCriteria(out *samples) {
	for _, c := range s.checklist.Criteria {
		if c.Quantified() {
			out.set(threshold, c.Value, s.name, c.ID, string(c.Role), string(c.Signal), c.Statistic(), string(c.Comparison), string(c.Unit))
		}
		if c.Role == criterion.Rollback {
			out.set(declared, number(c.Declared), s.name, c.ID)
		}
	}
}

func (s state) collectStages(out *samples) {
	for _, stage := range s.checklist.Stages {
		out.set(stageTraffic, stage.Ratio, s.name, stage.Name)
		out.set(stageHold, stage.Hold.Seconds(), s.name, stage.Name)
		out.set(stageShifted, number(stage.Shifted), s.name, stage.Name)
		if at, ok := s.ticked[stage.Task]; ok {
			out.set(stageShiftedTimestamp, seconds(at), s.name, stage.Name)
		}
	}
	for _, phase := range rollout.Phases() {
		out.set(rolloutPhase, number(phase == s.phase), s.name, string(phase))
	}
}

func collectSmoke(out *samples, results *smoke.Snapshot) {
	if results == nil {
		return
	}
	for _, t := range results.Tests {
		id := []string{t.Environment, t.Track, t.Suite, t.Test}
		out.set(smokeRuns, float64(t.Successes), append(id[:4:4], resultSuccess)...)
		out.set(smokeRuns, float64(t.Failures), append(id[:4:4], resultFailure)...)
		if t.Interval > 0 {
			out.set(smokeInterval, t.Interval.Seconds(), id...)
		}
		if t.Last == nil {
			continue
		}
		out.set(smokeSuccess, number(t.Last.Success), append(id[:4:4], strconv.FormatBool(t.Critical))...)
		out.set(smokeDuration, t.Last.Duration.Seconds(), id...)
		out.set(smokeLastRun, seconds(t.Last.Start), id...)
		for _, p := range t.Last.Phases {
			out.add(smokePhase, p.Duration.Seconds(), append(id[:4:4], p.Name)...)
		}
		if !t.Last.Success {
			out.set(smokeFailure, 1, append(id[:4:4], reasonLabel(t.Last.Reason))...)
		}
	}
}

// collect says how the configuration was last read.
func (r reload) collect(out *samples) {
	if r.known {
		out.set(configReloaded, number(r.ok))
		out.set(configReloadedAt, seconds(r.success))
	}
}

// project is the field of that name, empty for none.
func project(c *checklist.Checklist) string {
	for _, f := range c.Fields {
		if strings.EqualFold(f.Label, "project") {
			return f.Value
		}
	}
	return ""
}

// seconds is a moment as Prometheus counts, to the millisecond.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
