package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/checklist/criterion"
)

const schemaFile = "../../docs/explain.schema.json"

func explainSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// explainedJSON is what explain --json prints of a file.
func explainedJSON(t *testing.T, file string) []byte {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := checklist.Parse(file, checklist.NameOf(file), source)
	if err != nil {
		c = &checklist.Checklist{} // some files of other people have no tasks
	}
	printed, err := json.Marshal(explained(c))
	if err != nil {
		t.Fatal(err)
	}
	return printed
}

// valid fails for what explain prints of files and the schema doesn't describe.
func valid(t *testing.T, files []string) {
	t.Helper()
	schema := explainSchema(t)
	for _, file := range files {
		printed, err := jsonschema.UnmarshalJSON(bytes.NewReader(explainedJSON(t, file)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(printed); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestExplanationsFollowTheSchema(t *testing.T) {
	files, err := filepath.Glob("../../checklist/testdata/*.md")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	valid(t, append(files, "../../internal/source/builtin/python-3.13.md"))
}

// TestTheSchemaFollowsTheCode holds that neither has a name or a value that the
// other lacks.
func TestTheSchemaFollowsTheCode(t *testing.T) {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	type object struct {
		Required   []string
		Properties map[string]struct{ Enum []string }
	}
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	for name, of := range map[string]struct {
		object object
		code   reflect.Type
	}{
		"the whole": {schema.object, reflect.TypeFor[explanation]()},
		"task":      {schema.Defs["task"], reflect.TypeFor[taskJSON]()},
		"criterion": {schema.Defs["criterion"], reflect.TypeFor[criterionJSON]()},
		"stage":     {schema.Defs["stage"], reflect.TypeFor[stageJSON]()},
		"blank":     {schema.Defs["blank"], reflect.TypeFor[blankJSON]()},
		"choice":    {schema.Defs["choice"], reflect.TypeFor[choiceJSON]()},
		"signoff":   {schema.Defs["signoff"], reflect.TypeFor[signOffJSON]()},
		"approval":  {schema.Defs["approval"], reflect.TypeFor[approvalJSON]()},
		"left":      {schema.Defs["left"], reflect.TypeFor[leftJSON]()},
		"warning":   {schema.Defs["warning"], reflect.TypeFor[warningJSON]()},
	} {
		var names []string
		for i := range of.code.NumField() {
			names = append(names, of.code.Field(i).Tag.Get("json"))
		}
		slices.Sort(names)
		if diff := cmp.Diff(names, slices.Sorted(maps.Keys(of.object.Properties))); diff != "" {
			t.Errorf("%s (-code +schema):\n%s", name, diff)
		}
		if diff := cmp.Diff(names, slices.Sorted(slices.Values(of.object.Required))); diff != "" {
			t.Errorf("%s, required (-code +schema):\n%s", name, diff)
		}
	}
	for of, want := range map[string]string{
		"task.state": words(checklist.States()), "task.kind": words(checklist.Kinds()),
		"criterion.role":       words([]criterion.Role{criterion.Target, criterion.Rollback}),
		"criterion.comparison": words([]criterion.Comparison{criterion.Less, criterion.LessOrEqual, criterion.Greater, criterion.GreaterOrEqual, ""}),
	} {
		def, property, _ := strings.Cut(of, ".")
		if got := words(schema.Defs[def].Properties[property].Enum); got != want {
			t.Errorf("%s: the schema allows %s, the code has %s", of, got, want)
		}
	}
}

func words[T ~string](list []T) string {
	var out []string
	for _, w := range list {
		out = append(out, string(w))
	}
	return strings.Join(out, " ")
}

// TestTheSchemaRefuses shows that the schema can say no.
func TestTheSchemaRefuses(t *testing.T) {
	schema := explainSchema(t)
	good := string(explainedJSON(t, "../../checklist/testdata/structure.md"))
	for _, change := range [][2]string{
		{`"state":"open"`, `"state":"OPEN"`}, {`"line":`, `"line":-`}, {`"warnings":`, `"worries":`}, {`"title":`, `"extra":1,"title":`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		if err != nil || bad == good {
			t.Fatalf("%s: %v", change[0], err)
		}
		if schema.Validate(v) == nil {
			t.Errorf("%s is taken for %s", change[1], change[0])
		}
	}
}
