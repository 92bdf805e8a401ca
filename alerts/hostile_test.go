package alerts

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"github.com/cutover-dev/cutover/internal/testenv"
)

// hostile is text that would be a template action, the end of a string, PromQL,
// a comment and markup, if it were taken for any of them.
const hostile = "{{ .Labels }} \"} or vector(1) \\ #<script>"

// TestHostileText puts hostile text wherever a checklist has text: the rules
// stay valid, and people read the text as it stands.
func TestHostileText(t *testing.T) {
	source := strings.ReplaceAll(`# HOSTILE

## Rollback HOSTILE

### Rollback Criteria HOSTILE
- [ ] Error rate >1% for >5 minutes HOSTILE
- [ ] Security incident

### Rollback Execution
- [ ] Shift traffic back HOSTILE
`, "HOSTILE", hostile)
	c := parse(t, `plan"} or {{ x }}`, []byte(source))
	if len(c.Criteria) != 2 {
		t.Fatalf("%d criteria, want 2: %+v", len(c.Criteria), c.Criteria)
	}
	files := tree(t, c, Options{})
	dir := t.TempDir()
	writeTree(t, dir, files)
	promtool := testenv.Promtool(t)
	testenv.Run(t, promtool, "check", "rules", "--lint=all", "--lint-fatal", filepath.Join(dir, "rules", c.Name+".yml"))
	testenv.Run(t, promtool, "test", "rules", filepath.Join(dir, "rules", "tests", c.Name+"_test.yml"))

	rules, err := Rules(c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules.Groups[0].Rules {
		line, ok := r.Annotations["line"]
		if !ok || line == "Security incident" {
			continue
		}
		if got := expandTemplate(t, line); !strings.Contains(got, hostile) {
			t.Errorf("line of %s reads %q, which lacks %q", r.Alert, got, hostile)
		}
		if got := expandTemplate(t, r.Annotations["rollback_steps"]); !strings.Contains(got, hostile) {
			t.Errorf("steps of %s read %q, which lack %q", r.Alert, got, hostile)
		}
	}
}

// expandTemplate expands an annotation as Prometheus does, without data.
func expandTemplate(t *testing.T, text string) string {
	t.Helper()
	tmpl, err := template.New("annotation").Parse(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, nil); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return b.String()
}
