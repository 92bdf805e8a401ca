package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cutover-dev/cutover/exporter"
	"github.com/cutover-dev/cutover/internal/smoke"
	"github.com/cutover-dev/cutover/internal/suite"
)

// planted is the secret that must come out nowhere.
const planted = "hunter2-hunter2"

// everywhere is a file that has the secret in every place that may hold one.
const everywhere = `
environments:
  staging:
    writes: true
    addresses:
      service: env:SERVICE
      database: env:DATABASE
      cache: env:CACHE
      literal: SERVICE_URL
    secrets: {key: file:secret}
suites:
  all:
    timeout: 2s
    tests:
      bearer: {http: {path: /a, bearer: secret:key}}
      header: {http: {path: /b, headers: {x-custom: secret:key, x-other: env:SECRET}, target: literal}}
      form: {http: {path: /c, form: {user: probe, word: secret:key}}}
      prometheus: {prometheus: {target: service, query: up, bearer: secret:key}}
      cors: {cors: {path: /, origin: "https://app.example"}}
      workflow:
        workflow:
          values: {word: secret:key}
          steps: [{name: log in, path: "/d/${word}", body: '{"said": "${word}"}'}]
      database: {postgres: {}}
      cache: {redis: {}}
`

// TestAPlantedSecretComesOutNowhere runs tests against a service that says back
// whatever it was sent, and looks for the secret in all that anybody can see.
func TestAPlantedSecretComesOutNowhere(t *testing.T) {
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Echo", r.Header.Get("Authorization")+r.Header.Get("X-Custom"))
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprintf(w, "%s %s\n%v\n%s\n", r.Method, r.RequestURI, r.Header, body)
	}))
	defer echo.Close()
	host := strings.TrimPrefix(echo.URL, "http://")
	dir := t.TempDir()
	file := filepath.Join(dir, "cutover.yaml")
	address := "http://probe:" + planted + "@" + host + "/?key=" + planted
	for name, text := range map[string]string{
		file:                         strings.Replace(everywhere, "SERVICE_URL", address, 1),
		filepath.Join(dir, "secret"): planted + "\n",
		filepath.Join(dir, "token"):  planted + "\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	variables := map[string]string{
		"SERVICE": address, "SECRET": planted,
		"DATABASE": "postgres://app:" + planted + "@" + host + "/app", "CACHE": "redis://:" + planted + "@" + host,
	}
	plan, err := suite.Load(file, suite.Options{LookupEnv: func(name string) (string, bool) { v, ok := variables[name]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	runner, err := smoke.NewRunner(plan.Tests, smoke.Options{Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	results := runner.RunOnce(t.Context())
	seen := map[string]string{"log": log.String()}
	lookAtReport(t, results, seen)
	lookAtExporter(t, runner, filepath.Join(dir, "token"), logger, seen)
	if len(results) != 8 || !strings.Contains(seen["verbose"], "GET /a") {
		t.Errorf("%d results, want 8 with their details:\n%s", len(results), seen["verbose"])
	}
	for _, r := range results {
		if r.Success {
			t.Errorf("%s passed: the service answers nonsense", r.Test)
		}
	}
	for where, text := range seen {
		if strings.Contains(text, "hunter2") {
			t.Errorf("%s: the secret is there:\n%s", where, text)
		}
	}
}

func lookAtReport(t *testing.T, results []smoke.Result, seen map[string]string) {
	t.Helper()
	report := smoke.NewReport(results, nil, true)
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	seen["json"] = string(text)
	if text, err = report.JUnit(); err != nil {
		t.Fatal(err)
	}
	seen["junit"] = string(text)
	var out bytes.Buffer
	if err := printReport(&out, report); err != nil {
		t.Fatal(err)
	}
	seen["verbose"] = out.String()
}

func lookAtExporter(t *testing.T, runner *smoke.Runner, token string, logger *slog.Logger, seen map[string]string) {
	t.Helper()
	e, err := exporter.New(t.Context(), exporter.Options{
		Checklists: []string{"builtin:python-3.13"}, Smoke: runner, TokenFile: token, Logger: logger,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	get := func(method, path string) {
		r := httptest.NewRequest(method, path, strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+planted)
		w := httptest.NewRecorder()
		e.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("%s %s: %d", method, path, w.Code)
		}
		seen[method+" "+path] = w.Body.String()
	}
	for _, path := range []string{"/", "/metrics", "/smoke/"} {
		get(http.MethodGet, path)
	}
	for _, s := range runner.Snapshot().Tests {
		get(http.MethodGet, "/smoke/"+s.ID())
	}
	get(http.MethodPost, "/api/v1/smoke")
}
