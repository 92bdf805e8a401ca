package merge_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/alerts/merge"
)

// TestSilencers finds, in every form an inhibition can have, those that can keep
// a page from arriving.
func TestSilencers(t *testing.T) {
	const head = "route: {receiver: team}\nreceivers: [{name: team}]\ninhibit_rules:\n"
	pages := []map[string]string{
		{"alertname": "CutoverRollback", "severity": "critical", "action": "rollback", "checklist": "plan"},
		{"alertname": "CutoverExporterDown", "severity": "critical"},
	}
	for rule, want := range map[string]string{
		`{source_matchers: [alertname="Maintenance"], target_matchers: [severity=~"critical|warning"], equal: [cluster]}`: "CutoverRollback",
		`{source_matchers: [alertname="Maintenance"], target_matchers: [checklist=""]}`:                                   "CutoverExporterDown",
		`{source_match: {alertname: Maintenance}, target_match: {severity: critical}}`:                                    "CutoverRollback",
		`{source_match: {alertname: Maintenance}, target_match_re: {action: roll.*}}`:                                     "CutoverRollback",
		`{source_matchers: [alertname="Maintenance"], target_matchers: [alertname!~"Cutover.+"]}`:                         "",
		`{source_matchers: [severity="critical"], target_matchers: [severity="warning"], equal: [cluster]}`:               "",
		`{source_matchers: [severity="critical"], target_matchers: [severity=~".+"], equal: [alertname, cluster]}`:        "",
		`{source_match: {a: b}, target_match: {severity: warning}}`:                                                       "",
		`{source_match: {a: b}, target_match_re: {severity: crit}}`:                                                       "", // whole values match
	} {
		text := []byte(head + "# one\n- " + rule + "\n")
		got, err := merge.Silencers("am.yml", into(t, "am.yml", text, part(t)), pages)
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, s := range got {
			lines := strings.Split(string(into(t, "am.yml", text, part(t))), "\n")
			if !strings.Contains(lines[s.Line-1], rule) {
				t.Errorf("%s: line %d is %q", rule, s.Line, lines[s.Line-1])
			}
			found = append(found, s.Alert)
		}
		if want == "" && len(found) > 0 || want != "" && !cmp.Equal(found, []string{want}) {
			t.Errorf("%s can silence %q, want %q", rule, found, want)
		}
	}
	if _, err := merge.Silencers("am.yml", []byte("route: ["), pages); err == nil || !strings.HasPrefix(err.Error(), "am.yml:2: did not") {
		t.Errorf("error %v", err)
	}
}
