package alerts_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/checklist"
)

// The rules of a checklist within a generator of one's own: every alert gets a
// label that the team's routes ask for, and the file goes where its others are.
func ExampleRules() {
	source := []byte("# Move to the new cluster\n\n## Rollback\n### Rollback criteria\n- [ ] Error rate >1% for >5 minutes\n")
	plan, err := checklist.Parse("move.md", "move", source)
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := alerts.Rules(plan, alerts.Options{Instrumentation: "opentelemetry", CandidateSelector: `cluster="new"`})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, group := range file.Groups {
		for i, rule := range group.Rules {
			if rule.Alert == "" {
				continue
			}
			if rule.Labels == nil {
				group.Rules[i].Labels = map[string]string{}
			}
			group.Rules[i].Labels["team"] = "payments"
			if rule.For >= 5*time.Minute && rule.Labels["action"] == "rollback" {
				fmt.Println(rule.Alert, "waits", rule.For, "for", rule.Labels["criterion"])
			}
		}
	}
	out, err := file.YAML() // checked by Prometheus' own code
	if err != nil {
		fmt.Println(err)
		return
	}
	alertRules, labelled := strings.Count(string(out), "- alert:"), strings.Count(string(out), "team: payments")
	fmt.Println(file.Name+".yml:", alertRules == labelled)
	// Output:
	// CutoverRollback waits 5m0s for rollback/rollback-criteria/error-rate-gt-1pct-for-gt-5-minutes
	// move.yml: true
}

// Why nothing judges a line is worth saying where the rules are made.
func ExampleJudgements() {
	source := []byte("# Move\n\n## Rollback\n### Rollback criteria\n- [ ] Error rate >1% for >5 minutes\n- [ ] Security incident\n- [ ] Error rate >500%\n")
	plan, err := checklist.Parse("move.md", "move", source)
	if err != nil {
		fmt.Println(err)
		return
	}
	judgements, err := alerts.Judgements(plan, alerts.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, j := range judgements {
		fmt.Printf("line %d, judged %t, implausible %t\n", j.Criterion.Line, j.Reason == "", j.Implausible)
	}
	// Output:
	// line 5, judged true, implausible false
	// line 6, judged true, implausible false
	// line 7, judged false, implausible true
}
