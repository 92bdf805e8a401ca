package alerts

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// What people read in a notification, as templates that Alertmanager expands.
// The annotations hold text from the checklist: whatever it looks like, it must
// arrive as text. None of them is on every alert, so nothing depends on one.

// markup is how a reader's program takes text.
type markup struct {
	// escape is the end of a template pipeline that makes text literal.
	escape string
	// lineBreak ends a line.
	lineBreak string
	// link shows a link, given its name; empty where links stand elsewhere.
	link string
}

// plainMarkup is none at all.
var plainMarkup = markup{lineBreak: "\n", link: "%s: {{ . }}"}

// slackMarkup escapes what Slack always interprets: <@somebody>, <!channel>,
// <address|text>. The rest of its markup is off in the fields that we send.
var slackMarkup = markup{
	escape:    ` | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;"`,
	lineBreak: "\n",
}

// teamsMarkup is for the Markdown of adaptive cards: a backslash makes a
// character literal, and a line ends with an empty one.
var teamsMarkup = markup{
	escape:    " | reReplaceAll \"([\\\\\\\\`*_~<&\\\\[\\\\]])\" \"\\\\$1\"",
	lineBreak: "\n\n",
	link:      `[%s]({{ . | reReplaceAll "[(]" "%%28" | reReplaceAll "[)]" "%%29" | reReplaceAll "[\\s<>]" "" }})`,
}

// messageLinks are the links of a message, in order.
var messageLinks = []struct{ annotation, name string }{
	{"dashboard_url", "Dashboard"},
	{"checklist_url", "Checklist"},
	{"runbook_url", "Runbook"},
}

// first is the alert that stands for its group: a firing one, if there is any.
// A rollback alert is alone in its group.
const first = `index (or .Alerts.Firing .Alerts) 0`

// title is the first line: what is wrong, and in which checklist.
func (m markup) title() string {
	return `{{ if eq .Status "resolved" }}Resolved: {{ end }}` +
		`{{ with ` + first + ` }}{{ or .Annotations.summary .Labels.alertname` + m.escape + ` }}{{ end }}` +
		`{{ with .CommonLabels.checklist }} · {{ .` + m.escape + ` }}{{ end }}` +
		`{{ if gt (len .Alerts) 1 }} · {{ len .Alerts }} alerts{{ end }}`
}

// alertText tells of each alert of a group, what matters most first: what the
// checklist says, what is measured, what to do. Nobody shall roll back because
// of a message that says it is over, so that has no steps.
const alertText = `{{ range .Alerts -}}
{{ if gt (len $.Alerts) 1 }}{{ with or .Annotations.summary .Labels.alertname }}{{ . }}
{{ end }}{{ end -}}
{{ if eq .Status "resolved" }}No longer observed.
{{ end -}}
{{ with .Annotations.line }}“{{ . }}”
{{ end -}}
{{ with .Annotations.place }}In: {{ . }}
{{ end -}}
{{ if eq .Status "firing" -}}
{{ with .Annotations.measured }}Measured: {{ . }}
{{ end -}}
{{ with .Annotations.baseline }}Baseline: {{ . }}
{{ end -}}
{{ with .Annotations.since }}Since: {{ . }}
{{ end -}}
{{ with .Annotations.rollback_steps }}
To roll back:
{{ . }}

{{ end -}}
{{ end -}}
{{ with .Annotations.description }}{{ . }}
{{ end -}}
`

// body is the message below its title.
func (m markup) body() string {
	body := strings.ReplaceAll(alertText, "{{ . }}", "{{ ."+m.escape+" }}")
	if m.link != "" {
		for _, l := range messageLinks {
			body += "{{ with .Annotations." + l.annotation + " }}" + fmt.Sprintf(m.link, l.name) + "\n{{ end -}}\n"
		}
	}
	body = strings.ReplaceAll(body, "\n{{ end", m.lineBreak+"{{ end")
	body = strings.ReplaceAll(body, "To roll back:\n", "To roll back:"+m.lineBreak)
	return body + "{{ end }}"
}

// htmlBody is the message as HTML; Alertmanager's HTML templates escape each
// value for the place where it stands.
const htmlBody = `<html><body style="font-family: sans-serif">
{{ range .Alerts -}}
<h2>{{ if eq .Status "resolved" }}Resolved: {{ end }}{{ or .Annotations.summary .Labels.alertname }}</h2>
{{ if eq .Status "resolved" }}<p>No longer observed.</p>
{{ end -}}
{{ with .Annotations.line }}<blockquote>“{{ . }}”</blockquote>
{{ end -}}
<table>
{{ with .Labels.checklist }}<tr><td>Checklist</td><td>{{ . }}</td></tr>
{{ end -}}
{{ with .Annotations.place }}<tr><td>In</td><td>{{ . }}</td></tr>
{{ end -}}
{{ if eq .Status "firing" -}}
{{ with .Annotations.measured }}<tr><td>Measured</td><td><b>{{ . }}</b></td></tr>
{{ end -}}
{{ with .Annotations.baseline }}<tr><td>Baseline</td><td>{{ . }}</td></tr>
{{ end -}}
{{ with .Annotations.since }}<tr><td>Since</td><td>{{ . }}</td></tr>
{{ end -}}
{{ end -}}
</table>
{{ if eq .Status "firing" }}{{ with .Annotations.rollback_steps }}<h3>To roll back</h3>
<div style="white-space: pre-wrap">{{ . }}</div>
{{ end }}{{ end -}}
{{ with .Annotations.description }}<p>{{ . }}</p>
{{ end -}}
{{ with .Annotations.timing }}<p><small>{{ . }}</small></p>
{{ end -}}
<p>
{{ with .Annotations.dashboard_url }}<a href="{{ . }}">Dashboard</a>
{{ end -}}
{{ with .Annotations.checklist_url }}<a href="{{ . }}">Checklist</a>
{{ end -}}
{{ with .Annotations.runbook_url }}<a href="{{ . }}">Runbook</a>
{{ end -}}
</p>
{{ end -}}
</body></html>
`

// link is the address in an annotation of the first alert, or else another,
// which can be a template in which $ is the message.
func link(annotation, otherwise string) string {
	return "{{ with " + first + " }}{{ with .Annotations." + annotation + " }}{{ . }}{{ else }}" + otherwise + "{{ end }}{{ end }}"
}

// either is one of two names, by whether the first alert has the annotation.
func either(annotation, name, otherwise string) string {
	return "{{ with " + first + " }}{{ if .Annotations." + annotation + " }}" + name + "{{ else }}" + otherwise + "{{ end }}{{ end }}"
}

// literalDetail begins every text among PagerDuty's details. Alertmanager from
// 0.30 on takes a detail for YAML if it can be, which would make a mapping
// without order of the steps; before 0.34 it then expands templates in the
// result, so that a line with "{{" in it would be run, or stop the page. YAML
// can't begin with a tab, and PagerDuty doesn't show it.
const literalDetail = `{{ "\t" }}`

// pagerDutyDetails are a table for the person who is paged. Those called
// firing and resolved replace Alertmanager's own, which are YAML too.
func pagerDutyDetails() *yaml.Node {
	n := mapping()
	add := func(name, template string) {
		n.Content = append(n.Content, text(name), text(literalDetail+template))
	}
	ofFirst := func(field string) string {
		return "{{ with " + first + " }}{{ or " + field + ` "-" }}{{ end }}`
	}
	add("checklist", ofFirst(".Labels.checklist"))
	add("criterion", ofFirst(".Labels.criterion"))
	for _, annotation := range []string{"line", "place", "measured", "baseline", "since"} {
		add(annotation, ofFirst(".Annotations."+annotation))
	}
	add("steps", ofFirst(".Annotations.rollback_steps"))
	add("description", ofFirst(".Annotations.description"))
	for _, status := range []string{"Firing", "Resolved"} {
		add(strings.ToLower(status), "{{ range .Alerts."+status+" }}{{ or .Annotations.summary .Labels.alertname }}\n{{ end }}")
	}
	return n
}
