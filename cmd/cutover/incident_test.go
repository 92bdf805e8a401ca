package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cutover-dev/cutover/exporter"
)

const (
	tokenText    = "hunter2-hunter2"
	incidentPlan = `# Plan

- [ ] Booked

## Rollback
### Rollback Criteria
- [ ] Security incident
`
)

// exporting serves a plan with a journal, at noon, and points the environment
// to it.
func exporting(t *testing.T, address func(url string) string) *exporter.Exporter {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	token := write("token", tokenText+"\n")
	e, err := exporter.New(t.Context(), exporter.Options{
		Checklists: []string{write("plan.md", incidentPlan)},
		Journal:    filepath.Join(dir, "journal.jsonl"), TokenFile: token,
		Clock: func() time.Time { return time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(e.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Setenv("CUTOVER_URL", address(server.URL))
	t.Setenv("CUTOVER_TOKEN_FILE", token)
	return e
}

func plainAddress(url string) string { return url }

// ran runs a command line.
func ran(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, diagnostics bytes.Buffer
	code = run(t.Context(), args, &out, &diagnostics)
	return code, out.String(), diagnostics.String()
}

func expectRun(t *testing.T, wantCode int, wantOut, wantErr string, args ...string) {
	t.Helper()
	code, stdout, stderr := ran(t, args...)
	if diff := cmp.Diff([]any{wantCode, wantOut, wantErr}, []any{code, stdout, stderr}); diff != "" {
		t.Errorf("%v (-want +got):\n%s", args, diff)
	}
}

const securityKind = "rollback/rollback-criteria/security-incident"

func TestIncidentCommands(t *testing.T) {
	exporting(t, plainAddress)
	expectRun(t, 0, "no incident is open\n", "", "incident", "list")
	expectRun(t, 0, "incident 4 is open: "+securityKind+", impact significant. Close it with: cutover incident close 4\n", "",
		"incident", "open", "--kind", securityKind, "--impact", "significant", "--note", "they are in:\nsee #war-room", "--by", "kim")
	expectRun(t, 0, "drill 5 is open: other, impact none. Close it with: cutover incident close 5\n", "",
		"incident", "open", "--kind=other", "--drill", "--by=sam", "--checklist=plan")
	expectRun(t, 0, `ID  OPENED               CHECKLIST  KIND                                          IMPACT       BY   NOTE
4   2026-03-14 12:00:00  plan       rollback/rollback-criteria/security-incident  significant  kim  they are in: see #war-room
5   2026-03-14 12:00:00  plan       other                                         none         sam  DRILL
`, "", "incident", "list")
	expectRun(t, 0, "incident 4 is closed: "+securityKind+"\n", "", "incident", "close", "4", "--note", "it was a test", "--by", "kim")
	expectRun(t, 0, `{"id":"5","checklist":"plan","kind":"other","impact":"none","drill":true,"note":"","by":"sam","opened":"2026-03-14T12:00:00Z"}
`, "", "incident", "list", "--json")
	expectRun(t, 0, `2026-03-14 12:00:00  plan  task booked: open when first seen
2026-03-14 12:00:00  plan  task rollback/rollback-criteria/security-incident: open when first seen
2026-03-14 12:00:00  plan  phase: planned when first seen
2026-03-14 12:00:00  plan  incident 4 opened: `+securityKind+`, impact significant, by kim: they are in: see #war-room
2026-03-14 12:00:00  plan  drill 5 opened: other, impact none, by sam
2026-03-14 12:00:00  plan  incident 4 closed: `+securityKind+`, impact significant, by kim: it was a test
`, "", "journal")
	expectRun(t, 0, `{"seq":6,"time":"2026-03-14T12:00:00Z","kind":"incident_closed","checklist":"plan","incident":{"id":"4","kind":"rollback/rollback-criteria/security-incident","impact":"significant","note":"it was a test","by":"kim"}}
`, "", "journal", "--json", "--after", "5")
}

func TestIncidentCommandsRefused(t *testing.T) {
	exporting(t, plainAddress)
	expectRun(t, 2, "", "cutover: the exporter refuses: no such incident is open\n", "incident", "close", "99")
	expectRun(t, 2, "", "cutover: the exporter refuses: checklist: use one of plan\n", "incident", "open", "--kind=other", "--checklist=plam")
	expectRun(t, 2, "", `cutover: the exporter refuses: kind: not a rollback criterion of plan: use one of
cutover:   `+securityKind+`  (Security incident)
cutover:   other
`, "incident", "open", "--kind=security")
	wrong := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(wrong, []byte("another-hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CUTOVER_TOKEN_FILE", wrong)
	expectRun(t, 2, "", "cutover: the exporter refuses: the token is missing or another one: set CUTOVER_TOKEN_FILE to a file with the exporter's\n",
		"incident", "open", "--kind=other")
}

// User and password in the address are for what stands before the exporter.
func TestIncidentBehindAPassword(t *testing.T) {
	exporting(t, func(url string) string { return strings.Replace(url, "http://", "http://ops:secret@", 1) + "/" })
	code, stdout, stderr := ran(t, "incident", "open", "--kind=other")
	if code != 0 || !strings.HasPrefix(stdout, "incident 4 is open") {
		t.Errorf("%d %s%s", code, stdout, stderr)
	}
}

// Whoever answers at the address is not to be trusted.
func TestHostileExporter(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(tokenText), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CUTOVER_TOKEN_FILE", token)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	answers := map[string]struct {
		answer http.HandlerFunc
		want   string // of stdout and stderr
	}{
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		},
			"cutover: what answers at CUTOVER_URL says 307 Temporary Redirect: is it the exporter's own address?\n"},
		"a web page": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") },
			"cutover: what answers at CUTOVER_URL is not a cutover exporter, or of another version\n"},
		"no such page": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
			"cutover: what answers at CUTOVER_URL says 404 Not Found: is it the exporter's own address?\n"},
		"without end": {func(w http.ResponseWriter, r *http.Request) {
			for text := bytes.Repeat([]byte(" "), 1<<20); r.Context().Err() == nil; {
				if _, err := w.Write(text); err != nil {
					return
				}
			}
		}, "cutover: the exporter at CUTOVER_URL: its answer is too long\n"},
		"a terminal's": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"a\u001b[2J\u0007b"}`)
		}, "cutover: the exporter refuses: a\ufffd[2J\ufffdb\n"},
		"an odd list": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"incidents":[{"id":"1","kind":"a\u001b[2J\nb","opened":"2026-03-14T12:00:00Z"}]}`)
		}, "ID  OPENED               CHECKLIST  KIND     IMPACT  BY  NOTE\n1   2026-03-14 12:00:00             a\ufffd[2J b              \n"},
	}
	for name, test := range answers {
		server := httptest.NewServer(test.answer)
		t.Setenv("CUTOVER_URL", server.URL)
		_, stdout, stderr := ran(t, "incident", "list")
		if diff := cmp.Diff(test.want, stdout+stderr); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if _, stdout, stderr := ran(t, "incident", "open", "--kind=other"); strings.Contains(stdout+stderr, "hunter2") {
			t.Errorf("%s: the token is told: %s", name, stdout+stderr)
		}
		server.Close()
	}
}
