package suite

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/rollout"
)

// standardTests are all tests of the standard suites, as evidence for a
// checklist.
func standardTests(t *testing.T, c *checklist.Checklist) []rollout.Test {
	t.Helper()
	tests, err := Standard(Target{
		URL: "http://localhost", DatabaseURL: "postgres://localhost", RedisURL: "redis://localhost",
		PythonVersion: rollout.ExpectedPython(c), DatabaseVersion: "17", Origin: "https://app.example", Writes: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	var out []rollout.Test
	for _, test := range tests {
		out = append(out, rollout.Test{Suite: test.Suite, Name: test.Identity.Test, Python: test.Python})
	}
	return out
}

// TestEvidenceGolden compares which standard test proves which task, of the
// first checklist and of the built-in one. Whoever changes the golden files
// reads every line: does the success of these tests prove what it says?
func TestEvidenceGolden(t *testing.T) {
	for name, file := range map[string]string{
		"evidence-seed.txt":    "../../checklist/testdata/seed.md",
		"evidence-builtin.txt": "../source/builtin/python-3.13.md",
	} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, err := checklist.Parse(file, checklist.NameOf(file), source)
		if err != nil {
			t.Fatal(err)
		}
		tests := standardTests(t, c)
		evidence := rollout.Evidence(c, tests)
		var got strings.Builder
		for _, task := range c.Tasks {
			var names []string
			for _, i := range evidence[task.ID] {
				names = append(names, tests[i].Suite+"/"+tests[i].Name)
			}
			if names != nil {
				fmt.Fprintf(&got, "%3d %-50s %s\n", task.Line, task.Text, strings.Join(names, " "))
			}
		}
		golden(t, "testdata/"+name, []byte(got.String()))
	}
}

// TestStandardSuitesHaveWhatIsWellKnown holds the table of claims and the
// standard suites to each other's names.
func TestStandardSuitesHaveWhatIsWellKnown(t *testing.T) {
	standard := map[string]bool{}
	for _, test := range standardTests(t, &checklist.Checklist{}) {
		standard[test.Suite+"/"+test.Name] = true
	}
	for _, test := range rollout.WellKnown() {
		if name := test.Suite + "/" + test.Name; !standard[name] {
			t.Errorf("the table of claims knows %s, the standard suites don't", name)
		}
	}
}
