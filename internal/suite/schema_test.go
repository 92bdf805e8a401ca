package suite

import (
	"bytes"
	"encoding/json"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

const schemaFile = "../../docs/cutover.schema.json"

// TestGoldenSchema writes the schema from what the decoder reads: the same
// structs, the same names, their own comments. It can't say anything else than
// the parser does.
func TestGoldenSchema(t *testing.T) {
	s := schemas{docs: readDocs(t), defs: map[string]any{}}
	root := s.of(reflect.TypeFor[document]()).(map[string]any)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "cutover.yaml"
	root["description"] = "What to test where: see smoke-tests.md."
	root["required"] = []string{"environments", "suites"}
	root["patternProperties"] = map[string]any{"^x-": true}
	root["$defs"] = s.defs
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(root); err != nil {
		t.Fatal(err)
	}
	golden(t, schemaFile, b.Bytes())
}

// schemas writes schemas of types.
type schemas struct {
	docs docs
	defs map[string]any
}

// of is the schema of a type.
func (s schemas) of(t reflect.Type) any {
	switch {
	case t == durationType:
		return map[string]any{"type": "string", "pattern": `^([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h)(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))*$`}
	case t == reflect.TypeFor[secret]():
		return map[string]any{"type": "string", "pattern": "^(env|file):."}
	case reflect.PointerTo(t).Implements(entriesType):
		value, _ := t.Elem().FieldByName("value")
		return map[string]any{
			"type": "object", "propertyNames": map[string]any{"pattern": nameShape.String()},
			"additionalProperties": s.of(value.Type),
		}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.String:
		return map[string]any{"type": []string{"string", "number"}}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int:
		return map[string]any{"type": "integer"}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Slice:
		list := map[string]any{"type": "array", "items": s.of(t.Elem())}
		if t.Elem().Kind() == reflect.String {
			return map[string]any{"anyOf": []any{s.of(t.Elem()), list}}
		}
		return list
	case reflect.Struct:
		return s.structure(t)
	}
	panic("no schema of " + t.String())
}

// structure is the schema of a struct: in place for the root, by reference for
// all others.
func (s schemas) structure(t reflect.Type) any {
	properties := map[string]any{}
	for _, f := range fields(t) {
		schema := s.of(t.FieldByIndex(f.index).Type)
		property := maps.Clone(schema.(map[string]any))
		owner := ownerOf(t, f.index)
		if words := s.docs.fields[owner.Name()+"."+t.FieldByIndex(f.index).Name]; words != "" {
			property["description"] = words
		}
		if values := s.docs.values(owner.Name() + "." + f.name); values != nil {
			property["enum"] = values
			delete(property, "type")
		}
		for _, k := range kinds {
			if k.settings == t && f.name == "target" {
				property["description"] = "The name of the address to go to. Empty: " + k.address + "."
			}
		}
		properties[f.name] = property
	}
	all := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	switch {
	case t == reflect.TypeFor[document]():
		return all
	case t == testType:
		var one []any
		for _, k := range kinds {
			properties[k.name] = s.of(k.settings)
			one = append(one, map[string]any{"required": []string{k.name}})
		}
		all["oneOf"] = one
	case t == reflect.TypeFor[environment]():
		tracksOnly := properties["tracks"].(map[string]any)
		tracksOnly["propertyNames"] = map[string]any{"enum": tracks}
	}
	s.defs[t.Name()] = all
	return map[string]any{"$ref": "#/$defs/" + t.Name()}
}

// ownerOf is the struct that declares a field, perhaps embedded in another.
func ownerOf(t reflect.Type, index []int) reflect.Type {
	for _, i := range index[:len(index)-1] {
		t = t.Field(i).Type
	}
	return t
}

// docs are the comments of the structs, and the constants of package probe.
type docs struct {
	fields    map[string]string   // by struct and field
	constants map[string][]string // by the word their names begin with
}

// enums say where only the constants of a prefix may stand.
var enums = map[string]string{"Expect.shape": "Shape", "Postgres.check": "Postgres", "Redis.check": "Redis"}

func (d docs) values(setting string) []string { return d.constants[enums[setting]] }

// readDocs reads the sources of this package and of probe.
func readDocs(t *testing.T) docs {
	t.Helper()
	d := docs{map[string]string{}, map[string][]string{}}
	for _, dir := range []string{".", "../probe"} {
		for file := range sources(t, dir) {
			for _, decl := range file.Decls {
				general, ok := decl.(*ast.GenDecl)
				if !ok {
					continue
				}
				for _, spec := range general.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						d.structure(spec)
					case *ast.ValueSpec:
						if general.Tok == token.CONST {
							d.constant(spec)
						}
					}
				}
			}
		}
	}
	return d
}

func sources(t *testing.T, dir string) func(func(*ast.File) bool) {
	t.Helper()
	return func(yield func(*ast.File) bool) {
		for _, name := range goFiles(t, dir) {
			file, err := goparser.ParseFile(token.NewFileSet(), name, nil, goparser.ParseComments|goparser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			if !yield(file) {
				return
			}
		}
	}
}

func (d docs) structure(spec *ast.TypeSpec) {
	fields, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range fields.Fields.List {
		words := strings.TrimSpace(f.Doc.Text())
		if words == "" {
			words = strings.TrimSpace(f.Comment.Text())
		}
		for _, name := range f.Names {
			d.fields[spec.Name.Name+"."+name.Name] = words
		}
	}
}

func (d docs) constant(spec *ast.ValueSpec) {
	for i, name := range spec.Names {
		for _, prefix := range enums {
			if rest, ok := strings.CutPrefix(name.Name, prefix); !ok || rest == "" || i >= len(spec.Values) {
				continue
			}
			if literal, ok := spec.Values[i].(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if value, err := strconv.Unquote(literal.Value); err == nil {
					d.constants[prefix] = append(d.constants[prefix], value)
				}
			}
		}
	}
}

// keys are all names of settings.
func keys() map[string]bool {
	all := map[string]bool{}
	var add func(t reflect.Type)
	add = func(t reflect.Type) {
		switch {
		case reflect.PointerTo(t).Implements(entriesType):
			value, _ := t.Elem().FieldByName("value")
			add(value.Type)
		case t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer:
			add(t.Elem())
		case t.Kind() == reflect.Struct:
			for _, f := range fields(t) {
				all[f.name] = true
				add(t.FieldByIndex(f.index).Type)
			}
		}
	}
	add(reflect.TypeFor[document]())
	for _, k := range kinds {
		all[k.name] = true
		add(k.settings)
	}
	return all
}

// compiled is the committed schema.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// instance reads YAML as a validator of JSON wants it.
func instance(text []byte) (any, error) {
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
}

func TestTheSchemaTakesWhatTheParserTakes(t *testing.T) {
	schema := compiled(t)
	good := examples(t, "good/*.yaml")
	maps.Copy(good, examples(t, "../../../docs/cutover.yaml"))
	for file, text := range good {
		v, err := instance(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// beyond are the bad files whose faults no schema can see: what is wrong with
// them is not their shape.
var beyond = []string{"unknown-task", "missing-secret", "captured-loop", "two-documents", "merge"}

func TestTheSchemaRefusesWhatTheParserRefuses(t *testing.T) {
	schema := compiled(t)
	for file, text := range examples(t, "bad/*.yaml") {
		name := strings.TrimSuffix(file[strings.LastIndexAny(file, `/\`)+1:], ".yaml")
		v, err := instance(text)
		if err != nil {
			continue // not even YAML, or twice the same key
		}
		if err := schema.Validate(v); (err == nil) != slices.Contains(beyond, name) {
			t.Errorf("%s: %v", file, err)
		}
	}
}
