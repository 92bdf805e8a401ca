package source

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

const builtinPrefix = "builtin:"

//go:embed builtin/*.md
var builtins embed.FS

// Builtins lists the specs of the checklists that are part of the program.
func Builtins() []string {
	files, _ := fs.Glob(builtins, "builtin/*.md") // the pattern is valid
	specs := make([]string, len(files))
	for i, f := range files {
		specs[i] = builtinPrefix + strings.TrimSuffix(path.Base(f), ".md")
	}
	return specs
}

func checkBuiltin(name string) error {
	if _, err := builtins.Open(builtinFile(name)); err != nil {
		return fmt.Errorf("%s%s: there is no such checklist in the program; there is %s",
			builtinPrefix, name, strings.Join(Builtins(), ", "))
	}
	return nil
}

func readBuiltin(name string) Document {
	spec := builtinPrefix + name
	b, err := builtins.ReadFile(builtinFile(name))
	if err != nil {
		return Document{Name: name, File: spec, Err: fmt.Errorf("%s: %w", spec, reason(err))}
	}
	return Document{Name: name, File: spec, Bytes: b}
}

func builtinFile(name string) string { return "builtin/" + name + ".md" }
