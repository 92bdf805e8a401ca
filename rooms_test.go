// Package cutover_test holds the rules that span all rooms of the module.
package cutover_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/cutover-dev/cutover"

// room is what the non-test files of a package may import besides the standard
// library.
type room struct {
	pure  bool     // does no I/O, holds no clock, logs nothing
	joins bool     // imports any room but those for tests
	rooms []string // of this module
	other []string // of other modules, each with the packages below it
}

// Other modules, those with their package where only that package is meant.
const (
	alertmanager     = "github.com/prometheus/alertmanager"
	grafanaSDK       = "github.com/grafana-tools/sdk"
	commonModel      = "github.com/prometheus/common/model"
	prometheusLabels = "github.com/prometheus/prometheus/model/labels"
	collectors       = "github.com/prometheus/client_golang/prometheus"
	ruleFormat       = "github.com/prometheus/prometheus/model/rulefmt"
	promqlParser     = "github.com/prometheus/prometheus/promql/parser"
	pgx              = "github.com/jackc/pgx/v5"
	goRedis          = "github.com/redis/go-redis/v9"
	yaml             = "go.yaml.in/yaml/v3"
	cel              = "cel.dev/cel-go"
	httpRules        = "golang.org/x/net/http/httpguts"
	errgroup         = "golang.org/x/sync/errgroup"
)

// rooms is DESIGN's table: arrows point inwards, only exporter imports other
// edges, and only cmd imports exporter.
var rooms = map[string]room{
	"checklist": {pure: true, rooms: []string{
		"checklist/criterion", "checklist/internal/markdown", "checklist/internal/mojibake",
	}},
	"checklist/criterion":         {pure: true, rooms: []string{"checklist/internal/lexicon"}},
	"checklist/internal/lexicon":  {pure: true},
	"checklist/internal/markdown": {pure: true},
	"checklist/internal/mojibake": {pure: true, other: []string{"golang.org/x/text/encoding/charmap"}},

	"alerts": {
		pure:  true,
		rooms: []string{"checklist", "checklist/criterion", "internal/promquery", "internal/rollout", "internal/series"},
		other: []string{alertmanager, commonModel, ruleFormat, promqlParser, yaml},
	},
	"alerts/merge": {pure: true, other: []string{alertmanager, commonModel, yaml}},
	"dashboards": {
		pure:  true,
		rooms: []string{"checklist", "checklist/criterion", "internal/rollout", "internal/series"},
		other: []string{grafanaSDK},
	},
	"dashboards/embed": {pure: true},
	"internal/series":  {pure: true},
	"internal/promquery": {
		pure:  true,
		rooms: []string{"checklist/criterion", "internal/series"},
		other: []string{commonModel, prometheusLabels, promqlParser},
	},
	"internal/rollout": {pure: true, rooms: []string{"checklist", "checklist/criterion"}},

	"cmd/cutover": {joins: true, other: []string{
		"github.com/alecthomas/kong", "github.com/kelseyhightower/envconfig", commonModel, errgroup,
		"github.com/prometheus/common/version",
	}},
	"exporter": {
		rooms: []string{
			"checklist", "checklist/criterion", "internal/journal", "internal/rollout", "internal/series", "internal/smoke", "internal/source",
		},
		other: []string{
			collectors, "github.com/prometheus/client_model/go", "github.com/prometheus/exporter-toolkit/web", errgroup,
		},
	},

	"internal/grafana":     {},
	"internal/kubernetes":  {pure: true, other: []string{commonModel, yaml}},
	"alerts/grafanaalerts": {pure: true, rooms: []string{"alerts", "internal/series"}, other: []string{commonModel, yaml}},
	"internal/journal":     {},
	"internal/promapi":     {other: []string{"github.com/prometheus/client_golang/api", commonModel}},
	"internal/demo/sample": {rooms: []string{"internal/demo", "internal/demo/store"}},
	"internal/demo/store":  {other: []string{pgx, goRedis}},
	"internal/demo":        {rooms: []string{"internal/demo/store"}, other: []string{collectors, yaml, "golang.org/x/crypto/bcrypt"}},
	"internal/probe": {
		rooms: []string{"internal/smoke"},
		other: []string{cel, pgx, goRedis, commonModel, httpRules, errgroup},
	},
	"internal/smoke":         {},
	"internal/suite":         {rooms: []string{"internal/probe", "internal/series", "internal/smoke"}, other: []string{yaml}},
	"internal/source":        {rooms: []string{"checklist"}, other: []string{"github.com/fsnotify/fsnotify"}},
	"internal/program":       {other: []string{"github.com/rogpeppe/go-internal/lockedfile"}},
	"internal/endtoend":      {}, // tests of all rooms together
	"internal/testenv":       {rooms: []string{"internal/program"}},
	"internal/testenv/fetch": {rooms: []string{"internal/program", "internal/testenv"}},
}

// outside are the packages of the standard library that reach out of the
// program; a pure room imports none of them, nor those below them, except the
// harmless.
var (
	outside  = []string{"crypto/rand", "log", "math/rand", "net", "os", "path/filepath", "syscall"}
	harmless = []string{"net/netip", "net/url"}
)

// clock are the functions of package time that read or wait for the clock.
var clock = []string{"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until"}

// listed is what `go list` says of a package.
type listed struct {
	ImportPath, Dir string
	GoFiles         []string
	Imports         []string
}

func TestRooms(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,GoFiles,Imports", "./...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := map[string]bool{}
	for list := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := list.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		if len(p.GoFiles) == 0 {
			continue // tests only
		}
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		seen[name] = true
		for _, fault := range faults(name, p.Imports) {
			t.Error(fault)
		}
		if rooms[name].pure {
			for _, file := range p.GoFiles {
				for _, fault := range clockCalls(t, filepath.Join(p.Dir, file), nil) {
					t.Error(fault)
				}
			}
		}
	}
	for name := range rooms {
		if !seen[name] {
			t.Errorf("%s: is in the table, but not in the module", name)
		}
	}
}

// faults says what a package imports that its row doesn't allow.
func faults(name string, imports []string) []string {
	row, known := rooms[name]
	if !known {
		return []string{name + ": say in the table of rooms_test.go what it may import"}
	}
	var faults []string
	for _, path := range imports {
		inside, own := strings.CutPrefix(path, module+"/")
		switch {
		case own && row.joins && !below(inside, []string{"internal/testenv"}):
		case own && !slices.Contains(row.rooms, inside):
			faults = append(faults, fmt.Sprintf("%s: may not import the room %s", name, inside))
		case own:
		case strings.Contains(path[:strings.Index(path+"/", "/")], "."): // not the standard library
			if !below(path, row.other) {
				faults = append(faults, fmt.Sprintf("%s: may not import %s", name, path))
			}
		case row.pure && below(path, outside) && !below(path, harmless):
			faults = append(faults, fmt.Sprintf("%s: is pure and may not import %s", name, path))
		}
	}
	return faults
}

// below says whether a package is one of roots or below one.
func below(path string, roots []string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return path == root || strings.HasPrefix(path, root+"/")
	})
}

// clockCalls finds the uses of the clock in a Go file, whose text may be given.
func clockCalls(t *testing.T, path string, src any) []string {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var faults []string
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := selector.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clock, selector.Sel.Name) {
			faults = append(faults, fmt.Sprintf("%s: a pure room holds no clock: time.%s", files.Position(n.Pos()), selector.Sel.Name))
		}
		return true
	})
	return faults
}

// TestRoomsFindFaults shows that the rules above can fail.
func TestRoomsFindFaults(t *testing.T) {
	got := slices.Concat(
		faults("internal/helpers", nil),
		faults("alerts", []string{
			"fmt", "net/url", "net/http", "os/exec", module + "/checklist", module + "/exporter",
			"github.com/prometheus/alertmanager/config", "github.com/grafana-tools/sdk",
		}),
		faults("dashboards", []string{"github.com/grafana-tools/sdk", "github.com/prometheus/alertmanager/config"}),
		faults("internal/probe", []string{"net/http", "github.com/jackc/pgx/v5/pgconn", module + "/internal/source"}),
		faults("cmd/cutover", []string{module + "/exporter", module + "/internal/testenv"}),
		clockCalls(t, "pure.go", "package pure\nvar x, y = time.Second, time.Now()\n"),
	)
	want := []string{
		"internal/helpers: say in the table of rooms_test.go what it may import",
		"alerts: is pure and may not import net/http",
		"alerts: is pure and may not import os/exec",
		"alerts: may not import the room exporter",
		"alerts: may not import github.com/grafana-tools/sdk",
		"dashboards: may not import github.com/prometheus/alertmanager/config",
		"internal/probe: may not import the room internal/source",
		"cmd/cutover: may not import the room internal/testenv",
		"pure.go:2:25: a pure room holds no clock: time.Now",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}
