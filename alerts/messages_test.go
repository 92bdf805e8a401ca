package alerts

import (
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/alertmanager/template"
	"go.yaml.in/yaml/v3"
)

// pageAnnotations are like those of a rollback alert, about a line that says
// what is given.
func pageAnnotations(line string) map[string]string {
	return map[string]string{
		"summary":        "Roll back: " + line,
		"description":    "The checklist says to roll back on “" + line + "” (Rollback Scenarios › Rollback Criteria), and it is so for 5m.",
		"line":           line,
		"place":          "Rollback Scenarios › Rollback Criteria",
		"measured":       "5.1%",
		"baseline":       "0.01%",
		"since":          "2026-11-03 02:58:15 +0000 UTC",
		"timing":         "At worst 6m45s from onset to notification.",
		"rollback_steps": "1. Shift traffic to blue: 100%\n2. Tell " + line + "\n3. Note: the time",
		"dashboard_url":  "https://grafana.example.org/d/cutover-plan-overview?from=1&to=2",
		"checklist_url":  "https://git.example.org/team/service/blob/main/plan(1).md?plain=1#L304",
		"runbook_url":    "https://wiki.example.org/runbooks/plan",
	}
}

// notification is what Alertmanager gives to templates for alerts with these
// annotations.
func notification(status string, alerts ...map[string]string) *template.Data {
	labels := template.KV{"alertname": "CutoverRollback", "checklist": "plan", "criterion": "error-rate"}
	d := &template.Data{Status: status, CommonLabels: labels, ExternalURL: "https://alertmanager.example.org"}
	for _, annotations := range alerts {
		d.Alerts = append(d.Alerts, template.Alert{Status: status, Labels: labels, Annotations: annotations})
	}
	return d
}

// newTemplate has Alertmanager's own functions and templates.
func newTemplate(t testing.TB) *template.Template {
	t.Helper()
	tmpl, err := template.FromGlobs(nil)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// expand expands a template as Alertmanager does.
func expand(t testing.TB, tmpl *template.Template, source string, d *template.Data) string {
	t.Helper()
	execute := tmpl.ExecuteTextString
	if source == htmlBody {
		execute = tmpl.ExecuteHTMLString
	}
	out, err := execute(source, d)
	if err != nil {
		t.Fatalf("%s\n%v", source, err)
	}
	return out
}

// templates are all templates in the configuration of all receivers.
func templates(t testing.TB) []string {
	t.Helper()
	var out []string
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "{{") && !slices.Contains(out, n.Value) {
			out = append(out, n.Value)
		}
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(exampleReceivers().nodes())
	if !slices.Contains(out, htmlBody) || !slices.Contains(out, slackMarkup.body()) {
		t.Fatal("the templates of messages were not found")
	}
	return out
}

// TestMissingAnnotations expands every template without each annotation, with
// only that one, and without any.
func TestMissingAnnotations(t *testing.T) {
	all := pageAnnotations("Error rate >1% for >5 minutes")
	subsets := map[string]map[string]string{"all": all, "none": nil}
	for name, value := range all {
		without := maps.Clone(all)
		delete(without, name)
		subsets["without "+name], subsets["only "+name] = without, map[string]string{name: value}
	}
	tmpl, sources := newTemplate(t), templates(t)
	for name, annotations := range subsets {
		for _, status := range []string{"firing", "resolved"} {
			for _, d := range []*template.Data{notification(status, annotations), notification(status, annotations, all, nil)} {
				for _, source := range sources {
					if got := expand(t, tmpl, source, d); strings.Contains(got, "<no value>") || strings.TrimSpace(got) == "" && !mayBeEmpty(source) {
						t.Errorf("%s, %s: %q becomes %q", name, status, source, got)
					}
				}
			}
		}
	}
}

// mayBeEmpty says which templates may become nothing: PagerDuty is not sent a
// link without an address, a message of one alert without a line has a title
// only, and no alert may be firing or resolved.
func mayBeEmpty(source string) bool {
	return strings.HasSuffix(source, "_url }}{{ end }}") || strings.HasPrefix(source, literalDetail) ||
		source == slackMarkup.body() || source == teamsMarkup.body() || source == plainMarkup.body()
}

// TestResolvedHasNoSteps: nobody shall roll back because of a message that says
// it is over.
func TestResolvedHasNoSteps(t *testing.T) {
	tmpl := newTemplate(t)
	for _, source := range []string{slackMarkup.body(), teamsMarkup.body(), plainMarkup.body(), htmlBody} {
		const step = "Shift traffic to blue"
		annotations := pageAnnotations("Error rate >1%")
		if firing := expand(t, tmpl, source, notification("firing", annotations)); !strings.Contains(firing, step) {
			t.Errorf("no steps in %q", firing)
		}
		resolved := expand(t, tmpl, source, notification("resolved", annotations))
		if strings.Contains(resolved, step) || !strings.Contains(resolved, "No longer observed") {
			t.Errorf("over, and yet: %q", resolved)
		}
	}
}

// FuzzMessages holds that text from a checklist stays text, wherever it is read.
func FuzzMessages(f *testing.F) {
	for _, s := range []string{
		"Error rate >1% for >5 minutes", hostile, `{{ .Labels }} "} or vector(1) #<script> <@channel> *bold*`,
		"<!channel> <https://evil.example|Dashboard> &lt;", "[Dashboard](https://evil.example) **x** ~~y~~ `z` \\[w\\] _v_ &#42;",
		`key: ["{{ .ExternalURL }}"]`, `"</td><a href='javascript:1'>`, "a\tb: c", "%", "@", "`", "- x", "42", "null", "\u2028", "\xff",
	} {
		f.Add(s)
	}
	tmpl := newTemplate(f)
	f.Fuzz(func(t *testing.T, line string) {
		line = cmp.Or(strings.ToValidUTF8(line, "\uFFFD"), "empty") // alerts arrive as JSON, and have a line or none
		d := notification("firing", pageAnnotations(line))
		d.Alerts[0].Labels = template.KV{"alertname": "CutoverRollback", "checklist": line}
		d.CommonLabels = d.Alerts[0].Labels
		checkSlack(t, expand(t, tmpl, slackMarkup.title(), d), line)
		checkSlack(t, expand(t, tmpl, slackMarkup.body(), d), line)
		checkTeams(t, expand(t, tmpl, teamsMarkup.title(), d), line)
		checkTeams(t, expand(t, tmpl, teamsMarkup.body(), d), line)
		if got := expand(t, tmpl, plainMarkup.body(), d); !strings.Contains(got, line) {
			t.Errorf("plain text: %q lacks %q", got, line)
		}
		checkHTML(t, tmpl, line)
		checkDetails(t, tmpl, d, line)
	})
}

// slackControl is what Slack interprets in every field.
var slackControl = regexp.MustCompile(`[<>]|&(?:[^lga]|l[^t]|g[^t]|a[^m])`)

func checkSlack(t *testing.T, got, line string) {
	t.Helper()
	if at := slackControl.FindString(got); at != "" {
		t.Errorf("Slack: %q has %q", got, at)
	}
	if text := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(got); !strings.Contains(text, line) {
		t.Errorf("Slack: reads %q, which lacks %q", text, line)
	}
}

var (
	cardEscape = regexp.MustCompile("\\\\[\\\\`*_~<&\\[\\]]")
	cardLink   = regexp.MustCompile(`\[(Dashboard|Checklist|Runbook)\]\(https://[^()\s]*\)\n`)
	cardMarkup = regexp.MustCompile("[\\\\`*_~<&\\[\\]]")
)

func checkTeams(t *testing.T, got, line string) {
	t.Helper()
	if at := cardMarkup.FindString(cardEscape.ReplaceAllString(cardLink.ReplaceAllString(got, ""), "")); at != "" {
		t.Errorf("Teams: %q has %q", got, at)
	}
	text := cardEscape.ReplaceAllStringFunc(got, func(s string) string { return s[1:] })
	if !strings.Contains(text, line) {
		t.Errorf("Teams: reads %q, which lacks %q", text, line)
	}
}

// checkHTML holds that the elements and attributes are the same whatever the
// text is.
func checkHTML(t *testing.T, tmpl *template.Template, line string) {
	t.Helper()
	got := markupOf(t, expand(t, tmpl, htmlBody, notification("firing", pageAnnotations(line))))
	if want := markupOf(t, expand(t, tmpl, htmlBody, notification("firing", pageAnnotations("text")))); !slices.Equal(got, want) {
		t.Errorf("HTML: elements for %q are\n%q, want\n%q", line, got, want)
	}
}

// control are characters that XML, which reads the HTML here, refuses in text.
var control = regexp.MustCompile("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\uFFFE\uFFFF]")

// markupOf lists the elements of HTML with their attributes.
func markupOf(t *testing.T, html string) (elements []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(control.ReplaceAllString(html, "")))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return elements
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, html)
		}
		if e, ok := token.(xml.StartElement); ok {
			elements = append(elements, e.Name.Local)
			for _, a := range e.Attr {
				elements = append(elements, a.Name.Local+"="+a.Value)
			}
		}
	}
}

// checkDetails holds that every detail for PagerDuty is the text itself,
// whatever YAML it might be.
func checkDetails(t *testing.T, tmpl *template.Template, d *template.Data, line string) {
	t.Helper()
	var details map[string]string
	if err := pagerDutyDetails().Decode(&details); err != nil {
		t.Fatal(err)
	}
	for name, source := range details {
		got, err := template.DeepCopyWithTemplate(source, func(s string) (string, error) { return tmpl.ExecuteTextString(s, d) })
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s, ok := got.(string)
		if !ok || !strings.HasPrefix(s, "\t") {
			t.Errorf("PagerDuty: %s is %#v, want a text", name, got)
		}
		if name == "steps" && !strings.Contains(s, "\n2. Tell "+line+"\n") {
			t.Errorf("PagerDuty: steps are %q, want them in order and with %q", s, line)
		}
	}
}
