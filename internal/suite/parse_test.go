package suite

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// options are those the examples are read with.
func options() Options {
	return Options{
		LookupEnv: environ("hunter2-hunter2"),
		Task:      func(task string) bool { return task != "Helth check" },
	}
}

// examples are files of testdata, by their paths there.
func examples(t *testing.T, pattern string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	all := make(map[string][]byte)
	for _, file := range files {
		if all[file], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// TestGoldenFaults holds what is said about every bad file: each fault, where
// it is, and no value of the file.
func TestGoldenFaults(t *testing.T) {
	for file, text := range examples(t, "bad/*.yaml") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			plan, err := Parse(filepath.Base(file), text, options())
			if err == nil {
				t.Fatalf("it was taken: %d tests", len(plan.Tests))
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".golden", []byte(err.Error()+"\n"))
			if strings.Contains(err.Error(), "hunter2-hunter2") {
				t.Error("the error repeats a secret")
			}
		})
	}
}

func TestGoodFiles(t *testing.T) {
	for file, text := range examples(t, "good/*.yaml") {
		plan, err := Parse(filepath.Base(file), text, options())
		if err != nil {
			t.Errorf("%s:\n%v", file, err)
		} else if len(plan.Tests) == 0 {
			t.Errorf("%s: no tests", file)
		}
	}
}

// TestEveryKeyIsInTheExampleOfThem keeps the good example complete, so that
// the schema is tried with every key there is.
func TestEveryKeyIsInTheExampleOfThem(t *testing.T) {
	text, err := os.ReadFile("testdata/good/every-key.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for key := range keys() {
		if !strings.Contains(string(text), key+":") {
			t.Errorf("testdata/good/every-key.yaml lacks %s", key)
		}
	}
}

func TestBounds(t *testing.T) {
	const head = "environments: {a: {addresses: {service: http://a:80}}}\nsuites: {s: {tests: {"
	many := head
	for i := range maxTests + 1 {
		many += fmt.Sprintf("t%d: {tcp: {target: service}}, ", i)
	}
	for _, c := range []struct{ name, text, want string }{
		{"size", "# " + strings.Repeat("x", maxSize), "longer than 1024 KiB"},
		{"tests", many + "}}}\n", "more than 2000 tests, counted in every environment and track"},
		{"depth", head + "t: {http: " + strings.Repeat("[", 60) + strings.Repeat("]", 60) + "}}}}\n", "a mapping (name: value) is expected here, not a list"},
		{"faults", head + strings.Repeat("a: {}, a: {}, ", 200) + "}}}\n", "more"},
	} {
		_, err := Parse("x.yaml", []byte(c.text), Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %.300v, want %s", c.name, err, c.want)
		}
		if err != nil && strings.Count(err.Error(), "\n") > maxFaults {
			t.Errorf("%s: more than %d faults are listed", c.name, maxFaults)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	if _, err := Load(filepath.Join(dir, "none.yaml"), Options{}); err == nil || !strings.HasSuffix(err.Error(), "none.yaml: no such file or directory") {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Load(dir, Options{}); err == nil || !strings.HasSuffix(err.Error(), "not a regular file") {
		t.Errorf("a directory: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"bad/*.yaml", "good/*.yaml"} {
		files, err := filepath.Glob("testdata/" + pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		plan, err := Parse("fuzz.yaml", text, Options{LookupEnv: environ("hunter2-hunter2")})
		if err == nil && len(plan.Environments) == 0 {
			t.Error("a plan without an environment")
		}
		if err != nil && strings.Contains(err.Error(), "hunter2-hunter2") && !strings.Contains(string(text), "hunter2") {
			t.Errorf("the error holds a secret: %v", err)
		}
	})
}
