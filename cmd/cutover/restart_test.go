package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var servingLine = regexp.MustCompile(`msg=serving address=(\S+)`)

// serving starts `cutover serve` and waits until it says where.
func serving(t *testing.T, checklist string) (url string, kill func()) {
	t.Helper()
	cmd := exec.Command("cutover", "serve", checklist)
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	kill = func() {
		if !killed {
			killed = true
			_ = cmd.Process.Kill() // as kill -9 does
			_ = cmd.Wait()
		}
	}
	t.Cleanup(kill)
	var said strings.Builder
	for lines := bufio.NewScanner(log); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if m := servingLine.FindStringSubmatch(lines.Text()); m != nil {
			return "http://" + m[1], kill
		}
	}
	t.Fatalf("it does not serve:\n%s", &said)
	return "", nil
}

// The whole of it: an exporter that is killed again and again forgets no
// incident that it acknowledged, and knows none twice.
func TestKilledExporterForgetsNothing(t *testing.T) {
	dir := t.TempDir()
	plan, token := filepath.Join(dir, "plan.md"), filepath.Join(dir, "token")
	for path, text := range map[string]string{plan: incidentPlan, token: tokenText} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("CUTOVER_LISTEN_ADDRESS", "127.0.0.1:0")
	t.Setenv("CUTOVER_JOURNAL", filepath.Join(dir, "journal.jsonl"))
	t.Setenv("CUTOVER_TOKEN_FILE", token)
	var want []string
	for round := range 5 {
		t.Setenv("CUTOVER_URL", "")
		url, kill := serving(t, plan)
		t.Setenv("CUTOVER_URL", url)
		code, stdout, stderr := ran(t, "incident", "open", "--kind=other", fmt.Sprintf("--note=round %d", round))
		if code != 0 {
			t.Fatal(stderr)
		}
		want = append(want, strings.Fields(stdout)[1]+" "+fmt.Sprintf("round %d", round))
		if round == 3 {
			if code, _, stderr := ran(t, "incident", "close", strings.Fields(want[0])[0]); code != 0 {
				t.Fatal(stderr)
			}
			want = want[1:]
		}
		_, list, _ := ran(t, "incident", "list")
		var got []string
		for line := range strings.Lines(list) {
			if words := strings.Fields(line); words[0] != "ID" {
				got = append(got, words[0]+" "+strings.Join(words[len(words)-2:], " "))
			}
		}
		if strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Errorf("round %d: got %q, want %q", round, got, want)
		}
		kill()
	}
}
