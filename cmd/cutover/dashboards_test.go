package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// shelf keeps what is pushed to it as Grafana does: in versions, of which none
// overwrites another unseen. What Grafana itself says was tried by hand.
type shelf struct {
	t       *testing.T
	objects map[string]map[string]any // by the path that reads them
	before  func(*http.Request)       // somebody else, before a request is served
	writes  int
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.before != nil {
		s.before(r)
	}
	var in map[string]any
	body, err := io.ReadAll(r.Body)
	if err == nil && len(body) > 0 {
		err = json.Unmarshal(body, &in)
	}
	if err != nil || r.Header.Get("Authorization") != "Bearer hunter2" {
		s.t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	if r.Method != http.MethodGet {
		s.writes++
	}
	switch path := r.URL.Path; {
	case path == "/api/frontend/settings":
		fmt.Fprint(w, `{"datasources":{"Metrics":{"uid":"metrics","name":"Metrics","type":"prometheus"},"Logs":{"uid":"logs","name":"Logs","type":"loki"}},"panels":{"stat":{},"table":{}}}`)
	case r.Method == http.MethodGet:
		s.answer(w, s.objects[path])
	case path == "/api/folders":
		s.put(w, path+"/"+in["uid"].(string), 0, in)
	case path == "/api/dashboards/db":
		board := in["dashboard"].(map[string]any)
		version := board["version"].(float64)
		board["version"], board["id"] = version+1, 7.0
		s.put(w, "/api/dashboards/uid/"+board["uid"].(string), version, map[string]any{
			"version": version + 1, "dashboard": board,
			"meta": map[string]any{"version": version + 1, "folderUid": in["folderUid"], "updatedBy": "sa-cutover", "updated": "2026-11-22T12:00:00Z"},
		})
	default: // a library element
		version, _ := in["version"].(float64)
		in["version"] = version + 1
		in["meta"] = map[string]any{"folderUid": in["folderUid"]}
		s.put(w, "/api/library-elements/"+in["uid"].(string), version, map[string]any{"version": version + 1, "result": in})
	}
}

// put keeps an object that replaces a version, or is new for version 0.
func (s *shelf) put(w http.ResponseWriter, path string, version float64, object map[string]any) {
	if now, ok := s.objects[path]["version"]; ok && now != version {
		w.WriteHeader(http.StatusPreconditionFailed)
		fmt.Fprint(w, `{"message":"changed by someone else","status":"version-mismatch"}`)
		return
	}
	s.objects[path] = object
	s.answer(w, object)
}

func (s *shelf) answer(w http.ResponseWriter, object map[string]any) {
	if object == nil {
		w.WriteHeader(http.StatusNotFound)
	}
	if err := json.NewEncoder(w).Encode(object); err != nil {
		s.t.Error(err)
	}
}

// board is a stored dashboard.
func (s *shelf) board(uid string) map[string]any {
	return s.objects["/api/dashboards/uid/"+uid]["dashboard"].(map[string]any)
}

// newShelf starts one, and lets the environment name it.
func newShelf(t *testing.T) *shelf {
	s := &shelf{t: t, objects: map[string]map[string]any{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CUTOVER_GRAFANA_URL", server.URL)
	t.Setenv("CUTOVER_GRAFANA_TOKEN_FILE", token)
	return s
}

// command runs one, and wants an exit code and what the last line of its output,
// or else of its diagnostics, matches.
func command(t *testing.T, code int, want string, args ...string) string {
	t.Helper()
	got, stdout, stderr := ran(t, append([]string{"dashboards"}, args...)...)
	text := strings.TrimSpace(stdout)
	if code == exitUnusable {
		text = strings.TrimSpace(stderr)
	}
	if !regexp.MustCompile(`^(?:`+want+`)$`).MatchString(text[strings.LastIndexByte(text, '\n')+1:]) || got != code {
		t.Errorf("%v: exit code %d, want %d, and %s:\n%s%s", args, got, code, want, stdout, stderr)
	}
	if strings.Contains(stdout+stderr, "hunter2") {
		t.Errorf("%v: says the token", args)
	}
	return stdout
}

const sample = "builtin:python-3.13"

func TestPush(t *testing.T) {
	s := newShelf(t)
	drift := command(t, exitNo, `dashboard cutover-python-3_13-exporter: missing`, "push", "--diff", sample)
	if s.writes > 0 || !strings.HasPrefix(drift, "folder cutover: missing\npanel cutover-python-3_13-") {
		t.Errorf("--diff wrote %d times, and said\n%s", s.writes, drift)
	}
	command(t, exitOK, `\d\d+ created, 0 updated, 0 unchanged`, "push", sample)
	writes := s.writes
	command(t, exitOK, `0 created, 0 updated, \d\d+ unchanged`, "push", sample)
	command(t, exitOK, ``, "push", "--diff", sample)
	if s.writes != writes {
		t.Errorf("a second time wrote %d times", s.writes-writes)
	}

	// Somebody drew on a board and moved it, and on a library panel.
	s.board("cutover-python-3_13-smoke")["refresh"] = "1s"
	s.objects["/api/dashboards/uid/cutover-python-3_13-smoke"]["meta"].(map[string]any)["folderUid"] = "elsewhere"
	panel := s.objects["/api/library-elements/cutover-python-3_13-progress"]["result"].(map[string]any)
	panel["model"].(map[string]any)["transparent"] = true
	command(t, exitNo, `dashboard cutover-python-3_13-smoke: differs in refresh`, "push", "--diff", sample)
	out := command(t, exitOK, `0 created, 2 updated, \d\d+ unchanged`, "push", sample)
	if !regexp.MustCompile(`(?m)^updated +dashboard +cutover-python-3_13-smoke +python-3.13 · Smoke tests$`).MatchString(out) {
		t.Errorf("said\n%s", out)
	}
	if folder := s.objects["/api/dashboards/uid/cutover-python-3_13-smoke"]["meta"].(map[string]any)["folderUid"]; folder != "elsewhere" {
		t.Errorf("the board was moved to %v", folder)
	}

	// Library panels for any dashboard.
	command(t, exitOK, `0 created, \d\d updated, \d unchanged`, "push", "--datasource", "metrics", sample)
	if model, _ := json.Marshal(s.objects["/api/library-elements/cutover-python-3_13-progress"]); bytes.Contains(model, []byte("$checklist")) || !bytes.Contains(model, []byte(`"metrics"`)) {
		t.Errorf("the panel is not bound: %s", model)
	}
	command(t, exitUnusable, `cutover: --datasource: .* can't be the uid of a data source.*`, "push", "--datasource", "$x", sample)
}

// What is somebody else's is left alone, and nothing else is written either.
func TestPushRefuses(t *testing.T) {
	s := newShelf(t)
	command(t, exitOK, `\d\d+ created, 0 updated, 0 unchanged`, "push", "--folder", "general", sample)
	if s.objects["/api/folders/general"] != nil {
		t.Error("the general folder was created")
	}
	board, writes := s.board("cutover-python-3_13-exporter"), s.writes
	s.board("cutover-python-3_13-overview")["refresh"] = "1s" // something to do

	tags := board["tags"]
	board["title"], board["tags"] = "Theirs\x1b[2J", []string{"shop"}
	command(t, exitUnusable, `cutover: the dashboard cutover-python-3_13-exporter is somebody else's: its title is "Theirs.*", and it has no tag cutover: .*`, "push", sample)
	board["title"], board["tags"] = "Exporter", tags

	meta := s.objects["/api/dashboards/uid/cutover-python-3_13-exporter"]["meta"].(map[string]any)
	meta["provisioned"] = true
	command(t, exitUnusable, `cutover: the dashboard cutover-python-3_13-exporter is provisioned from a file, .*`, "push", sample)
	delete(meta, "provisioned")

	panel := s.objects["/api/library-elements/cutover-python-3_13-phase"]["result"].(map[string]any)
	name := panel["name"]
	panel["name"] = "Phase of the moon"
	command(t, exitUnusable, `cutover: the library panel cutover-python-3_13-phase is somebody else's: its name is "Phase of the moon", .*`, "push", sample)
	panel["name"] = name
	if s.writes != writes {
		t.Errorf("a refused push wrote %d times", s.writes-writes)
	}

	s.before = func(r *http.Request) { // somebody is quicker
		if r.Method == http.MethodPost {
			object := s.objects["/api/dashboards/uid/cutover-python-3_13-overview"]
			object["version"] = 9.0
			object["meta"] = map[string]any{"version": 9.0, "updatedBy": "kim", "updated": "2026-11-22T12:00:00Z"}
		}
	}
	command(t, exitUnusable, `cutover: saving the dashboard cutover-python-3_13-overview: somebody else has changed it since it was read: kim did at 2026-11-22 12:00:00, it is version 9 now, and was 1: .*`, "push", sample)
}

func TestEmbedInGrafana(t *testing.T) {
	s := newShelf(t)
	const uid = "shop"
	path := "/api/dashboards/uid/" + uid
	host := func() map[string]any {
		return map[string]any{
			"version": 4.0, "meta": map[string]any{"version": 4.0, "folderUid": "team"},
			"dashboard": map[string]any{"uid": uid, "title": "Shop", "version": 4.0, "id": 7.0, "panels": []any{
				map[string]any{"id": 3.0, "type": "stat", "gridPos": map[string]any{"x": 0.0, "y": 0.0, "w": 24.0, "h": 4.0}, "datasource": map[string]any{"type": "prometheus", "uid": "metrics"}},
			}},
		}
	}
	s.objects[path] = host()
	command(t, exitNo, `dashboard shop: 6 panels added`, "embed", "--uid", uid, "--diff", sample)
	command(t, exitOK, `dashboard shop: 6 panels added`, "embed", "--uid", uid, sample)
	command(t, exitOK, `dashboard shop: nothing to change`, "embed", "--uid", uid, sample)
	if got := s.objects[path]["meta"].(map[string]any)["folderUid"]; s.writes != 1 || len(s.board(uid)["panels"].([]any)) != 8 || got != "team" {
		t.Errorf("%d writes, folder %v: %v", s.writes, got, s.board(uid))
	}
	command(t, exitOK, `dashboard shop: 6 panels removed`, "embed", "--uid", uid, "--remove")
	board := s.board(uid)
	board["version"] = 4.0 // it counts on
	if want, got := fmt.Sprint(host()["dashboard"]), fmt.Sprint(board); got != want {
		t.Errorf("after taking out:\n%s\nwant\n%s", got, want)
	}

	// Nothing that this Grafana lacks.
	command(t, exitUnusable, `cutover: this Grafana has no Prometheus with the uid "logs"; it has: metrics`, "embed", "--uid", uid, "--datasource", "logs", sample)
	command(t, exitUnusable, `cutover: the panel "Error rate" needs the panel plugin timeseries, which this Grafana does not have`, "embed", "--uid", uid, "--row", "signals", sample)
	command(t, exitUnusable, `cutover: reading the dashboard nowhere: there is no such thing in Grafana \(404\).*`, "embed", "--uid", "nowhere", sample)
	s.objects[path]["meta"].(map[string]any)["provisioned"] = true
	command(t, exitUnusable, `cutover: saving the dashboard shop: it is provisioned from a file, .*`, "embed", "--uid", uid, sample)
	s.objects[path] = map[string]any{"version": 1.0, "dashboard": map[string]any{"rows": []any{1.0}}}
	command(t, exitUnusable, `cutover: dashboard shop:1:\d+: the panels stand in "rows", .*`, "embed", "--uid", uid, sample)
}
