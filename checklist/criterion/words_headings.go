package criterion

// headingWords are the words by which a heading says what its lines are for.
var headingWords = []entry{
	{meaning{class: aboutRollback}, "rollback, rollbacks, roll back, rolls back, rolled back, rolling back, roll-back, back out, backout, back-out, abort, aborting, abort rollout, revert, reversion, halt, stop rollout, stop the rollout, no-go, nogo, fallback"},
	{meaning{class: aboutTrigger}, "criteria, criterion, trigger, triggers, condition, conditions, threshold, thresholds, if, when, decision, decisions, reasons, indicators, immediately if, on any of"},
	{meaning{class: aboutSteps}, "execution, executed, execute, steps, step, procedure, procedures, plan, process, instructions, commands, command, runbook, playbook, how to, checklist, strategy, verification, verify, validation, validate, testing, test, tests, communication, post-rollback, after rollback, actions, action, timeline, option, options, preparation, readiness, method, methods, script, scripts, drill, follow-up, success"},
	{meaning{class: aboutAlerts}, "alert, alerts, alerting, alarm, alarms, escalation, warning, warnings, critical, autoscaling, auto-scaling, scaling, symptom, symptoms"},
	{meaning{class: aboutFunction}, "functionality, functional, feature, features, login, smoke test, smoke tests, health check, health checks, endpoint, endpoints, api down, unreachable, not responding, unavailable, user journey, user journeys, critical path, broken, workflow, workflows, key flows, critical flows, service down, services down"},
}
