package suite

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"
)

// example reads the committed example with its secrets in a folder of the test.
func example(t *testing.T, o Options) *Plan {
	t.Helper()
	text, err := os.ReadFile("../../docs/cutover.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for file, secret := range map[string]string{
		"production-database-url": "postgres://app:hunter2-hunter2@db.shop.example/shop\n",
		"test-password":           "hunter2-hunter2\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.LookupEnv = func(name string) (string, bool) {
		value, ok := map[string]string{
			"STAGING_DATABASE_URL":  "postgres://app:hunter2-hunter2@db.staging.shop.example/shop",
			"STAGING_REDIS_URL":     "redis://:hunter2-hunter2@cache.staging.shop.example",
			"STAGING_TEST_PASSWORD": "hunter2-hunter2",
		}[name]
		return value, ok
	}
	text = bytes.ReplaceAll(text, []byte("/run/secrets/"), []byte(dir+"/"))
	plan, err := Parse("cutover.yaml", text, o)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// TestGoldenExample holds what is made of the committed example.
func TestGoldenExample(t *testing.T) {
	plan := example(t, Options{Task: func(string) bool { return true }})
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, test := range plan.Tests {
		fmt.Fprintf(w, "%s\tevery %v\tfor %v\tretries %d\tcritical %t\tpython %q\tproves %q\n",
			test.Name(), test.Interval, test.Timeout, test.Retries, test.Critical, test.Python, test.Proves)
	}
	for _, left := range plan.LeftOut {
		fmt.Fprintf(w, "left out: %s\t%s\n", left.Name(), left.Why)
	}
	_ = w.Flush()
	golden(t, "testdata/example.golden", b.Bytes())
	if len(plan.Secrets) != 2 || !strings.HasSuffix(plan.Secrets[0], "production-database-url") {
		t.Errorf("files of secrets: %q", plan.Secrets)
	}
}

// TestOnlyTheSecretsOfOneEnvironmentMustBeThere lets CI test staging without
// knowing production's passwords.
func TestOnlyTheSecretsOfOneEnvironmentMustBeThere(t *testing.T) {
	text, err := os.ReadFile("../../docs/cutover.yaml")
	if err != nil {
		t.Fatal(err)
	}
	lookup := environ("postgres://localhost/shop")
	redis := func(name string) (string, bool) {
		if name == "STAGING_REDIS_URL" {
			return "redis://localhost", true
		}
		return lookup(name)
	}
	plan, err := Parse("nowhere/cutover.yaml", text, Options{Environment: "staging", LookupEnv: redis})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range plan.Tests {
		if test.Environment != "staging" {
			t.Errorf("a test of another environment: %s", test.Name())
		}
	}
	if len(plan.Tests) == 0 || len(plan.Environments) != 2 {
		t.Errorf("%d tests, environments %q", len(plan.Tests), plan.Environments)
	}
	if _, err := Parse("nowhere/cutover.yaml", text, Options{LookupEnv: redis}); err == nil {
		t.Error("production's secrets are not missed")
	}
}
