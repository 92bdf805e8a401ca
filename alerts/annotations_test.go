package alerts

import (
	"regexp"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/series"
)

// stepsOfSample are the sample's steps of a rollback, as the checklist has them.
const stepsOfSample = `1. Rollback announced on the bridge call
2. Traffic shifted to blue (Python 3.12)
3. Blue healthy under full load
4. Timeline and evidence saved
5. Cause being investigated
6. Remedy agreed and tested
7. New window requested`

// TestAlertsSayWhatToKnow goes over every alert of the sample about a criterion or
// a lost candidate: whoever it wakes has all that is needed to act.
func TestAlertsSayWhatToKnow(t *testing.T) {
	f, err := Rules(sample(t), exampleOptions())
	if err != nil {
		t.Fatal(err)
	}
	criteria := map[string]bool{}
	for _, c := range sample(t).Criteria {
		criteria[c.ID] = true
	}
	seen := map[string]int{}
	for _, r := range f.Groups[0].Rules {
		id, rollback := r.Labels[series.LabelCriterion], r.Labels[series.LabelAction] == actionRollback
		if r.Alert == "" || r.Labels[series.LabelDrill] != "" || !rollback && !criteria[id] {
			continue // a drill calls for nothing: steps might be followed
		}
		name := strings.TrimSpace(r.Alert + " " + r.Labels[series.LabelKind])
		seen[name]++
		for fault, found := range map[string]bool{
			"the line isn't quoted":       id == "" || r.Annotations["line"] == r.Comment && strings.Contains(r.Annotations["description"], "“"+r.Comment+"”"),
			"its place is missing":        id == "" || strings.HasPrefix(r.Annotations["place"], r.Labels[series.LabelSection]),
			"what is measured is missing": !measurable(r) || r.Annotations["measured"] != "",
			"the baseline is missing":     !measurable(r) || r.Annotations["baseline"] != "",
			"since when is missing":       strings.Contains(r.Annotations["since"], `ALERTS_FOR_STATE{alertname=\"`+r.Alert+`\"`),
			"the dashboard is missing":    strings.HasPrefix(r.Annotations["dashboard_url"], "https://grafana.example.org/d/cutover-python-3_13-overview?from={{"),
			"the checklist is missing":    strings.HasPrefix(r.Annotations["checklist_url"], "https://git.example.org/"),
			"the line isn't linked":       id == "" || regexp.MustCompile(`#L\d+$`).MatchString(r.Annotations["checklist_url"]),
			"the runbook is missing":      r.Annotations["runbook_url"] == "https://wiki.example.org/runbooks/python-3.13",
		} {
			if !found {
				t.Errorf("%s of %q: %s: %v", name, r.Comment, fault, r.Annotations)
			}
		}
		if diff := gocmp.Diff(map[bool]string{true: stepsOfSample}[rollback], r.Annotations["rollback_steps"]); diff != "" {
			t.Errorf("%s of %q: (-checklist +alert)\n%s", name, r.Comment, diff)
		}
		sumOfParts(t, r.Annotations["timing"])
	}
	want := map[string]int{
		"CutoverRollback measured": 2, "CutoverRollback smoke": 1, "CutoverRollback declared": 6,
		"CutoverCandidateDown": 1, "CutoverTargetMissed measured": seen["CutoverTargetMissed measured"],
	}
	if diff := gocmp.Diff(want, seen); diff != "" || seen["CutoverTargetMissed measured"] == 0 {
		t.Errorf("alerts by kind (-want +got)\n%s", diff)
	}
}

// measurable says whether the alert is about something that has a value: not what
// only people can say.
func measurable(r Rule) bool {
	return r.Labels[series.LabelKind] != string(criterion.Declared)
}

var worst = regexp.MustCompile(`^At worst (\w+(?: \w+)*?) from [^:]+ to notification: ([^.]+)\.`)

// sumOfParts holds the promised time to the sum of its parts.
func sumOfParts(t *testing.T, timing string) {
	t.Helper()
	m := worst.FindStringSubmatch(timing)
	if m == nil {
		t.Errorf("no worst case: %q", timing)
		return
	}
	var sum time.Duration
	for part := range strings.SplitSeq(m[2], ", ") {
		sum += parsed(t, part[strings.LastIndex(part, " ")+1:])
	}
	if promised := parsed(t, m[1]); promised != sum {
		t.Errorf("the parts come to %s: %q", sum, timing)
	}
}

func parsed(t *testing.T, s string) time.Duration {
	t.Helper()
	d, err := model.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(d)
}
