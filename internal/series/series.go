// Package series names every metric, label and recorded series of cutover,
// once. The exporter writes these names, the rules record and alert on them,
// the dashboards draw them; none of them spells a name itself.
package series

// Metrics of the exporter. Their labels stand behind them.
const (
	ChecklistInfo              = "cutover_checklist_info"                               // checklist, title, project
	ChecklistStatusInfo        = "cutover_checklist_status_info"                        // checklist, section, status
	ChecklistTasks             = "cutover_checklist_tasks"                              // checklist, section, group, kind, state
	ChecklistTaskInfo          = "cutover_checklist_task_info"                          // checklist, id, section, group, kind, task
	ChecklistTaskDone          = "cutover_checklist_task_done"                          // checklist, id
	ChecklistTaskDoneTimestamp = "cutover_checklist_task_done_timestamp_seconds"        // checklist, id
	ChecklistTaskVerified      = "cutover_checklist_task_verified"                      // checklist, id
	ChecklistSignedOff         = "cutover_checklist_signed_off"                         // checklist, section
	ChecklistApproved          = "cutover_checklist_approved"                           // checklist, role
	ChecklistBlanks            = "cutover_checklist_blanks"                             // checklist, section, state
	ChecklistCriteriaHashInfo  = "cutover_checklist_criteria_hash_info"                 // checklist, hash
	ChecklistDroppedSeries     = "cutover_checklist_dropped_series"                     // checklist
	CriterionThreshold         = "cutover_criterion_threshold"                          // checklist, id, role, signal, statistic, comparison, unit
	CriterionDeclared          = "cutover_criterion_declared"                           // checklist, id
	StageTrafficRatio          = "cutover_stage_traffic_ratio"                          // checklist, stage
	StageHoldSeconds           = "cutover_stage_hold_seconds"                           // checklist, stage
	StageShifted               = "cutover_stage_shifted"                                // checklist, stage
	StageShiftedTimestamp      = "cutover_stage_shifted_timestamp_seconds"              // checklist, stage
	RolloutPhase               = "cutover_rollout_phase"                                // checklist, phase
	SmokeSuccess               = "cutover_smoke_success"                                // environment, track, suite, test, critical
	SmokeDuration              = "cutover_smoke_duration_seconds"                       // environment, track, suite, test
	SmokeLastRunTimestamp      = "cutover_smoke_last_run_timestamp_seconds"             // environment, track, suite, test
	SmokeRuns                  = "cutover_smoke_runs_total"                             // environment, track, suite, test, result
	SmokeFailureInfo           = "cutover_smoke_failure_info"                           // environment, track, suite, test, reason: while the last run failed
	SmokeInterval              = "cutover_smoke_interval_seconds"                       // environment, track, suite, test: from one start to the next
	SmokePhaseDuration         = "cutover_smoke_phase_duration_seconds"                 // environment, track, suite, test, phase: a part of the last run
	IncidentOpen               = "cutover_incident_open"                                // checklist, kind, impact
	DrillOpen                  = "cutover_drill_open"                                   // checklist, kind
	BaselineValue              = "cutover_baseline_value"                               // checklist, signal, statistic, unit
	JournalUp                  = "cutover_journal_up"                                   // none
	ConfigLastReloadSuccessful = "cutover_config_last_reload_successful"                // none
	ConfigLastReloadSuccess    = "cutover_config_last_reload_success_timestamp_seconds" // none
	SourceUp                   = "cutover_source_up"                                    // checklist
	SourceLastSuccess          = "cutover_source_last_success_timestamp_seconds"        // checklist
	BuildInfo                  = "cutover_build_info"                                   // version, revision, goversion, …
)

// Series recorded by the rules. A name has one unit.
const (
	SignalRatio     = "cutover:signal:ratio"                          // checklist, environment, track, signal, statistic, window
	SignalSeconds   = "cutover:signal:seconds"                        // the same
	SignalBytes     = "cutover:signal:bytes"                          // the same
	SignalPerSecond = "cutover:signal:per_second"                     // the same
	SignalCount     = "cutover:signal:count"                          // the same
	CriterionOK     = "cutover:criterion:ok"                          // checklist, id, role, section: 1 good for either role, 0 bad, absent inconclusive
	TrafficRatio    = "cutover:traffic:ratio"                         // checklist: the candidate's real share
	InstancesCount  = "cutover:instances:count"                       // checklist, track, version
	RulesInfo       = "cutover:rules:info"                            // checklist, hash: of the criteria the rules were generated from
	LastDeclared    = "cutover:criterion:declared"                    // checklist, id: CriterionDeclared without the exporter's own labels
	LastPhase       = "cutover:rollout:phase"                         // checklist, phase: RolloutPhase without the exporter's own labels
	LastIncident    = "cutover:incident:open"                         // checklist, kind, impact: IncidentOpen without the exporter's own labels
	FailingSince    = "cutover:smoke:failing_since_timestamp_seconds" // checklist and a smoke test's own: start of the first run that failed, 0 where the last one passed
)

// Labels.
const (
	LabelChecklist   = "checklist"
	LabelTitle       = "title"
	LabelProject     = "project"
	LabelSection     = "section"
	LabelGroup       = "group"
	LabelStatus      = "status"
	LabelKind        = "kind"
	LabelState       = "state"
	LabelTask        = "task"
	LabelID          = "id"
	LabelRole        = "role"
	LabelSignal      = "signal"
	LabelStatistic   = "statistic"
	LabelComparison  = "comparison"
	LabelUnit        = "unit"
	LabelHash        = "hash"
	LabelStage       = "stage"
	LabelPhase       = "phase"
	LabelEnvironment = "environment"
	LabelTrack       = "track"
	LabelTest        = "test"
	LabelSuite       = "suite"
	LabelCritical    = "critical"
	LabelResult      = "result"
	LabelReason      = "reason"
	LabelImpact      = "impact"
	LabelWindow      = "window"
	LabelVersion     = "version"
	LabelCriterion   = "criterion" // on alerts: the criterion's id
	LabelAction      = "action"    // on alerts: "rollback"
	LabelDrill       = "drill"     // on alerts: "true" on one that is a drill
	LabelSeverity    = "severity"  // on alerts: "critical", "warning"
)

// Tracks, the values of the track label.
const (
	Baseline  = "baseline"  // the old version, blue
	Candidate = "candidate" // the new version, green
)

// Alert names.
const (
	AlertRollback            = "CutoverRollback"
	AlertCandidateDown       = "CutoverCandidateDown"
	AlertTargetMissed        = "CutoverTargetMissed"
	AlertSignalMissing       = "CutoverSignalMissing"
	AlertSmokeFailing        = "CutoverSmokeFailing"
	AlertSmokeStale          = "CutoverSmokeStale"
	AlertIncidentOpen        = "CutoverIncidentOpen"
	AlertJournalUnwritable   = "CutoverJournalUnwritable"
	AlertClaimContradicted   = "CutoverClaimContradicted"
	AlertTrafficMismatch     = "CutoverTrafficMismatch"
	AlertHoldCutShort        = "CutoverHoldCutShort"
	AlertChecklistUnreadable = "CutoverChecklistUnreadable"
	AlertRulesOutdated       = "CutoverRulesOutdated"
	AlertRuleFailing         = "CutoverRuleFailing"
	AlertExporterDown        = "CutoverExporterDown"
	AlertWatchdog            = "CutoverWatchdog"
)
