package alerts

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/cutover-dev/cutover/internal/testenv"
)

// TestPromtool has promtool check and run what is generated, as whoever
// receives the files would.
func TestPromtool(t *testing.T) {
	dir := t.TempDir()
	c := sample(t)
	writeTree(t, dir, tree(t, c, exampleOptions()))
	rules := filepath.Join(dir, "rules")
	promtool := testenv.Promtool(t)
	testenv.Run(t, promtool, "check", "rules", "--lint=all", "--lint-fatal",
		filepath.Join(rules, c.Name+".yml"), filepath.Join(rules, "cutover.yml"))
	testenv.Run(t, promtool, "test", "rules", filepath.Join(rules, "tests", c.Name+"_test.yml"))
	testenv.Run(t, promtool, "check", "config", "--syntax-only", filepath.Join(dir, "prometheus.yml"))
}

// TestAmtool has amtool check the Alertmanager configuration, and say which
// receiver each alert reaches.
func TestAmtool(t *testing.T) {
	dir := t.TempDir()
	writeTree(t, dir, tree(t, sample(t), exampleOptions()))
	amtool := testenv.Amtool(t)
	config := filepath.Join(dir, "alertmanager", "alertmanager.yml")
	testenv.Run(t, amtool, "check-config", config)
	for _, tt := range []struct{ labels, receiver string }{
		{"alertname=CutoverRollback action=rollback severity=critical checklist=plan", receiverPage},
		{"alertname=CutoverCandidateDown action=rollback severity=critical checklist=plan", receiverPage},
		{"alertname=CutoverSignalMissing severity=critical checklist=plan", receiverPage},
		{"alertname=CutoverExporterDown severity=critical", receiverPage},
		{"alertname=CutoverTargetMissed severity=warning checklist=plan", receiverDefault},
		{"alertname=CutoverClaimContradicted severity=warning checklist=plan", receiverDefault},
		{"alertname=CutoverWatchdog", receiverHeartbeat},
		{"alertname=SomethingElse severity=critical", receiverDefault},
	} {
		args := append([]string{"config", "routes", "test", "--config.file=" + config, "--verify.receivers=" + tt.receiver},
			strings.Fields(tt.labels)...)
		testenv.Run(t, amtool, args...)
	}
}
